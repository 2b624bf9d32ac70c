from pathlib import Path

import pytest

from worker.documents import DocumentFolder
from worker.errors import DocumentNotStored
from worker.wire import File

PICTURE = File(content=b"\x89PNG", content_type="image/png", ending="png")


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_file_is_kept_and_referred_to(tmp_path: Path) -> None:
    """The reference is an external document whose address leads to the bytes."""
    reference = await DocumentFolder(tmp_path / "new").keep(PICTURE)

    [kept] = files_in(tmp_path / "new")
    assert kept.read_bytes() == PICTURE.content
    assert reference == {
        "camunda.document.type": "external",
        "url": kept.as_uri(),
        "name": kept.name,
        "metadata": {"contentType": "image/png", "fileName": kept.name, "size": 4},
    }


async def test_the_same_content_is_one_file(tmp_path: Path) -> None:
    """A task that is done twice leaves one file, under one address."""
    folder = DocumentFolder(tmp_path, base_url="https://files.example/generated/")

    first, second = await folder.keep(PICTURE), await folder.keep(PICTURE)

    assert first == second
    assert str(first["url"]).startswith("https://files.example/generated/")
    assert len(files_in(tmp_path)) == 1


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """An incident that says so, instead of a result without its file."""
    (tmp_path / "taken").write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(DocumentNotStored, match="could not be written"):
        await DocumentFolder(tmp_path / "taken").keep(PICTURE)
