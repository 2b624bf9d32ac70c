import pytest

from worker.azure.pasted import Shape, read, shown, version
from worker.errors import InputError

_AZURE = "https://r.openai.azure.com"
_GATEWAY = "https://gw.azure-api.net"


@pytest.mark.parametrize(
    ("text", "shape", "root", "deployment", "api_version"),
    [
        pytest.param(_AZURE, Shape.BASE, f"{_AZURE}/openai", None, None, id="base"),
        pytest.param(
            f" {_AZURE}/ \n", Shape.BASE, f"{_AZURE}/openai", None, None, id="base with slash and white space"
        ),
        pytest.param(f"{_AZURE}/openai/", Shape.BASE, f"{_AZURE}/openai", None, None, id="base with openai"),
        pytest.param(
            f"{_AZURE}/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview",
            Shape.DEPLOYMENT,
            f"{_AZURE}/openai",
            "gpt-4o",
            "2025-01-01-preview",
            id="whole deployment URL",
        ),
        pytest.param(
            "https://r.cognitiveservices.azure.com//openai//deployments/a%2Fb/embeddings?API-Version=2024-02-01",
            Shape.DEPLOYMENT,
            "https://r.cognitiveservices.azure.com/openai",
            "a/b",
            "2024-02-01",
            id="cognitive services, doubled slashes, encoded name",
        ),
        pytest.param(
            f"{_AZURE}/openai/deployments/d/extensions/chat/completions?api-version=2023-12-01-preview",
            Shape.DEPLOYMENT,
            f"{_AZURE}/openai",
            "d",
            "2023-12-01-preview",
            id="extensions",
        ),
        pytest.param(
            f"{_AZURE}/openai/deployments/d", Shape.DEPLOYMENT, f"{_AZURE}/openai", "d", None, id="no operation"
        ),
        pytest.param(
            f"{_AZURE}/deployments/d", Shape.DEPLOYMENT, f"{_AZURE}/openai", "d", None, id="Azure needs openai"
        ),
        pytest.param(
            "https://r.openai.azure.cn/deployments/d",
            Shape.DEPLOYMENT,
            "https://r.openai.azure.cn/openai",
            "d",
            None,
            id="so does the Chinese cloud",
        ),
        pytest.param(
            "https://eastus.api.cognitive.microsoft.com/deployments/d",
            Shape.DEPLOYMENT,
            "https://eastus.api.cognitive.microsoft.com/openai",
            "d",
            None,
            id="and a region's host",
        ),
        pytest.param(
            f"{_AZURE}/openai/deployments/", Shape.RESOURCE, f"{_AZURE}/openai", None, None, id="no deployment"
        ),
        pytest.param(
            f"{_AZURE}/openai/deployments/{{deployment-id}}/completions?api-version={{api-version}}",
            Shape.DEPLOYMENT,
            f"{_AZURE}/openai",
            None,
            None,
            id="the documentation's placeholders",
        ),
        pytest.param(
            f"{_GATEWAY}/team/a/deployments/d/chat/completions?api-version=api-version=2024-10-21",
            Shape.DEPLOYMENT,
            f"{_GATEWAY}/team/a",
            "d",
            "2024-10-21",
            id="gateway without openai, version with its name",
        ),
        pytest.param(
            f"{_GATEWAY}/team/openai/deployments/d/audio/speech",
            Shape.DEPLOYMENT,
            f"{_GATEWAY}/team/openai",
            "d",
            None,
            id="gateway with openai",
        ),
        pytest.param(f"{_GATEWAY}/openai/team", Shape.BASE, f"{_GATEWAY}/openai/team/openai", None, None, id="prefix"),
        pytest.param(f"{_AZURE}/openai/v1/", Shape.V1, f"{_AZURE}/openai", None, None, id="v1"),
        pytest.param(
            f"{_AZURE}/openai/v1/chat/completions?api-version=preview",
            Shape.V1,
            f"{_AZURE}/openai",
            None,
            "preview",
            id="v1 preview",
        ),
        pytest.param(
            "https://r.services.ai.azure.com/api/projects/p/openai/v1",
            Shape.V1,
            "https://r.services.ai.azure.com/api/projects/p/openai",
            None,
            None,
            id="v1 of a project",
        ),
        pytest.param(f"{_GATEWAY}/v1/embeddings", Shape.V1, _GATEWAY, None, None, id="v1 of a gateway"),
        pytest.param(
            f"{_AZURE}/openai/responses/resp_1?api-version=2025-03-01-preview",
            Shape.RESOURCE,
            f"{_AZURE}/openai",
            None,
            "2025-03-01-preview",
            id="flat",
        ),
        pytest.param(
            "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
            Shape.INFERENCE,
            "https://r.services.ai.azure.com/openai",
            None,
            "2024-05-01-preview",
            id="model inference",
        ),
        pytest.param("http://[::1]:8080/x", Shape.BASE, "http://[::1]:8080/x/openai", None, None, id="IPv6"),
        pytest.param("HTTPS://R.Example:8443#top", Shape.BASE, "https://r.example:8443/openai", None, None, id="case"),
        pytest.param(
            "http://my_box/a b".replace(" ", "%zz"), Shape.BASE, "http://my_box/a%25zzb/openai", None, None, id="%"
        ),
    ],
)
def test_shapes(text: str, shape: Shape, root: str, deployment: str | None, api_version: str | None) -> None:
    """Each URL that people paste yields its API, its root, its deployment and its version."""
    pasted = read(text)

    assert (shape, root, deployment, api_version) == (
        pasted.shape,
        pasted.root,
        pasted.deployment,
        pasted.api_version,
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("my-res.openai.azure.com", id="no scheme"),
        pytest.param("ftp://r.example", id="other scheme"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("https://", id="no host"),
        pytest.param("https://user:hunter2@r.example", id="credentials"),
        pytest.param("https://hunter2@r.example", id="user"),
        pytest.param("https://good.example\\@evil.example", id="backslash"),
        pytest.param("https://r.example\r\nX-Evil: 1", id="line break"),
        pytest.param("https://r.exa mple", id="space"),
        pytest.param("https://r\u00e9sum\u00e9.example", id="beyond ASCII"),
        pytest.param("https://r.example\u2044evil", id="look-alike slash"),
        pytest.param("https://<your-resource>.openai.azure.com", id="placeholder host"),
        pytest.param("https://{{secrets.hunter2}}", id="unfilled secret"),
        pytest.param("hunter2", id="a key"),
        pytest.param("https://r.example:0", id="port 0"),
        pytest.param("https://r.example:99999", id="port too high"),
        pytest.param("https://r.example:", id="empty port"),
        pytest.param("https://r.example:80a", id="port with letters"),
        pytest.param("https://[::1", id="open bracket"),
        pytest.param("https://[::1]hunter2", id="after the bracket"),
        pytest.param("https://evil[::1]", id="before the bracket"),
        pytest.param("https://[fe80::1%25eth0]", id="zone"),
        pytest.param("https://[v1.x]", id="future address"),
        pytest.param("https://-r.example", id="hyphen first"),
        pytest.param("https://r..example", id="empty label"),
        pytest.param(f"https://{'r.' * 150}example", id="host too long"),
        pytest.param(f"https://{'r' * 64}.example", id="label too long"),
        pytest.param("https://r%2eexample", id="encoded host"),
        pytest.param("https://r.example/a/../b", id="dots"),
        pytest.param("https://r.example/a/%2E%2e/b", id="encoded dots"),
        pytest.param("https://r.example/openai/deployments/%ff/completions", id="no UTF-8"),
        pytest.param("https://r.example?api-version=hunter2", id="no version"),
        pytest.param("https://ai.azure.com/build/overview?tid=hunter2", id="the portal's own page"),
    ],
)
def test_refused(text: str) -> None:
    """What is no endpoint is refused with the field's name, and the text never repeats what may be secret."""
    with pytest.raises(InputError) as caught:
        read(text)

    assert caught.value.path == "connection.endpoint"
    assert "hunter2" not in str(caught.value)


def test_notices_other_parameters() -> None:
    """A query beyond the api-version is noticed, since it will not be sent."""
    assert read(f"{_AZURE}?api-version=v1&code=x").unused_query
    assert not read(f"{_AZURE}?api-version=v1").unused_query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2024-10-21", "2024-10-21", id="dated"),
        pytest.param("2025-04-01-Preview", "2025-04-01-preview", id="any case"),
        pytest.param("?api-version=2024-02-01", "2024-02-01", id="name pasted along"),
        pytest.param(" V1 ", "v1", id="v1"),
        pytest.param("preview", "preview", id="preview"),
        pytest.param("2024-10", None, id="month"),
        pytest.param("2024-10-21&x=1", None, id="injection"),
        pytest.param("2024-10-21\n", "2024-10-21", id="line break at the end"),
        pytest.param("\u0662\u0660\u0662\u0664-10-21", None, id="other digits"),
    ],
)
def test_version(text: str, expected: str | None) -> None:
    """A version is a date, a dated preview, v1 or preview."""
    assert expected == version(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("gpt-4o", "'gpt-4o'", id="plain"),
        pytest.param("0123456789abcdef0123456789abcdef", "a text of 32 characters", id="like a key"),
        pytest.param("a\nb", "a text of 3 characters", id="line break"),
        pytest.param("", "a text of 0 characters", id="empty"),
    ],
)
def test_shown(value: str, expected: str) -> None:
    """An error text repeats only what is too plain to be a key."""
    assert expected == shown(value)
