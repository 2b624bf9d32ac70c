from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import trustme

from tests.faults.scripted_gateway import ScriptedGateway
from tests.rooms.broker.rpc.proxy import Proxy
from worker.broker import GatewayOptions, GatewayUnavailable, GrpcGateway, Tls


def test_a_certificate_comes_with_its_key() -> None:
    """Half of a client certificate is refused before anything connects."""
    with pytest.raises(ValueError, match="belong together"):
        Tls(cert_file=Path("cert.pem"))


async def test_a_missing_authority_file_is_told(tmp_path: Path) -> None:
    """A CA file that is not there is an error of its own, not a failed handshake later."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        GrpcGateway(GatewayOptions(tls=Tls(ca_file=tmp_path / "nowhere.pem")))


async def test_pings_keep_zeebes_minimum() -> None:
    """Zeebe's gateway hangs up on clients that ping more often than every 30 s."""
    assert GatewayOptions().keepalive_s >= 30


@pytest.fixture
async def secured(authority: trustme.CA) -> AsyncIterator[ScriptedGateway]:
    """A gateway with a certificate for `zeebe.example`, which lets in clients of its authority alone."""
    pair = authority.issue_cert("zeebe.example")
    credentials = grpc.ssl_server_credentials(
        [(pair.private_key_pem.bytes(), pair.cert_chain_pems[0].bytes())],
        root_certificates=authority.cert_pem.bytes(),
        require_client_auth=True,
    )
    async with ScriptedGateway(credentials=credentials) as gateway:
        yield gateway


@pytest.fixture
def tls(authority: trustme.CA, ca_file: Path, tmp_path: Path) -> Tls:
    """All that lets us in: an own CA, a name other than the address's and a client certificate."""
    pair = authority.issue_cert("worker.example")
    cert_file, key_file = tmp_path / "cert.pem", tmp_path / "key.pem"
    pair.cert_chain_pems[0].write_to_path(str(cert_file))
    pair.private_key_pem.write_to_path(str(key_file))
    return Tls(ca_file=ca_file, cert_file=cert_file, key_file=key_file, authority="zeebe.example")


async def _version(gateway: ScriptedGateway, tls: Tls | None, *, proxy: str | None = None) -> str:
    door = GrpcGateway(GatewayOptions(address=gateway.address, tls=tls, proxy=proxy, command_timeout_s=5))
    try:
        return (await door.topology()).gateway_version
    finally:
        await door.close()


@pytest.mark.may_block  # the files are read once, before any job
async def test_tls_with_own_authority_name_and_certificate(secured: ScriptedGateway, tls: Tls) -> None:
    """Together they let us in."""
    assert await _version(secured, tls) == "8.5.8"


@pytest.mark.may_block  # likewise
async def test_tls_goes_through_a_proxy(secured: ScriptedGateway, tls: Tls) -> None:
    """Behind the tunnel the gateway proves who it is, and we do, as without one."""
    async with Proxy(int(secured.address.rpartition(":")[2])) as proxy:
        assert await _version(secured, tls, proxy=proxy.url) == "8.5.8"

    assert [f"CONNECT {secured.address} HTTP/1.1"] == [head[0] for head in proxy.heads]


async def test_a_gateway_nobody_vouches_for_is_refused(secured: ScriptedGateway) -> None:
    """A certificate of an unknown authority is not accepted, and the message says what to set."""
    with pytest.raises(GatewayUnavailable, match="CA file"):
        await _version(secured, Tls(authority="zeebe.example"))


@pytest.mark.may_block  # likewise
async def test_a_certificate_for_another_name_is_refused(secured: ScriptedGateway, ca_file: Path) -> None:
    """A trusted certificate does not help when it is somebody else's."""
    with pytest.raises(GatewayUnavailable, match="another name"):
        await _version(secured, Tls(ca_file=ca_file))


async def test_tls_against_plain_text_is_told(scripted: ScriptedGateway) -> None:
    """TLS to a port that speaks plain text is called that."""
    with pytest.raises(GatewayUnavailable, match="TLS"):
        await _version(scripted, Tls())


async def test_plain_text_against_tls_is_told(secured: ScriptedGateway) -> None:
    """Plain text to a port that wants TLS is told as what it most likely is."""
    with pytest.raises(GatewayUnavailable, match="does it want TLS"):
        await _version(secured, None)
