"""The image, built from the Dockerfile by buildah; its base is a stand-in, a Debian with its own Python."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.rendering import ROOT

_TOOLS = ("buildah", "mmdebstrap")
CAN_BUILD = all(shutil.which(tool) for tool in _TOOLS) and hasattr(os, "geteuid") and os.geteuid() == 0
NEEDS_BUILDAH = pytest.mark.skipif(not CAN_BUILD, reason="needs root, and: sudo apt install buildah mmdebstrap")
_BASE = "localhost/stand-in-base"
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # this machine's: a registry may be signed by one of its own
USER = "65532:65532"  # as in the Dockerfile, which chroot isolation does not go by
_INSTALLED = "python3,python3-venv,ca-certificates"


@dataclass(frozen=True)
class Buildah:
    """buildah with a store of its own in *folder*."""

    folder: Path

    def __call__(self, *arguments: str, timeout_s: float = 60) -> str:
        """What `buildah ARGUMENTS` prints; AssertionError with its last words when it fails."""
        own = ["--root", str(self.folder / "root"), "--runroot", str(self.folder / "run"), "--storage-driver", "vfs"]
        command = ["buildah", *own, *arguments]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
        assert said.returncode == 0, f"{arguments[0]}: {said.stdout[-2000:]} {said.stderr[-2000:]}"
        return said.stdout.strip()

    def make_base(self) -> None:
        """Put the stand-in base into the store."""
        tar = self.folder / "base.tar"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={_INSTALLED}", "bookworm", str(tar)]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        made = self("from", "scratch")
        self("add", "--quiet", made, str(tar), "/", timeout_s=120)
        self("commit", "--quiet", "--rm", made, _BASE, timeout_s=120)
        tar.unlink()

    def build(self) -> str:
        """The image's name."""
        name = "localhost/azure-openai-worker"
        self(
            "bud", "--quiet", "--isolation", "chroot", "--pull-never", "--layers=false",
            "--volume", f"{_AUTHORITIES}:{_AUTHORITIES}:ro", "--env", f"PIP_CERT={_AUTHORITIES}",
            "--build-arg", f"BASE_IMAGE={_BASE}", "--tag", name, str(ROOT), timeout_s=900,
        )  # fmt: skip
        return name


@dataclass(frozen=True)
class Container:
    """A container of the built image; *root* is its file system, seen from here."""

    buildah: Buildah
    name: str
    root: Path

    async def start(self, *command: str, **environment: str) -> asyncio.subprocess.Process:
        """*command* in the container, as the image's own user; all it prints can be read from its standard output."""
        own = ["--root", str(self.buildah.folder / "root"), "--runroot", str(self.buildah.folder / "run")]
        given = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
        return await asyncio.create_subprocess_exec(
            "buildah", *own, "--storage-driver", "vfs", "run", "--isolation", "chroot", "--user", USER,
            *given, self.name, "--", *command,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    async def says(self, *command: str, **environment: str) -> tuple[int | None, str]:
        """The exit code of *command*, and all it printed."""
        started = await self.start(*command, **environment)
        said, _ = await started.communicate()
        return started.returncode, said.decode()

    def files(self) -> dict[str, float]:
        """Each file that the image's user might write to, and when it was written."""
        paths = (path for top in ("opt", "home", "usr", "var") for path in (self.root / top).rglob("*"))
        return {str(path): path.stat().st_mtime for path in paths if path.is_file() and not path.is_symlink()}


@pytest.fixture(scope="session")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container of the image that the Dockerfile makes."""
    buildah = Buildah(tmp_path_factory.mktemp("buildah"))
    buildah.make_base()
    name = buildah("from", "--pull-never", buildah.build(), timeout_s=120)
    yield Container(buildah, name, Path(buildah("mount", name)))
    buildah("umount", name)
    shutil.rmtree(buildah.folder, ignore_errors=True)
