"""Which entries a command is about: its options, and what they mean."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

if TYPE_CHECKING:
    from worker.history.prompts import Wanted

__all__ = ["Deployment", "Instance", "Operation", "Outcome", "Process", "Reason", "Since", "Tenant", "Until", "wanted"]

_AGO: Final = re.compile(r"(\d+)([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_WHEN: Final = "2026-01-31, 2026-01-31T12:00Z, or an age such as 90m, 12h, 7d"
Since = Annotated[str | None, typer.Option(help=f"Ended then or later: {_WHEN}.")]
Until = Annotated[str | None, typer.Option(help="Ended before that.")]
Tenant = Annotated[str | None, typer.Option(help="Of that tenant.")]
Process = Annotated[str | None, typer.Option(help="Of the process with that id.")]
Instance = Annotated[int | None, typer.Option("--process-instance", help="Of the process instance with that key.")]
Operation = Annotated[str | None, typer.Option(help="With that operation.")]
Deployment = Annotated[str | None, typer.Option(help="That asked that deployment.")]
Outcome = Annotated[
    str | None, typer.Option(help="That ended so: completed, failed, incident, bpmn_error or broken_off.")
]
Reason = Annotated[str | None, typer.Option(help="With that reason, e.g. RATE_LIMITED.")]


def wanted(*, since: str | None, until: str | None, outcome: str | None, **equal: str | int | None) -> "Wanted":
    """The entries that fit all that is given. Raises typer.BadParameter."""
    from worker.history.prompts import OUTCOMES, Wanted

    if outcome is not None and outcome not in OUTCOMES:
        raise typer.BadParameter(f"got {outcome!r}, wanted one of {', '.join(OUTCOMES)}", param_hint="--outcome")
    times = {"since": _moment(since, "--since"), "until": _moment(until, "--until")}
    return msgspec.convert({**equal, **times, "outcome": outcome}, Wanted)


def _moment(given: str | None, option: str) -> float | None:
    """Seconds since 1970; a time without a zone is UTC."""
    if given is None:
        return None
    if ago := _AGO.fullmatch(given):
        return (datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).timestamp()
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise typer.BadParameter(f"got {given!r}, wanted {_WHEN}", param_hint=option) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
