import os
from pathlib import Path

import pytest

from worker.errors import SecretsUnreachable
from worker.secrets import FileSecrets


class Clock:
    """Stands still until it is told otherwise."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def mounted(folder: Path, version: str, **secrets: str) -> None:
    """Write as Kubernetes does: into a folder of its own, to which the link `..data` is then turned."""
    (folder / version).mkdir()
    for name, value in secrets.items():
        (folder / version / name).write_text(value)
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(Path("..data") / name)
    (folder / "..new").symlink_to(version)
    (folder / "..new").rename(folder / "..data")


@pytest.mark.parametrize(("text", "value"), [("v1\n", "v1"), ("v1\r\n", "v1"), ("v1", "v1"), ("a\nb\n", "a\nb")])
async def test_a_file_is_a_secret(tmp_path: Path, text: str, value: str) -> None:
    """The line break that editors leave at the end is no part of the secret; those in it are."""
    (tmp_path / "KEY").write_text(text, newline="")

    assert value == await FileSecrets(tmp_path).get("KEY", None)


async def test_a_turned_link_is_followed(tmp_path: Path) -> None:
    """What Kubernetes mounts anew is read within a second, without a restart."""
    clock = Clock()
    source = FileSecrets(tmp_path, clock=clock)
    mounted(tmp_path, "v1", KEY="first")
    assert await source.get("KEY", None) == "first"
    mounted(tmp_path, "v2", KEY="other")
    assert await source.get("KEY", None) == "first"
    clock.now_s = 1.1

    assert await source.get("KEY", None) == "other"


async def test_a_file_that_was_written_over_is_read_anew(tmp_path: Path) -> None:
    """Even where its size stays the same."""
    clock = Clock()
    source = FileSecrets(tmp_path, clock=clock)
    for turn, value in enumerate(["one", "two"], start=1):
        (tmp_path / "KEY").write_text(value)
        os.utime(tmp_path / "KEY", ns=(turn, turn))
        clock.now_s += 2

        assert value == await source.get("KEY", None)


async def test_what_is_gone_is_gone(tmp_path: Path) -> None:
    """A secret that was taken away is not kept."""
    clock = Clock()
    source = FileSecrets(tmp_path, clock=clock)
    (tmp_path / "KEY").write_text("v")
    await source.get("KEY", None)
    (tmp_path / "KEY").unlink()
    clock.now_s = 2

    assert await source.get("KEY", None) is None


@pytest.mark.parametrize("name", ["NONE", "A/B", "folder"])
async def test_nothing_there(tmp_path: Path, name: str) -> None:
    """A name without a file, in a folder that is none, or of a folder is no secret."""
    (tmp_path / "A").write_text("a file")
    (tmp_path / "folder").mkdir()

    assert await FileSecrets(tmp_path).get(name, None) is None


@pytest.mark.parametrize(("raw", "says"), [(b"x" * 70_000, "larger"), (b"\xff\xfe", "UTF-8")])
async def test_what_is_no_key_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    """The error names the file, and not what stands in it."""
    (tmp_path / "KEY").write_bytes(raw)

    with pytest.raises(SecretsUnreachable, match=f"'KEY'.*{says}"):
        await FileSecrets(tmp_path).get("KEY", None)
