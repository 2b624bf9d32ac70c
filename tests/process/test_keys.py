"""Keys while a worker runs: how they change, what happens while nobody gives them, and what a task is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests import doubles
from tests.canary import OPERATORS_OWN
from tests.doubles import ROOT_TOKEN, Double
from tests.lab import StartWorker, WorkerProcess, eventually, incident_of
from tests.processes import EMULATED, Deployed, a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Emulator

_MINE = {**EMULATED, "authentication": {"type": "apiKey", "apiKey": "{{secrets.MINE}}"}}
# A name that leads somewhere harmless when it is looked up first, and then to the worker's own machine
_CHANGES_ITS_ANSWER = """
import asyncio
from worker import event_loop

class Loop(asyncio.SelectorEventLoop):
    asked = 0

    async def getaddrinfo(self, host, port, **how):
        if host == "rebinding.example":
            Loop.asked += 1
            host = "127.0.0.9" if Loop.asked == 1 else "127.0.0.1"
        return await super().getaddrinfo(host, port, **how)

event_loop.new_event_loop = Loop
from worker.__main__ import main
main()
"""


def _with_vault(double: Double, **more: Any) -> str:
    """The operator's file: a Vault, in which tasks may read one secret."""
    source = {"type": "vault", "url": double.url, "token": ROOT_TOKEN, **more}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in source.items())
    return f'[[secrets.allow]]\nnames = ["MINE", "AZURE_*"]\n\n[[secrets.sources]]\n{lines}\n'


async def _uses(process: Deployed, azure: Emulator, key: str) -> bool:
    result = (await process.run())["result"]
    assert result["status"] == 200
    return azure.books.last.headers["api-key"] == key


async def test_a_mounted_file_is_replaced(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """As Kubernetes does it, by a link that is turned. The next jobs use the new key, and nothing is restarted."""
    folder = tmp_path / OPERATORS_OWN
    for name in ("old", "new"):
        (folder / f"..{name}").mkdir(parents=True)
        (folder / f"..{name}" / "MINE").write_text(f"{name}-key\n", encoding="utf-8")
    (folder / "..data").symlink_to("..old")
    (folder / "MINE").symlink_to("..data/MINE")
    process = await deploy(zeebe, tmp_path, a_question(connection=_MINE))
    config = f'[[secrets.sources]]\ntype = "files"\nfolder = "{folder}"'

    async with Emulator(keys=("old-key", "new-key")) as azure:
        changed = {"SECRET_AZURE_OPENAI_ENDPOINT": azure.url, "WORKER_CONFIG": config}
        async with start_worker(WORKER_JOB_TYPES=process.name, **changed) as worker:
            assert await _uses(process, azure, "old-key")
            (folder / "..turned").symlink_to("..new")
            (folder / "..turned").replace(folder / "..data")
            await eventually(lambda: _uses(process, azure, "new-key"), what="the new key")

    assert not worker.said("job failed")


async def test_a_store_gives_another_value(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """After its time to live a secret is the new one; while the store is down the last one goes on being used."""
    process = await deploy(zeebe, tmp_path, a_question(connection=_MINE))
    double = Double(secrets={"MINE": "old-key"})

    async with Emulator(keys=("old-key", "new-key")) as azure, doubles.serving(double, *doubles.vault(double)):
        changed = {"SECRET_AZURE_OPENAI_ENDPOINT": azure.url, "WORKER_CONFIG": _with_vault(double, ttlS=1)}
        async with start_worker(WORKER_JOB_TYPES=process.name, **changed) as worker:
            assert await _uses(process, azure, "old-key")
            double.secrets["MINE"] = "new-key"
            await eventually(lambda: _uses(process, azure, "new-key"), what="the new key")
            double.is_down = True
            asked = len(double.asked)
            while len(double.asked) < asked + 2:  # it has been asked in vain
                assert await _uses(process, azure, "new-key")

    assert not worker.said("job failed")


async def test_a_store_that_comes_back_in_time(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A first value is waited for while the job is ours: no retry is used up."""
    process = await deploy(zeebe, tmp_path, a_question(connection=_MINE))
    double = Double(secrets={"MINE": azure.key}, is_down=True)

    async with (
        doubles.serving(double, *doubles.vault(double)),
        start_worker(WORKER_JOB_TYPES=process.name, WORKER_CONFIG=_with_vault(double)) as worker,
    ):
        key = await process.start()
        await eventually(lambda: len(double.asked) > 1, what="a second look")
        double.is_down = False
        await worker.says("job completed", process_instance=key)

    assert not worker.said("job failed")


async def test_a_store_that_stays_away(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The job fails with one retry less and a back-off, says which store it is, and is done when the store is back."""
    headers = {"retryBackoff": "PT2S"}
    process = await deploy(zeebe, tmp_path, a_question(connection=_MINE), headers=headers)
    double = Double(secrets={"MINE": azure.key}, is_down=True)

    async with (
        doubles.serving(double, *doubles.vault(double)),
        start_worker(WORKER_JOB_TYPES=process.name, WORKER_CONFIG=_with_vault(double, patienceS=1)) as worker,
    ):
        key = await process.start()
        failure = await worker.says("job failed", process_instance=key)
        double.is_down = False
        await worker.says("job completed", process_instance=key)

    assert (failure["reason"], failure["retries"], failure["backoff_s"]) == ("SECRETS_UNREACHABLE", 2, 2.0)
    assert f"the secret 'MINE' cannot be read: Vault at {double.url}: it answered 503" in failure["message"]


_CONFIG = """
[[secrets.allow]]
names = ["AZURE_*"]
[[secrets.allow]]
names = ["MINE"]
processes = ["another-process"]
[connections.theirs]
resource = "r"
authentication = { type = "none" }
processes = ["another-process"]
"""


@pytest.mark.parametrize(
    ("connection", "says"),
    [
        pytest.param(
            {**EMULATED, "authentication": {"type": "apiKey", "apiKey": "{{secrets.AZURE_NONE}}"}},
            "connection.authentication.apiKey: the secret 'AZURE_NONE' is not available; "
            "set the environment variable SECRET_AZURE_NONE for the worker",
            id="an unknown secret",
        ),
        pytest.param(
            _MINE,
            "connection.authentication.apiKey: the secret 'MINE' is not available; "
            "the operator's allow-list does not open it to the process '{process}'",
            id="a forbidden secret",
        ),
        pytest.param(
            {**EMULATED, "headers": {"X-Key": "{{secrets.MY KEY}}"}},
            "connection.headers.X-Key: got a placeholder that names no secret",
            id="a placeholder that is none",
        ),
        pytest.param(
            {"name": "theirs"},
            "connection.name: got 'theirs', wanted a connection that is allowed here: "
            "the operator has not opened this one to the process '{process}'",
            id="a connection for others",
        ),
        pytest.param({"name": "thiers"}, "connection.name: got 'thiers'", id="an unknown connection"),
    ],
)
async def test_what_a_task_may_not_have(
    connection: dict[str, Any],
    says: str,
    broker: Broker,
    zeebe: ZeebeClient,
    azure: Emulator,
    start_worker: StartWorker,
    tmp_path: Path,
) -> None:
    """An incident at once, which names the secret or connection and the field, never a value; nothing is sent."""
    process = await deploy(zeebe, tmp_path, a_question(connection=connection))

    async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_CONFIG=_CONFIG, SECRET_MINE="m1ne-v4lue") as worker:
        key = await process.start()
        incident = await incident_of(broker, key)
        failure = await worker.says("job failed", process_instance=key)

    assert says.format(process=process.name) in incident.text
    assert failure["retries"] == 0
    assert "m1ne-v4lue" not in incident.text + str(worker.log)
    assert azure.books.calls == 0


@pytest.mark.parametrize("denied", [pytest.param("127.0.0.1/32", id="guarded"), pytest.param("", id="without guard")])
async def test_a_name_that_changes_its_answer(
    denied: str, broker: Broker, zeebe: ZeebeClient, azure: Emulator, tmp_path: Path
) -> None:
    """What counts is the address that is connected to: a name that leads elsewhere the second time gets nowhere."""
    connection = {**EMULATED, "endpoint": azure.url.replace("127.0.0.1", "rebinding.example")}
    process = await deploy(zeebe, tmp_path, a_question(connection=connection))
    environment = {
        "ZEEBE_ADDRESS": broker.address,
        "SECRET_AZURE_OPENAI_API_KEY": azure.key,
        "WORKER_JOB_TYPES": process.name,
        "WORKER_DENIED_ADDRESSES": denied,
    }

    async with WorkerProcess(environment, command=("-c", _CHANGES_ITS_ANSWER)) as worker:
        key = await process.start()
        if denied:
            incident = await incident_of(broker, key)
            assert "ADDRESS_NOT_ALLOWED" in incident.text
        else:
            await worker.says("job completed", process_instance=key)

    assert azure.books.calls == (0 if denied else 1)
    assert worker.said("call repeated")
