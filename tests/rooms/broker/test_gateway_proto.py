import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from worker.broker import gateway_pb2

theirs = pytest.importorskip("pyzeebe.proto.gateway_pb2")

_SAME_ON_THE_WIRE = {FieldDescriptor.TYPE_BYTES: FieldDescriptor.TYPE_STRING}
_OURS = gateway_pb2.DESCRIPTOR.message_types_by_name


def _shape(message: Descriptor) -> dict[str, tuple[int, int, bool]]:
    return {
        field.name: (field.number, _SAME_ON_THE_WIRE.get(field.type, field.type), field.is_repeated)
        for field in message.fields
    }


@pytest.mark.parametrize("name", sorted(set(_OURS) - {"Done"}))
def test_fields_are_zeebes(name: str) -> None:
    """Every field that we know has Zeebe's name, number, wire type and label."""
    zeebes = _shape(theirs.DESCRIPTOR.message_types_by_name[name])

    for field, shape in _shape(_OURS[name]).items():
        assert shape == zeebes[field]


@pytest.mark.parametrize(
    "name", ["ActivateJobs", "StreamActivatedJobs", "CompleteJob", "FailJob", "ThrowError", "UpdateJobTimeout"]
)
def test_what_we_ask_can_be_read_by_zeebe(name: str) -> None:
    """A request of ours is understood field by field through Zeebe's own definition."""
    ours = getattr(gateway_pb2, f"{name}Request")()
    for field in ours.DESCRIPTOR.fields:
        value = {FieldDescriptor.TYPE_STRING: "ü", FieldDescriptor.TYPE_BYTES: b'{"a":"\xc3\xbc"}'}.get(field.type, 7)
        if field.is_repeated:
            getattr(ours, field.name).append(value)
        else:
            setattr(ours, field.name, value)

    read = getattr(theirs, f"{name}Request").FromString(ours.SerializeToString())

    for field in ours.DESCRIPTOR.fields:
        expected = getattr(ours, field.name)
        assert getattr(read, field.name) == (expected.decode() if isinstance(expected, bytes) else expected)


def test_answers_without_fields_are_without_fields_at_zeebe() -> None:
    """What we read as Done has nothing in it that we would miss."""
    for name in ("CompleteJob", "FailJob", "ThrowError", "UpdateJobTimeout"):
        assert not theirs.DESCRIPTOR.message_types_by_name[f"{name}Response"].fields
