"""The responses that are kept, or worked on in the background."""

from collections.abc import Mapping
from typing import Final

__all__ = ["Memory"]

_LOOKS: Final = 1  # that find a response still in progress


class Memory:
    """What the resource remembers; a response is finished once it has been looked at a few times."""

    def __init__(self) -> None:
        self._whole: dict[str, Mapping[str, object]] = {}
        self._looks: dict[str, int] = {}

    def knows(self, identifier: object) -> bool:
        """Whether a response of that id was made here."""
        return identifier in self._whole

    def keep(self, body: Mapping[str, object]) -> Mapping[str, object]:
        """Remember *body*, a finished response, and return it."""
        identifier = str(body["id"])
        self._whole[identifier], self._looks[identifier] = body, _LOOKS
        return body

    def begin(self, body: Mapping[str, object]) -> Mapping[str, object]:
        """Remember *body*, a finished response, and return it as it was when it began."""
        self._whole[str(body["id"])] = body
        return _unfinished(body, "queued")

    def look(self, identifier: str) -> Mapping[str, object] | None:
        """The response as it stands now; None where there is none of that id."""
        body = self._whole.get(identifier)
        if body is None:
            return None
        looks = self._looks[identifier] = self._looks.get(identifier, 0) + 1
        return body if looks > _LOOKS else _unfinished(body, "in_progress")


def _unfinished(body: Mapping[str, object], status: str) -> Mapping[str, object]:
    return {**body, "status": status, "output": [], "usage": None, "content_filters": None}
