"""
An Azure OpenAI that reads nothing but lengths and answers after a delay: `python -m benchmarks.doubles.azure`.

Told on standard input, one JSON object a line: {"delay_s": 0.2, "answer_bytes": 2000}. Answers each line with the
number of calls since the line before.
"""

import asyncio
import json
import sys
from typing import Any, Final, cast

from benchmarks.doubles.orders import obey

__all__: list[str] = []

_HEADERS: Final = (
    "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\n"
    "apim-request-id: 6f1a4e64-7a3c-4c6b-9d53-2f8f3f0d4b11\r\nstrict-transport-security: max-age=31536000\r\n"
    "x-content-type-options: nosniff\r\nx-ms-region: Sweden Central\r\nx-ratelimit-limit-requests: 100000\r\n"
    "x-ratelimit-remaining-requests: 99999\r\nx-ratelimit-limit-tokens: 10000000\r\n"
    "x-ratelimit-remaining-tokens: 9999000\r\ncontent-length: %d\r\n\r\n"
)


def _answer(size: int) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "word " * (size // 5)}}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4.1-mini-2025-04-14",
        "choices": [choice],
        "usage": {"prompt_tokens": 400, "completion_tokens": 400, "total_tokens": 800},
    }
    text = json.dumps(body).encode()
    return _HEADERS.encode() % len(text) + text


class _Service:
    delay_s = 0.0
    calls = 0
    answer = _answer(2000)

    async def told(self, order: dict[str, Any]) -> dict[str, Any]:
        """Change the manners; how often it was called meanwhile."""
        calls, self.calls = self.calls, 0
        if "delay_s" in order:
            self.delay_s, self.answer = order["delay_s"], _answer(order["answer_bytes"])
        return {"calls": calls}


class _Connection(asyncio.Protocol):
    """Requests one after the other, as HTTP/1.1 without pipelining sends them."""

    def __init__(self, service: _Service) -> None:
        self._service = service
        self._in = bytearray()
        self._whole = 0  # bytes of the request that is being read, 0 while that is not known

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        buffer = self._in
        buffer += data
        if not self._whole:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(buffer[:end]).lower()
            at = head.find(b"content-length:")
            self._whole = end + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
        if len(buffer) >= self._whole:
            buffer.clear()
            self._whole = 0
            self._service.calls += 1
            if self._service.delay_s:
                asyncio.get_running_loop().call_later(self._service.delay_s, self._reply)
            else:
                self._reply()

    def _reply(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._service.answer)


async def _main() -> None:
    service = _Service()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(service), "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    await obey({"port": port}, service.told)


if __name__ == "__main__":
    import uvloop

    sys.exit(uvloop.run(_main()))
