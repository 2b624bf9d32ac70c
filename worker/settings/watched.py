"""Where the worker tells how it is."""

from pydantic import BaseModel

from worker.settings.declared import setting

__all__ = ["Watched"]


class Watched(BaseModel):
    """The management port."""

    worker_management_port: int = setting(
        9464, "WORKER_MANAGEMENT_PORT", ge=0, le=65_535,
        text="Port for `/health/live`, `/health/ready`, `/metrics` and `/status`; 0 for none",
    )  # fmt: skip
    worker_management_host: str = setting(
        "127.0.0.1", "WORKER_MANAGEMENT_HOST",
        text="Address of that port; the image sets `0.0.0.0`, so that probes and Prometheus get through",
    )  # fmt: skip
