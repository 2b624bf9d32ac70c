"""The operator's file: what has more structure than a variable can hold."""

import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr, ValidationError

from worker.connections import AUTHENTICATION_TYPES, INCOMPLETE, NamedConnection
from worker.extras import MissingExtra, optional
from worker.given import Given
from worker.secrets import Files, Policy, StoreOptions, names
from worker.settings.settings import Settings, SettingsError

__all__ = ["Configuration", "configuration_of", "placeholders_in"]


class SecretSettings(Policy):
    """Which secrets tasks may name, and where they are kept beside the environment, which always comes first."""

    sources: tuple[Annotated[Files | StoreOptions, Field(discriminator="type")], ...] = ()


class Configuration(Given):
    """Named *connections*, and the rules for *secrets*. Values may hold placeholders; none is filled here."""

    connections: dict[str, NamedConnection] = Field(default_factory=dict)
    secrets: SecretSettings = Field(default_factory=SecretSettings)


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


def placeholders_in(configuration: Configuration) -> list[str]:
    """The secrets that the operator's connections name."""
    return sorted({name for text in _texts(configuration.connections) for name in names(text)})


def _texts(part: object) -> Iterator[str]:
    match part:
        case str():
            yield part
        case SecretStr():
            yield part.get_secret_value()
        case Mapping():
            yield from (text for value in part.values() for text in _texts(value))
        case list() | tuple():
            yield from (text for value in part for text in _texts(value))
        case BaseModel():
            yield from (text for name in type(part).model_fields for text in _texts(getattr(part, name)))
        case _:
            pass


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
        path, below = _path(detail["loc"]), "." if detail["type"] == INCOMPLETE else ": "
        raise SettingsError(f"{origin}: {path}{below}{_wanted(detail)}") from None


def _path(location: tuple[int | str, ...]) -> str:
    """`connections.main.override[0]`, without the names of a union's members, which are no fields."""
    kinds = AUTHENTICATION_TYPES
    steps = [step for before, step in pairwise((None, *location)) if before != "authentication" or step not in kinds]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _wanted(detail: Mapping[str, Any]) -> str:
    match detail["type"]:
        case "missing":
            return "got nothing, wanted a value"
        case "extra_forbidden":
            return "is no known field"
        case kind if kind == INCOMPLETE:
            return str(detail["msg"])
        case _:
            return f"wanted {str(detail['msg']).removeprefix('Input should be ')}"
