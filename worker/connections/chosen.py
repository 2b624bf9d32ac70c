"""What a task's calls come to: the operator's connection with what the task says, or the task's own."""

from typing import NamedTuple

from worker.connections.connection import Connection, TaskConnection
from worker.connections.endpoints import Endpoint, Limits, Place
from worker.connections.named import NamedConnection, Wish
from worker.errors import InputError

__all__ = ["Choice", "Node", "choose"]


class Node(NamedTuple):
    """One endpoint as a task uses it: *connection* with *deployment* and *api_version*, None where nobody says any."""

    connection: Connection
    deployment: str | None
    api_version: str | None
    priority: int = 1
    weight: float = 1.0


class Choice(NamedTuple):
    """Where a job's calls may go: *nodes*, the best first, of the connection *name*, all of it held to *limits*."""

    nodes: tuple[Node, ...]
    name: str = ""
    limits: Limits | None = None

    @property
    def first(self) -> Node:
        """The best of them."""
        return self.nodes[0]


def choose(wish: Wish, named: NamedConnection | None) -> Choice:
    """
    The connection of *named* with what *wish* overrides; without *named* the wish alone.

    Both are filled already. Where a call goes elsewhere, nothing of the operator's own goes with it.
    """
    own = wish.connection
    if named is None:
        return Choice((Node(_complete(own), wish.deployment, wish.api_version),))
    places = named.places()
    if wish.goes_elsewhere:
        nodes = [_node(named, places[0], wish, _elsewhere(named, places[0], own))]
    else:
        nodes = [_node(named, place, wish, _merged(named, place, own)) for place in places]
    return Choice(tuple(nodes), own.name or "", named.limits)


def _node(named: NamedConnection, place: Endpoint | Place, wish: Wish, connection: Connection) -> Node:
    """What a task says wins where it may override, and counts where the operator says nothing."""
    deployment, version = place.deployment or named.deployment, place.api_version or named.api_version
    if "deployment" in named.override:
        deployment = wish.deployment or deployment
    if "apiVersion" in named.override:
        version = wish.api_version or version
    node = Node(connection, deployment or wish.deployment, version or wish.api_version)
    return node._replace(priority=place.priority, weight=place.weight) if isinstance(place, Endpoint) else node


def _merged(named: NamedConnection, place: Place, own: TaskConnection) -> Connection:
    fields = {**_fields_of(named), **_fields_of(place), **_fields_of(own)}
    headers = {}
    for each in (named, place, own):
        headers.update({name.lower(): (name, value) for name, value in each.headers.items()})
    return Connection.model_validate({**fields, "headers": dict(headers.values())})


def _elsewhere(named: NamedConnection, place: Place, own: TaskConnection) -> Connection:
    fields = {"provider": place.provider or named.provider or "azure", **_fields_of(own)}
    if not (own.resource or own.endpoint):
        fields.update(resource=place.resource, endpoint=place.endpoint)
    return Connection.model_validate(fields)


def _fields_of(part: Place | TaskConnection) -> dict[str, object]:
    return {name: value for name in Connection.model_fields if (value := getattr(part, name)) is not None}


def _complete(own: TaskConnection) -> Connection:
    if own.authentication is None:
        raise InputError(
            path="connection.authentication", got="nothing", wanted="a value (or connection.name, which brings its own)"
        )
    return Connection.model_validate(_fields_of(own))
