"""Which operation a path means."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["Route", "route"]

_CLASSIC = re.compile(r"/openai/deployments/(?P<deployment>[^/]+)/(?P<operation>.+)")
_V1 = re.compile(r"/openai/v1/(?P<operation>.+)")
_ITEM = re.compile(r"/openai/(?P<v1>v1/)?responses/(?P<item>[^/]+)")
_FLAT = re.compile(r"/openai/(?P<operation>[^/]+)")


@dataclass(frozen=True, slots=True)
class Route:
    """
    What a path says.

    *operation* is the part of the path that names it; *deployment* is None where the body names it, as in
    version 1 of the API, or where there is none. *item* is the one thing that the path names, in place of `{id}`.
    """

    operation: str
    item: str | None = None
    deployment: str | None = None
    is_v1: bool = False


def route(path: str) -> Route | None:
    """Read a *path*, still percent-encoded; None when it is no path of the service."""
    path = re.sub(r"/{2,}", "/", path)  # the service does not mind a doubled slash, seen in recorded traffic
    if found := _CLASSIC.fullmatch(path):
        return Route(found["operation"], deployment=unquote(found["deployment"]))
    if found := _ITEM.fullmatch(path):
        return Route("responses/{id}", unquote(found["item"]), is_v1=bool(found["v1"]))
    if found := _V1.fullmatch(path):
        return Route(found["operation"], is_v1=True)
    if found := _FLAT.fullmatch(path):
        return Route(found["operation"])
    return None
