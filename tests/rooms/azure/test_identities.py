from pathlib import Path
from typing import Any

import pytest

from tests.rooms.azure.identity_house import a_house
from worker.azure.identities import Identities
from worker.connections import Connection, Entra, ManagedIdentity, Routes
from worker.errors import InputError, SignInRefused, Unreachable
from worker.events import FailedOver
from worker.identity import Credential
from worker.wire import Call, Surface, Target

pytestmark = pytest.mark.may_block("azure-core and msal read certificates on the loop")
_WEBHOOK = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST")
_HOSTS = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST")


@pytest.fixture(autouse=True)
def _no_identity_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_WEBHOOK, *_HOSTS):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("client", [None, "user-assigned"])
async def test_the_identity_of_a_virtual_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: str | None
) -> None:
    """The machine's metadata service is asked for a token of the resource, for one of its identities."""
    async with a_house(tmp_path) as house:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", house.machine.url)
        which = {"clientId": client} if client else {}
        replies = [await house.ask(type="managedIdentity", **which) for _ in range(2)]

    assert [200, 200] == [reply.status for reply in replies]
    assert ["Bearer token-1"] * 2 == house.seen
    [asked] = house.asked
    assert ("true", "https://cognitiveservices.azure.com", client) == (
        asked["Metadata"],
        asked["resource"],
        asked.get("client_id"),
    )


async def test_the_identity_of_an_app_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Container Apps and App Service have an endpoint and a header of their own."""
    async with a_house(tmp_path) as house:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{house.machine.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "proof")
        reply = await house.ask(type="managedIdentity", clientId="user-assigned", scope="api://gateway/.default")

    assert (200, ["Bearer token-1"]) == (reply.status, house.seen)
    [asked] = house.asked
    assert ("proof", "api://gateway", "user-assigned") == (
        asked["X-IDENTITY-HEADER"],
        asked["resource"],
        asked["client_id"],
    )


async def test_a_machines_token_is_got_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ahead of its end in the background, and at once after a 401."""
    async with a_house(tmp_path) as house:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", house.machine.url)
        house.refused = {"Bearer token-1"}
        reply = await house.ask(type="managedIdentity")

    assert (200, ["Bearer token-1", "Bearer token-2"]) == (reply.status, house.seen)


async def test_a_machine_without_that_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but a person can assign it: an incident at once, which says so."""
    async with a_house(tmp_path) as house:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", house.machine.url)
        house.says = [400]
        with pytest.raises(SignInRefused, match="identity has not been assigned"):
            await house.ask(type="managedIdentity", clientId="unknown")


async def test_nobody_is_there_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off Azure the metadata service does not answer: that may pass, and costs a retry."""
    async with a_house(tmp_path) as house:
        monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "proof")
        with pytest.raises(Unreachable, match="no token from Microsoft Entra ID"):
            await house.ask(type="managedIdentity")


async def test_a_pod_says_nothing_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What AKS's webhook has put into the environment is enough; the token file is read again for each sign-in."""
    file = tmp_path / "jwt"
    file.write_text("first")
    async with a_house(tmp_path) as house:
        said = ("tenant", "client", str(file), house.entra.url)
        for name, value in zip(_WEBHOOK, said, strict=True):
            monkeypatch.setenv(name, value)
        await house.ask(type="workloadIdentity")
        file.write_text("second")
        house.refused = {"Bearer token-1"}
        reply = await house.ask(type="workloadIdentity")

    assert 200 == reply.status
    assert ["first", "second"] == [form["client_assertion"] for form in house.entra.forms]
    assert {"client"} == {form["client_id"] for form in house.entra.forms}


async def test_a_pod_without_its_variables(tmp_path: Path) -> None:
    """The incident says what is missing."""
    async with a_house(tmp_path) as house:
        with pytest.raises(InputError, match="AZURE_FEDERATED_TOKEN_FILE"):
            await house.ask(type="workloadIdentity")


class _Made:
    """A credential that remembers what it was made for."""

    def __init__(self, identity: Entra, made: list[tuple[Entra, str]]) -> None:
        self._identity = identity
        self._made = made

    async def get_token(self, *scopes: str) -> Any:
        self._made.append((self._identity, scopes[0]))
        return type("Token", (), {"token": "t", "expires_on": 2**40})()

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("host", "scope", "authority"),
    [
        pytest.param("r.openai.azure.com", "https://cognitiveservices.azure.com/.default", None, id="public"),
        pytest.param(
            "r.openai.azure.us", "https://cognitiveservices.azure.us/.default", "login.microsoftonline.us", id="US"
        ),
        pytest.param(
            "r.openai.azure.cn", "https://cognitiveservices.azure.cn/.default", "login.chinacloudapi.cn", id="China"
        ),
    ],
)
async def test_sovereign_clouds(host: str, scope: str, authority: str | None) -> None:
    """Who gives the token and what it is for goes by the service's host; what the connection says wins."""
    made: list[tuple[Entra, str]] = []

    def make(identity: Entra) -> Credential:
        return _Made(identity, made)

    target = Target(surface=Surface.MODEL, base_url=f"https://{host}/openai/v1", deployment="g", api_version=None)
    application = {"type": "clientCredentials", "tenantId": "t", "clientId": "c", "clientSecret": "s"}
    own = {**application, "authorityHost": "login.example", "scope": "api://own"}
    for authentication in (application, own, {"type": "managedIdentity"}):
        connection = Connection.model_validate({"endpoint": f"https://{host}", "authentication": authentication})
        await Identities(make).signed_in(connection, target)

    told = [(None if isinstance(who, ManagedIdentity) else who.authority_host, what) for who, what in made]
    assert [(authority, scope), ("login.example", "api://own"), (None, scope)] == told


async def test_a_refused_identity_goes_on_to_the_next_endpoint(tmp_path: Path) -> None:
    """An application that has run out at one endpoint does not stop the other, and its reason is told."""
    async with a_house(tmp_path) as house:
        house.entra.refuses = True
        application = {"type": "clientCredentials", "tenantId": "t", "clientId": "c", "clientSecret": "hunter2"}
        first = house.route(**application, authorityHost=house.entra.url)
        second = house.route(type="apiKey", apiKey="key")
        routes = Routes((first, second._replace(priority=2)), "pool")
        reply = await house.azure.ask(Call(path="chat", body=b"{}"), routes, timeout_s=20)

    assert 200 == reply.status
    assert ["SIGN_IN_REFUSED"] == [event.cause for event in house.events if isinstance(event, FailedOver)]
    assert "hunter2" not in repr(house.events)


async def test_a_token_that_cannot_be_renewed_goes_on_too(tmp_path: Path) -> None:
    """The sign-in server goes away between a first token and the one after a 401: the other endpoint answers."""
    async with a_house(tmp_path) as house:
        application = {"type": "clientCredentials", "tenantId": "t", "clientId": "c", "clientSecret": "s"}
        first = house.route(**application, authorityHost=house.entra.url)
        await house.azure.ask(Call(path="chat", body=b"{}"), Routes((first,)), timeout_s=20)
        house.refused, house.entra.refuses = {"Bearer token-1"}, True
        routes = Routes((first, house.route(type="apiKey", apiKey="key")._replace(priority=2)), "pool")
        reply = await house.azure.ask(Call(path="chat", body=b"{}"), routes, timeout_s=20)

    assert (200, ["Bearer token-1", "Bearer token-1", "key"]) == (reply.status, house.seen)
