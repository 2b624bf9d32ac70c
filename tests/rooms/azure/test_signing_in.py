import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests import doubles
from tests.doubles import Double
from worker.azure import Azure, AzureOptions
from worker.connections import Connection, Route, Routes
from worker.errors import AddressNotAllowed, ConnectorError, InputError, SignInRefused, Unreachable
from worker.events import Event
from worker.wire import Call, Reply, Surface, Target

pytestmark = pytest.mark.may_block("azure-core and msal read certificates on the loop")

APPLICATION = {"type": "clientCredentials", "tenantId": "tenant", "clientId": "c", "clientSecret": "hunter2"}


@dataclass
class House:
    """An Entra ID and a service that takes its tokens, both behind TLS, and the worker's edge towards them."""

    entra: Double
    azure: Azure
    seen: list[str]
    refused: set[str]
    events: list[Event]

    async def ask(self, **authentication: Any) -> Reply:
        given = {**APPLICATION, "authorityHost": self.entra.url, **authentication}
        connection = Connection.model_validate({"endpoint": self.entra.url, "authentication": given})
        target = Target(surface=Surface.MODEL, base_url=f"{self.entra.url}/v1", deployment="gpt", api_version=None)
        return await self.azure.ask(Call(path="chat", body=b"{}"), Routes((Route(target, connection),)), timeout_s=10)


@asynccontextmanager
async def a_house(folder: Path, **options: Any) -> AsyncIterator[House]:
    trust = doubles.trust(folder)
    entra, events = Double(), list[Event]()
    azure = Azure(AzureOptions(ca_file=trust.ca_file, **options), observe=events.append)
    house = House(entra, azure, [], set(), events)

    async def chat(request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "")
        house.seen.append(token)
        status = 401 if token in house.refused else 200
        return web.json_response({"echo": token}, status=status, headers={"X-Echo": token})

    async with doubles.serving(entra, *doubles.entra(entra), web.post("/v1/chat", chat), tls=trust.server):
        try:
            yield house
        finally:
            await azure.close()


async def test_a_token_is_shared(tmp_path: Path) -> None:
    """One token serves every call, and is got for Azure's cognitive services unless the connection says otherwise."""
    async with a_house(tmp_path) as house:
        replies = [await house.ask(), await house.ask()]

    assert [reply.status for reply in replies] == [200, 200]
    assert house.seen == ["Bearer token-1"] * 2
    assert house.entra.forms[0]["scope"].startswith("https://cognitiveservices.azure.com/.default")


async def test_an_echoed_token_is_masked(tmp_path: Path) -> None:
    """Nobody else knows the token, so what the service echoes is masked where it comes in."""
    async with a_house(tmp_path) as house:
        reply = await house.ask()

    assert reply.body == b'{"echo": "Bearer ***"}'
    assert reply.header("x-echo") == "Bearer ***"


async def test_a_refused_token_is_got_anew_once(tmp_path: Path) -> None:
    """A 401 costs one new token, not a loop."""
    async with a_house(tmp_path) as house:
        house.refused = {"Bearer token-1"}
        mended = await house.ask()
        house.refused = {"Bearer token-2", "Bearer token-3"}
        broken = await house.ask()

    assert (mended.status, broken.status) == (200, 401)
    assert house.seen == [f"Bearer token-{number}" for number in (1, 2, 2, 3)]


async def test_a_token_is_renewed_ahead_of_its_end(tmp_path: Path) -> None:
    """Five minutes before its end the next one is fetched, while calls go on with the old one."""
    async with a_house(tmp_path) as house:
        house.entra.token_life_s = 200
        await house.ask()
        await house.ask()
        await house.ask()
        for _ in range(200):
            if house.entra.tokens > 1:
                break
            await house.ask()

    assert house.entra.tokens > 1
    assert house.seen[0] == house.seen[1] == "Bearer token-1"


async def test_scope_and_clients_do_not_mix(tmp_path: Path) -> None:
    """Another scope is another token."""
    async with a_house(tmp_path) as house:
        await house.ask()
        await house.ask(scope="api://gateway/.default")

    assert house.seen == ["Bearer token-1", "Bearer token-2"]
    assert house.entra.forms[-1]["scope"].startswith("api://gateway/.default")


async def test_a_workload_identity(tmp_path: Path) -> None:
    """The pod's token file is shown to Entra, which gives a token for it."""
    (tmp_path / "jwt").write_text("pods-jwt")
    pod = {"type": "workloadIdentity", "tenantId": "tenant", "clientId": "c", "tokenFile": str(tmp_path / "jwt")}
    async with a_house(tmp_path) as house:
        connection = Connection.model_validate(
            {"endpoint": house.entra.url, "authentication": {**pod, "authorityHost": house.entra.url}}
        )
        target = Target(surface=Surface.MODEL, base_url=f"{house.entra.url}/v1", deployment="gpt", api_version=None)
        reply = await house.azure.ask(Call(path="chat", body=b"{}"), Routes((Route(target, connection),)), timeout_s=10)

    assert reply.status == 200
    assert house.entra.forms[0]["client_assertion"] == "pods-jwt"


async def test_a_refused_application_is_an_incident(tmp_path: Path) -> None:
    """Entra's own text says what is wrong with it; the secret does not show."""
    async with a_house(tmp_path) as house:
        house.entra.refuses = True
        with pytest.raises(SignInRefused, match="AADSTS7000215") as caught:
            await house.ask()

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"authorityHost": "https://localhost:1"}, Unreachable, id="nobody there"),
        pytest.param({"type": "clientCertificate", "certificate": "no PEM"}, InputError, id="no certificate"),
    ],
)
async def test_what_else_goes_wrong(tmp_path: Path, changed: dict[str, str], error: type[ConnectorError]) -> None:
    """A sign-in server that is away is tried again later; a broken field is an incident."""
    changed = {**changed, "clientSecret": "x"} if "certificate" not in changed else changed
    async with a_house(tmp_path) as house:
        given = {**APPLICATION, "authorityHost": house.entra.url, **changed}
        given = {name: value for name, value in given.items() if "certificate" not in changed or name != "clientSecret"}
        connection = Connection.model_validate({"endpoint": house.entra.url, "authentication": given})
        target = Target(surface=Surface.MODEL, base_url=f"{house.entra.url}/v1", deployment="gpt", api_version=None)
        with pytest.raises(error):
            await house.azure.ask(Call(path="chat"), Routes((Route(target, connection),)), timeout_s=30)

    assert house.seen == []


async def test_the_sign_in_server_is_guarded_too(tmp_path: Path) -> None:
    """A task that chooses its sign-in server does not reach into a closed network by it."""
    async with a_house(tmp_path, denied_addresses=("loopback",)) as house:
        with pytest.raises((Unreachable, AddressNotAllowed)):
            await house.ask()

    assert house.entra.asked == []


async def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker without azure-identity says what to install."""
    monkeypatch.setitem(sys.modules, "azure.identity.aio", None)
    async with a_house(tmp_path) as house:
        with pytest.raises(InputError, match=r"azure-openai-worker\[azure-identity\]"):
            await house.ask()
