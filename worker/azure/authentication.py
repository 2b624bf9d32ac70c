"""
As whom a call goes: the header lines of a connection.

The only place of the HTTP edge that reveals a secret. Names are in lower case, so that one line can replace another.
"""

import re
from collections.abc import Mapping
from typing import Final, assert_never

from pydantic import SecretStr

from worker.azure.endpoint import provider_of
from worker.connections import (
    ApiKey,
    Bearer,
    ClientCertificate,
    ClientCredentials,
    Connection,
    ManagedIdentity,
    NoAuthentication,
    WorkloadIdentity,
)
from worker.errors import InputError

__all__ = ["headers_of", "second_headers_of", "with_own"]

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 5.6.2, "token"
_VALUE: Final = re.compile(r"[\x20-\x7e\t]*")  # a line break would begin a header of its own
# Framing, routing and coding belong to whoever sends the bytes; a second opinion on them is request smuggling.
_OURS: Final = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_NOT_YET: Final = "Bearer (a token of Microsoft Entra ID)"  # what is shown of a call that is not sent
_CREDENTIALS: Final = frozenset({"api-key", "authorization"})


def headers_of(connection: Connection) -> dict[str, str]:
    """Every header line that the connection asks for; its own *headers* win. InputError where one cannot be sent."""
    match connection.authentication:
        case ApiKey(api_key=key):
            return _lines(connection, key, "connection.authentication.apiKey")
        case Bearer(token=token):
            return _lines(connection, token, "connection.authentication.token")
        case NoAuthentication():
            return _others(connection)
        case ClientCredentials() | ClientCertificate() | ManagedIdentity() | WorkloadIdentity():
            return {"authorization": _NOT_YET} | _others(connection)
        case _ as unknown:
            assert_never(unknown)


def second_headers_of(connection: Connection) -> dict[str, str] | None:
    """Those lines with the secondary key, for after a 401; None where there is no other key to try."""
    match connection.authentication:
        case ApiKey(api_key=first, secondary_api_key=SecretStr() as second) if first != second:
            return _lines(connection, second, "connection.authentication.secondaryApiKey")
        case _:
            return None


def with_own(lines: Mapping[str, str], own: Mapping[str, SecretStr]) -> dict[str, str]:
    """
    *lines* and a call's *own* headers, which replace the connection's further ones, but never a credential.

    InputError where one cannot be sent.
    """
    merged = dict(lines)
    for name, value in own.items():
        path = f"input.headers.{name}"
        line = _header(name, value, "input.headers")
        if name.lower() in _CREDENTIALS and name.lower() in lines:
            raise InputError(path=path, got="a value", wanted="none: connection.authentication sets this header")
        merged.update(line)
    return merged


def _lines(connection: Connection, secret: SecretStr, path: str) -> dict[str, str]:
    value = _value(secret, path)
    if not value.strip():
        raise InputError(path=path, got="nothing", wanted="a key or token; for a server without one, type none")
    if isinstance(connection.authentication, ApiKey) and provider_of(connection) == "azure":
        return {"api-key": value} | _others(connection)
    return {"authorization": f"Bearer {value}"} | _others(connection)


def _others(connection: Connection) -> dict[str, str]:
    lines: dict[str, str] = {}
    if connection.organization and provider_of(connection) == "openai":
        lines["openai-organization"] = _checked(connection.organization, "connection.organization")
    if connection.project and provider_of(connection) == "openai":
        lines["openai-project"] = _checked(connection.project, "connection.project")
    for name, value in connection.headers.items():
        lines.update(_header(name, value, "connection.headers"))
    return lines


def _header(name: str, value: SecretStr, below: str) -> dict[str, str]:
    if not _NAME.fullmatch(name):
        raise InputError(path=below, got="a name no header can have", wanted="letters and hyphens")
    if name.lower() in _OURS:
        raise InputError(path=f"{below}.{name}", got="a value", wanted="none: the worker sets it itself")
    return {name.lower(): _value(value, f"{below}.{name}")}


def _value(secret: SecretStr, path: str) -> str:
    return _checked(secret.get_secret_value(), path)


def _checked(value: str, path: str) -> str:
    """*value* itself if one header line can hold it. The error never repeats it."""
    if not _VALUE.fullmatch(value):
        raise InputError(
            path=path,
            got="a value with a line break, a control character or one beyond ASCII",
            wanted="one line of plain characters (a key read from a file often ends in a line break)",
        )
    return value
