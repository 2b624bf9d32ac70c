"""Who is let in, and to what."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from worker.demo.emulator.books import Entry
from worker.demo.emulator.deployments import Deployment
from worker.demo.emulator.front.routing import Route
from worker.demo.emulator.operations import OPERATIONS, Operation
from worker.demo.emulator.shapes import deployment_not_found, invalid, plain_error, wrong_operation

__all__ = ["check_key", "find_deployment", "find_operation", "read_body"]

_DATED: Final = re.compile(r"20\d\d-\d\d-\d\d(-preview)?")
_VERSIONS_OF_V1: Final = (None, "v1", "preview")


def check_key(headers: Mapping[str, str], keys: Collection[str]) -> None:
    """Refuse a request without a known key, in either of the headers that the service takes it from."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    given = headers.get("api-key") or (token if scheme.lower() == "bearer" else None)
    if given not in keys:
        raise plain_error(401)


def find_operation(entry: Entry, way: Route | None) -> tuple[Route, Operation]:
    """Return the operation at a request's path, or refuse a path that does not exist in that api-version."""
    operation = OPERATIONS.get(way.operation) if way else None
    if way is None or operation is None or entry.method != operation.method:
        raise plain_error(404)
    names_it = way.is_v1 or operation.model_in_body
    if operation.needs_deployment and not names_it and way.deployment is None:
        raise plain_error(404)
    version = entry.query.get("api-version")
    if way.is_v1 and version not in _VERSIONS_OF_V1:
        raise invalid(None, "BadRequest", "API version not supported")
    if not way.is_v1 and not _DATED.fullmatch(version or ""):
        raise plain_error(404)
    if operation.only_versions and version not in operation.only_versions:
        raise plain_error(404)
    return way, operation


def read_body(entry: Entry) -> Mapping[str, object]:
    """Return the body as an object, or refuse what is none."""
    if entry.method == "GET":
        return {}
    if not isinstance(entry.body, Mapping):
        raise invalid(None, None, "We could not parse the JSON body of your request.")
    return entry.body


def find_deployment(name: object, operation: Operation, deployments: Mapping[str, Deployment]) -> Deployment:
    """Return the deployment called *name*, or refuse one that is missing, unknown or of the wrong kind."""
    if not isinstance(name, str) or not name:
        raise invalid("model", "missing_required_parameter", "Missing required parameter: 'model'.")
    deployment = deployments.get(name)
    if deployment is None:
        raise deployment_not_found()
    if operation.path not in deployment.operations:
        raise wrong_operation(operation.name, deployment.model)
    return deployment
