"""What happens between the worker and the broker."""

import msgspec

__all__ = ["BrokerLost", "BrokerReached", "DrainStarted", "StreamLost", "WorkerReady"]


class WorkerReady(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs of *job_types* are being taken from the gateway at *address*."""

    address: str
    job_types: tuple[str, ...]


class BrokerLost(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway at *address* did not answer; it is tried again in *retry_in_s* seconds."""

    address: str
    cause: str
    retry_in_s: float


class BrokerReached(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway at *address* answers again after *away_s* seconds (0 at the first contact)."""

    address: str
    away_s: float


class StreamLost(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway answers polls but no stream of *job_type*; it is opened again in *retry_in_s*. Jobs come by poll."""

    job_type: str
    cause: str
    retry_in_s: float


class DrainStarted(msgspec.Struct, frozen=True, kw_only=True):
    """No more jobs are taken; *in_flight* have *grace_s* seconds to finish."""

    in_flight: int
    grace_s: float
