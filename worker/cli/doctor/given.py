"""What the worker is told: each setting that is set, where its value comes from, and names that nothing reads."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import SecretStr

from worker.cli.doctor.finding import Finding
from worker.settings import Settings, SettingsError, configuration_of, origins, variables_of

__all__ = ["configured", "given"]

_OURS: Final = "WORKER_"


def given(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Each setting that is set, under its own name, its value masked where it is a secret; the rest are defaults."""
    found = origins(environment)
    for name, variable in found.items():
        own = variables_of(Settings.model_fields[name])[0]
        yield Finding("settings", own, "ok", f"{_shown(getattr(settings, name))}, from {variable}")
    yield Finding("settings", "all others", "ok", f"{len(Settings.model_fields) - len(found)} at their defaults")
    yield from _unknown(environment)


def configured(settings: Settings) -> Iterator[Finding]:
    """The operator's file."""
    origin = "WORKER_CONFIG_FILE" if settings.worker_config_file else "WORKER_CONFIG"
    if not (settings.worker_config_file or settings.worker_config):
        yield Finding("configuration", origin, "skipped", "none: tasks bring their own connections")
        return
    try:
        found = configuration_of(settings)
    except SettingsError as wrong:
        yield Finding("configuration", origin, "failed", str(wrong), "correct the field that is named")
        return
    sources = ", ".join(["the environment", *(str(source.type) for source in found.secrets.sources)])
    yield Finding("configuration", origin, "ok", f"{len(found.connections)} connections; secrets from {sources}")


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "***"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _unknown(environment: Mapping[str, str]) -> Iterator[Finding]:
    known = {name for field in Settings.model_fields.values() for name in variables_of(field)}
    for name in sorted(environment):
        if name.startswith(_OURS) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            mend = f"did you mean {near[0]}?" if near else "README.md lists all settings"
            yield Finding("settings", name, "warning", "is set, but nothing reads it", mend)
