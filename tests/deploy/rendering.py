"""The chart, rendered by helm itself."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/azure-openai-worker"
EXAMPLES = sorted((CHART / "ci").glob("*.yaml"))
KUBERNETES = "1.31.0"
NEEDS_HELM = pytest.mark.skipif(not shutil.which("helm"), reason="needs helm 3, see helm.sh/docs/intro/install")


def helm(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `helm COMMAND` says about the chart."""
    name = ("worker",) if command == "template" else ()
    asked = ["helm", command, *name, str(CHART), "--kube-version", KUBERNETES, *arguments]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)


def rendered(*arguments: str) -> list[dict[str, Any]]:
    """The resources that the chart makes of the values in *arguments*."""
    said = helm("template", *arguments)
    assert said.returncode == 0, said.stderr
    return [resource for resource in yaml.safe_load_all(said.stdout) if resource]


def only(resources: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The one resource of that *kind*."""
    (found,) = [resource for resource in resources if resource["kind"] == kind]
    return found


def worker_container(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The worker's own container."""
    containers = only(resources, "Deployment")["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = next(container for container in containers if container["name"] == "worker")
    return found
