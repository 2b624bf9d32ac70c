import pytest

from worker.proxies import Proxies

_HTTP, _HTTPS = "http://plain:3128", "http://secure:3128"


@pytest.mark.parametrize(
    ("url", "no_proxy", "expected"),
    [
        pytest.param("https://r.openai.azure.com/x", "", _HTTPS, id="https"),
        pytest.param("http://r.example", "", _HTTP, id="http"),
        pytest.param("https://r.example", "*", None, id="everything"),
        pytest.param("https://r.example", "r.example", None, id="host"),
        pytest.param("https://R.Example.", "r.example", None, id="last dot, case"),
        pytest.param("https://a.r.example", "r.example", None, id="below"),
        pytest.param("https://a.r.example", ".r.example", None, id="leading dot"),
        pytest.param("https://a.r.example", "*.r.example", None, id="leading star"),
        pytest.param("https://evilr.example", "r.example", _HTTPS, id="no part of a label"),
        pytest.param("https://r.example", "a, r.example b", None, id="list with spaces"),
        pytest.param("https://r.example", "r.example:443", None, id="the scheme's port"),
        pytest.param("https://r.example:8443", "r.example:443", _HTTPS, id="another port"),
        pytest.param("http://10.1.2.3", "10.0.0.0/8", None, id="range"),
        pytest.param("http://11.1.2.3", "10.0.0.0/8", _HTTP, id="outside the range"),
        pytest.param("http://10.1.2.3", "10.1.2.3", None, id="address"),
        pytest.param("http://10.1.2.3:81", "10.1.2.3:80", _HTTP, id="address with another port"),
        pytest.param("http://10.1.2.3:80", "10.1.2.3:80", None, id="address with port"),
        pytest.param("http://[fd00::1]", "fd00::/8", None, id="IPv6 range"),
        pytest.param("http://[fd00::1]:81", "[fd00::1]:81", None, id="IPv6 with port"),
        pytest.param("http://[fd00::1]", "10.0.0.0/8", _HTTP, id="other family"),
        pytest.param("http://r.example", "10.0.0.0/8", _HTTP, id="a name is in no range"),
        pytest.param("http://localhost:1", "", None, id="localhost"),
        pytest.param("http://a.localhost", "", None, id="below localhost"),
        pytest.param("http://127.0.0.2", "", None, id="loopback"),
        pytest.param("http://[::1]", "", None, id="IPv6 loopback"),
    ],
)
def test_choice(url: str, no_proxy: str, expected: str | None) -> None:
    """A target takes its scheme's proxy, unless an exception covers it or it is loopback."""
    assert expected == Proxies(http=_HTTP, https=_HTTPS, no_proxy=no_proxy).proxy_for(url)


def test_none() -> None:
    """Without proxies every target is reached directly."""
    assert Proxies(http=None, https=" ").proxy_for("https://r.example") is None


def test_scheme_is_optional() -> None:
    """A proxy given as host and port is spoken to in plain HTTP, as curl does."""
    assert Proxies(http=None, https="proxy:3128").proxy_for("https://r.example") == "http://proxy:3128"


@pytest.mark.parametrize(
    "text", ["socks5://me:hunter2@proxy", "http://", "http://me:hunter2@proxy:99999", "http://[hunter2"]
)
def test_unusable(text: str) -> None:
    """An unusable proxy is found at the start, by its option's name and without its password."""
    with pytest.raises(ValueError, match="https_proxy") as caught:
        Proxies(http=None, https=text)

    assert "hunter2" not in str(caught.value)
