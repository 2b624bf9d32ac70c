import pytest

from worker.broker.rpc import RpcError, StatusCode
from worker.broker.rpc.status import of_reset, of_response, of_trailers


@pytest.mark.parametrize("code", list(StatusCode)[1:])
def test_every_status_is_known(code: StatusCode) -> None:
    """What the peer says in its trailers is what the call ends with."""
    error = of_trailers({"grpc-status": str(code.value), "grpc-message": "why"})

    assert error is not None
    assert (code, "why", True) == (error.code, error.details, error.is_remote)


def test_zero_is_a_good_end() -> None:
    """Status 0 is no error, whatever stands beside it."""
    assert of_trailers({"grpc-status": "0", "grpc-message": "all good"}) is None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        pytest.param("no%20job%20%C3%BC%E2%82%AC", "no job ü€", id="UTF-8"),
        pytest.param("100%25", "100%", id="the percent itself"),
        pytest.param("100% %zz", "100% %zz", id="not encoded at all"),
        pytest.param("%ff", "\ufffd", id="not UTF-8"),
        pytest.param("a+b", "a+b", id="no form"),
        pytest.param("", "", id="empty"),
    ],
)
def test_messages_are_decoded(sent: str, read: str) -> None:
    """A message is percent-encoded UTF-8, and what is not decodable does not hide the rest."""
    error = of_trailers({"grpc-status": "5", "grpc-message": sent})

    assert error is not None
    assert read == error.details


@pytest.mark.parametrize("said", ["17", "99", "-1", "x", "1.0", " 5"])
def test_an_unknown_status_is_unknown(said: str) -> None:
    """A status that gRPC does not have is UNKNOWN, and the message stays."""
    error = of_trailers({"grpc-status": said, "grpc-message": "why"})

    assert error is not None
    assert (StatusCode.UNKNOWN, "why") == (error.code, error.details)


def test_a_missing_status_is_told() -> None:
    """An end without a status is UNKNOWN, and says so."""
    error = of_trailers({})

    assert error is not None
    assert error.code is StatusCode.UNKNOWN
    assert "without a status" in error.details


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("400", StatusCode.INTERNAL),
        ("401", StatusCode.UNAUTHENTICATED),
        ("403", StatusCode.PERMISSION_DENIED),
        ("404", StatusCode.UNIMPLEMENTED),
        ("429", StatusCode.UNAVAILABLE),
        ("502", StatusCode.UNAVAILABLE),
        ("503", StatusCode.UNAVAILABLE),
        ("504", StatusCode.UNAVAILABLE),
        ("500", StatusCode.UNKNOWN),
        ("200", StatusCode.UNKNOWN),
        ("", StatusCode.UNKNOWN),
        ("ok", StatusCode.UNKNOWN),
    ],
)
def test_a_page_instead_of_grpc(status: str, code: StatusCode) -> None:
    """What a proxy or a web server answers is mapped as gRPC demands, and the message shows what came."""
    error = of_response({":status": status, "content-type": "text/html"})

    assert error is not None
    assert (code, True) == (error.code, error.is_remote)
    assert status in error.details
    assert "text/html" in error.details


@pytest.mark.parametrize("kind", ["application/grpc", "application/grpc+proto"])
def test_grpc_is_recognised(kind: str) -> None:
    """Status 200 with gRPC's content type is a response."""
    assert of_response({":status": "200", "content-type": kind}) is None


@pytest.mark.parametrize(
    ("error_code", "code"),
    [
        (0x7, StatusCode.UNAVAILABLE),
        (0x8, StatusCode.CANCELLED),
        (0xB, StatusCode.RESOURCE_EXHAUSTED),
        (0xC, StatusCode.PERMISSION_DENIED),
        (0x0, StatusCode.INTERNAL),
        (0x1, StatusCode.INTERNAL),
        (0x2, StatusCode.INTERNAL),
        (0xFFFF, StatusCode.INTERNAL),
    ],
)
def test_resets_are_mapped(error_code: int, code: StatusCode) -> None:
    """A reset stream ends its call with what gRPC makes of HTTP/2's error."""
    error = of_reset(error_code)

    assert (code, True) == (error.code, error.is_remote)
    assert str(error_code) in error.details


def test_anew_is_equal_but_distinct() -> None:
    """An error can be raised again without the traces of those who raised it before."""
    first = RpcError(StatusCode.ABORTED, "why", is_remote=True)
    again = first.anew()

    assert first is not again
    assert (first.code, first.details, first.is_remote) == (again.code, again.details, again.is_remote)
    assert first.args == again.args


@pytest.mark.parametrize("said", ["00", "000", "\u0660"])
def test_an_error_never_has_the_code_of_success(said: str) -> None:
    """A status of zero in odd writing is success or unknown, but no error that is called OK."""
    error = of_trailers({"grpc-status": said})

    assert error is None or error.code is StatusCode.UNKNOWN
