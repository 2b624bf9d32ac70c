"""What goes out for a call, as one value: whoever sends it and whoever only shows it see the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.azure.authentication import headers_of, second_headers_of, with_own
from worker.azure.endpoint import url
from worker.azure.options import AzureOptions
from worker.connections import Connection
from worker.wire import Call, Target

__all__ = ["Request", "request", "second_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request. *headers* hold the credentials; their names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def request(call: Call, target: Target, connection: Connection, options: AzureOptions) -> Request:
    """The request that *call* becomes at *target*. Raises InputError where it cannot be put into one."""
    return _with(headers_of(connection), call, target, options)


def second_request(call: Call, target: Target, connection: Connection, options: AzureOptions) -> Request | None:
    """The same with the secondary key, for after a 401; None where there is no other key to try."""
    credentials = second_headers_of(connection)
    return None if credentials is None else _with(credentials, call, target, options)


def _with(credentials: Mapping[str, str], call: Call, target: Target, options: AzureOptions) -> Request:
    headers = {"user-agent": options.user_agent, "accept-encoding": "gzip, deflate", **credentials}
    if call.headers:
        headers = with_own(headers, call.headers)
    if call.body:
        headers["content-type"] = call.content_type
    return Request(method=call.method, url=url(target, call), headers=headers, body=call.body)
