from pathlib import Path
from typing import Any

import pytest

from tests.rooms.azure.identity_house import Certificate, House, a_house
from worker.errors import InputError

pytestmark = pytest.mark.may_block("azure-core and cryptography read certificates on the loop")


def by_certificate(house: House, pem: str, **more: str) -> dict[str, Any]:
    return {
        "type": "clientCertificate",
        "tenantId": "tenant",
        "clientId": "client",
        "certificate": pem,
        "authorityHost": house.entra.url,
        **more,
    }


@pytest.mark.parametrize("password", [None, "pa55word"])
async def test_a_certificate_signs_for_its_application(tmp_path: Path, password: str | None) -> None:
    """Entra is shown a JWT that only the certificate's key can have signed, for this server and this application."""
    certificate = Certificate.new(password=password)
    async with a_house(tmp_path) as house:
        more = {"password": password} if password else {}
        replies = [await house.ask(**by_certificate(house, certificate.pem, **more)) for _ in range(2)]
        [form] = house.entra.forms
        claims = certificate.claims(form["client_assertion"], audience=f"{house.entra.url}/tenant/oauth2/v2.0/token")

    assert [200, 200] == [reply.status for reply in replies]
    assert ["Bearer token-1"] * 2 == house.seen
    assert "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" == form["client_assertion_type"]
    assert ("client_credentials", "https://cognitiveservices.azure.com/.default") == (
        form["grant_type"],
        form["scope"].split()[0],
    )
    assert ("client", "client") == (claims["iss"], claims["sub"])
    assert "client_secret" not in form


async def test_each_sign_in_is_signed_anew(tmp_path: Path) -> None:
    """A new token after a 401 is asked for with another assertion: one cannot be used twice."""
    certificate = Certificate.new()
    async with a_house(tmp_path) as house:
        house.refused = {"Bearer token-1"}
        reply = await house.ask(**by_certificate(house, certificate.pem))

    assert (200, ["Bearer token-1", "Bearer token-2"]) == (reply.status, house.seen)
    assert 2 == len({form["client_assertion"] for form in house.entra.forms})


@pytest.mark.parametrize(
    ("pem", "more"),
    [
        pytest.param(Certificate.new(password="pa55word").pem, {}, id="no password"),
        pytest.param(Certificate.new(password="pa55word").pem, {"password": "wrong"}, id="wrong password"),
        pytest.param(Certificate.new().pem, {"password": "needless"}, id="a password that nothing needs"),
        pytest.param(Certificate.new().pem.partition("-----BEGIN CERT")[0], {}, id="the key alone"),
        pytest.param("-----BEGIN CERT" + Certificate.new().pem.partition("-----BEGIN CERT")[2], {}, id="no key"),
        pytest.param(Certificate.new(has_rsa=False).pem, {}, id="not RSA"),
    ],
)
async def test_a_certificate_that_cannot_be_used(tmp_path: Path, pem: str, more: dict[str, str]) -> None:
    """It is an incident that says what is wanted and shows nothing of it."""
    async with a_house(tmp_path) as house:
        with pytest.raises(InputError, match=r"connection\.authentication") as caught:
            await house.ask(**by_certificate(house, pem, **more))

    assert "certificate" in str(caught.value)
    assert not any(line in str(caught.value) for line in pem.splitlines() if len(line) > 20)
    assert "pa55word" not in str(caught.value)
    assert [] == house.entra.forms
