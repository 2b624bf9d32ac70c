import asyncio
import importlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from moto.server import ThreadedMotoServer
from pydantic import TypeAdapter

from tests import doubles
from tests.doubles import Double
from worker.secrets import Store, StoreDown, StoreOptions, store

_options: TypeAdapter[Any] = TypeAdapter(StoreOptions)
VALUES: Final = {"AZURE-KEY": "v1", "OTHER": "v2"}


def opened(ca_file: Path | None = None, **options: Any) -> Store:
    return store(_options.validate_python(options), ca_file=ca_file)


async def fetched(kept: Store, *names: str) -> list[str | None]:
    try:
        return [await kept.fetch(name) for name in names]
    finally:
        await kept.close()


@pytest.mark.parametrize(
    ("options", "names"),
    [
        pytest.param({"token": "root-token"}, ("OTHER", "NONE"), id="one secret each"),
        pytest.param({"token": "root-token", "path": "worker"}, ("OTHER", "NONE"), id="fields of one secret"),
        pytest.param({"role": "r", "roleSecret": "s"}, ("OTHER", "NONE"), id="AppRole"),
    ],
)
async def test_vault(options: dict[str, Any], names: tuple[str, ...]) -> None:
    """Secrets of a key-value store, version 2, by any way in."""
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.vault(double)):
        assert await fetched(opened(type="vault", url=double.url, **options), *names) == ["v2", None]


async def test_vault_after_its_token_was_revoked() -> None:
    """A token that Vault no longer knows is got anew, not kept until its lease would have ended."""
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.vault(double)):
        kept = opened(type="vault", url=double.url, role="r", roleSecret="s")
        assert await kept.fetch("OTHER") == "v2"
        double.give_token()  # as if Vault had been sealed and opened: only a new token is good
        with pytest.raises(StoreDown, match="403"):
            await kept.fetch("OTHER")

        assert await fetched(kept, "OTHER") == ["v2"]


async def test_an_answer_in_many_pieces() -> None:
    """A cluster with many secrets answers with more than fits in one packet."""
    double = Double(secrets={f"KEY{number}": "v" * 1_000 for number in range(500)})
    async with doubles.serving(double, *doubles.console(double)):
        own: dict[str, Any] = {"clientId": "c", "clientSecret": "hunter2"}
        where: dict[str, Any] = {"endpoint": f"{double.url}/secrets", "tokenUrl": f"{double.url}/oauth/token"}

        assert await fetched(opened(type="camundaConsole", **own, **where), "KEY499") == ["v" * 1_000]


async def test_an_answer_without_end() -> None:
    """Whatever answers in a store's place does not fill the memory."""
    double = Double(secrets={"KEY": "v" * 3_000_000})
    async with doubles.serving(double, *doubles.vault(double)):
        with pytest.raises(StoreDown, match="larger than"):
            await fetched(opened(type="vault", url=double.url, token="root-token"), "KEY")


async def test_vault_as_a_pod(tmp_path: Path) -> None:
    """The pod's own token is shown to Vault, which gives one of its own."""
    (tmp_path / "token").write_text("pods-jwt\n")
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.vault(double)):
        options: dict[str, Any] = {"role": "worker", "tokenFile": str(tmp_path / "token")}

        assert await fetched(opened(type="vault", url=double.url, **options), "OTHER", "OTHER") == ["v2", "v2"]
    assert double.forms == [{"role": "worker", "jwt": "pods-jwt"}]


async def test_vaults_double_is_one() -> None:
    """The usual client of Vault gets the same answers from the double."""
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.vault(double)):
        hvac: Any = importlib.import_module("hvac")
        client = hvac.Client(url=double.url, token="root-token")
        said = await asyncio.to_thread(client.secrets.kv.v2.read_secret_version, "OTHER", raise_on_deleted_version=True)

    assert said["data"]["data"] == {"value": "v2"}


async def test_console() -> None:
    """One token and one answer serve every name."""
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.console(double)):
        own: dict[str, Any] = {"clientId": "c", "clientSecret": "hunter2"}
        where: dict[str, Any] = {"endpoint": f"{double.url}/secrets", "tokenUrl": f"{double.url}/oauth/token"}

        assert await fetched(opened(type="camundaConsole", **own, **where), "OTHER", "NONE") == ["v2", None]
    assert double.asked == ["POST /oauth/token", "GET /secrets"]


async def test_google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest version, with application default credentials."""
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.google(double)):
        account = doubles.service_account(tmp_path, f"{double.url}/token")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
        kept = opened(type="googleSecretManager", project="p", endpoint=double.url)

        assert await fetched(kept, "OTHER", "NONE") == ["v2", None]
    assert "assertion" in double.forms[0]
    assert "GET /v1/projects/p/secrets/OTHER/versions/latest:access" in double.asked


@pytest.mark.may_block("azure-core reads its certificates on the loop")
async def test_key_vault(tmp_path: Path) -> None:
    """Microsoft's own clients sign in and read; a name's underscores are hyphens there."""
    trust = doubles.trust(tmp_path)
    double = Double(secrets=dict(VALUES))
    async with doubles.serving(double, *doubles.entra(double), *doubles.key_vault(double), tls=trust.server):
        identity = {"type": "clientCredentials", "tenantId": "tenant", "clientId": "c", "clientSecret": "hunter2"}
        kept = opened(
            trust.ca_file,
            type="azureKeyVault",
            url=double.url,
            authentication={**identity, "authorityHost": double.url},
            verifyChallenge=False,
        )

        assert await fetched(kept, "AZURE_KEY", "NONE") == ["v1", None]
    assert double.forms[0]["client_secret"] == "hunter2"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """A moto server, with one secret in each of AWS's two places."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.mark.may_block("boto3 works in threads, and looks for its data there")
@pytest.mark.parametrize("kind", ["awsSecretsManager", "awsParameterStore"])
async def test_aws(aws: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of AWS's stores, below a prefix."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    await asyncio.to_thread(_put, aws, kind)
    kept = opened(type=kind, region="eu-central-1", prefix="/worker/", endpointUrl=aws)

    assert await fetched(kept, "OTHER", "NONE") == ["v2", None]


def _put(url: str, kind: str) -> None:
    boto3: Any = importlib.import_module("boto3")  # a second that the other tests need not pay
    if kind == "awsSecretsManager":
        client = boto3.client("secretsmanager", region_name="eu-central-1", endpoint_url=url)
        client.create_secret(Name="/worker/OTHER", SecretString="v2")
    else:
        client = boto3.client("ssm", region_name="eu-central-1", endpoint_url=url)
        client.put_parameter(Name="/worker/OTHER", Value="v2", Type="SecureString")


@pytest.mark.may_block("azure-core reads its certificates on the loop")
@pytest.mark.parametrize("kind", ["vault", "camundaConsole", "azureKeyVault"])
async def test_a_store_that_is_down_says_so_without_a_secret(kind: str, tmp_path: Path) -> None:
    """The error holds neither what was sent nor what came back."""
    trust = doubles.trust(tmp_path)
    double = Double(is_down=True)
    entra = {"type": "clientCredentials", "tenantId": "t", "clientId": "c", "clientSecret": "hunter2"}
    routes: dict[str, Callable[[Double], Any]] = {
        "vault": doubles.vault,
        "camundaConsole": doubles.console,
        "azureKeyVault": doubles.key_vault,
    }
    async with doubles.serving(double, *routes[kind](double), tls=trust.server):
        given: dict[str, dict[str, Any]] = {
            "vault": {"url": double.url, "token": "hunter2"},
            "camundaConsole": {"clientId": "c", "clientSecret": "hunter2", "tokenUrl": f"{double.url}/oauth/token"},
            "azureKeyVault": {"url": double.url, "authentication": {**entra, "authorityHost": double.url}},
        }
        with pytest.raises(StoreDown) as caught:
            await fetched(opened(trust.ca_file, type=kind, **given[kind]), "KEY")

    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


Check = Callable[[], Awaitable[None]]
