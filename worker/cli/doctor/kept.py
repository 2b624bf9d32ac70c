"""Whether secrets are found, and whether what is to be kept can be kept."""

import os
from collections.abc import Mapping

from worker import app
from worker.cli.doctor.finding import Finding
from worker.errors import ConnectorError
from worker.events import Event, HistoryFailed, StoreFailed
from worker.history import Key
from worker.settings import Settings, SettingsError, configuration_of, placeholders_in

__all__ = ["keys", "stores"]

_WRITABLE = "make it writable for the worker's user, or name another place"
_DATABASE = "check WORKER_DATABASE_URL, or the folder of WORKER_KEPT_ANSWERS_FILE and WORKER_HISTORY_FILE"


async def keys(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Each secret that the operator's connections name: in which source it is, never what it is."""
    configuration = configuration_of(settings)
    source = app.secrets_for(settings, configuration, environment)
    findings: list[Finding] = []
    try:
        for name in placeholders_in(configuration):
            try:
                findings.append(Finding("secret", name, "ok", f"in {await source.found_in(name, asker=None)}"))
            except ConnectorError as error:
                findings.append(Finding("secret", name, "failed", str(error), "create it there, or correct its name"))
    finally:
        await source.close()
    prefix = settings.worker_secret_prefix
    count = sum(1 for name, value in environment.items() if name.startswith(prefix) and value)
    says = f"{count} variables begin with {prefix}, which tasks may name"
    return [*findings, Finding("secret", "the environment", "ok", says)]


async def stores(settings: Settings) -> list[Finding]:
    """Open what keeps answers and the history, and look whether generated files can be written."""
    troubles: list[Event] = []
    findings = _folder(settings)
    try:
        kept = app.stores_for(settings, troubles.append)
    except SettingsError as wrong:
        return [*findings, Finding("store", "database", "failed", str(wrong), _DATABASE)]
    try:
        await kept.open()
        if kept.answers:
            await kept.answers.find(Key(job_key=0, head=b"", body=b"doctor"))
    finally:
        await kept.close()
    causes = [event.cause for event in troubles if isinstance(event, StoreFailed | HistoryFailed)]
    if causes:
        return [*findings, *(Finding("store", "answers and history", "failed", cause, _DATABASE) for cause in causes)]
    return [*findings, Finding("store", "answers and history", "ok", _where(settings))]


def _where(settings: Settings) -> str:
    if settings.worker_database_url:
        answers = "in the database"
    elif not settings.worker_kept_answers_max_bytes:
        answers = "nowhere"
    else:
        answers = f"in {settings.worker_kept_answers_file or 'memory'}"
    return f"answers are kept {answers}; history: {settings.worker_history}"


def _folder(settings: Settings) -> list[Finding]:
    folder = settings.worker_document_folder
    if folder is None:
        return []
    is_writable = os.access(folder if folder.exists() else folder.parent, os.W_OK | os.X_OK)
    says = f"{folder} {'can' if is_writable else 'cannot'} be written to"
    return [Finding("store", "documents", "ok" if is_writable else "failed", says, "" if is_writable else _WRITABLE)]
