"""What a refusal's body says, in whichever of the many forms it comes: Azure's, a gateway's, a proxy's, none at all."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from worker.content_filter import FINDINGS, blocked_by
from worker.wire import Reply

__all__ = ["Stated", "stated"]

_QUOTED_AT_MOST: Final = 2_000  # characters of the service's own text
_PLAIN_AT_MOST: Final = 300  # characters of a text in no known form: enough to tell whose it is
_LOOKED_THROUGH: Final = 20_000  # characters of an HTML page; what names its sender stands at its top
_TITLE: Final = re.compile(r"<(title|h1)\b[^>]*>(.{1,300}?)</\1>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_NAMES_OF_A_MESSAGE: Final = (
    "message", "Message", "detail", "error_description", "errorMessage", "faultstring", "msg", "title", "details",
)  # fmt: skip
_NAMES_OF_A_CODE: Final = ("code", "Code", "errorCode", "errorcode", "type")
_NAMES_OF_A_BODY: Final = ("error", "fault", "errors")  # under which the rest may stand

_Object = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """
    What was said.

    *message* is never empty. *codes* run from the most particular to the most general. *status* is a status that the
    body itself names. *filtered* are the categories that the content filter named, with a severity where there is one,
    and *findings* all that it said, as it said it.
    """

    message: str
    codes: tuple[str, ...] = ()
    param: str | None = None
    status: int | None = None
    filtered: tuple[str, ...] = ()
    findings: object = None


def stated(reply: Reply) -> Stated:
    """What the body of *reply*, a refusal, says; of any body, and never raising."""
    if not reply.body:
        return Stated(message="the answer is empty")
    try:
        body = msgspec.json.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Stated(message=_not_json(reply))
    told = list(_levels(body))
    errors = [level for level in told if isinstance(level, Mapping)]
    findings = next((found for level in errors if (found := _findings(level))), None)
    texts = (text for level in told for text in _texts(level))
    said = next((text.strip() for text in texts if text.strip()), None)
    return Stated(
        message=said[:_QUOTED_AT_MOST] if said else _unknown_form(reply),
        codes=tuple(code for level in reversed(errors) for code in _codes(level)),
        param=next((text for level in errors if isinstance(text := level.get("param"), str)), None),
        status=next((number for level in errors if (number := _status(level)) is not None), None),
        filtered=tuple(_filtered(findings)),
        findings=findings,
    )


def _levels(body: object) -> Iterator[object]:
    """The parts of *body* that say something, those that are closest to the fault's description first."""
    part = body[0] if isinstance(body, list) and body else body
    if isinstance(part, Mapping):
        for name in _NAMES_OF_A_BODY:
            if part.get(name):
                yield from _levels(part[name])
        yield part
        for name in ("innererror", "inner_error", "detail"):
            inner = part.get(name)
            if isinstance(inner, Mapping | list) and inner:
                yield from _levels(inner)
    elif isinstance(part, str):
        yield part


def _texts(level: object) -> Iterator[str]:
    if isinstance(level, str):
        yield level
    elif isinstance(level, Mapping):
        yield from (text for name in _NAMES_OF_A_MESSAGE if isinstance(text := level.get(name), str))
        lists = [part for part in level.values() if isinstance(part, list)]  # {"field": ["what is wrong with it"]}
        yield from (str(part[0]) for part in lists if part and isinstance(part[0], str))


def _codes(level: _Object) -> Iterator[str]:
    for name in _NAMES_OF_A_CODE:
        code = level.get(name)
        if isinstance(code, str | int) and not isinstance(code, bool) and code != "":
            yield str(code)


def _status(level: _Object) -> int | None:
    for name in ("status", "statusCode", "code"):
        number = level.get(name)
        if isinstance(number, int | str) and re.fullmatch("[45][0-9]{2}", str(number)):
            return int(number)
    return None


def _findings(level: _Object) -> object:
    return next((found for name in FINDINGS if (found := level.get(name))), None)


def _filtered(findings: object) -> Iterator[str]:
    for name, severity in blocked_by(findings):
        yield f"{name} ({severity})" if severity else name


def _not_json(reply: Reply) -> str:
    text = reply.body[:_LOOKED_THROUGH].decode(errors="replace")
    if (title := _TITLE.search(text)) is not None:
        named = " ".join(html.unescape(_TAG.sub(" ", title[2])).split())
        return f"'{named}', {_unknown_form(reply)}" if named else _unknown_form(reply)
    kind = reply.header("content-type") or ""
    words = " ".join(text.split())
    is_text = words.isprintable() and "<" not in words and (kind.startswith("text/plain") or not kind)
    return f"'{_cut(words)}', {_unknown_form(reply)}" if is_text and words else _unknown_form(reply)


def _cut(text: str) -> str:
    return text if len(text) <= _PLAIN_AT_MOST else f"{text[:_PLAIN_AT_MOST]}…"


def _unknown_form(reply: Reply) -> str:
    kind = reply.header("content-type") or "no content type"
    return f"the answer is not in the API's own form ({kind}, {len(reply.body)} bytes)"
