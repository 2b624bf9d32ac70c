import pytest

from worker.azure.endpoint import resolve, url
from worker.connections import Connection, NoAuthentication
from worker.errors import InputError
from worker.wire import Call, Scope, Surface, Target

_CHAT = Call(path="chat/completions")


def a_target() -> Target:
    connection = Connection(resource="r", authentication=NoAuthentication(type="none"))
    return resolve(connection, deployment="d", api_version=None)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        pytest.param("my-deployment_1.2", "my-deployment_1.2", id="plain"),
        pytest.param(".hidden", ".hidden", id="leading dot"),
        pytest.param("a/b", "a%2Fb", id="slash"),
        pytest.param("../other#", "..%2Fother%23", id="climbing"),
        pytest.param("a/./b/../c", "a%2F.%2Fb%2F..%2Fc", id="dots inside"),
        pytest.param("%2e%2E%2f", "%252e%252E%252f", id="encoded already"),
        pytest.param("%252e", "%25252e", id="encoded twice"),
        pytest.param("a?api-version=x&y=z", "a%3Fapi-version%3Dx%26y%3Dz", id="query"),
        pytest.param("a\\b", "a%5Cb", id="backslash"),
        pytest.param("a\r\n/b", "a%0D%0A%2Fb", id="line break"),
        pytest.param("a b", "a%20b", id="space"),
        pytest.param("mod\u00e8le", "mod%C3%A8le", id="beyond ASCII"),
        pytest.param("...", "%2E%2E%2E", id="dots alone"),
        pytest.param("..", "%2E%2E", id="climbing, had resolve let it pass"),
    ],
)
def test_one_segment(name: str, segment: str) -> None:
    """A deployment's name never leaves its segment of the path."""
    target = Target(surface=Surface.CLASSIC, base_url="https://r.example/openai", deployment=name, api_version=None)

    assert f"https://r.example/openai/deployments/{segment}/chat/completions" == url(target, _CHAT)


def test_query() -> None:
    """A call's own query is encoded and wins over the target's version."""
    target = a_target()
    plain = url(target, Call(path="files", scope=Scope.RESOURCE, query={"purpose": "a b&c"}))
    pinned = url(target, Call(path="files", scope=Scope.RESOURCE, query={"api-version": "2023-05-15"}))

    assert plain.endswith("/openai/files?purpose=a%20b%26c&api-version=2024-10-21")
    assert pinned.endswith("/openai/files?api-version=2023-05-15")


@pytest.mark.parametrize("path", ["../x", "a/%2e%2E/b", "a?b", "a#b", "a b", "a\r\nb", "a%zz", "a\\b", "\u00e9"])
def test_refuses_paths(path: str) -> None:
    """A path that would change the address around it is refused."""
    target = a_target()

    with pytest.raises(InputError, match=r"input\.path"):
        url(target, Call(path=path))
