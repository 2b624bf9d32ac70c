"""Where the worker tells how it is."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator

from worker.settings.declared import setting

__all__ = ["Watched"]

Level = Literal["debug", "info", "warning", "error"]
Room = Literal["broker", "connector", "azure", "history", "secrets", "telemetry"]

_WANTED: Final = (
    f"room=level, separated by commas; rooms: {', '.join(get_args(Room))}; levels: {', '.join(get_args(Level))}"
)


def _by_room(value: object) -> object:
    """`broker=debug, azure=warning` as a mapping. Raises ValueError for what is none."""
    if not isinstance(value, str):
        return value
    parts = [each.partition("=") for each in value.split(",") if each.strip()]
    pairs = {room.strip(): level.strip() for room, _, level in parts}
    if not pairs.keys() <= set(get_args(Room)) or not set(pairs.values()) <= set(get_args(Level)):
        raise ValueError(_WANTED)
    return pairs


class Watched(BaseModel):
    """The management port, and the log."""

    worker_management_port: int = setting(
        9464, "WORKER_MANAGEMENT_PORT", ge=0, le=65_535,
        text="Port for `/health/live`, `/health/ready`, `/metrics` and `/status`; 0 for none",
    )  # fmt: skip
    worker_management_host: str = setting(
        "127.0.0.1", "WORKER_MANAGEMENT_HOST",
        text="Address of that port; the image sets `0.0.0.0`, so that probes and Prometheus get through",
    )  # fmt: skip
    worker_log_level: Level = setting("info", "WORKER_LOG_LEVEL", text="Least level that is logged")
    worker_log_levels: Annotated[Mapping[Room, Level], BeforeValidator(_by_room)] = setting(
        {}, "WORKER_LOG_LEVELS",
        text="Other levels for rooms, such as `broker=debug, azure=warning`; rooms are broker, connector, "
        "azure, history, secrets and telemetry. `connector=debug` logs the text of failures, which may quote a prompt",
    )  # fmt: skip
    worker_log_format: Literal["json", "pretty"] = setting(
        "json", "WORKER_LOG_FORMAT", text="One JSON object a line, or lines for people"
    )
