"""What happens between the worker and the broker."""

from dataclasses import dataclass

__all__ = ["BrokerLost", "BrokerReached", "DrainStarted", "StreamLost", "WorkerReady"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReady:
    """Jobs of *job_types* are being taken from the gateway at *address*."""

    address: str
    job_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerLost:
    """The gateway at *address* did not answer; it is tried again in *retry_in_s* seconds."""

    address: str
    cause: str
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerReached:
    """The gateway at *address* answers again after *away_s* seconds (0 at the first contact)."""

    address: str
    away_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLost:
    """The gateway answers polls but no stream of *job_type*; it is opened again in *retry_in_s*. Jobs come by poll."""

    job_type: str
    cause: str
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainStarted:
    """No more jobs are taken; *in_flight* have *grace_s* seconds to finish."""

    in_flight: int
    grace_s: float
