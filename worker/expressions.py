"""From the envelope to process variables, as the task headers ask."""

import msgspec

from worker.inputs import TaskHeaders

__all__ = ["variables_of"]

_encode = msgspec.json.Encoder().encode


def variables_of(envelope: bytes, headers: TaskHeaders) -> bytes:
    """The process variables (JSON text of an object): the whole *envelope* under the header `resultVariable`."""
    if headers.result_variable is None:
        return b"{}"
    return b"{" + _encode(headers.result_variable) + b":" + envelope + b"}"
