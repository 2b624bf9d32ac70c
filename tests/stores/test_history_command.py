import asyncio
import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from tests.made import a_job
from tests.postgres import PASSWORD
from tests.prometheus import free_port
from tests.stores.databases import database_at, told
from worker.cli import app
from worker.history import Place, Told
from worker.history.prompts import Entry, Register
from worker.history.prompts.entry import entry_of
from worker.outcome import Fail

_NEW_YEAR_S = 1_767_225_600.0  # 2026-01-01T00:00:00Z
_DAY_S = 86_400.0


def written(place: Place, *tolds: Told) -> list[str]:
    """The ids of entries, one for each day of 2026."""
    entries = [
        entry_of(each, number=f"{day:022x}", ended_at=_NEW_YEAR_S + day * _DAY_S, worker="pod-1", text_bytes=1000)
        for day, each in enumerate(tolds)
    ]
    asyncio.run(_write(place, entries))
    return [entry.id for entry in entries]


async def _write(place: Place, entries: Sequence[Entry]) -> None:
    register = Register(database_at(place))
    await register.add(entries)
    await register.close()


def environment(place: Place) -> dict[str, str]:
    """What makes a worker, and the command, use that database."""
    if isinstance(place, SecretStr):
        return {"WORKER_DATABASE_URL": place.get_secret_value()}
    return {"WORKER_HISTORY_FILE": str(place)}


def command(place: Place, *arguments: str, typed: str = "") -> Result:
    """`azure-openai-worker history …`, with what is typed when it asks."""
    return CliRunner().invoke(app, ["history", *arguments], env=environment(place), input=typed)


@pytest.fixture
def ids(place: Place) -> list[str]:
    """Three entries of two instances: a success, an incident, and a success of another deployment."""
    incident = Fail(retries=0, message="CONTENT_FILTERED: no")
    other = replace(a_job(), process_instance_key=5, bpmn_process_id="other")
    return written(
        place,
        told(),
        told("bad", outcome=incident, reason="CONTENT_FILTERED", consumed=None),
        told("=1+1", deployment="o4", job=other),
    )


def listed(place: Place, *arguments: str) -> list[str]:
    """The ids that `list` shows."""
    result = command(place, "list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [entry["id"] for entry in json.loads(result.stdout)]


def test_a_list_for_people(place: Place, ids: list[str]) -> None:
    """One line for each, the latest first: when, where, what came of it, tokens and dollars; no prompt."""
    result = command(place, "list")
    head, *lines = result.stdout.splitlines()

    assert head.split()[:3] == ["id", "ended", "process"]
    assert [line.split()[0] for line in lines] == ids[::-1]
    assert "2026-01-02T00:00:00  chat-completion  task" in lines[1]
    assert "incident CONTENT_FILTERED" in lines[1]
    assert "9+2     0.000007" in lines[2]
    assert "two and two" not in result.output


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        pytest.param(["--outcome", "incident"], [1], id="outcome"),
        pytest.param(["--reason", "CONTENT_FILTERED"], [1], id="reason"),
        pytest.param(["--deployment", "o4"], [2], id="deployment"),
        pytest.param(["--process", "chat-completion"], [1, 0], id="process"),
        pytest.param(["--process-instance", "5"], [2], id="instance"),
        pytest.param(["--since", "2026-01-02", "--until", "2026-01-03T00:00Z"], [1], id="time"),
        pytest.param(["--since", "2026-01-03T01:00+01:00"], [2], id="time of another zone"),
        pytest.param(["--until", "1h"], [2, 1, 0], id="age"),
        pytest.param(["--operation", "chatCompletion", "--tenant", "<default>"], [2, 1, 0], id="operation"),
        pytest.param(["--limit", "1"], [2], id="limit"),
        pytest.param(["--process", "none"], [], id="nothing"),
    ],
)
def test_filters(place: Place, ids: list[str], arguments: list[str], days: list[int]) -> None:
    """Only what fits all that is asked for."""
    assert [ids[day] for day in days] == listed(place, *arguments)


def test_showing_one(place: Place, ids: list[str]) -> None:
    """All of it, for people and as JSON; exit code 1 where there is none."""
    text = command(place, "show", ids[0]).stdout
    shown: dict[str, Any] = json.loads(command(place, "show", ids[0], "--json").stdout)
    missing = command(place, "show", "nothing")

    assert "--- request\nWhat is two and two?\n\n--- answer\nFour.\n" in text
    assert ("2026-01-01T00:00:00.000Z", "What is two and two?", None) == (
        shown["ended_at"],
        shown["request"],
        shown["message"],
    )
    assert (1, "no entry has the id nothing") == (missing.exit_code, missing.stderr[:27])


def test_no_text_commands_the_terminal(place: Place) -> None:
    """What a model wrote is shown as it is, but for letters that are orders to a terminal."""
    [number] = written(place, told("a\x1b[2Jb\n\tc", deployment="d\x07"))
    shown = command(place, "show", number).stdout + command(place, "list").stdout

    assert "a\\x1b[2Jb\n\tc" in shown
    assert not {"\x1b", "\x07"} & set(shown)


def test_export(place: Place, ids: list[str], tmp_path: Path) -> None:
    """Lines of JSON with all texts, the oldest first; or CSV that no spreadsheet takes for formulas."""
    to = tmp_path / "out.csv"
    lines = command(place, "export").stdout.splitlines()
    result = command(place, "export", "--format", "csv", "--to", str(to), "--since", "2026-01-02")
    rows = list(csv.DictReader(io.StringIO(to.read_text(encoding="utf-8"))))

    assert [(ids[0], "What is two and two?"), (ids[1], "bad"), (ids[2], "=1+1")] == [
        (entry["id"], entry["request"]) for entry in map(json.loads, lines)
    ]
    assert ["bad", "'=1+1"] == [row["request"] for row in rows]
    assert (0o600, "2 exported\n") == (to.stat().st_mode & 0o777, result.stderr)


def test_purge_asks(place: Place, ids: list[str]) -> None:
    """Nothing goes unless it is confirmed, by hand or by --yes."""
    refused = command(place, "purge", "--process-instance", "5", typed="n\n")
    after_no = listed(place)
    confirmed = command(place, "purge", "--process-instance", "5", typed="y\n")
    after_yes = listed(place)
    old = command(place, "purge", "--until", "2026-01-02", "--yes")

    assert (1, ids[::-1]) == (refused.exit_code, after_no)
    assert ("1 deleted", ids[1::-1]) == (confirmed.stdout.splitlines()[-1], after_yes)
    assert ("1 deleted\n", [ids[1]]) == (old.stdout, listed(place))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["purge", "--yes"], "say which entries", id="nothing named"),
        pytest.param(["purge", "--all", "--tenant", "x"], "and not both", id="all and some"),
        pytest.param(["list", "--since", "yesterday"], "got 'yesterday', wanted 2026-01-31", id="no time"),
        pytest.param(["list", "--outcome", "done"], "wanted one of completed, failed", id="no outcome"),
    ],
)
def test_what_is_no_wish(tmp_path: Path, arguments: list[str], says: str) -> None:
    """Exit code 2, and what is allowed."""
    result = command(tmp_path / "a.db", *arguments)

    assert 2 == result.exit_code
    assert says in " ".join(result.stderr.replace("│", "").split())


def test_no_history(tmp_path: Path) -> None:
    """A file that is not there is not made; exit code 2."""
    result = command(tmp_path / "a.db", "list")

    assert (2, []) == (result.exit_code, list(tmp_path.iterdir()))
    assert "WORKER_HISTORY_FILE: got " in result.stderr
    assert "wanted a file that a worker with WORKER_HISTORY has written" in result.stderr


@pytest.mark.parametrize(
    ("url", "code", "says"),
    [
        pytest.param(f"postgresql://owner:{PASSWORD}@127.0.0.1:{free_port()}/x", 1, "cannot be read", id="away"),
        pytest.param(f"mysql://owner:{PASSWORD}@h/x", 2, "wanted a URL such as postgresql://", id="another database"),
        pytest.param(f"postgresql://owner:{PASSWORD}@h:port/x", 2, "wanted a URL such as", id="no URL"),
    ],
)
def test_an_address_that_is_wrong(url: str, code: int, says: str) -> None:
    """The message says what is wrong, and nothing of the password."""
    result = command(SecretStr(url), "list")

    assert code == result.exit_code
    assert says in result.stderr
    assert not any(form in result.output + result.stderr for form in (PASSWORD, "p@ss-w0rd"))
