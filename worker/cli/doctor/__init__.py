"""`azure-openai-worker doctor`: what stands between this worker and its work, one file for each kind of trouble."""

from worker.cli.doctor.doctor import doctor

__all__ = ["doctor"]
