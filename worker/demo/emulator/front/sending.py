"""How an answer goes out, whole or broken."""

import asyncio
import json
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, NoReturn

from aiohttp import web

from worker.demo.emulator.books import Entry
from worker.demo.emulator.operations import Reply
from worker.demo.emulator.script import Answer
from worker.demo.emulator.shapes import RefusedError, plain_error, rate_limited

__all__ = ["Outgoing"]

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER for no seconds
_CHUNKS_BEFORE_FAULT: Final = 3


class _NobodyListensError(asyncio.CancelledError):
    """Ends a handler without an answer; the server takes it as a caller that has hung up."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """
    The way back to one caller.

    Each method sends one kind of answer and enters its status in the books. *pause_s* lies between two chunks.
    """

    request: web.Request
    entry: Entry
    answer: Answer
    headers: dict[str, str]
    pause_s: float

    async def nothing(self, *, hangs: bool) -> NoReturn:
        """Never answer: *hangs* until the caller gives up, otherwise the connection is reset at once."""
        if hangs:
            await asyncio.Event().wait()
        self._break()

    def scripted(self, status: int) -> web.Response:
        """Send the status that the script asks for, with its body or else with Azure's own."""
        self.entry.status = status
        body = self.answer.body if self.answer.body is not None else self._own_error(status)
        return web.Response(
            status=status,
            text=body if isinstance(body, str) else json.dumps(body),
            content_type=self.answer.content_type,
            headers={**self.headers, **self.answer.headers},
        )

    def refusal(self, refused: RefusedError) -> web.Response:
        """Send an error in Azure's shape."""
        self.entry.status = refused.status
        return web.json_response({"error": refused.error}, status=refused.status, headers=self.headers)

    async def success(self, reply: Reply) -> web.StreamResponse:
        """Send what the operation has made, as a stream when it is one."""
        self.entry.status = 200
        if reply.chunks is not None:
            return await self._stream(reply.chunks)
        if self.answer.ending == "truncated":
            await self._truncated(json.dumps(reply.body).encode() if reply.raw is None else reply.raw)
        if reply.raw is not None:
            kind = {"content-type": reply.content_type}
            return web.Response(body=reply.raw, headers={**self.headers, **self.answer.headers, **kind})
        return web.json_response(reply.body, headers={**self.headers, **self.answer.headers})

    async def _stream(self, chunks: Sequence[Mapping[str, object]]) -> web.StreamResponse:
        response = await self._begin("text/event-stream; charset=utf-8")
        fault = self.answer.stream_error
        sent = chunks[:_CHUNKS_BEFORE_FAULT] if fault or self.answer.ending == "truncated" else chunks
        for chunk in sent:
            await _event(response, chunk)
            await asyncio.sleep(self.pause_s)
        if self.answer.ending == "truncated":
            self._break()
        if fault:
            await _event(response, self._own_error(fault))
        else:
            await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _truncated(self, body: bytes) -> NoReturn:
        response = await self._begin("application/json", length=len(body))
        await response.write(body[: len(body) // 2])
        self._break()

    async def _begin(self, content_type: str, *, length: int | None = None) -> web.StreamResponse:
        headers = {**self.headers, **self.answer.headers, "content-type": content_type}
        response = web.StreamResponse(headers=headers)
        response.content_length = length
        await response.prepare(self.request)
        return response

    def _break(self) -> NoReturn:
        transport = self.request.transport
        if transport is not None:
            if (connection := transport.get_extra_info("socket")) is not None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()
        raise _NobodyListensError

    def _own_error(self, status: int) -> Mapping[str, object]:
        if status != HTTPStatus.TOO_MANY_REQUESTS:
            return {"error": plain_error(status).error}
        limited = rate_limited(
            is_v1=self.entry.path.startswith("/openai/v1/"),
            deployment=self.entry.deployment or "",
            api_version=self.entry.query.get("api-version"),
            wait_s=int(self.answer.headers.get("retry-after", "1")),
        )
        return {"error": limited.error}


async def _event(response: web.StreamResponse, content: Mapping[str, object]) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    await response.write(f"data: {text}\n\n".encode())
