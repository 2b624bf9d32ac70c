"""The command: one look after the other, and what to do."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.doctor.finding import Finding

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["doctor"]

_FAILED = 1
_WIDTH = 8


def doctor(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a list of {area, subject, state, says, mend}.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no endpoint of the service.")] = False,
) -> None:
    """
    Look at settings, broker, sign-in, connections, secrets, clock and stores, and say how to mend what is wrong.

    Each endpoint of a named connection is asked for its list of models, which costs nothing. No secret is printed.
    Exit code 1 when something has to be mended before jobs can be done.
    """
    from worker.settings import SettingsError, environment, load

    found = environment()
    try:
        settings = load(found)
        findings = asyncio.run(_looked_at(settings, found, is_offline=offline))
    except SettingsError as wrong:
        findings = [Finding("settings", "all", "failed", str(wrong), "correct the setting that is named")]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print(findings)
    if any(finding.state == "failed" for finding in findings):
        raise typer.Exit(_FAILED)


async def _looked_at(settings: "Settings", environment: Mapping[str, str], *, is_offline: bool) -> list[Finding]:
    from worker.cli.doctor import cluster, given, kept, service

    findings = [*given.given(settings, environment), *given.configured(settings)]
    findings += await cluster.cluster(settings)
    findings += await kept.stores(settings)
    if any(finding.area == "configuration" and finding.state == "failed" for finding in findings):
        return findings
    findings += await kept.keys(settings, environment)
    return findings + await service.service(settings, environment, is_offline=is_offline)


def _print(findings: list[Finding]) -> None:
    colors = {"ok": "green", "warning": "yellow", "failed": "red", "skipped": "bright_black"}
    for finding in findings:
        state = typer.style(finding.state.ljust(_WIDTH), fg=colors[finding.state])
        typer.echo(f"{state} {finding.area}: {finding.subject}: {finding.says}")
        if finding.mend:
            typer.echo(f"{' ' * _WIDTH} to mend: {finding.mend}")
    counts = {state: sum(1 for finding in findings if finding.state == state) for state in colors}
    typer.echo(", ".join(f"{count} {state}" for state, count in counts.items() if count))
