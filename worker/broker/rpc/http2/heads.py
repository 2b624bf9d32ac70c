"""Blocks of headers (HPACK, RFC 7541): those of requests, which are all alike, and those of responses."""

from collections.abc import Mapping
from typing import Final

import hpack

__all__ = ["head_of", "headers_in"]

_POST, _HTTP, _HTTPS = b"\x83", b"\x86", b"\x87"  # whole fields of the static table (RFC 7541, appendix A)
_AUTHORITY, _PATH = 1, 4  # names in it
_AUTHORIZATION, _CONTENT_TYPE, _USER_AGENT = 23, 31, 58
_PLAIN, _NEVER_INDEXED = 0x00, 0x10  # how a field is to be handled on its way (6.2.2, 6.2.3)
_NAME_MOST, _LENGTH_MOST = 0x0F, 0x7F  # largest prefixes of those two kinds of number
_BLOCK_AT_MOST: Final = 64 * 1024  # bytes of headers; grpc-message alone can hold thousands


def head_of(*, path: str, authority: str, is_tls: bool, timeout_ms: int, authorization: str | None) -> bytes:
    """The block that opens a call (doc/PROTOCOL-HTTP2.md of grpc/grpc). ValueError for what no header can hold."""
    fields = [
        _POST + (_HTTPS if is_tls else _HTTP),
        _field(_PATH, path),
        _field(_AUTHORITY, authority),
        _named("te", "trailers"),
        _field(_CONTENT_TYPE, "application/grpc"),
        _field(_USER_AGENT, "azure-openai-worker"),
        _named("grpc-timeout", _timeout(timeout_ms)),
    ]
    if authorization is not None:
        fields.append(_field(_AUTHORIZATION, authorization, handling=_NEVER_INDEXED))
    return b"".join(fields)


def headers_in(block: bytes) -> Mapping[str, str]:
    """The fields of a response, the last of a name. hpack.HPACKError when it cannot be read."""
    decoder = hpack.Decoder(max_header_list_size=_BLOCK_AT_MOST)
    decoder.header_table_size = decoder.max_allowed_table_size = 0  # as our settings ask
    fields = decoder.decode(block, raw=True)
    return {name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in fields}


def _timeout(timeout_ms: int) -> str:
    if timeout_ms < 10**8:  # eight digits are allowed
        return f"{timeout_ms}m"
    return f"{min(timeout_ms // 1000, 10**8 - 1)}S"


def _field(name: int, value: str, *, handling: int = _PLAIN) -> bytes:
    return _number(name, _NAME_MOST, handling) + _text(value)


def _named(name: str, value: str) -> bytes:
    return b"\x00" + _text(name) + _text(value)


def _text(text: str) -> bytes:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("characters that no header can hold")
    raw = text.encode("ascii")
    return _number(len(raw), _LENGTH_MOST, 0) + raw


def _number(number: int, most: int, prefix: int) -> bytes:
    """RFC 7541, 5.1."""
    if number < most:
        return bytes((prefix | number,))
    coded, number = bytearray((prefix | most,)), number - most
    while number > _LENGTH_MOST:
        coded.append(number & _LENGTH_MOST | 0x80)
        number >>= 7
    coded.append(number)
    return bytes(coded)
