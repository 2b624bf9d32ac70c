from contextlib import suppress
from urllib.parse import unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from worker.azure import resolve, url
from worker.connections import Connection, NoAuthentication
from worker.errors import InputError
from worker.wire import Call, Surface, Target

_CHAT = Call(path="chat/completions")
_NOBODY = NoAuthentication(type="none")

# Whole URLs out of the pieces that matter, so that the parser is met and not only its first refusal.
_hosts = st.sampled_from(
    ["r.openai.azure.com", "gw.example:8443", "[::1]:80", "R.Services.AI.Azure.com", "a@b", "x..y", ""]
)
_pieces = st.sampled_from(
    [
        "openai",
        "deployments",
        "v1",
        "models",
        "chat/completions",
        "gpt-4o",
        "..",
        "%2e",
        "%",
        "",
        "{x}",
        "api/projects/p",
    ]
) | st.text(max_size=5)
_queries = st.sampled_from(
    ["", "?api-version=2024-10-21", "?api-version=preview", "?x=1", "?api-version=", "#f", "?=&=;"]
)
_urls = st.builds(
    lambda scheme, host, path, query: f"{scheme}{host}/{'/'.join(path)}{query}",
    st.sampled_from(["https://", "http://", "HTTPS://", "ftp://", "//", ""]),
    _hosts,
    st.lists(_pieces, max_size=6),
    _queries,
)
_maybe = st.none() | st.text(max_size=20)
_connections = st.builds(
    Connection,
    provider=st.sampled_from(["azure", "openai", "compatible"]),
    resource=st.none() | st.text(max_size=5) | st.from_regex(r"[a-z-]{1,10}", fullmatch=True),
    endpoint=st.none() | _urls | st.text(max_size=40),
    authentication=st.just(_NOBODY),
)
_versions = st.sampled_from([None, "", "v1", "preview", "2024-10-21", "2025-04-01-preview"]) | st.text(max_size=20)


@given(name=st.text(min_size=1))
def test_any_name_is_one_segment(name: str) -> None:
    """Any deployment's name is exactly one segment of the path, which decodes to that very name."""
    target = Target(surface=Surface.CLASSIC, base_url="https://r.example/openai", deployment=name, api_version="v")
    segments = urlsplit(url(target, _CHAT)).path.split("/")

    assert segments[:3] == ["", "openai", "deployments"]
    assert segments[4:] == ["chat", "completions"]
    assert name == unquote(segments[3], errors="strict")
    assert segments[3] not in {".", ".."}


@given(connection=_connections, deployment=_maybe, api_version=_versions)
def test_nothing_but_input_errors(connection: Connection, deployment: str | None, api_version: str | None) -> None:
    """Whatever the fields hold, there is a target or an InputError."""
    with suppress(InputError):
        resolve(connection, deployment=deployment, api_version=api_version)


@given(endpoint=_urls, deployment=_maybe, api_version=_versions)
def test_same_host(endpoint: str, deployment: str | None, api_version: str | None) -> None:
    """An address can be parsed again, is plain ASCII, and has the scheme, host and port that were given."""
    connection = Connection(endpoint=endpoint, authentication=_NOBODY)
    try:
        target = resolve(connection, deployment=deployment, api_version=api_version)
    except InputError:
        return
    address, given_ = urlsplit(url(target, _CHAT)), urlsplit(endpoint.strip())

    assert (given_.scheme, given_.hostname, given_.port) == (address.scheme, address.hostname, address.port)
    assert address.geturl().isascii()
    assert not {".", ".."} & set(address.path.split("/"))
    assert address.username is None
