"""The operator's file: what has more structure than a variable can hold."""

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pydantic import Field, ValidationError

from worker.connections import NamedConnection
from worker.extras import MissingExtra, optional
from worker.given import Given
from worker.secrets import Policy
from worker.settings.settings import Settings, SettingsError

__all__ = ["Configuration", "configuration_of"]


_KINDS = {"apiKey", "bearer", "none"}


class Configuration(Given):
    """Named *connections*, and the rules for *secrets*. Values may hold placeholders; none is filled here."""

    connections: dict[str, NamedConnection] = Field(default_factory=dict)
    secrets: Policy = Field(default_factory=Policy)


def configuration_of(settings: Settings) -> Configuration:
    """What the operator's file or variable says; nothing where there is neither. Raises SettingsError."""
    path, inline = settings.worker_config_file, settings.worker_config
    if path is None:
        return _typed(_toml(inline.get_secret_value(), "WORKER_CONFIG"), "WORKER_CONFIG") if inline else Configuration()
    origin = f"WORKER_CONFIG_FILE: {path}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise SettingsError(f"{origin}: cannot be read ({type(cause).__name__})") from None
    return _typed((_yaml if path.suffix in {".yaml", ".yml"} else _toml)(text, origin), origin)


def _toml(text: str, origin: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise SettingsError(f"{origin}: is no TOML: {cause}") from None


def _yaml(text: str, origin: str) -> object:
    try:
        yaml = optional("yaml", extra="yaml", purpose="a config file in YAML")
    except MissingExtra as missing:
        raise SettingsError(f"{origin}: {missing}") from None
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as cause:  # its text quotes the file, which may hold a key
        mark = getattr(cause, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise SettingsError(f"{origin}: is no YAML{where}") from None


def _typed(given: object, origin: str) -> Configuration:
    if not isinstance(given, Mapping):
        raise SettingsError(f"{origin}: got {type(given).__name__}, wanted sections such as 'connections'")
    try:
        return Configuration.model_validate(given)
    except ValidationError as cause:
        detail = cause.errors(include_url=False, include_input=False)[0]
        raise SettingsError(f"{origin}: {_path(detail['loc'])}: {_wanted(detail)}") from None


def _path(location: tuple[int | str, ...]) -> str:
    """`connections.main.override[0]`, without the names of a union's members, which are no fields."""
    steps = [step for before, step in pairwise((None, *location)) if before != "authentication" or step not in _KINDS]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _wanted(detail: Mapping[str, Any]) -> str:
    match detail["type"]:
        case "missing":
            return "got nothing, wanted a value"
        case "extra_forbidden":
            return "is no known field"
        case _:
            return f"wanted {str(detail['msg']).removeprefix('Input should be ')}"
