"""The Helm chart: accepted by helm and by Kubernetes' own schemas, and saying what the worker understands."""

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import worker
from tests.deploy.rendering import CHART, EXAMPLES, NEEDS_HELM, ROOT, helm, only, rendered, worker_container
from tests.node import node_modules
from worker import settings

__all__ = ["node_modules"]

pytestmark = NEEDS_HELM
GIVEN = [pytest.param((), id="default"), *[pytest.param(("-f", str(file)), id=file.stem) for file in EXAMPLES]]
OURS = ("ScaledObject", "PrometheusRule", "ServiceMonitor")
KUBERNETES_VERSIONS = ("1.25", "1.31", "1.35")


@pytest.mark.parametrize("given", GIVEN)
def test_helm_has_nothing_to_say(given: tuple[str, ...]) -> None:
    """`helm lint --strict` finds neither error nor warning."""
    said = helm("lint", "--strict", *given)

    assert said.returncode == 0, said.stdout + said.stderr
    assert "[WARNING]" not in said.stdout


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("given", GIVEN)
def test_kubernetes_knows_every_field(given: tuple[str, ...], version: str) -> None:
    """Each resource fits its schema, and holds no field that the schema does not know."""
    resources = [resource for resource in rendered(*given) if resource["kind"] not in OURS]
    for resource in resources:
        kubernetes_validate.validate(resource, version, strict=True)

    assert {"Deployment"} <= {resource["kind"] for resource in resources}


def test_operators_know_their_resources(node_modules: Path) -> None:
    """KEDA's and the Prometheus operator's schemas take what the chart makes for them."""
    theirs = [resource for resource in rendered("-f", str(CHART / "ci/full.yaml")) if resource["kind"] in OURS]
    assert node_modules.is_dir()
    said = subprocess.run(
        ["node", str(Path(__file__).with_name("check_custom_resources.mjs"))],
        input=json.dumps(theirs), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert json.loads(said.stdout) == dict.fromkeys(OURS)


@pytest.mark.parametrize("given", GIVEN)
def test_what_the_chart_sets_is_what_the_worker_reads(given: tuple[str, ...]) -> None:
    """No variable is misspelt: each is a setting, or one of the values' own."""
    names = {one["name"] for one in worker_container(rendered(*given))["env"]}
    known = {variable for field in settings.Settings.model_fields.values() for variable in settings.variables_of(field)}

    assert set() == names - known - {"OTEL_EXPORTER_OTLP_ENDPOINT"}


def test_the_worker_takes_the_configuration(tmp_path: Path) -> None:
    """The worker's own reader takes the file that the chart mounts: mounted secrets first, then the values' text."""
    file = tmp_path / "config.toml"
    file.write_text(only(_full(), "ConfigMap")["data"]["config.toml"], encoding="utf-8")
    read = settings.configuration_of(settings.load({"WORKER_CONFIG_FILE": str(file)}))

    assert list(read.connections) == ["main"]
    assert [(one.type, getattr(one, "folder", None)) for one in read.secrets.sources] == [
        ("files", "/run/secrets/azure-keys")
    ]


def _full() -> list[dict[str, Any]]:
    resources = rendered("-f", str(CHART / "ci/full.yaml"))
    return [one for one in resources if not one["metadata"]["name"].endswith("-dashboard")]


@pytest.mark.parametrize("given", GIVEN)
def test_pods_are_locked_down(given: tuple[str, ...]) -> None:
    """No root, no writable root, no capability, no token of the cluster, whatever else is chosen."""
    resources = rendered(*given)
    security, pod = worker_container(resources)["securityContext"], only(resources, "Deployment")["spec"]["template"]

    assert security["readOnlyRootFilesystem"]
    assert security["runAsNonRoot"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert not pod["spec"]["automountServiceAccountToken"]


def test_a_pod_outlives_its_drain() -> None:
    """Kubernetes waits ten seconds longer than the worker drains."""
    pod = only(rendered("--set", "worker.drainGraceSeconds=50"), "Deployment")["spec"]["template"]["spec"]

    assert pod["terminationGracePeriodSeconds"] == 60


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("replica=2", "additional properties 'replica' not allowed", id="a misspelt value"),
        pytest.param("worker.maxJobsInFlight=many", "maxJobsInFlight", id="not a number"),
        pytest.param("autoscaling.type=vpa", "autoscaling/type", id="an unknown autoscaler"),
        pytest.param(
            "cluster.authentication.method=oauth", "needs existingSecret or inlineSecret", id="a login without a secret"
        ),
    ],
)
def test_wrong_values_are_refused(given: str, said: str) -> None:
    """Before anything reaches the cluster, and with the value's name."""
    refused = helm("template", "--set", given)

    assert refused.returncode != 0
    assert said in refused.stderr


def test_a_secret_is_kept_only_when_given_inline() -> None:
    """The release holds no credential but one that was given to it."""
    small = rendered("-f", str(CHART / "ci/small.yaml"))

    assert only(small, "Secret")["stringData"] == {"client-secret": "not-a-secret"}
    assert [] == [one for one in _full() if one["kind"] == "Secret"]


def test_one_replica_has_no_budget() -> None:
    """A disruption budget over one pod would only keep its node from being drained."""
    kinds = {one["kind"] for one in rendered("--set", "replicas=1")}

    assert "PodDisruptionBudget" not in kinds


def test_one_version() -> None:
    """The chart installs the image of the version that it was made for."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))

    assert chart["appVersion"] == worker.__version__


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="needs docker-compose: sudo apt install docker-compose")
def test_compose_takes_the_laptops_cluster(tmp_path: Path) -> None:
    """The compose file is valid, what it mounts is there, and the worker reads the connection in it."""
    wanted = {"AZURE_OPENAI_API_KEY": "a", "AZURE_OPENAI_RESOURCE": "my-res", "AZURE_OPENAI_DEPLOYMENT": "my-gpt"}
    file = ROOT / "deploy/compose/compose.yaml"
    said = subprocess.run(
        ["docker-compose", "-f", str(file), "config"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **wanted},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    services = yaml.safe_load(said.stdout)["services"]
    mounted = [Path(volume.split(":")[0]) for one in services.values() for volume in one.get("volumes", [])]
    config = tomllib.loads(services["worker"]["environment"]["WORKER_CONFIG"])

    assert [] == [path for path in mounted if path.is_absolute() and not path.exists()]
    assert config["connections"]["main"]["resource"] == "my-res"
    assert settings.load({**services["worker"]["environment"]}).gateway == "zeebe:26500"
