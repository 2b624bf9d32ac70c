"""
Attacks on the network's edge: headers that become more than one, hosts that are others, the worker's identity abroad.

Each is first seen to work against a build from which its guard has been taken. Closed ranges, with every spelling of an
address, are attacked in tests/rooms/azure/transport/test_guarded.py in the same way.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.made import a_target, a_task, variables
from worker.azure import authentication, endpoint
from worker.azure.authentication import headers_of
from worker.azure.transport.direct import head_of, place_of
from worker.connections import Connection
from worker.connector import access, check_identity
from worker.errors import InputError
from worker.inputs import parse_task
from worker.wire import Call, Surface, Target

_ANYTHING = re.compile(r".*", re.DOTALL)
_BREAKS = [
    "\r\nX-Evil: 1",
    "\nX-Evil: 1",
    "\rX-Evil: 1",
    "\r\n\r\nGET /evil HTTP/1.1",
    "a\0b",
    "a\x7f",
    "a\x0bb",
    "a\u2028b",
    "ä",
]
_OURS = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Upgrade", "TE", "Proxy-Authorization"]


@pytest.fixture
def weakened() -> Iterator[pytest.MonkeyPatch]:
    """Takes one guard out of the build, and puts it back."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def _connection(**fields: Any) -> Connection:
    key = {"type": "apiKey", "apiKey": "k3y"}
    return Connection.model_validate({"resource": "r", "authentication": key, **fields})


@pytest.mark.parametrize("place", ["value of a header", "key", "name of a header"])
@pytest.mark.parametrize("text", _BREAKS)
def test_a_header_stays_one_line(place: str, text: str, weakened: pytest.MonkeyPatch) -> None:
    """Nothing that a task says begins another header or another request."""
    connection = {
        "value of a header": lambda: _connection(headers={"X-A": text}),
        "key": lambda: _connection(authentication={"type": "apiKey", "apiKey": f"k{text}"}),
        "name of a header": lambda: _connection(headers={f"X{text}": "a"}),
    }[place]()
    weakened.setattr(authentication, "_VALUE", _ANYTHING)
    weakened.setattr(authentication, "_NAME", _ANYTHING)
    assert any(text.lower() in f"{name}: {value}".lower() for name, value in headers_of(connection).items())
    weakened.undo()

    with pytest.raises(InputError):
        headers_of(connection)


@pytest.mark.parametrize("name", _OURS)
def test_framing_is_not_the_tasks(name: str, weakened: pytest.MonkeyPatch) -> None:
    """A second opinion on length, host or coding would be request smuggling."""
    connection = _connection(headers={name: "1"})
    weakened.setattr(authentication, "_OURS", frozenset())
    assert name.lower() in headers_of(connection)
    weakened.undo()

    with pytest.raises(InputError):
        headers_of(connection)


@pytest.mark.parametrize(
    "path",
    ["../../evil", "a/../../evil", "%2e%2e/evil", "a/%2E%2e/evil", "./evil", "evil\r\nX: 1", "evil space"]
)  # fmt: skip
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


@pytest.mark.parametrize(
    "host",
    [
        "https://evil.example",
        "https://openai.azure.com.evil.example",
        "https://evilopenai.azure.com",
        "https://my-res.openai.azure.com.evil.example/openai",
        "https://evil.example/my-res.openai.azure.com",
        "https://evil.example?my-res.openai.azure.com",
        "https://evil.example:443",
        "http://my-res.openai.azure.com",
        "https://169.254.169.254",
        "https://localhost",
    ],
)
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
