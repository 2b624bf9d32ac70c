import json
from typing import Any

import pytest

from worker.azure.routing.moved import moved
from worker.wire import Call, Scope, Surface, Target


def a_target(deployment: str, surface: Surface) -> Target:
    return Target(surface=surface, base_url=f"https://{deployment}.example", deployment=deployment, api_version=None)


PTU, PAYG = a_target("ptu", Surface.CLASSIC), a_target("payg", Surface.CLASSIC)
PTU_V1, PAYG_V1 = a_target("ptu", Surface.MODEL), a_target("payg", Surface.MODEL)


def body_of(call: Call) -> Any:
    return json.loads(call.body)


@pytest.mark.parametrize(
    ("body", "here", "there", "model"),
    [
        pytest.param({"n": 1}, PTU, PAYG, None, id="the path names it"),
        pytest.param({"model": "ptu", "n": 1}, PTU_V1, PAYG_V1, "payg", id="the body names it"),
        pytest.param({"n": 1}, PTU, PAYG_V1, "payg", id="from the path into the body"),
        pytest.param({"model": "ptu"}, PTU_V1, PAYG, "payg", id="from the body into the path, which wins"),
        pytest.param({"model": "own"}, PTU_V1, PAYG_V1, "own", id="the author's own stays"),
    ],
)
def test_a_json_body_names_the_other_deployment(
    body: dict[str, Any], here: Target, there: Target, model: str | None
) -> None:
    """Everything else is byte for byte what it was."""
    call = moved(Call(path="chat/completions", body=json.dumps(body).encode()), here, there)

    assert {**body, "model": model} == {"model": None, **body_of(call)}


def test_a_response_names_its_model_below_the_resource() -> None:
    """A body that names the deployment does so at each endpoint; one that names none is left alone there."""
    named = Call(path="responses", scope=Scope.RESOURCE, body=b'{"model":"ptu","input":"x"}')
    plain = Call(path="anything", scope=Scope.RESOURCE, body=b'{"input":"x"}')

    assert "payg" == body_of(moved(named, PTU_V1, PAYG_V1))["model"]
    assert plain is moved(plain, PTU_V1, PAYG_V1)


def test_the_same_deployment_is_the_same_call() -> None:
    """Two regions that call a deployment alike get the very same bytes."""
    call = Call(path="chat/completions", body=b'{"model":"ptu"}')

    assert call is moved(call, PTU_V1, a_target("ptu", Surface.MODEL))


def test_a_raw_requests_path_names_the_other_deployment() -> None:
    """Where it names the connection's deployment; any other path is the author's own."""
    paths = ("deployments/ptu/chat/completions", "deployments/ptu-2/x", "models")
    calls = [Call(path=path, scope=Scope.RESOURCE) for path in paths]

    told = [moved(call, PTU, PAYG).path for call in calls]
    assert ["deployments/payg/chat/completions", "deployments/ptu-2/x", "models"] == told


def a_form(model: str | None) -> Call:
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    fields = ([("model", model)] if model else []) + [("language", "en")]
    body = "".join(part.format(*field) for field in fields) + "--b--\r\n"
    return Call(path="audio/transcriptions", body=body.encode(), content_type="multipart/form-data; boundary=b")


@pytest.mark.parametrize(
    ("before", "here", "there", "after"),
    [
        pytest.param("ptu", PTU_V1, PAYG_V1, "payg", id="named"),
        pytest.param(None, PTU, PAYG_V1, "payg", id="added"),
        pytest.param("own", PTU_V1, PAYG_V1, "own", id="the author's own"),
        pytest.param(None, PTU, PAYG, None, id="the path names it"),
    ],
)
def test_a_form_names_the_other_deployment(before: str | None, here: Target, there: Target, after: str | None) -> None:
    """A form's model is its first field."""
    assert a_form(after).body == moved(a_form(before), here, there).body


@pytest.mark.parametrize("body", [b"\xff", b"[1]", b"no json"])
def test_a_body_of_ones_own(body: bytes) -> None:
    """What is no object names nothing."""
    call = Call(path="x", body=body, scope=Scope.RESOURCE)

    assert call is moved(call, PTU_V1, PAYG_V1)
