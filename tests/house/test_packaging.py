"""What is built and pinned is what the metadata promises."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import worker
from tests.house.tree import ROOT, name_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(
    r"^([a-z0-9-]+)==([^ ;]+)(?: ; .*?)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE
)
FILES = ("run", "demo", "dev", "build", "image", "sbom")


def text_of(name: str) -> str:
    return (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    return dict(PINNED.findall(text_of(name)))


def wanted(name: str) -> list[Requirement]:
    run = PROJECT["project"]["dependencies"]
    extras, groups = dict(PROJECT["project"]["optional-dependencies"]), PROJECT["dependency-groups"]
    demo, others, build = extras.pop("demo"), [need for needs in extras.values() for need in needs], groups["build"]
    texts = {
        "run": run, "demo": run + demo + build, "build": build, "sbom": groups["sbom"], "image": run + others,
        "dev": run + demo + others + build + groups["dev"],
    }  # fmt: skip
    return [Requirement(text) for text in texts[name]]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return next(folder.glob("*.whl"))


def test_one_version() -> None:
    """The installed metadata has the version that the package says it has."""
    assert worker.__version__ == version("azure-openai-worker")


def test_changelog_knows_the_version() -> None:
    """The version has its section in the changelog, or is still to be released."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"## [{worker.__version__}]" in changelog or "## [Unreleased]" in changelog


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Every file of `worker/` is in the wheel, with the examples, the type marker and the licence; no test is."""
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {name_of(path) for path in (ROOT / "worker").rglob("*") if path.is_file() and path.suffix != ".pyc"}

    examples = {f"worker/demo/bpmn/{path.name}" for path in (ROOT / "bpmn").glob("*.bpmn")}

    assert "worker/py.typed" in names
    assert ours | examples == {name for name in names if name.startswith("worker/")}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert set() == {name.split("/")[0] for name in names if ".dist-info/" not in name} - {"worker"}


@pytest.mark.parametrize("name", FILES)
def test_pins_have_hashes(name: str) -> None:
    """Every line of a requirements file is a pin with its hashes, or a comment."""
    rest = PINNED.sub("", text_of(name))

    assert [] == [line for line in rest.splitlines() if not line.startswith("#")]
    assert "azure-openai-worker" not in pins(name)


@pytest.mark.parametrize("name", FILES)
def test_pins_fit_the_project(name: str) -> None:
    """What pyproject.toml asks for is pinned, to a version that it allows; `python3 dev.py lock` mends it."""
    pinned = pins(name)
    unmet = [str(need) for need in wanted(name) if not need.specifier.contains(pinned.get(need.name, "0"))]

    assert [] == unmet


@pytest.mark.parametrize("name", ["run", "demo", "build", "image"])
def test_pins_agree(name: str) -> None:
    """The tests run with the very versions that a user gets."""
    assert pins(name).items() <= pins("dev").items()
