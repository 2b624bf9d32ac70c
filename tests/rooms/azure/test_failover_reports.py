import pytest

from tests.rooms.azure.several import CHAT, limited, several
from worker.errors import AddressNotAllowed
from worker.wire import Behalf


async def test_an_endpoint_in_a_closed_network_is_an_incident() -> None:
    """What the operator has denied is not gone round: the mistake is in the same file."""
    house = several({"ptu": [AddressNotAllowed("closed")]})
    with pytest.raises(AddressNotAllowed):
        await house.ask()

    assert ["ptu"] == house.sent
    assert {"closed"} == {one.state for one in house.azure.endpoints()}


async def test_names_that_are_secrets_are_masked() -> None:
    """Hosts and deployments may be secrets: in every report of failover they stand as the job's mask has them."""
    house = several({"ptu": [limited(20)]})
    by = Behalf("t/p", lambda text: text.replace("ptu", "***").replace("payg", "***"))
    await house.azure.ask(CHAT, house.routes, timeout_s=60, by=by)

    told = repr(house.events) + repr(house.azure.endpoints())
    assert "FailedOver" in told
    assert "BreakerTurned" in told
    assert "ptu" not in told
    assert "payg" not in told


async def test_the_state_of_endpoints_can_be_asked_for() -> None:
    """Each that was asked: its connection, where it is, how it stands and for how long."""
    house = several({"ptu": [limited(20)]})
    await house.ask(CHAT)

    told = [(one.connection, one.host, one.deployment, one.state, one.opens_in_s) for one in house.azure.endpoints()]
    assert [
        ("main", "payg.openai.azure.com", "payg", "closed", 0.0),
        ("main", "ptu.openai.azure.com", "ptu", "open", 20.0),
    ] == told
