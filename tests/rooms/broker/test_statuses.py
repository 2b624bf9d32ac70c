import grpc
import pytest

from worker.broker import (
    GatewayBusy,
    GatewayError,
    GatewayUnavailable,
    JobGone,
    NotLeased,
    NotPermitted,
    NotSupported,
    Refused,
    TooLarge,
)
from worker.broker.statuses import ERRORS, translated

Code = grpc.StatusCode


def test_every_status_has_its_error() -> None:
    """No status of gRPC is left without a translation."""
    assert set(ERRORS) == set(Code) - {Code.OK}


def test_every_error_has_its_status() -> None:
    """Each error that callers tell apart can happen; TooLarge is told by the text."""
    assert set(ERRORS.values()) == {
        GatewayUnavailable,
        GatewayBusy,
        NotPermitted,
        NotSupported,
        NotLeased,
        JobGone,
        Refused,
    }


@pytest.mark.parametrize(
    ("code", "details"),
    [
        pytest.param(Code.UNKNOWN, "Command 'COMPLETE' rejected with code 'EXCEEDED_BATCH_RECORD_SIZE': ", id="broker"),
        pytest.param(Code.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4194304: 5000023", id="gateway"),
        pytest.param(Code.RESOURCE_EXHAUSTED, "CLIENT: Received message larger than max (9 vs. 4)", id="client"),
    ],
)
def test_too_large_is_told_from_busy(code: grpc.StatusCode, details: str) -> None:
    """A message that is too large is not mistaken for something that passes; the texts are those of Zeebe 8.5.8."""
    error = translated(code, details)

    assert type(error) is TooLarge
    assert "busy" not in str(error)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        pytest.param("last error: ipv4:127.0.0.1:1: connect: Connection refused (111)", "connection refused", id="tcp"),
        pytest.param("DNS resolution failed for nowhere:26500: C-ares status", "DNS", id="dns"),
        pytest.param("Ssl handshake failed: CERTIFICATE_VERIFY_FAILED: self signed", "not trusted", id="ca"),
        pytest.param("Ssl handshake failed (SSL_ERROR_SSL): WRONG_VERSION_NUMBER", "does not speak TLS", id="plain"),
        pytest.param("Hostname Verification Check failed.", "another name", id="name"),
        pytest.param("Socket closed", "closed", id="closed"),
        pytest.param("ping timeout", "silent", id="silent"),
    ],
)
def test_causes_are_in_words(details: str, words: str) -> None:
    """A person reads what is wrong with the connection, not what grpc-core prints about it."""
    assert words in str(translated(Code.UNAVAILABLE, details))


def test_the_gateways_own_text_is_passed_on_but_not_at_any_length() -> None:
    """What the gateway says is shown, on one line and cut."""
    text = str(translated(Code.INVALID_ARGUMENT, "Property 'variables'\nis invalid " + "x" * 10_000))

    assert text.startswith("invalid argument: Property 'variables' is invalid")
    assert len(text) < 400


def test_errors_without_a_text_still_say_something() -> None:
    """No error is empty."""
    for code in ERRORS:
        error = translated(code, "")
        assert isinstance(error, GatewayError)
        assert str(error)
