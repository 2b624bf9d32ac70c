"""`azure-openai-worker doctor`, as an operator runs it before the first job."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator

CONFIG = """
[connections.main]
endpoint = "{url}"
[connections.main.authentication]
type = "apiKey"
apiKey = "{{{{secrets.AZURE_KEY}}}}"
"""

Findings = dict[tuple[str, str], Mapping[str, str]]


async def looked_at(*arguments: str, **environment: str) -> tuple[int | None, str]:
    """Exit code and what was printed."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", "doctor", *arguments,
        env=bare | environment, cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asked.communicate()
    return asked.returncode, said.decode()


async def findings(*arguments: str, **environment: str) -> tuple[int | None, Findings]:
    """Exit code, and the findings by area and subject."""
    code, said = await looked_at("--json", *arguments, **environment)
    rows: list[dict[str, Any]] = json.loads(said)
    return code, {(row["area"], row["subject"]): row for row in rows}


async def test_a_worker_that_is_well(broker: Broker, azure: Emulator, tmp_path: Path) -> None:
    """Settings and their origin, the broker's version, a key that is let in, clock and stores: and no secret."""
    environment = {
        "ZEEBE_GATEWAY_ADDRESS": broker.address,
        "SECRET_AZURE_KEY": azure.key,
        "WORKER_CONFIG": CONFIG.format(url=azure.url),
        "WORKER_KEPT_ANSWERS_FILE": str(tmp_path / "answers.db"),
        "WORKER_DOCUMENT_FOLDER": str(tmp_path),
    }
    code, found = await findings(**environment)
    _, said = await looked_at(**environment)

    assert [] == [row for row in found.values() if row["state"] in {"failed", "warning"}]
    assert code == 0
    assert found["settings", "ZEEBE_ADDRESS"]["says"] == f"{broker.address}, from ZEEBE_GATEWAY_ADDRESS"
    assert found["settings", "WORKER_CONFIG"]["says"] == "***, from WORKER_CONFIG"
    assert "version 8." in found["broker", broker.address]["says"]
    assert found["secret", "AZURE_KEY"]["says"] == "in the environment"
    assert "lets us in" in found["connection", "main"]["says"]
    assert found["clock", "skew"]["state"] == "ok"
    assert "answers.db" in found["store", "answers and history"]["says"]
    assert [("GET", 0)] == [(azure.books.last.method, azure.books.billed_calls)]
    assert azure.key not in said + str(found)
    assert "ok" in said.splitlines()[-1]


async def test_a_worker_that_is_ill(azure: Emulator, tmp_path: Path) -> None:
    """Each trouble is named with what mends it, all of them in one go."""
    azure.always(Answer.status(401))
    file = tmp_path / "a-file"
    file.touch()
    code, found = await findings(
        ZEEBE_ADDRESS="127.0.0.1:1",
        SECRET_AZURE_KEY="wr0ng-key",
        WORKER_CONFIG=CONFIG.format(url=azure.url),
        WORKER_KEPT_ANSWERS_FILE=str(file / "below" / "answers.db"),
        WORKER_MAX_JOBS="7",
    )

    failed = {key for key, row in found.items() if row["state"] == "failed"}
    assert failed == {("broker", "127.0.0.1:1"), ("connection", "main"), ("store", "answers and history")}
    assert "WORKER_MAX_JOBS_IN_FLIGHT" in found["settings", "WORKER_MAX_JOBS"]["mend"]
    assert "AUTHENTICATION_FAILED" in found["connection", "main"]["says"]
    assert all(found[key]["mend"] for key in failed)
    assert code == 1
    assert "wr0ng-key" not in str(found)


@pytest.mark.parametrize(
    ("environment", "subject", "says"),
    [
        pytest.param({"WORKER_JOB_LEASE_S": "soon"}, ("settings", "all"), "WORKER_JOB_LEASE_S", id="a setting"),
        pytest.param(
            {"WORKER_CONFIG": "[connections.main]\nresource = 'r'\n"},
            ("configuration", "WORKER_CONFIG"),
            "authentication",
            id="the file",
        ),
        pytest.param(
            {"WORKER_CONFIG": CONFIG.format(url="http://127.0.0.1:1")}, ("secret", "AZURE_KEY"), "SECRET_AZURE_KEY",
            id="a key that is nowhere",
        ),
        pytest.param(
            {
                "ZEEBE_CLIENT_ID": "me",
                "ZEEBE_CLIENT_SECRET": "s3cret",
                "ZEEBE_AUTHORIZATION_SERVER_URL": "http://127.0.0.1:1/token",
            },
            ("broker", "authentication"),
            "OAuth",
            id="the sign-in",
        ),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(environment: dict[str, str], subject: tuple[str, str], says: str) -> None:
    """One row says what, and the exit code is 1."""
    code, found = await findings("--offline", **{"ZEEBE_ADDRESS": "127.0.0.1:1", **environment})

    assert found[subject]["state"] == "failed"
    assert says in found[subject]["says"]
    assert found[subject]["mend"]
    assert code == 1
    assert "s3cret" not in str(found)
