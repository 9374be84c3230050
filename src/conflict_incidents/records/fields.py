"""Parts of a record: text, numbers and lists by name, each with its position in the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from conflict_incidents.core.findings import Mark
from conflict_incidents.records.yaml.nodes import MappingNode, ScalarNode, SequenceNode

Made = TypeVar("Made")


class once(Generic[Made]):  # noqa: N801  # used as a decorator, like `property`
    """A property that is computed once for each piece: pieces don't change, and rules ask for the same again and again.

    Like `functools.cached_property`, without the lock of older Pythons.
    """

    def __init__(self, compute: Callable[[Any], Made]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, part: Any, owner: type) -> Made:
        value = part.__dict__[self.name] = self.compute(part)
        return value


class Text(once[str]):
    """A field of text that the schema requires; empty only in a record that has been refused."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, part: Any, owner: type) -> str:
        node = part.node.items.get(self.key)
        value = part.__dict__[self.name] = str(node.value) if isinstance(node, ScalarNode) else ""
        return value


class OptionalText(once["str | None"]):
    """A field of text that may be absent: None, not stated."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, part: Any, owner: type) -> str | None:
        node = part.node.items.get(self.key)
        value = part.__dict__[self.name] = str(node.value) if isinstance(node, ScalarNode) else None
        return value


class Number(once["float | None"]):
    """A decimal number that may be absent: None, not stated."""

    def __init__(self, key: str) -> None:
        super().__init__(lambda part: part.number(key))


class Part:
    """A piece of a record. Its fields are read from its node, so that each has its position in the file."""

    note = OptionalText("note")
    locator = OptionalText("locator")

    def __init__(self, node: MappingNode) -> None:
        self.node = node

    def text(self, key: str) -> str | None:
        """The text at `key`, None where it isn't stated."""
        node = self.node.items.get(key)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def number(self, key: str) -> float | None:
        """The number at `key`, None where it isn't stated."""
        node = self.node.items.get(key)
        return float(node.value) if isinstance(node, ScalarNode) and not isinstance(node.value, str) else None

    def true(self, key: str) -> bool:
        """Whether `key` is there and true."""
        node = self.node.items.get(key)
        return isinstance(node, ScalarNode) and node.value is True

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts at `key`."""
        node = self.node.items.get(key)
        items = node.items if isinstance(node, SequenceNode) else []
        return tuple(str(item.value) for item in items if isinstance(item, ScalarNode))

    def at(self, *path: str | int) -> Mark:
        """The position of the value at `path`."""
        return self.node.place(*path)

    @property
    def mark(self) -> Mark:
        """The position of the piece itself."""
        return self.node.mark


class Located(Part):
    """A piece that may have a position of its own: degrees, WGS 84."""

    lat = Number("lat")
    lon = Number("lon")

    @once
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude; None where it has none of its own."""
        lat, lon = self.lat, self.lon
        return None if lat is None or lon is None else (lat, lon)


def one(node: MappingNode, key: str, make: Callable[[MappingNode], Made]) -> Made | None:
    """The piece at `key`, None where there is none."""
    child = node.items.get(key)
    return make(child) if isinstance(child, MappingNode) else None


def listed(node: MappingNode, key: str, make: Callable[[MappingNode], Made]) -> list[Made]:
    """The pieces listed at `key`."""
    child = node.items.get(key)
    return (
        [make(item) for item in child.items if isinstance(item, MappingNode)] if isinstance(child, SequenceNode) else []
    )
