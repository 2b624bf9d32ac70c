from tests.made import a_reply


def test_headers_are_found_whatever_their_spelling() -> None:
    """Servers spell header names as they like."""
    reply = a_reply(Retry_After="1", X_Request_ID="a")

    assert reply.header("retry-after") == "1"
    assert reply.header("x-request-id") == "a"
    assert reply.header("date") is None
