"""Reading the books and giving rules over HTTP, for tests whose emulator is a process of its own."""

from dataclasses import asdict
from typing import Protocol

from aiohttp import web

from worker.demo.emulator.books import Books
from worker.demo.emulator.script import Rule

__all__ = ["BOOKS", "PACE", "RESET", "SCRIPT", "Controlled", "routes"]

BOOKS, RESET, SCRIPT, PACE = "/_emulator/books", "/_emulator/reset", "/_emulator/script", "/_emulator/pace"


class Controlled(Protocol):
    """The part of an emulator that can be controlled from outside."""

    books: Books
    latency_s: float
    chunk_pause_s: float

    def script(self, *rules: Rule) -> None: ...
    def reset(self) -> None: ...


def routes(emulator: Controlled) -> list[web.RouteDef]:
    """
    Return the routes that control *emulator*; they ask for no key.

    GET books: all that `Books` knows, as JSON. POST script: a list of rules. POST reset: forget rules and books.
    POST pace: `latency_s` and `chunk_pause_s`, each if it is to change.
    """

    async def books(_: web.Request) -> web.Response:
        known = asdict(emulator.books)
        return web.json_response({name: value for name, value in known.items() if not name.startswith("_")})

    async def script(request: web.Request) -> web.Response:
        emulator.script(*(Rule.from_json(fields) for fields in await request.json()))
        return web.json_response({})

    async def reset(_: web.Request) -> web.Response:
        emulator.reset()
        return web.json_response({})

    async def pace(request: web.Request) -> web.Response:
        wanted = await request.json()
        emulator.latency_s = float(wanted.get("latency_s", emulator.latency_s))
        emulator.chunk_pause_s = float(wanted.get("chunk_pause_s", emulator.chunk_pause_s))
        return web.json_response({})

    return [web.get(BOOKS, books), web.post(SCRIPT, script), web.post(RESET, reset), web.post(PACE, pace)]
