from typing import Any

from worker.operations.mapping import TargetField, source_fields, target_fields


def test_the_fields_of_records() -> None:
    """Nested ones have dotted names; each comes with a few different values, long ones cut."""
    records: Any = [
        {"id": n, "customer": {"name": "x" * 300}, "lines": [{"net": 1.5}, {"net": 2}], "tags": ["a"], "none": None}
        for n in range(5)
    ]

    assert source_fields(records) == {
        "id": [0, 1, 2],
        "customer.name": ["x" * 200],
        "lines[].net": [1.5, 2],
        "tags": [["a"]],
        "none": [None],
    }


def test_the_fields_of_a_schema() -> None:
    """Types, descriptions and what is required are kept."""
    schema: Any = {
        "type": "object",
        "required": ["mail", "lines"],
        "properties": {
            "mail": {"type": "string", "format": "email", "description": "Where to write to"},
            "address": {"type": "object", "properties": {"city": {"type": ["string", "null"]}}},
            "lines": {"type": "array", "items": {"properties": {"net": {"type": "number"}}}},
            "odd": True,
        },
    }

    assert target_fields(schema) == [
        TargetField(name="mail", type="email", description="Where to write to", required=True),
        TargetField(name="address.city", type="string or null"),
        TargetField(name="lines[].net", type="number"),
        TargetField(name="odd"),
    ]


def test_a_schema_that_contains_itself_ends() -> None:
    """Depth is bounded."""
    schema: Any = {}
    schema["properties"] = {"child": schema}

    [field] = target_fields(schema)

    assert field.name.count("child") == 8
