"""The management port of several processes: every page is made of theirs."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, NamedTuple, Protocol

from worker.telemetry import JSON, METRICS, Page, Pages

__all__ = ["Front", "merged"]

_PATIENCE_S: Final = 3.0  # the probes' own; a process that starts takes one or two
_SAMPLE: Final = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>.+)")


class _Process(Protocol):
    number: int
    starts: int
    port: int

    @property
    def pid(self) -> int | None: ...


class _Answer(NamedTuple):
    status: int
    text: str


class Front:
    """Answers for *processes* at *host*:*port*, with the paths that one process has."""

    def __init__(self, processes: Sequence[_Process], *, host: str, port: int) -> None:
        self._processes = processes
        self._server = Pages(
            {
                "/health/live": lambda _: self._health("/health/live"),
                "/health/ready": lambda _: self._health("/health/ready"),
                "/metrics": lambda _: self._metrics(),
                "/status": lambda _: self._status(),
            },
            host=host,
            port=port,
        )

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return self._server.port

    async def open(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        await self._server.open()

    async def close(self) -> None:
        """Listen no more."""
        await self._server.close()

    async def _health(self, path: str) -> Page:
        """Up when every process is; else what each of the others says."""
        answers = await self._asked(path)
        wrong = {str(number): answer.text for number, answer in answers.items() if answer.status != HTTPStatus.OK}
        if not wrong:
            return Page(HTTPStatus.OK, JSON, '{"status": "UP"}')
        reason = "; ".join(f"process {number}: {_reason(text)}" for number, text in wrong.items())
        return Page(HTTPStatus.SERVICE_UNAVAILABLE, JSON, json.dumps({"status": "DOWN", "reason": reason}))

    async def _metrics(self) -> Page:
        answers = await self._asked("/metrics")
        found = {number: answer.text for number, answer in answers.items() if answer.status == HTTPStatus.OK}
        return Page(HTTPStatus.OK, METRICS, merged(found))

    async def _status(self) -> Page:
        answers = await self._asked("/status")
        told = {
            str(one.number): {
                "pid": one.pid,
                "starts": one.starts,
                **(_object(answers[one.number].text) if answers[one.number].status == HTTPStatus.OK else {}),
            }
            for one in self._processes
        }
        return Page(HTTPStatus.OK, JSON, json.dumps({"processes": told}, indent=2))

    async def _asked(self, path: str) -> dict[int, _Answer]:
        answers = await asyncio.gather(*(_get(one.port, path) for one in self._processes))
        return {one.number: answer for one, answer in zip(self._processes, answers, strict=True)}


def merged(pages: Mapping[int, str]) -> str:
    """Pages of metrics, by the number of their process, as one: each sample gets a label `process`."""
    comments: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = defaultdict(list)
    for number, page in pages.items():
        family = ""
        described: dict[str, list[str]] = {}
        for line in page.splitlines():
            if line.startswith("#"):
                family = line.split(" ", 3)[2] if line.count(" ") > 1 else family
                described.setdefault(family, []).append(line)
            elif sample := _SAMPLE.fullmatch(line):
                labels = f'process="{number}"' + (f",{sample['labels']}" if sample["labels"] else "")
                samples[family].append(f"{sample['name']}{{{labels}}} {sample['value']}")
        for name, lines in described.items():
            comments.setdefault(name, lines)
    return "".join(f"{line}\n" for name, lines in comments.items() for line in [*lines, *samples[name]])


async def _get(port: int, path: str) -> _Answer:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
                return _Answer(int(head.split(b" ", 2)[1]), body.decode())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError, IndexError):
        return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, '{"reason": "does not answer"}')


def _reason(text: str) -> str:
    return str(_object(text).get("reason", "does not answer"))


def _object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
