"""Servers that are shaped like others' services: Entra ID, Key Vault, Vault, Google, Camunda Console. On loopback."""

import base64
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ROOT_TOKEN = "root-token"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Double:
    """
    One server and what it was asked. *secrets* are what it keeps; while *is_down* it answers 503.

    *tokens* counts the tokens it gave; a token is `token-1`, `token-2` and so on.
    """

    secrets: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0
    token_life_s: int = 3600
    is_down: bool = False
    refuses: bool = False
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://localhost:{self.port}"

    def give_token(self) -> dict[str, Any]:
        """The next access token, as OAuth answers."""
        self.tokens += 1
        return {"token_type": "Bearer", "expires_in": self.token_life_s, "access_token": f"token-{self.tokens}"}


@asynccontextmanager
async def serving(double: Double, *routes: web.RouteDef, tls: ssl.SSLContext | None = None) -> AsyncIterator[Double]:
    """Serve *routes* for the block."""

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        double.asked.append(f"{request.method} {request.path}")
        return web.Response(status=503, text="down") if double.is_down else await handler(request)

    app = web.Application(middlewares=[watch])
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    double.port = runner.addresses[0][1]
    double.scheme = "https" if tls else "http"
    try:
        yield double
    finally:
        await runner.cleanup()


def entra(double: Double) -> list[web.RouteDef]:
    """Microsoft Entra ID's token endpoint."""

    async def token(request: web.Request) -> web.Response:
        double.forms.append({name: str(value) for name, value in (await request.post()).items()})
        if double.refuses:
            said = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
            return web.json_response(said, status=401)
        return web.json_response(double.give_token())

    async def discovery(request: web.Request) -> web.Response:
        base = f"{double.url}/{request.match_info['tenant']}"
        return web.json_response(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "issuer": f"{base}/v2.0",
            }
        )

    return [
        web.post("/{tenant}/oauth2/v2.0/token", token),
        web.get("/{tenant}/v2.0/.well-known/openid-configuration", discovery),
    ]


def key_vault(double: Double) -> list[web.RouteDef]:
    """Azure Key Vault's secrets: first a challenge, then the value for a token."""

    async def secret(request: web.Request) -> web.Response:
        if not request.headers.get("Authorization", "").startswith("Bearer token-"):
            challenge = f'Bearer authorization="{double.url}/tenant", resource="https://vault.azure.net"'
            return web.json_response({}, status=401, headers={"WWW-Authenticate": challenge})
        name = request.match_info["name"]
        if name not in double.secrets:
            return web.json_response({"error": {"code": "SecretNotFound", "message": "none"}}, status=404)
        return web.json_response({"value": double.secrets[name], "id": f"{double.url}/secrets/{name}/1"})

    return [web.get("/secrets/{name}{rest:.*}", secret)]


def vault(double: Double) -> list[web.RouteDef]:
    """HashiCorp Vault: KV version 2 at `secret`, and signing in by AppRole or as a pod."""

    async def read(request: web.Request) -> web.Response:
        if request.headers.get("X-Vault-Token") not in {ROOT_TOKEN, f"token-{double.tokens}"}:
            return web.json_response({"errors": ["permission denied"]}, status=403)
        path = request.match_info["path"]
        data = {"value": double.secrets.get(path)} if path in double.secrets else None
        if path == "worker":
            data = dict(double.secrets)
        if data is None:
            return web.json_response({"errors": []}, status=404)
        return web.json_response({"data": {"data": data, "metadata": {"version": 1}}})

    async def login(request: web.Request) -> web.Response:
        double.forms.append(await request.json())
        given = double.give_token()
        return web.json_response({"auth": {"client_token": given["access_token"], "lease_duration": 60}})

    return [web.get("/v1/secret/data/{path:.*}", read), web.post("/v1/auth/{method}/login", login)]


def google(double: Double) -> list[web.RouteDef]:
    """Google's token endpoint and its Secret Manager."""

    async def token(request: web.Request) -> web.Response:
        double.forms.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response(double.give_token())

    async def access(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in double.secrets:
            return web.json_response({"error": {"status": "NOT_FOUND"}}, status=404)
        data = base64.b64encode(double.secrets[name].encode()).decode()
        return web.json_response({"payload": {"data": data}})

    return [
        web.post("/token", token),
        web.get("/v1/projects/{project}/secrets/{name}/versions/{version}", access),
    ]


def console(double: Double) -> list[web.RouteDef]:
    """Camunda's token endpoint and the cluster's secrets."""

    async def token(request: web.Request) -> web.Response:
        double.forms.append(await request.json())
        return web.json_response(double.give_token())

    async def secrets(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer token-{double.tokens}":
            return web.json_response({}, status=401)
        return web.json_response(double.secrets)

    return [web.post("/oauth/token", token), web.get("/secrets", secrets)]


@dataclass(frozen=True)
class Trust:
    """An authority that nobody knows: what a server shows, and the file that makes it trusted."""

    server: ssl.SSLContext
    ca_file: Path


def trust(folder: Path) -> Trust:
    """A new authority, with a certificate for localhost."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return Trust(context, file)


def service_account(folder: Path, token_url: str) -> Path:
    """A Google service account's file, with a key of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    file = folder / "account.json"
    account = {"type": "service_account", "client_email": "w@p.example", "token_uri": token_url, "private_key": pem}
    file.write_text(json.dumps({**account, "private_key_id": str(time.time_ns()), "project_id": "p"}))
    return file
