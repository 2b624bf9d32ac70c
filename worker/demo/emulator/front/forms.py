"""Multipart forms, as far as a request's body is told from them."""

import hashlib
from email.parser import BytesParser
from email.policy import HTTP

__all__ = ["form_fields"]


def form_fields(raw: bytes, content_type: str) -> dict[str, object]:
    """
    The fields of a form: texts, and of a file its name, type, size and digest. Empty where it cannot be read.

    A field that comes more than once is a list.
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + raw)
    fields: dict[str, object] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        file = part.get_filename()
        digest = hashlib.sha256(content).hexdigest()
        told = {"filename": file, "content_type": part.get_content_type(), "size": len(content), "sha256": digest}
        value: object = content.decode("utf-8", errors="replace") if file is None else told
        before = fields.get(name)
        fields[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return fields
