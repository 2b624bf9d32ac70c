"""
Where a task's calls go: its fields become one Target, and a Target and a Call one URL.

Pure: nothing is looked up or opened. What a pasted URL looks like is known by `pasted`. Explicit fields win over
what a pasted URL says; where the two differ, the Target carries a warning.
"""

import re
from typing import Final, Literal
from urllib.parse import quote, urlencode

from worker.azure.pasted import Pasted, Shape, read, shown, version
from worker.connections import Connection
from worker.errors import InputError
from worker.wire import Call, Scope, Surface, Target

__all__ = ["DEFAULT_API_VERSION", "provider_of", "resolve", "url"]

DEFAULT_API_VERSION: Final = "2024-10-21"  # the last dated version that is not a preview
_INFERENCE_VERSION: Final = "2024-05-01-preview"  # the model inference API's only documented one
_OPENAI: Final = "https://api.openai.com/v1"

_RESOURCE: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_KEY: Final = re.compile(r"[0-9a-fA-F]{32}")  # what an Azure key looks like; as a host name it would end up in DNS
_PROJECT: Final = re.compile(r"(.*)/api/projects/[^/]+")  # a Foundry project has v1 only, its resource the dated API
_OPERATION: Final = re.compile(
    r"(.*?)(/(chat/completions|completions|embeddings|responses|models|images/(generations|edits)"
    r"|audio/(transcriptions|translations|speech)))?"
)
_CALL_PATH: Final = re.compile(r"([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_DOTS: Final = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)", re.IGNORECASE)

_Place = tuple[Surface, str, str | None]  # surface, base_url, api_version


def provider_of(connection: Connection) -> Literal["azure", "openai", "compatible"]:
    """Whose manners the service has: the stated provider's, but OpenAI's own host is OpenAI in any case."""
    return "openai" if _is_openai(_read(connection)) else connection.provider


def resolve(
    connection: Connection,
    *,
    deployment: str | None,
    api_version: str | None,
    scope: Scope = Scope.DEPLOYMENT,
    default_api_version: str = DEFAULT_API_VERSION,
) -> Target:
    """
    Find the service that *connection* means, with the deployment and version to use there.

    None and empty both mean "not given". With *scope* RESOURCE no deployment is needed. *default_api_version* is used
    at an Azure endpoint where neither the task nor a pasted URL says any. Raises InputError alone.
    """
    pasted = _read(connection)
    asked = _asked_version(api_version)
    warnings: list[str] = []
    if pasted.unused_query:
        warnings.append("connection.endpoint: its query parameters other than api-version are not sent")
    if _is_openai(pasted):
        surface, base_url, used = _openai(connection, pasted, asked, warnings)
    elif connection.provider == "azure" or pasted.shape is Shape.DEPLOYMENT:
        surface, base_url, used = _azure(pasted, asked or _unless_pasted(pasted, default_api_version), warnings)
    else:
        surface, base_url, used = _direct(pasted, asked)
    name = _deployment(deployment, pasted, scope, warnings)
    if surface is Surface.CLASSIC and name in {".", ".."}:
        raise InputError(path="deployment", got=f"'{name}'", wanted="a deployment's name")
    return Target(surface=surface, base_url=base_url, deployment=name, api_version=used, warnings=tuple(warnings))


def url(target: Target, call: Call) -> str:
    """Return the address of *call* at *target*. A query of the call's own wins over the target's api-version."""
    if not _CALL_PATH.fullmatch(call.path) or _DOTS.search(call.path):
        raise InputError(path="input.path", got=shown(call.path), wanted="a percent-encoded path without '..'")
    address = f"{target.base_url}/{call.path}"
    if target.surface is Surface.CLASSIC and call.scope is Scope.DEPLOYMENT:
        address = f"{target.base_url}/deployments/{_segment(target.deployment)}/{call.path}"
    query = dict(call.query)
    if target.api_version is not None:
        query.setdefault("api-version", target.api_version)
    return f"{address}?{urlencode(query, quote_via=quote)}" if query else address


def _segment(name: str) -> str:
    """*name* as exactly one segment: a slash must not end it, and dots must not climb."""
    encoded = quote(name, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


def _read(connection: Connection) -> Pasted:
    resource, endpoint = (connection.resource or "").strip(), (connection.endpoint or "").strip()
    if resource and endpoint:
        raise InputError(path="connection", got="both resource and endpoint", wanted="one of the two")
    if connection.provider != "azure" and resource:
        raise InputError(
            path="connection.resource", got="a resource", wanted=f"none: the provider is {connection.provider}"
        )
    if endpoint:
        return read(endpoint)
    if connection.provider == "openai":
        return read(_OPENAI)
    if connection.provider == "compatible":
        raise InputError(path="connection.endpoint", got="nothing", wanted="the server's base URL, often ending in /v1")
    return read(f"https://{_resource(resource)}.openai.azure.com")


def _resource(resource: str) -> str:
    if not resource:
        raise InputError(path="connection", got="neither resource nor endpoint", wanted="one of the two")
    if not _RESOURCE.fullmatch(resource) or _KEY.fullmatch(resource):
        raise InputError(
            path="connection.resource",
            got=shown(resource),
            wanted="the name alone, such as my-res (letters, digits, hyphens); a URL goes to connection.endpoint",
        )
    return resource.lower()


def _asked_version(api_version: str | None) -> str | None:
    text = (api_version or "").strip()
    if text and version(text) is None:
        raise InputError(
            path="apiVersion", got=shown(text), wanted="a version such as 2024-10-21, 2025-04-01-preview, v1 or preview"
        )
    return version(text)


def _is_openai(pasted: Pasted) -> bool:
    return f".{pasted.host}".endswith(".api.openai.com")  # also us., eu. and ae.api.openai.com


def _openai(connection: Connection, pasted: Pasted, asked: str | None, warnings: list[str]) -> _Place:
    if connection.provider != "openai":
        warnings.append(f"connection.provider is {connection.provider}, the endpoint OpenAI's own: openai is used")
    if asked not in {None, "v1"}:
        warnings.append("apiVersion is not sent: OpenAI knows none")
    _, base_url, _ = _direct(pasted, None)
    return Surface.MODEL, base_url if pasted.path else f"{base_url}/v1", None


def _direct(pasted: Pasted, asked: str | None) -> _Place:
    """Take the endpoint as it stands, without an operation at its end: the model goes into the body."""
    match = _OPERATION.fullmatch(pasted.path)
    path = match[1] if match else pasted.path
    used = asked or pasted.api_version
    return Surface.MODEL, f"{pasted.origin}{path}", None if used == "v1" else used


def _unless_pasted(pasted: Pasted, default: str) -> str | None:
    """The default api-version where the endpoint is nothing but a base, and so says none."""
    says_some = pasted.api_version is not None or pasted.shape is not Shape.BASE or _PROJECT.fullmatch(pasted.prefix)
    return None if says_some else default


def _azure(pasted: Pasted, asked: str | None, warnings: list[str]) -> _Place:
    evergreen = {"v1", "preview"}
    if asked and pasted.api_version and asked != pasted.api_version and not {asked, pasted.api_version} <= evergreen:
        warnings.append(f"connection.endpoint says api-version {pasted.api_version}; apiVersion {asked} is used")
    if pasted.shape is Shape.INFERENCE and asked not in evergreen:
        used = asked or pasted.api_version or _INFERENCE_VERSION
        return Surface.MODEL, f"{pasted.origin}{pasted.prefix}/models", used
    project = _PROJECT.fullmatch(pasted.prefix)
    by_path = pasted.shape is Shape.V1 or project is not None
    if asked in evergreen or (asked is None and (by_path or pasted.api_version in evergreen)):
        return _v1(pasted, asked, warnings)
    if pasted.shape is Shape.V1:
        warnings.append(f"connection.endpoint is a v1 URL, apiVersion {asked} is dated: the dated API is used")
    root = f"{pasted.origin}{project[1]}/openai" if project else pasted.root
    return Surface.CLASSIC, root, asked or pasted.api_version or DEFAULT_API_VERSION


def _v1(pasted: Pasted, asked: str | None, warnings: list[str]) -> _Place:
    if asked and pasted.shape is Shape.DEPLOYMENT and pasted.api_version is None:
        warnings.append(f"connection.endpoint is a URL of the dated API, apiVersion is {asked}: the latter is used")
    if asked is None and pasted.api_version not in {None, "v1", "preview"}:
        warnings.append(f"connection.endpoint is a v1 URL: its api-version {pasted.api_version} is not sent")
    preview = "preview" in {asked, pasted.api_version}
    ready = pasted.shape is Shape.BASE and pasted.path.endswith("/v1")  # a gateway's own .../v1
    base_url = f"{pasted.origin}{pasted.path}" if ready else f"{pasted.root}/v1"
    return Surface.MODEL, base_url, "preview" if preview else None


def _deployment(asked: str | None, pasted: Pasted, scope: Scope, warnings: list[str]) -> str:
    name = asked if asked and asked.strip() else None
    if name and pasted.deployment and name != pasted.deployment:
        warnings.append(f"connection.endpoint names another deployment than deployment does: {shown(name)} is used")
    name = name or pasted.deployment or ""
    if not name and scope is Scope.DEPLOYMENT:
        raise InputError(path="deployment", got="nothing", wanted="a deployment's name (with OpenAI: a model's)")
    if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        raise InputError(path="deployment", got="half a character", wanted="a deployment's name in Unicode")
    return name
