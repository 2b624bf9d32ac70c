"""
Attacks on the network's edge: headers that become more than one, hosts that are others, the worker's identity abroad.

Each is first seen to work against a build from which its guard has been taken.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.made import a_target, a_task, variables
from worker.azure import authentication, endpoint
from worker.azure.authentication import headers_of, second_headers_of
from worker.azure.transport.direct import head_of, place_of
from worker.connections import Connection
from worker.connector import access, check_identity
from worker.errors import InputError
from worker.inputs import parse_task
from worker.wire import Call, Surface, Target

_ANYTHING = re.compile(r".*", re.DOTALL)
LINES: Final[Mapping[str, tuple[str, str]]] = {
    "another header after CR and LF": ("value of a header", "a\r\nX-Evil: 1"),
    "another header after LF alone": ("value of a header", "a\nX-Evil: 1"),
    "another header after CR alone": ("value of a header", "a\rX-Evil: 1"),
    "a header that is folded": ("value of a header", "a\r\n X-Evil: 1"),
    "another request": ("value of a header", "a\r\n\r\nGET /evil HTTP/1.1"),
    "a NUL, which ends a text for some": ("value of a header", "a\0b"),
    "a DEL": ("value of a header", "a\x7fb"),
    "a vertical tab, which some take for a break": ("value of a header", "a\x0bb"),
    "a line separator of Unicode": ("value of a header", "a\u2028b"),
    "a letter that becomes a break when it is cut to a byte": ("value of a header", "a\u010a\u010dX-Evil: 1"),
    "a key with another header": ("key", "k\r\nX-Evil: 1"),
    "a second key with another header": ("second key", "k\r\nX-Evil: 1"),
    "a token with another header": ("token", "t\r\nX-Evil: 1"),
    "an organization with another header": ("organization", "o\r\nX-Evil: 1"),
    "a project with another header": ("project", "p\r\nX-Evil: 1"),
    "a name with another header": ("name of a header", "X: 1\r\nX-Evil"),
    "a name with a colon": ("name of a header", "X-Evil: 1"),
    "a name with a space before the colon": ("name of a header", "Transfer-Encoding "),
    "an empty name": ("name of a header", ""),
}
FRAMING: Final = {
    "another host": "Host",
    "another length": "Content-Length",
    "another framing": "Transfer-Encoding",
    "headers that a proxy takes out": "Connection",
    "a wait for a go-ahead": "Expect",
    "another protocol": "Upgrade",
    "trailers": "TE",
    "a password for the proxy": "Proxy-Authorization",
    "a coding that nobody takes apart": "Accept-Encoding",
}
PATHS: Final = {
    "up from the deployment": "../../evil",
    "up from below": "a/../../evil",
    "up, percent-encoded": "%2e%2e/evil",
    "up, half encoded": "a/%2E./evil",
    "here, which some take away": "./evil",
    "a second request in the path": "evil HTTP/1.1\r\nX: 1",
    "a space, which ends the path": "evil space",
    "a fragment, which is not sent": "evil#deployment",
    "a query of its own": "evil?api-version=1",
}
HOSTS: Final = {
    "another host altogether": "https://evil.example",
    "Azure's name before another": "https://openai.azure.com.evil.example",
    "Azure's name without its dot": "https://evilopenai.azure.com",
    "a resource's name before another": "https://my-res.openai.azure.com.evil.example/openai",
    "a resource's name in the path": "https://evil.example/my-res.openai.azure.com",
    "a resource's name in the query": "https://evil.example?my-res.openai.azure.com",
    "another host with a port": "https://evil.example:443",
    "no encryption": "http://my-res.openai.azure.com",
    "the machine's metadata": "https://169.254.169.254",
    "the machine itself": "https://localhost",
}


@pytest.fixture
def weakened() -> Iterator[pytest.MonkeyPatch]:
    """Takes one guard out of the build, and puts it back."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def _connection(**fields: Any) -> Connection:
    key = {"type": "apiKey", "apiKey": "k3y"}
    return Connection.model_validate({"resource": "r", "authentication": key, **fields})


def _connected(place: str, text: str) -> Connection:
    key = {"type": "apiKey", "apiKey": "k3y"}
    openai = {"resource": None, "provider": "openai"}
    made: dict[str, dict[str, Any]] = {
        "value of a header": {"headers": {"X-A": text}},
        "name of a header": {"headers": {text: "a"}},
        "key": {"authentication": {"type": "apiKey", "apiKey": text}},
        "second key": {"authentication": {**key, "secondaryApiKey": text}},
        "token": {"authentication": {"type": "bearer", "token": text}},
        "organization": {**openai, "organization": text},
        "project": {**openai, "project": text},
    }
    return _connection(**made[place])


def _lines(connection: Connection) -> str:
    both = [headers_of(connection), second_headers_of(connection) or {}]
    return "\r\n".join(f"{name}: {value}" for lines in both for name, value in lines.items())


@pytest.mark.parametrize("name", LINES)
def test_a_header_stays_one_line(name: str, weakened: pytest.MonkeyPatch) -> None:
    """Nothing that a task says begins another header or another request."""
    place, text = LINES[name]
    connection = _connected(place, text)
    weakened.setattr(authentication, "_VALUE", _ANYTHING)
    weakened.setattr(authentication, "_NAME", _ANYTHING)
    assert text.lower() in _lines(connection).lower()
    weakened.undo()

    with pytest.raises(InputError):
        _lines(connection)


@pytest.mark.parametrize("name", FRAMING.values(), ids=FRAMING)
def test_framing_is_not_the_tasks(name: str, weakened: pytest.MonkeyPatch) -> None:
    """A second opinion on length, host or coding would be request smuggling."""
    connection = _connection(headers={name: "1"})
    weakened.setattr(authentication, "_OURS", frozenset())
    assert name.lower() in headers_of(connection)
    weakened.undo()

    with pytest.raises(InputError):
        headers_of(connection)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_path_stays_below_its_deployment(path: str, weakened: pytest.MonkeyPatch) -> None:
    """A path neither climbs nor ends the request line."""
    weakened.setattr(endpoint, "_CALL_PATH", _ANYTHING)
    weakened.setattr(endpoint, "_DOTS", re.compile(r"(?!)"))
    assert path in endpoint.url(a_target(), Call(path=path))
    weakened.undo()

    with pytest.raises(InputError):
        endpoint.url(a_target(), Call(path=path))


@pytest.mark.parametrize("header", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"])
def test_the_direct_path_takes_no_broken_line(header: str) -> None:
    """Even what got past every check before is not written to a socket; the plain one is."""
    there = place_of("https://r.example/chat")
    assert there is not None
    assert head_of(there.line, {"x": "plain"}, b"") is not None

    assert head_of(there.line, {"x": header}, b"") is None


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_the_workers_identity_stays_with_azure(host: str, weakened: pytest.MonkeyPatch) -> None:
    """A task that chooses where to go does not get the worker's own token delivered there."""
    connection = {"endpoint": host, "authentication": {"type": "managedIdentity"}}
    task = parse_task(variables(a_task(connection=connection)))
    target = Target(surface=Surface.MODEL, base_url=host, deployment="gpt", api_version=None)
    weakened.setattr(access, "ManagedIdentity", ())
    check_identity(task, target)
    weakened.undo()

    with pytest.raises(InputError):
        check_identity(task, target)


def test_nor_does_it_ask_for_another_scope() -> None:
    """A token for Azure's management, sent to a service of the task's own choice, is refused even at Azure's hosts."""
    identity = {"type": "managedIdentity", "scope": "https://management.azure.com/.default"}
    task = parse_task(variables(a_task(connection={"resource": "r", "authentication": identity})))

    with pytest.raises(InputError):
        check_identity(task, a_target())
