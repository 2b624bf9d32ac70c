"""A call that was made for one target, as another one takes it. Pure."""

from typing import Final
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from worker.wire import Call, Scope, Surface, Target

__all__ = ["moved"]

_FORM: Final = "multipart/form-data; boundary="
_MODEL: Final = '\r\nContent-Disposition: form-data; name="model"\r\n\r\n'

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder().encode


def moved(call: Call, here: Target, there: Target) -> Call:
    """
    *call*, which was made for *here*, as it is sent to *there*: body or raw path name the other deployment.

    A model that is not *here*'s deployment is the author's own, and stays. Everything else is the same at both.
    """
    if (here.deployment, here.surface) == (there.deployment, there.surface):
        return call
    before, after = (f"deployments/{quote(target.deployment, safe='')}/" for target in (here, there))
    if call.scope is Scope.RESOURCE and call.path.startswith(before):
        call = replace(call, path=after + call.path.removeprefix(before))
    if not call.body:
        return call
    adds = call.scope is Scope.DEPLOYMENT and there.surface is Surface.MODEL
    if call.content_type.startswith(_FORM):
        body = _form(call.body, call.content_type.removeprefix(_FORM), here.deployment, there.deployment, adds=adds)
    else:
        body = _json(call.body, here.deployment, there.deployment, adds=adds)
    return call if body is call.body else replace(call, body=body)


def _json(body: bytes, here: str, there: str, *, adds: bool) -> bytes:
    try:
        members = _members.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body  # a raw request may send what it likes
    named = members.get("model")
    if named is None and not adds:
        return body
    if named is not None and bytes(named) != _encode(here):
        return body
    return _encode({**members, "model": msgspec.Raw(_encode(there))})


def _form(body: bytes, boundary: str, here: str, there: str, *, adds: bool) -> bytes:
    """A form of our own begins with its model, where it has one."""
    named, model = _part(boundary, here), _part(boundary, there)
    if body.startswith(named):
        return model + body.removeprefix(named)
    return model + body if adds and not body.startswith(_part(boundary, None)) else body


def _part(boundary: str, name: str | None) -> bytes:
    return f"--{boundary}{_MODEL}".encode() + (b"" if name is None else f"{name}\r\n".encode())
