"""Whether one task can go over, and what becomes of each of its inputs; nothing is written here."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from worker.templates.migration.origins import ORIGINS, Origin, Way
from worker.templates.migration.source import Element

__all__ = ["Plan", "Refused", "planned", "sources"]

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_KEY: Final = re.compile(r'"([\w-]+)"\s*:|[{,]\s*([A-Za-z_]\w*)\s*:')
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_FEEL_WORDS: Final = frozenset(
    {"context", "get", "entries", "item", "value", "null", "if", "then", "else", "decimal", "number", "append",
     "concatenate", "is", "defined", "and", "or", "not", "true", "false"}
)  # fmt: skip
_SECRET: Final = re.compile(r"secrets\.[A-Za-z0-9]")
_PLACEHOLDER: Final = re.compile(r"\{\{\s*secrets\.[^}]*\}\}")
_BARE: Final = re.compile(r'=?\s*"?secrets\.[A-Za-z0-9/._-]+"?\s*')
_FIXED: Final = {  # hidden inputs of theirs, which only a hand can have changed
    "authentication.type": ("apiKey", "bearer"),
    "authentication.apiKeyLocation": ("headers",),
    "authentication.name": ("api-key",),
    "method": ("post", "POST"),
}
_OWN_HEADERS: Final = frozenset({"Content-Type", "OpenAI-Organization"})
_OF_THE_CALL: Final = {  # what the REST connector also reads, where somebody has added it by hand
    "headers": "azureOpenAI.connection.headers",
    "queryParameters": "azureOpenAI.options.extraQuery",
}
_READ_TIMEOUT: Final = "readTimeoutInSeconds"


class Refused(Exception):
    """The task cannot go over as it is. The text says why, and what to do."""


@dataclass(slots=True)
class Plan:
    """
    What becomes of a task's inputs: *changes* says for each of theirs the target and the source that it gets.

    None for a target drops it; None for a source leaves that as it is written. *keeps* are those that stay as well,
    since another expression reads them. *notes* are for whoever looks at the result.
    """

    origin: Origin
    way: Way
    changes: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    keeps: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def planned(origin_id: str, inputs: Mapping[str, str], other_expressions: Iterable[str]) -> Plan:
    """
    The plan for a task of the template *origin_id*, whose *inputs* are sources by targets.

    *other_expressions* are those of the task that stay as they are. Raises Refused.
    """
    origin = ORIGINS[origin_id]
    plan = Plan(origin, _way(origin, inputs))
    _check_what_nobody_should_have_changed(plan.way, inputs)
    for name, why in plan.way.needs.items():
        if not inputs.get(name):
            raise Refused(why)
    for target, source in inputs.items():
        _place(plan, target, source)
    _choose_the_model(plan, inputs)
    plan.keeps = _still_read(plan, inputs, list(other_expressions))
    plan.notes += [f"the input {name} stays as well, since another expression reads it" for name in sorted(plan.keeps)]
    return plan


def _way(origin: Origin, inputs: Mapping[str, str]) -> Way:
    operation = inputs.get("operation") or origin.usual
    if operation not in origin.ways:
        known = ", ".join(origin.ways)
        raise Refused(f"its operation is {operation!r}, which is none of the template's: {known}")
    return origin.ways[operation]


def _check_what_nobody_should_have_changed(way: Way, inputs: Mapping[str, str]) -> None:
    for name, usual in _FIXED.items():
        if name in inputs and inputs[name] not in usual:
            raise Refused(f"its input {name} was changed by hand to {inputs[name]!r}: set the connection up by hand")
    given = "".join(inputs.get("url", "").split()).removeprefix("=")
    if given and given != way.url:
        raise Refused("its address was changed by hand: set connection.endpoint by hand")
    body = inputs.get("body", "")
    keys = {first or second for first, second in _KEY.findall(body)} - way.body
    names = _names([body]) - _FEEL_WORDS - way.moves.keys() - way.drops - {"role", "content"} - way.body
    if keys or names:
        raise Refused(f"its request was changed by hand, it also has {', '.join(sorted(keys | names))}")
    own = {first or second for first, second in _KEY.findall(inputs.get("headers", ""))} - _OWN_HEADERS
    if "headers" in way.drops and own:
        raise Refused(f"its headers were changed by hand, they also have {', '.join(sorted(own))}")


def _place(plan: Plan, target: str, source: str) -> None:
    way = plan.way
    if target in way.moves:
        ours = way.moves[target]
        _check_secrets(target, source, ours)
        plan.changes[target] = (ours, _rewritten(plan, target, source, ours))
        if ours.startswith("azureOpenAI.options.extraBody."):
            plan.notes.append(f"{target} is sent as before, at the first level of the request; no form shows it")
    elif target in way.drops:
        plan.changes[target] = (None, None)
        _note_dropped(plan, target, source)
    elif target in _OF_THE_CALL:
        plan.changes[target] = (_OF_THE_CALL[target], None)
        plan.notes.append(f"the input {target}, which the template does not have, goes to {_OF_THE_CALL[target]}")
    elif target == _READ_TIMEOUT:
        _place_timeout(plan, source)


def _rewritten(plan: Plan, target: str, source: str, ours: str) -> str | None:
    """The source that ours gets, None where it stays as it is."""
    if target == "operation":
        return plan.way.operation if source != plan.way.operation else None
    if target in plan.way.numbers and _NUMBER.fullmatch(source.strip()):
        return f"={source.strip()}"  # a number, as our form writes it
    if ours == "azureOpenAI.input.body":
        text = source[1:] if source.startswith("=") else json.dumps(source, ensure_ascii=False)
        return f'={{"input": {text}}}'
    return None


def _note_dropped(plan: Plan, target: str, source: str) -> None:
    if target == "completion_stream" and source == "False":
        plan.notes.append("their template asked for a stream here, against its own setting; ours does not")
    elif target.endswith("_stream") and source == "true":
        plan.notes.append("stream was chosen and never asked for; set it again if it is wanted")
    elif target.endswith("_echo") and source == "true":
        plan.notes.append("echo was chosen and never asked for; set it again if it is wanted")
    elif target == "connectionTimeoutInSeconds" and source not in {"", "20", "30"}:
        plan.notes.append(
            f"its time-out of {source} s is gone: options.timeout is for the whole call, 10 minutes by itself"
        )


def _place_timeout(plan: Plan, source: str) -> None:
    if not source.isdecimal() or source == "0":
        plan.notes.append(f"the input {_READ_TIMEOUT} stays, and is read by nobody: use options.timeout")
        return
    plan.changes[_READ_TIMEOUT] = ("azureOpenAI.options.timeout", f"PT{source}S")


def _check_secrets(target: str, source: str, ours: str) -> None:
    """Ours are filled in a connection only, and without braces only where they are the whole text."""
    if not _SECRET.search(source):
        return
    if not ours.startswith("azureOpenAI.connection."):
        raise Refused(
            f"{target} holds a secret, which is filled in a connection only: "
            "have the operator define a connection with it, and name that"
        )
    if _SECRET.search(_PLACEHOLDER.sub("", source)) and not _BARE.fullmatch(source):
        raise Refused(f"{target} holds a secret without braces within a text: write {{{{secrets.NAME}}}}")


def _choose_the_model(plan: Plan, inputs: Mapping[str, str]) -> None:
    """Both of these name the model; which one counts is said by the first."""
    if "internal_custom_model" in inputs:
        unused = "internal_model" if inputs.get("internal_model") == "custom" else "internal_custom_model"
        plan.changes[unused] = (None, None)


def _still_read(plan: Plan, inputs: Mapping[str, str], others: list[str]) -> set[str]:
    """Inputs of theirs that an expression which stays reads, and what these read in turn."""
    stay = [source for target, source in inputs.items() if plan.changes.get(target, ("", ""))[0] is not None]
    found: set[str] = set()
    while more := (_names([*stay, *others, *(inputs[name] for name in found)]) & plan.changes.keys()) - found:
        found |= more
    return found


def _names(expressions: Iterable[str]) -> set[str]:
    """Every word in FEEL expressions that is not within a text."""
    return {word for text in expressions if text.startswith("=") for word in _WORD.findall(_STRING.sub("", text))}


def sources(inputs: Iterable[Element]) -> dict[str, str]:
    """Sources by targets; an input without a source has the empty one."""
    return {each.value("target") or "": each.value("source") or "" for each in inputs}
