"""A BPMN file as elements that know where they stand in its bytes, and edits of those bytes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final, NamedTuple, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

__all__ = ["ZEEBE", "Attribute", "Edit", "Element", "Unreadable", "edited", "quoted", "read"]

ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
_BETWEEN: Final = " "  # a namespace and a local name; neither can hold a space
_ATTRIBUTE: Final = rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')"""
_START_TAG: Final = re.compile(rb"<([^\s/>]+)((?:" + _ATTRIBUTE + rb")*)\s*(/?)>")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")  # how UTF-16 begins


class Unreadable(Exception):
    """A file is no BPMN that can be edited. The text says why."""


class Edit(NamedTuple):
    """The bytes from *start* to *end* become *text*."""

    start: int
    end: int
    text: bytes


class Attribute(NamedTuple):
    """Its meaning, and where it stands: from the white space before its name to its last quote, and its value."""

    value: str
    start: int
    value_start: int
    end: int


@dataclass(slots=True)
class Element:
    """
    One element: *start* is where its `<` stands, *tag_end* and *end* the places behind its start tag and behind it.

    *tag* is its name as it is written, prefix included. An attribute goes by its name, with its namespace and a space
    before it where it has one.
    """

    namespace: str
    name: str
    tag: str
    start: int
    tag_end: int
    attributes: Mapping[str, Attribute]
    end: int = 0
    children: list["Element"] = field(default_factory=list)

    def of(self, name: str) -> Iterator["Element"]:
        """Its children of that name in Zeebe's namespace."""
        return (child for child in self.children if (child.namespace, child.name) == (ZEEBE, name))

    def value(self, name: str) -> str | None:
        """The attribute's meaning, None where it is not there."""
        found = self.attributes.get(name)
        return found.value if found else None

    def all(self) -> Iterator["Element"]:
        """It and everything below it, in the file's order."""
        yield self
        for child in self.children:
            yield from child.all()


def read(source: bytes) -> Element:
    """The outermost element of *source*. Raises Unreadable."""
    if source.startswith(_WIDE):
        raise Unreadable("it is UTF-16: save it as UTF-8, as the modeler does")
    reader = _Reader(source)
    try:
        reader.parser.ParseFile(BytesIO(source))
    except expat.ExpatError as error:
        raise Unreadable(f"it is no XML: {expat.ErrorString(error.code)} (line {error.lineno})") from None
    return reader.outermost()


def edited(source: bytes, edits: Iterable[Edit]) -> bytes:
    """*source* with all *edits*, which do not overlap."""
    parts, last = [], 0
    for start, end, text in sorted(edits):
        parts += [source[last:start], text]
        last = end
    return b"".join([*parts, source[last:]])


def quoted(value: str) -> bytes:
    """An attribute's value with its quotes, in letters that every encoding has."""
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}).encode("ascii", "xmlcharrefreplace")


class _Reader:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._open: list[Element] = []
        self._outermost: Element | None = None
        self.parser = parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse

    def outermost(self) -> Element:
        if self._outermost is None:
            raise Unreadable("it holds no element")
        return self._outermost

    def _start(self, name: str, values: Sequence[str]) -> None:
        start = self.parser.CurrentByteIndex
        tag = _START_TAG.match(self._source, start)
        if tag is None:
            raise Unreadable(f"a tag at byte {start} is written in a way that is not understood")
        namespace, _, local = name.rpartition(_BETWEEN)
        attributes = _attributes(tag, values)
        element = Element(namespace, local, tag[1].decode(), start, tag.end(), attributes)
        if self._open:
            self._open[-1].children.append(element)
        self._outermost = self._outermost or element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        is_empty = self._source[element.tag_end - 2 : element.tag_end] == b"/>"
        element.end = element.tag_end if is_empty else self._source.index(b">", self.parser.CurrentByteIndex) + 1

    def _refuse(self, *_: object) -> NoReturn:
        raise Unreadable("it has a DOCTYPE, which no BPMN file has")


def _attributes(tag: re.Match[bytes], told: Sequence[str]) -> dict[str, Attribute]:
    """Those that are *told* (name, value, name, …), found in the *tag*, which declares namespaces as well."""
    written = re.compile(_ATTRIBUTE).finditer(tag.string, tag.start(2), tag.end(2))
    own = (each for each in written if each[1] != b"xmlns" and not each[1].startswith(b"xmlns:"))
    return {
        name: Attribute(value, each.start(), each.start(2), each.end())
        for name, value, each in zip(told[::2], told[1::2], own, strict=True)
    }
