"""
What people paste as an endpoint: a base URL, or the whole address of one operation.

Hosts are never matched against a list of allowed ones: API Management, private links and reverse proxies carry any
name and any prefix. Error texts describe a bad value and do not repeat it, for a key may have been pasted instead.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from worker.errors import InputError

__all__ = ["Pasted", "Shape", "read", "shown", "version"]


class Shape(Enum):
    """Which API an endpoint's path belongs to."""

    BASE = "nothing but a base"
    DEPLOYMENT = "…/deployments/{deployment}/…"
    RESOURCE = "…/openai/{files, models, …}"
    V1 = "…/openai/v1/…"
    INFERENCE = "…/models/…"  # the Foundry model inference API


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """
    An endpoint, taken apart.

    *origin* has no path; *path* is the whole one without a slash at its end, percent-encoded; *prefix* is what comes
    before the API's own part of it. *openai* is False where the URL shows that this gateway drops `/openai`.
    *deployment* is decoded. *unused_query* is True where parameters other than api-version were given.
    """

    origin: str
    host: str
    path: str
    prefix: str
    shape: Shape
    openai: bool
    deployment: str | None
    api_version: str | None
    unused_query: bool

    @property
    def root(self) -> str:
        """Where Azure's own paths begin: right before `/deployments` or `/v1`."""
        return f"{self.origin}{self.prefix}/openai" if self.openai else f"{self.origin}{self.prefix}"


_FIELD: Final = "connection.endpoint"
_WANTED: Final = "a URL such as https://my-res.openai.azure.com, or a deployment's whole URL as the portal shows it"

_UNSAFE: Final = re.compile(r"[^\x21-\x5b\x5d-\x7e]")  # beyond plain letters; a backslash is a slash to some
_NETLOC: Final = re.compile(r"(\[[^][]*\]|[^][:]+)(:[0-9]+)?")  # urlsplit passes over what stands around brackets
_LABEL: Final = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"  # one that is longer makes the resolver raise a UnicodeError
_HOST_NAME: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_HOST_NAME_LENGTH: Final = 253  # RFC 1035, without the last dot
# Hosts that never drop `/openai`, whatever was pasted.
_AZURE: Final = (
    ".openai.azure.com",
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
    ".api.cognitive.microsoft.com",
    ".openai.azure.us",
    ".cognitiveservices.azure.us",
    ".openai.azure.cn",
    ".cognitiveservices.azure.cn",
)
_PORTALS: Final = frozenset({"ai.azure.com", "oai.azure.com", "portal.azure.com", "platform.openai.com"})
_VERSION: Final = re.compile(r"v1|preview|[0-9]{4}-[0-9]{2}-[0-9]{2}(-[a-z0-9]{1,16})?")
_PLACEHOLDER: Final = re.compile(r"[{}<>\[\]$]")  # the documentation writes {deployment-id} and <deployment>
_DOT_SEGMENT: Final = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)", re.IGNORECASE)  # encoded ones are dots too (WHATWG URL)

_MODEL_PATHS: Final = (
    "chat/completions|completions|embeddings|responses|images/generations|images/edits"
    "|audio/transcriptions|audio/translations|audio/speech"
)
# The first that matches wins.
_SHAPES: Final = (
    (Shape.DEPLOYMENT, re.compile(r"(?P<prefix>.*?)(?P<openai>/openai)?/deployments/(?P<deployment>[^/]+)(/.*)?")),
    (Shape.V1, re.compile(r"(?P<prefix>.*?)(?P<openai>/openai)/v1(/.*)?")),
    (Shape.V1, re.compile(rf"(?P<prefix>.*?)(?P<openai>/openai)?/v1/({_MODEL_PATHS})(/.*)?")),
    (
        Shape.RESOURCE,
        re.compile(
            r"(?P<prefix>.*?)(?P<openai>/openai)/"
            rf"(deployments|{_MODEL_PATHS}|assistants|batches|files|models|threads|images/generations:submit)(/.*)?"
        ),
    ),
    (Shape.INFERENCE, re.compile(r"(?P<prefix>.*?)/models(/(chat/completions|embeddings|images/embeddings|info))?")),
    (Shape.BASE, re.compile(r"(?P<prefix>.*?)(/openai)?")),
)


@lru_cache(maxsize=256)  # a process asks the same few endpoints over and over
def read(text: str) -> Pasted:
    """Take *text* apart; InputError where it is no endpoint."""
    text = text.strip()
    if _UNSAFE.search(text):
        raise _bad("a text with spaces, line breaks, backslashes or characters beyond ASCII")
    url = _split(text)
    host = _host(url)
    path = _path(url.path)
    shape, parts = _shape(path)
    found, unused = _query(url.query)
    return Pasted(
        origin=f"{url.scheme}://{url.netloc.lower()}",
        host=host,
        path=path,
        prefix=parts["prefix"] or "",
        shape=shape,
        openai=shape is Shape.BASE or parts.get("openai") is not None or host.endswith(_AZURE),
        deployment=_named(parts.get("deployment")),
        api_version=found,
        unused_query=unused,
    )


def version(text: str) -> str | None:
    """Find the api-version in *text*, also where its name was pasted along; None where it is none."""
    value = text.strip().lower().lstrip("?&").removeprefix("api-version=")
    return value if _VERSION.fullmatch(value) else None


def shown(value: str) -> str:
    """*value* for an error text: only what is too short and too plain to be a key."""
    plain = re.fullmatch(r"[A-Za-z0-9 ._/-]{1,24}", value)
    return f"'{value}'" if plain else f"a text of {len(value)} characters"


def _bad(got: str, wanted: str = _WANTED) -> InputError:
    return InputError(path=_FIELD, got=got, wanted=wanted)


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        readable = url.port != 0
    except ValueError:
        raise _bad("a URL whose host or port cannot be read") from None  # the cause repeats the text
    if url.scheme not in {"http", "https"}:
        raise _bad("a text that does not begin with https:// or http://")
    if "@" in url.netloc:
        raise _bad("a URL with a user name or password", f"{_WANTED}; credentials go to connection.authentication")
    if not readable or not _NETLOC.fullmatch(url.netloc):
        raise _bad("a URL whose host or port cannot be read")
    return url


def _host(url: SplitResult) -> str:
    host = url.hostname or ""
    if host in _PORTALS:
        raise _bad("the address of a portal's page", f"the endpoint that this page shows, {_WANTED}")
    if "[" in url.netloc:
        try:
            IPv6Address(host)
        except ValueError:
            raise _bad("a URL whose host is no address") from None  # the cause repeats the text
        if "%" not in host:
            return host
    if len(host) > _HOST_NAME_LENGTH or not _HOST_NAME.fullmatch(host):
        raise _bad("a URL whose host is no host name")
    return host


def _path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    path = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", path)
    path = quote(path, safe="/%:@!$&'()*+,;=~")
    if _DOT_SEGMENT.search(path):
        raise _bad("a URL with '.' or '..' in its path")
    return path


def _shape(path: str) -> tuple[Shape, dict[str, str | None]]:
    for shape, pattern in _SHAPES:
        if match := pattern.fullmatch(path):
            return shape, match.groupdict()
    return Shape.BASE, {"prefix": path}


def _named(segment: str | None) -> str | None:
    """Decode the deployment; None where the documentation's placeholder was left in."""
    if segment is None:
        return None
    try:
        name = unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise _bad("a deployment that is not percent-encoded UTF-8") from None  # the cause repeats the text
    return None if _PLACEHOLDER.search(name) else name


def _query(query: str) -> tuple[str | None, bool]:
    """Find the api-version, and whether there is anything else."""
    pairs = parse_qsl(query, keep_blank_values=True)
    texts = [value for name, value in pairs if name.lower() == "api-version"]
    unused = len(texts) < len(pairs)
    text = texts[0] if texts else ""
    found = version(text)
    if text and found is None and not _PLACEHOLDER.search(text):
        raise _bad("an api-version that is none", "an api-version such as 2024-10-21, 2025-04-01-preview or v1")
    return found, unused
