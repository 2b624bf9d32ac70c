"""The emulator's HTTP server."""

import asyncio
import json
import time
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Self

from aiohttp import web

from worker.demo.emulator.books import Books, Entry
from worker.demo.emulator.deployments import DEFAULT, Deployment
from worker.demo.emulator.front import control, gate
from worker.demo.emulator.front.forms import form_fields
from worker.demo.emulator.front.limits import Limits
from worker.demo.emulator.front.routing import Route, route
from worker.demo.emulator.front.sending import Outgoing
from worker.demo.emulator.operations import Exchange, Memory, Operation, Reply
from worker.demo.emulator.script import Answer, Rule, Script
from worker.demo.emulator.shapes import RefusedError, common_headers, rate_limited

__all__ = ["Emulator"]

_LARGEST_BODY = 256 * 2**20  # bytes


class Emulator:
    """
    One emulated resource on loopback.

    *keys* are taken as api-key and as bearer token alike; *port* 0 takes a free one, kept over `stop` and
    `start`. *latency_s* may be changed at any time, as may *chunk_pause_s*, the time between two chunks of a stream.
    `memory` holds the responses that it keeps.
    *controllable* opens the routes of `front.control`.
    """

    def __init__(
        self,
        *,
        keys: tuple[str, ...] = ("emulator-key",),
        deployments: Mapping[str, Deployment] = DEFAULT,
        latency_s: float = 0.0,
        port: int = 0,
        controllable: bool = False,
    ) -> None:
        self.keys = keys
        self.deployments: Mapping[str, Deployment] = MappingProxyType(dict(deployments))
        self.latency_s, self.chunk_pause_s = latency_s, 0.0
        self.books = Books()
        self.rules = Script()
        self._limits, self.memory = Limits(), Memory()
        self._port, self._controllable = port, controllable
        self._runner: web.AppRunner | None = None

    @property
    def key(self) -> str:
        """A key that is let in."""
        return self.keys[0]

    @property
    def url(self) -> str:
        """The endpoint of the resource, without a slash at the end; known once started."""
        return f"http://127.0.0.1:{self._port}"

    def script(self, *rules: Rule) -> None:
        """Give rules; of those that fit a call, the one given first serves it."""
        self.rules.add(*rules)

    def next(self, *answers: Answer) -> None:
        """Give answers for the next calls, one each in this order, whatever is asked."""
        self.rules.add(*(Rule(answer=answer) for answer in answers))

    def always(self, answer: Answer) -> None:
        """Give the answer for all calls to come, once earlier rules are used up."""
        self.rules.add(Rule(answer=answer, times=None))

    def reset(self) -> None:
        """Forget rules, books and limits: a new test, the same server."""
        self.rules.clear()
        self.books.clear()
        self._limits, self.memory = Limits(), Memory()

    async def start(self) -> None:
        """Begin to listen."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        if self._controllable:
            app.router.add_routes(control.routes(self))
        app.router.add_route("*", "/{path:.*}", self._handle)
        # A caller that hangs up ends its request, so that `in_flight` stays true.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1_024)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and break off what still runs; harmless when not started."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        entry = self.books.open(
            request.method, request.rel_url.raw_path, dict(request.query), _lower_case(request.headers)
        )
        try:
            entry.body = _parsed(await request.read(), request.headers.get("content-type", ""))
            return await self._serve(request, entry)
        finally:
            self.books.close(entry)

    async def _serve(self, request: web.Request, entry: Entry) -> web.StreamResponse:
        way = route(entry.path)
        _describe(entry, way)
        answer = self.rules.take(entry)
        entry.ending = answer.ending
        out = Outgoing(request, entry, answer, common_headers(entry.headers), self.chunk_pause_s)
        try:
            await asyncio.sleep(answer.after_s)
            if answer.ending in ("reset", "hang"):
                await out.nothing(hangs=answer.ending == "hang")
            if answer.status_code is not None:
                return out.scripted(answer.status_code)
            return await self._work(entry, way, out)
        except RefusedError as refusal:
            return out.refusal(refusal)

    async def _work(self, entry: Entry, way: Route | None, out: Outgoing) -> web.StreamResponse:
        gate.check_key(entry.headers, self.keys)
        way, operation = gate.find_operation(entry, way)
        body = gate.read_body(entry)
        if operation.needs_deployment:
            deployment = gate.find_deployment(entry.deployment, operation, self.deployments)
            self._admit(entry, way, deployment, out.headers)
        else:
            deployment = next(iter(self.deployments.values()))
        reply = operation.answer(self._exchange(entry, way, deployment, body, out.answer))
        await asyncio.sleep(self.latency_s)
        self._bill(entry, operation, reply)
        if out.answer.ending == "lost":
            await out.nothing(hangs=False)
        return await out.success(reply)

    def _admit(self, entry: Entry, way: Route, deployment: Deployment, headers: dict[str, str]) -> None:
        name = entry.deployment or ""
        wait_s = self._limits.wait_s(name, deployment)
        headers |= self._limits.headers(name, deployment, is_v1=way.is_v1)
        if wait_s is not None:
            headers |= {"retry-after": str(wait_s), "retry-after-ms": str(wait_s * 1_000)}
            version = entry.query.get("api-version")
            raise rate_limited(is_v1=way.is_v1, deployment=name, api_version=version, wait_s=wait_s)
        headers |= {
            "azureml-model-session": "emulated",
            "x-ms-deployment-name": name,
            "x-ms-is-spilled-over": "false",
            "x-ms-rai-invoked": "true",
            "x-ms-served-model": deployment.model,
        }

    def _exchange(
        self, entry: Entry, way: Route, deployment: Deployment, body: Mapping[str, object], answer: Answer
    ) -> Exchange:
        return Exchange(
            name=entry.deployment or "",
            deployment=deployment,
            deployments=self.deployments,
            body=body,
            api_version=entry.query.get("api-version"),
            is_v1=way.is_v1,
            wanted=answer,
            number=entry.number,
            created=int(time.time()),
            memory=self.memory,
            item=way.item,
        )

    def _bill(self, entry: Entry, operation: Operation, reply: Reply) -> None:
        if operation.needs_deployment:
            self.books.bill(entry, reply.prompt_tokens, reply.completion_tokens)
            self._limits.use(entry.deployment or "", reply.prompt_tokens + reply.completion_tokens)


def _describe(entry: Entry, way: Route | None) -> None:
    """Enter what a request is about, as far as its path and body tell."""
    if way is None:
        return
    entry.operation = way.operation
    named = entry.body.get("model") if isinstance(entry.body, Mapping) else None
    entry.deployment = way.deployment or (named if isinstance(named, str) else None)


def _parsed(raw: bytes, content_type: str) -> object:
    if content_type.startswith("multipart/form-data"):
        return form_fields(raw, content_type)
    text = raw.decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text or None


def _lower_case(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
