"""What an operator can turn at the loop."""

from collections.abc import Callable
from dataclasses import dataclass

from worker.job import Job

__all__ = ["LoopOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopOptions:
    """
    Which jobs are taken, how many at a time, and how patient the loop is.

    job_types           task types, each with a stream and a poller of its own; the permits are shared
    max_jobs_in_flight  permits: as many jobs are worked on at the same time, and none is taken beyond
    lease_s             how long the broker keeps a job for us; renewed while the job is worked on
    lease_of            seconds that a job itself wants to be ours, None for lease_s
    when_done           hears of each job that has ended and that the broker will not hand out again
    fetch_variables     names of the variables the broker sends along; all if empty
    tenant_ids          whose jobs; the default tenant if empty
    is_streaming        whether jobs are pushed; polling is the net below it and is never off
    batch               most jobs of one poll; 32 make a job cost a tenth of a streamed one, more gain nothing
    long_poll_s         how long the gateway may sit on a poll where there is no stream
    poll_pause_first_s, poll_pause_most_s   between polls that find nothing below a stream: doubled each time
    probe_s             between two looks whether the broker is there, while no permit is free to ask for jobs
    backoff_first_s, backoff_most_s   pauses after a failure: doubled each time, minus up to half by chance
    stream_age_most_s   a stream is reopened when it is older, so that gateways behind a balancer share the load
    stream_silence_s    a stream that brought nothing for so long, while polling found jobs, is reopened
    hold_s              how long a pushed job that met no permit waits for one before it is given back
    return_backoff_s    after which the broker hands out again what was given back: others first
    crash_backoff_s     the same for a job on which the handler crashed
    return_timeout_s    for giving back what is left at the end of a drain
    lost_repeat_s       least time between two BrokerLost events
    """

    job_types: tuple[str, ...]
    worker_name: str
    max_jobs_in_flight: int = 100
    lease_s: float = 60.0
    lease_of: Callable[[Job], float | None] = lambda _job: None
    when_done: Callable[[Job], object] = lambda _job: None
    fetch_variables: tuple[str, ...] = ()
    tenant_ids: tuple[str, ...] = ()
    is_streaming: bool = True
    batch: int = 32
    long_poll_s: float = 30.0
    poll_pause_first_s: float = 1.0
    poll_pause_most_s: float = 10.0
    probe_s: float = 5.0
    backoff_first_s: float = 0.5
    backoff_most_s: float = 5.0
    stream_age_most_s: float = 1800.0
    stream_silence_s: float = 60.0
    hold_s: float = 1.0
    return_backoff_s: float = 1.0
    crash_backoff_s: float = 5.0
    return_timeout_s: float = 5.0
    lost_repeat_s: float = 3.0

    def __post_init__(self) -> None:
        if not self.job_types or len(set(self.job_types)) < len(self.job_types):
            raise ValueError("job_types: wanted at least one, each of them once")
        if self.max_jobs_in_flight < 1 or self.batch < 1:
            raise ValueError("max_jobs_in_flight and batch: wanted at least 1")
        if self.lease_s <= 0:
            raise ValueError("lease_s: wanted more than 0")
