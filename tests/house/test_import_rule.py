"""The import rule has teeth: each contract of pyproject.toml is broken by what it forbids."""

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.house.test_tools import BESIDE_PYTHON
from tests.house.tree import ROOT

VIOLATIONS = [
    pytest.param("layers", "worker/verdict.py", "import worker.connector", id="upwards"),
    pytest.param("layers", "worker/azure/client.py", "import worker.secrets", id="edge to edge"),
    pytest.param("layers", "worker/app/app.py", "import worker.demo", id="the worker carries nothing of the demo"),
    pytest.param("layers", "worker/shed.py", "", id="a room without a place"),
    pytest.param("edges", "worker/azure/client.py", "import worker.verdict", id="edge to rule"),
    pytest.param("pure", "worker/verdict.py", "import time", id="a clock"),
    pytest.param("pure", "worker/operations/model.py", "import os", id="the system"),
    pytest.param("feel", "worker/feel/lexer.py", "import worker.errors", id="a bridge to the island"),
    pytest.param("demo", "worker/demo/broker.py", "import worker.settings", id="the broker knows us"),
    pytest.param("settings", "worker/connector/connector.py", "import worker.settings", id="settings below app"),
    pytest.param("http", "worker/secrets/vault.py", "import httpx", id="a second HTTP room"),
    pytest.param("grpc", "worker/broker/statuses.py", "import grpc", id="a second client for gRPC"),
    pytest.param("otlp", "worker/telemetry/oversight.py", "import opentelemetry", id="a worker that always carries it"),
    pytest.param("cycles", "worker/azure/options.py", "import worker.azure.client", id="a ring in a room"),
    pytest.param("doors", "worker/connector/connector.py", "import worker.azure.client", id="through the window"),
]


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS)
def test_catches(contract: str, file: str, line: str, tmp_path: Path) -> None:
    """One forbidden line in a copy of the rooms breaks the contract that forbids it."""
    copy = _rooms(tmp_path)
    (copy / file).parent.mkdir(exist_ok=True)
    (copy / file).parent.joinpath("__init__.py").touch()
    with (copy / file).open("a") as room:
        room.write(f"\n{line}\n")
    ran = _check(contract, tmp_path)

    assert "BROKEN" in ran.stdout, ran.stdout + ran.stderr
    assert Path(file).stem in ran.stdout


def test_every_contract_is_tried() -> None:
    """No contract is without a violation in the list above."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}

    assert contracts == {violation.values[0] for violation in VIOLATIONS}


def _rooms(where: Path) -> Path:
    shutil.copytree(ROOT / "worker", where / "worker", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", where)
    return where


def _check(contract: str, where: Path) -> subprocess.CompletedProcess[str]:
    command = [str(BESIDE_PYTHON / "lint-imports"), "--no-logo", "--no-cache", "--contract", contract]
    environment = {**os.environ, "PYTHONPATH": str(where)}
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
