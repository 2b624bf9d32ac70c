"""The demo: one process instance, from the question to the answer, with every part shown on its way."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from pyzeebe import ZeebeClient
from rich.console import Console

from worker import app
from worker.demo.broker import Broker, BrokerError, BrokerOptions
from worker.demo.display import Display
from worker.demo.emulator import Emulator
from worker.demo.processes import client_for, example
from worker.events import Event, JobFinished, WorkerReady
from worker.outcome import Fail
from worker.settings import Settings, load

__all__ = ["DemoError", "Wish", "take_the_tour"]

_PROCESS = "chat-completion"
_KEY_VARIABLE = "AZURE_OPENAI_API_KEY"
_CONNECTION = """
[connections.main]
endpoint = "{{secrets.AZURE_OPENAI_ENDPOINT}}"
authentication = { type = "apiKey", apiKey = "{{secrets.AZURE_OPENAI_API_KEY}}" }
"""  # the one that the examples name
_ANSWER_WITHIN_S = 600  # a reasoning model may think for minutes; the task's own time-out is as long


class DemoError(Exception):
    """The demo could not be finished; the text says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the visitor asked for; *endpoint* None means the emulator."""

    question: str
    endpoint: str | None = None
    deployment: str | None = None
    engine: str = "8.5.8"
    as_json: bool = False


class _Watch:
    """Listens to the worker, so that an incident ends the demo with its reason instead of a wait."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self.ready = asyncio.Event()
        self.incident = asyncio.Event()
        self.failure = ""

    def __call__(self, event: Event) -> None:
        match event:
            case WorkerReady():
                self._display.done(f"worker ready for jobs of type {', '.join(event.job_types)}")
                self.ready.set()
            case JobFinished(outcome=Fail(retries=0) as fail):
                self.failure = fail.message
                self.incident.set()
            case JobFinished(outcome=Fail() as fail):
                self._display.done(f"tried again in {fail.backoff_s:g} s: {fail.message}")
            case _:
                pass


async def take_the_tour(wish: Wish, environment: Mapping[str, str]) -> None:
    """Run the demo and print its answer. Raises DemoError; leaves no process behind, however it ends."""
    display = Display(Console(stderr=True))
    async with AsyncExitStack() as stack:
        stack.enter_context(display)
        endpoint, key = await _service(wish, environment, stack, display)
        configured = {name: value for name, value in environment.items() if name != "WORKER_CONFIG_FILE"}
        settings = load({**configured, "WORKER_CONFIG": _CONNECTION})
        address = settings.zeebe_address if "ZEEBE_ADDRESS" in environment or settings.camunda_cluster_id else None
        broker = await _broker(wish, address, stack, display)
        settings = settings.model_copy(update={"zeebe_address": broker, "worker_job_types": ("azure-openai",)})
        secrets = {"SECRET_AZURE_OPENAI_ENDPOINT": endpoint, "SECRET_AZURE_OPENAI_API_KEY": key}
        result = await _run(wish, settings, secrets, display)
    Display.show(result, question=wish.question, as_json=wish.as_json)


async def _service(
    wish: Wish, environment: Mapping[str, str], stack: AsyncExitStack, display: Display
) -> tuple[str, str]:
    if wish.endpoint is None:
        emulator = await stack.enter_async_context(Emulator(latency_s=0.2))
        display.done(f"Azure OpenAI, emulated at {emulator.url}")
        return emulator.url, emulator.key
    if not (key := environment.get(_KEY_VARIABLE)):
        raise DemoError(f"--endpoint needs a key in the environment variable {_KEY_VARIABLE}")
    if wish.deployment is None:
        raise DemoError("--endpoint needs --deployment, the name of a chat model's deployment there")
    display.done(f"Azure OpenAI at {wish.endpoint}")
    return wish.endpoint, key


async def _broker(wish: Wish, address: str | None, stack: AsyncExitStack, display: Display) -> str:
    options = BrokerOptions(address=address, version=wish.engine)
    try:
        broker = await stack.enter_async_context(Broker(options, on_progress=display.step))
    except BrokerError as cause:
        raise DemoError(str(cause)) from cause
    return broker.address


async def _run(wish: Wish, settings: Settings, secrets: Mapping[str, str], display: Display) -> dict[str, Any]:
    watch = _Watch(display)
    stop = app.Stop()
    running = asyncio.create_task(app.run(settings, secrets, stop=stop, observe=watch))
    try:
        await watch.ready.wait()
        return await _ask(wish, client_for(settings), watch, display)
    finally:
        stop.ask()
        await running


async def _ask(wish: Wish, client: ZeebeClient, watch: _Watch, display: Display) -> dict[str, Any]:
    await client.deploy_resource(example(_PROCESS))
    display.done(f"process {_PROCESS} deployed")
    display.doing("process instance runs: the task asks Azure OpenAI")
    asked = asyncio.create_task(_answer(wish, client))
    incident = asyncio.create_task(watch.incident.wait())
    await asyncio.wait([asked, incident], return_when=asyncio.FIRST_COMPLETED)
    incident.cancel()
    if not asked.done():
        asked.cancel()
        raise DemoError(f"the task ended in an incident: {watch.failure}")
    display.done("process instance completed")
    return asked.result()


async def _answer(wish: Wish, client: ZeebeClient) -> dict[str, Any]:
    given = {"question": wish.question, "deployment": wish.deployment}
    ended = await client.run_process_with_result(_PROCESS, given, timeout=_ANSWER_WITHIN_S * 1000)
    variables: Any = ended.variables
    return dict(variables["result"])
