"""A sign-in server, a machine's identity endpoints, and a service that takes their tokens: all on loopback."""

import base64
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests import doubles
from tests.doubles import Double
from worker.azure import Azure, AzureOptions
from worker.connections import Connection, Route, Routes
from worker.events import Event
from worker.wire import Call, Reply, Surface, Target


@dataclass(frozen=True)
class Certificate:
    """An application's certificate, as an operator would keep it: one PEM text with its key."""

    pem: str
    certificate: x509.Certificate

    @classmethod
    def new(cls, *, password: str | None = None, has_rsa: bool = True) -> "Certificate":
        key = rsa.generate_private_key(65537, 2048) if has_rsa else ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "worker")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
        certificate = made.sign(key, hashes.SHA256())
        lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        return cls((pem + certificate.public_bytes(serialization.Encoding.PEM)).decode(), certificate)

    def claims(self, assertion: str, *, audience: str) -> Mapping[str, Any]:
        """What an assertion says, once its signature is proven to be of this certificate's key."""
        digest = base64.urlsafe_b64encode(self.certificate.fingerprint(hashes.SHA256())).decode().rstrip("=")
        assert digest == jwt.get_unverified_header(assertion)["x5t#S256"].rstrip("=")
        key = self.certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        told: Mapping[str, Any] = jwt.decode(assertion, key, algorithms=["PS256"], audience=audience)
        return told


@dataclass
class House:
    """A sign-in server behind TLS, a machine's identity endpoints without, and a service that takes their tokens."""

    entra: Double
    machine: Double
    azure: Azure
    seen: list[str] = field(default_factory=list)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    says: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def route(self, **authentication: Any) -> Route:
        connection = Connection.model_validate({"endpoint": self.entra.url, "authentication": authentication})
        target = Target(surface=Surface.MODEL, base_url=f"{self.entra.url}/v1", deployment="gpt", api_version=None)
        return Route(target, connection)

    async def ask(self, **authentication: Any) -> Reply:
        routes = Routes((self.route(**authentication),))
        return await self.azure.ask(Call(path="chat", body=b"{}"), routes, timeout_s=20)


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[House]:
    trust = doubles.trust(folder)
    entra, machine, events = Double(), Double(), list[Event]()
    house = House(entra, machine, Azure(AzureOptions(ca_file=trust.ca_file), observe=events.append), events=events)

    async def chat(request: web.Request) -> web.Response:
        house.seen.append(token := request.headers.get("Authorization", request.headers.get("api-key", "")))
        return web.json_response({}, status=401 if token in house.refused else 200)

    async def identity(request: web.Request) -> web.Response:
        house.asked.append({**request.query, **request.headers})
        if house.says:
            said = {"error": "invalid_request", "error_description": "Identity not found"}
            return web.json_response(said, status=house.says.pop(0))
        given = machine.give_token()
        ends = int(time.time()) + machine.token_life_s
        return web.json_response({**given, "expires_on": str(ends), "resource": request.query["resource"]})

    routes = [web.get("/metadata/identity/oauth2/token", identity), web.get("/msi/token", identity)]
    async with (
        doubles.serving(entra, *doubles.entra(entra), web.post("/v1/chat", chat), tls=trust.server),
        doubles.serving(machine, *routes),
    ):
        try:
            yield house
        finally:
            await house.azure.close()
