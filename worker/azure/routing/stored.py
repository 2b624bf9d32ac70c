"""State that a service keeps: responses, files, threads. It is where it was made, and nowhere else. Pure."""

import re
from typing import Final

from worker.error_bodies import stated
from worker.wire import Call, Reply, Scope

__all__ = ["id_in", "is_not_here", "referred_to"]

_NAMED: Final = re.compile(rb'"(?:previous_response_id|conversation)"\s*:\s*"([^"\\]{1,200})"')
_ID: Final = r"[a-z]{2,14}[_-][A-Za-z0-9]{16,200}"  # resp_68…, file-…, thread_…, as a whole word
_IN_PATH: Final = re.compile(rf"(?:^|/)(?:responses/(?P<response>[^/]+)|(?P<id>{_ID}))(?=/|$)")
_IN_BODY: Final = re.compile(rf'"({_ID})"'.encode())
_FIRST_ID: Final = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9_-]{1,200})"')  # of an object, or of a stream's first event
_HEAD: Final = 2000  # bytes: it stands at the top
_ABSENT: Final = 404
_WRONG: Final = 400


def referred_to(call: Call) -> str | None:
    """
    The id of what *call* takes up again, so that it has to go to where that is kept; None where it stands alone.

    A call below a deployment asks a model, which remembers nothing.
    """
    if call.scope is Scope.DEPLOYMENT:
        return None
    if found := _IN_PATH.search(call.path):
        return found["response"] or found["id"]
    named = _NAMED.search(call.body) or _IN_BODY.search(call.body)
    return named[1].decode(errors="replace") if named else None


def is_not_here(reply: Reply) -> bool:
    """Whether *reply* says that the service does not know what the call refers to."""
    if reply.status == _ABSENT:
        return True
    if reply.status != _WRONG:
        return False
    said = stated(reply)
    return said.param == "previous_response_id" or any(code.endswith("_not_found") for code in said.codes)


def id_in(call: Call, reply: Reply) -> str | None:
    """The id of what the service has made or shown; None where it keeps nothing."""
    if call.scope is Scope.DEPLOYMENT:
        return None
    made = _FIRST_ID.search(reply.body[:_HEAD])
    return made[1].decode() if made else None
