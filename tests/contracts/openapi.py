"""Azure's OpenAPI as a contract of requests: whether a body fits, and whether each of its keys is declared."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.shared import shared

FILES = {
    "2024-10-21": "contracts/azure-openai-2024-10-21.yaml",
    "2025-03-01-preview": "contracts/azure-openai-2025-03-01-preview.json",
    "v1": "contracts/azure-openai-v1.json",
}
_PARTS = ("allOf", "anyOf", "oneOf")
_HERE = "urn:contract"


class Contract:
    """One version of the API. A *path* is a request's, below the API's base, e.g. `/deployments/x/chat/completions`."""

    def __init__(self, document: Any) -> None:
        self._document = document
        resource = Resource.from_contents(_as_json_schema(document), default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_HERE, resource).crawl()

    def declares(self, method: str, path: str) -> bool:
        """Whether there is such a request at all."""
        return any(method.lower() in methods for _, methods in self._found(path))

    def misfits(self, path: str, body: Any) -> list[str]:
        """What of *body* breaks the schema of the request's body."""
        pointer = self._pointer(path)
        validator = Draft202012Validator({"$ref": f"{_HERE}#{pointer}"}, registry=self._registry)
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)]

    def undeclared(self, path: str, body: Any) -> set[str]:
        """The keys of *body*, as dotted paths, that the schema does not know."""
        return set(_undeclared([self._at(self._pointer(path))], body, "", self))

    def is_text(self, path: str, name: str) -> bool:
        """Whether a field of the request's form is a text; in a form all are written as one."""
        forms = self.variants(self._at(self._pointer(path)), set())
        found = [form["properties"][name] for form in forms if name in form.get("properties", {})]
        kinds = [variant.get("type", "string") for part in found for variant in self.variants(part, set())]
        return all(kind == "string" for kind in kinds)

    def variants(self, schema: Any, seen: set[str]) -> Iterator[Any]:
        """*schema* and all that it is put together from or may turn out to be, each reference once."""
        if "$ref" in schema:
            if schema["$ref"] not in seen:
                seen.add(schema["$ref"])
                yield from self.variants(self._at(schema["$ref"]), seen)
                for name in self._kinds_of(schema["$ref"]):
                    yield from self.variants({"$ref": f"#/components/schemas/{name}"}, seen)
            return
        yield schema
        for part in (part for name in _PARTS for part in schema.get(name, ())):
            yield from self.variants(part, seen)

    def _kinds_of(self, reference: str) -> Iterator[str]:
        """A schema with a discriminator is one of those that are built upon it."""
        if "discriminator" in self._at(reference):
            for name, schema in self._document["components"]["schemas"].items():
                if {"$ref": reference} in schema.get("allOf", ()):
                    yield name

    def _found(self, path: str) -> Iterator[tuple[str, Any]]:
        """The declared paths that *path* is one of, and their methods."""
        for name, methods in self._document["paths"].items():
            if re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(name)), path):
                yield name, methods

    def _pointer(self, path: str) -> str:
        for name, methods in self._found(path):
            kind = next(iter(methods["post"]["requestBody"]["content"])).replace("/", "~1")
            escaped = name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
            return f"/paths/{escaped}/post/requestBody/content/{kind}/schema"
        raise KeyError(path)

    def _at(self, pointer: str) -> Any:
        place = self._document
        for step in pointer.removeprefix("#").strip("/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            place = place[name]
        return place


@cache
def contract(version: str) -> Contract:
    """The contract of an api-version; skips the test where the material is not at hand."""
    text = shared(FILES[version]).read_text(encoding="utf-8")
    document: Any = yaml.safe_load(text) if FILES[version].endswith("yaml") else json.loads(text)
    wrapped = document["components"]["schemas"].get("ResponseFormatJsonSchema", {}).get("properties", {})
    needed = wrapped.get("json_schema", {}).get("required", [])
    if "type" in needed:  # a slip in Azure's own file: the type stands one level above, and the service wants none
        needed.remove("type")
    return Contract(document)


def _as_json_schema(part: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type `null`; the rest says nothing to a validator."""
    if isinstance(part, list):
        return [_as_json_schema(each) for each in part]
    if not isinstance(part, dict):
        return part
    cleaned = {k: _as_json_schema(v) for k, v in part.items() if k not in {"nullable", "discriminator", "example"}}
    if part.get("nullable") is True:
        return {"anyOf": [cleaned, {"type": "null"}]}
    return cleaned


def _undeclared(schemas: list[Any], value: Any, where: str, contract: Contract) -> Iterator[str]:
    seen: set[str] = set()
    variants = [variant for schema in schemas for variant in contract.variants(schema, seen)]
    if isinstance(value, list):
        items = [variant["items"] for variant in variants if "items" in variant]
        for part in value if items else ():
            yield from _undeclared(items, part, where, contract)
    if not isinstance(value, Mapping) or any(_is_free(variant) for variant in variants):
        return
    known = [variant["properties"] for variant in variants if "properties" in variant]
    for name, part in value.items():
        below = [properties[name] for properties in known if name in properties]
        if below:
            yield from _undeclared(below, part, f"{where}.{name}".lstrip("."), contract)
        else:
            yield f"{where}.{name}".lstrip(".")


def _is_free(schema: Any) -> bool:
    """Whether any key may stand there: an object that names none, or says that it takes others."""
    others = schema.get("additionalProperties")
    says_nothing = (
        schema.get("type") == "object" and "properties" not in schema and not any(p in schema for p in _PARTS)
    )
    return not schema or isinstance(others, dict) or (others is True and "properties" not in schema) or says_nothing
