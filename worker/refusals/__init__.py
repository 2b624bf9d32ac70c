"""What a reply that says no means, and what to change."""

from worker.refusals.meaning import is_refusal, refusal

__all__ = ["is_refusal", "refusal"]
