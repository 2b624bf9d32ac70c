"""Multipart forms, taken apart by the standard library and not by the code that is tested."""

from email.parser import BytesParser
from email.policy import HTTP

__all__ = ["parts_of"]


def parts_of(body: bytes, content_type: str) -> list[tuple[str, str | None, bytes]]:
    """Name, file name and content of each part of a form."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    named = [(part.get_param("name", header="content-disposition"), part) for part in parts]
    return [(str(name), part.get_filename(), bytes(part.get_payload(decode=True))) for name, part in named]
