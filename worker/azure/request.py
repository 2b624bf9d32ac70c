"""What goes out for a call, as one value: whoever sends it and whoever only shows it see the same."""

from collections.abc import Mapping
from typing import Final

import msgspec

from worker.azure.authentication import headers_of, second_headers_of, with_own
from worker.azure.endpoint import url
from worker.azure.identities import entra_of
from worker.azure.options import AzureOptions
from worker.connections import Connection
from worker.wire import Call, Scope, Target

__all__ = ["Request", "Way", "request"]

_ADDRESSES_AT_MOST: Final = 64


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request. *headers* hold the credentials, which the repr does not show; names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Request(method={self.method!r}, url={self.url!r})"


class Way:
    """
    To *target* as *connection* says: what all its requests have in common, worked out once.

    `signs_in` says whether an identity stands in for a key, so that a token has to be had first.
    Raises InputError where the connection's headers cannot be sent.
    """

    def __init__(self, target: Target, connection: Connection, options: AzureOptions) -> None:
        ours = {"user-agent": options.user_agent, "accept-encoding": "gzip, deflate"}
        second = second_headers_of(connection)
        self._target = target
        self._first = {**ours, **headers_of(connection)}
        self._second = None if second is None else {**ours, **second}
        self.signs_in = entra_of(connection) is not None
        self._addresses: dict[tuple[bool, str], str] = {}

    def request(self, call: Call) -> Request:
        """The request that *call* becomes. Raises InputError where it cannot be put into one."""
        return self._with(self._first, call)

    def second_request(self, call: Call) -> Request | None:
        """The same with the secondary key, for after a 401; None where there is no other key to try."""
        return None if self._second is None else self._with(self._second, call)

    def _with(self, lines: Mapping[str, str], call: Call) -> Request:
        headers = with_own(lines, call.headers) if call.headers else dict(lines)
        if call.body:
            headers["content-type"] = call.content_type
        return Request(method=call.method, url=self._address(call), headers=headers, body=call.body)

    def _address(self, call: Call) -> str:
        if call.query:
            return url(self._target, call)
        key = call.scope is Scope.DEPLOYMENT, call.path
        known = self._addresses.get(key)
        if known is None:
            if len(self._addresses) >= _ADDRESSES_AT_MOST:  # a raw request's path may be another for every job
                self._addresses.clear()
            known = self._addresses[key] = url(self._target, call)
        return known


def request(call: Call, target: Target, connection: Connection, options: AzureOptions) -> Request:
    """The request that *call* becomes at *target*. Raises InputError where it cannot be put into one."""
    return Way(target, connection, options).request(call)
