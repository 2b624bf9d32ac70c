from tests.made import a_reply
from tests.rooms.azure.several import limited, responses, several

STORED = "resp_68a1b2c3d4e5f60718293a4b"
NOT_HERE = {"error": {"code": "previous_response_not_found", "message": "no such response"}}


async def test_what_is_kept_is_found_where_it_is() -> None:
    """A worker that does not know asks one after the other, and knows from then on."""
    house = several({"ptu": [a_reply(400, NOT_HERE)]})
    call = responses(b'{"previous_response_id":"%s"}' % STORED.encode())
    found = await house.ask(call)
    again = await house.ask(call)

    assert (200, 200, ["ptu", "payg", "payg"]) == (found.status, again.status, house.sent)


async def test_what_was_made_is_taken_up_there() -> None:
    """A response's id is remembered with its endpoint, which is waited for: no other one has it."""
    made = a_reply(200, {"id": STORED})
    house = several({"ptu": [limited(5)], "payg": [made, limited(7)]})
    await house.ask(responses(b'{"input":"hi"}'))
    reply = await house.ask(responses(b'{"previous_response_id":"%s"}' % STORED.encode()))

    assert (200, ["ptu", "payg", "payg", "payg"], [7.0]) == (reply.status, house.sent, house.waits_s)


async def test_what_is_nowhere_is_said_so() -> None:
    """Each is asked once, and the last refusal is the answer."""
    house = several({"ptu": [a_reply(400, NOT_HERE)], "payg": [a_reply(404, "")]})
    reply = await house.ask(responses(b'{"previous_response_id":"%s"}' % STORED.encode()))

    assert (404, ["ptu", "payg"]) == (reply.status, house.sent)


async def test_a_search_waits_for_who_cannot_say() -> None:
    """An endpoint that is away may be the one that has it; who does not have it is not asked again."""
    house = several({"ptu": [a_reply(503, "", retry_after="4"), 200], "payg": [a_reply(400, NOT_HERE)]})
    reply = await house.ask(responses(b'{"previous_response_id":"%s"}' % STORED.encode()))

    assert (200, ["ptu", "payg", "ptu"], [4.0]) == (reply.status, house.sent, house.waits_s)
