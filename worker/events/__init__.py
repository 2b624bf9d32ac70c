"""
Facts that rooms report while they work. Only telemetry turns them into sentences and numbers.

One file for each of those whom the facts are about.
"""

from collections.abc import Callable

from worker.events.broker import (
    BrokerLost,
    BrokerReached,
    DrainStarted,
    StreamLost,
    WorkerReady,
)
from worker.events.calls import (
    AnswerReused,
    BreakerTurned,
    CallFinished,
    CallQueued,
    CallRepeated,
    DeploymentState,
    Exchange,
    FailedOver,
    FirstKeyRefused,
    HistoryFailed,
    HistoryLost,
    HistoryRecovered,
    SecretSourceFailed,
    SecretSourceRecovered,
    SharedLimitsFailed,
    SharedLimitsRecovered,
    StoreFailed,
    StoreRecovered,
)
from worker.events.jobs import (
    Consumed,
    HandlerCrashed,
    JobBrokenOff,
    JobFinished,
    JobHandedBack,
    JobReported,
    LeaseExtended,
    LeaseLost,
    ReportRefused,
    ReportRepeated,
    Warned,
)
from worker.events.watching import (
    ExportFailed,
    ListenerFailed,
    ManagementFailed,
    ProcessDied,
    Stopped,
)

__all__ = [
    "AnswerReused",
    "BreakerTurned",
    "BrokerLost",
    "BrokerReached",
    "CallFinished",
    "CallQueued",
    "CallRepeated",
    "Consumed",
    "DeploymentState",
    "DrainStarted",
    "Event",
    "Exchange",
    "ExportFailed",
    "FailedOver",
    "FirstKeyRefused",
    "HandlerCrashed",
    "HistoryFailed",
    "HistoryLost",
    "HistoryRecovered",
    "JobBrokenOff",
    "JobFinished",
    "JobHandedBack",
    "JobReported",
    "LeaseExtended",
    "LeaseLost",
    "ListenerFailed",
    "ManagementFailed",
    "Observe",
    "ProcessDied",
    "ReportRefused",
    "ReportRepeated",
    "SecretSourceFailed",
    "SecretSourceRecovered",
    "SharedLimitsFailed",
    "SharedLimitsRecovered",
    "Stopped",
    "StoreFailed",
    "StoreRecovered",
    "StreamLost",
    "Warned",
    "WorkerReady",
]

Event = (
    WorkerReady
    | BrokerLost
    | BrokerReached
    | StreamLost
    | DrainStarted
    | JobFinished
    | JobReported
    | JobBrokenOff
    | HandlerCrashed
    | Warned
    | ReportRefused
    | ReportRepeated
    | LeaseExtended
    | LeaseLost
    | JobHandedBack
    | CallFinished
    | CallQueued
    | CallRepeated
    | FirstKeyRefused
    | AnswerReused
    | StoreFailed
    | BreakerTurned
    | FailedOver
    | StoreRecovered
    | HistoryFailed
    | HistoryRecovered
    | HistoryLost
    | SecretSourceFailed
    | SecretSourceRecovered
    | SharedLimitsFailed
    | SharedLimitsRecovered
    | ListenerFailed
    | ManagementFailed
    | ProcessDied
    | Stopped
    | ExportFailed
)

Observe = Callable[[Event], None]
