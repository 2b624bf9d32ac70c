"""An emulator and a caller, for the tests of this room."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from worker.demo.emulator import Emulator

CHAT = "/openai/deployments/{}/chat/completions?api-version=2024-10-21"


@dataclass(frozen=True)
class Seen:
    """What a caller sees of an answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def events(self) -> list[str]:
        """The data of each event of a stream."""
        return [block.removeprefix("data: ") for block in self.text.split("\n\n") if block]


@dataclass(frozen=True)
class Caller:
    """Calls an emulator with its own key."""

    azure: Emulator
    session: aiohttp.ClientSession

    async def post(self, path: str, body: object, *, headers: dict[str, str] | None = None) -> Seen:
        sent = {"api-key": self.azure.key} if headers is None else headers
        async with self.session.post(self.azure.url + path, json=body, headers=sent) as answer:
            return Seen(answer.status, {k.lower(): v for k, v in answer.headers.items()}, await answer.text())

    async def get(self, path: str) -> Seen:
        async with self.session.get(self.azure.url + path, headers={"api-key": self.azure.key}) as answer:
            return Seen(answer.status, {k.lower(): v for k, v in answer.headers.items()}, await answer.text())

    async def chat(self, text: str = "What is BPMN?", *, deployment: str = "gpt-4o", **more: object) -> Seen:
        body = {"messages": [{"role": "user", "content": text}], **more}
        return await self.post(CHAT.format(deployment), body)


@pytest.fixture
async def azure() -> AsyncIterator[Emulator]:
    """A running emulator."""
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def caller(azure: Emulator) -> AsyncIterator[Caller]:
    """Someone who calls it."""
    async with aiohttp.ClientSession() as session:
        yield Caller(azure, session)
