import pytest

from worker.connections import Asker
from worker.secrets import EnvironmentSecrets

VARIABLES = {
    "S_KEY": "plain",
    "S_acme_KEY": "acme's",
    "S_orders_KEY": "orders'",
    "S_acme_orders_KEY": "both",
    "KEY": "no",
}


@pytest.mark.parametrize(
    ("by_tenant", "by_process", "asker", "value"),
    [
        pytest.param(False, False, Asker("orders", "acme"), "plain", id="neither"),
        pytest.param(True, False, Asker("orders", "acme"), "acme's", id="tenant"),
        pytest.param(False, True, Asker("orders", "acme"), "orders'", id="process"),
        pytest.param(True, True, Asker("orders", "acme"), "both", id="tenant, then process"),
        pytest.param(True, True, Asker("orders", "other"), None, id="another tenant"),
        pytest.param(True, True, None, "plain", id="the operator's own placeholders have no job"),
    ],
)
async def test_names(asker: Asker | None, value: str | None, *, by_tenant: bool, by_process: bool) -> None:
    """Variables are named as Camunda's connectors name them."""
    source = EnvironmentSecrets(VARIABLES, prefix="S_", by_tenant=by_tenant, by_process=by_process)

    assert value == await source.get("KEY", asker)


async def test_a_tenant_cannot_read_on_into_another() -> None:
    """The tenant `a` that asks for `b_KEY` does not get the tenant `a_b`'s KEY."""
    variables = {"S_a_b_KEY": "a_b's"}
    source = EnvironmentSecrets(variables, prefix="S_", by_tenant=True, tenants=("a", "a_b"))

    assert None is await source.get("b_KEY", Asker("p", "a"))
    assert await source.get("KEY", Asker("p", "a_b")) == "a_b's"


def test_the_advice_is_the_variable() -> None:
    """An incident names the very variable to set."""
    source = EnvironmentSecrets({}, prefix="S_", by_tenant=True)

    assert "S_acme_KEY" in source.advice("KEY", Asker("orders", "acme"))
