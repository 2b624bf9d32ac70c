"""The templates as files: today's ones, and those that were given out before."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from worker.templates.catalogue import Template, catalogue, rendered

__all__ = ["Volume", "given_out", "keep", "volumes"]

_KEPT: Final = "versioned"
_NUMBER: Final = re.compile(r"-(\d+)\.json$")


class Volume(NamedTuple):
    """A template as it has to lie in the folder: its path, its version and its text."""

    path: Path
    template: Template
    version: int
    text: str

    @property
    def is_current(self) -> bool:
        """Whether the file says just that."""
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.text


def volumes(folder: Path) -> Iterator[Volume]:
    """
    Today's templates for *folder*.

    A template that differs from the newest one that was given out has the next version; one that was never given out
    has version 1, whatever becomes of it until then.
    """
    for template in catalogue():
        newest = max(given_out(folder, template), default=0)
        version = max(newest, 1)
        text = rendered(template, version)
        if newest and _kept(folder, template, newest).read_text(encoding="utf-8") != text:
            version += 1
            text = rendered(template, version)
        yield Volume(folder / template.file, template, version, text)


def given_out(folder: Path, template: Template) -> list[int]:
    """The versions of *template* that are kept, in order."""
    path = folder / _KEPT / template.file
    found = (_NUMBER.search(file.name) for file in path.parent.glob(f"{path.stem}-*.json"))
    return sorted(int(match[1]) for match in found if match and match.string == f"{path.stem}-{match[1]}.json")


def keep(folder: Path, volume: Volume) -> Path:
    """Put *volume* beside those that were given out; what is there already is never changed."""
    path = _kept(folder, volume.template, volume.version)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(volume.text, encoding="utf-8")
    return path


def _kept(folder: Path, template: Template, version: int) -> Path:
    file = folder / _KEPT / template.file
    return file.with_name(f"{file.stem}-{version}.json")
