"""Parts of a record: text, numbers and lists by name, each with its position in the file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from conflict_incidents.core.findings import Mark
from conflict_incidents.records.yaml.nodes import MappingNode, ScalarNode, SequenceNode

Made = TypeVar("Made")
Of = TypeVar("Of", bound="Part")
P = ParamSpec("P")


class cached(Generic[Made]):  # noqa: N801  # used as a decorator, like `property`
    """A property that is computed once per part: parts are immutable, and rules read the same ones repeatedly.

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


def once(compute: Callable[Concatenate[Of, P], Made]) -> Callable[Concatenate[Of, P], Made]:
    """Compute a function of a part once per part, whatever its other arguments: the same for layers above."""
    name = f"{compute.__module__}.{compute.__qualname__}"

    @wraps(compute)
    def computed(part: Of, /, *others: P.args, **named: P.kwargs) -> Made:
        results = part.__dict__
        if name not in results:
            results[name] = compute(part, *others, **named)
        value: Made = results[name]
        return value

    return computed


class Text(cached[str]):
    """A text field, required or with a default; empty only in a record with errors."""

    def __init__(self, key: str, default: str = "") -> None:
        self.key = key
        self.default = default

    def __get__(self, part: Any, owner: type) -> str:
        node = part.node.items.get(self.key)
        value = part.__dict__[self.name] = str(node.value) if isinstance(node, ScalarNode) else self.default
        return value


class OptionalText(cached["str | None"]):
    """An optional text field; None if not stated."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, part: Any, owner: type) -> str | None:
        node = part.node.items.get(self.key)
        value = part.__dict__[self.name] = str(node.value) if isinstance(node, ScalarNode) else None
        return value


class Number(cached["float | None"]):
    """An optional decimal number; None if not stated."""

    def __init__(self, key: str) -> None:
        super().__init__(lambda part: part.number(key))


class Part:
    """A part of a record. Fields are read from its node, so that each has its position in the file."""

    note = OptionalText("note")
    locator = OptionalText("locator")

    def __init__(self, node: MappingNode) -> None:
        self.node = node

    def text(self, key: str) -> str | None:
        """Return the text at `key`; None if not stated."""
        node = self.node.items.get(key)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def number(self, key: str) -> float | None:
        """Return the number at `key`; None if not stated."""
        node = self.node.items.get(key)
        return float(node.value) if isinstance(node, ScalarNode) and not isinstance(node.value, str) else None

    def true(self, key: str) -> bool:
        """Whether `key` is present and true."""
        node = self.node.items.get(key)
        return isinstance(node, ScalarNode) and node.value is True

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts at `key`."""
        node = self.node.items.get(key)
        items = node.items if isinstance(node, SequenceNode) else []
        return tuple(str(item.value) for item in items if isinstance(item, ScalarNode))

    def at(self, *path: str | int) -> Mark:
        """Return the position of the value at `path`."""
        return self.node.place(*path)

    @property
    def mark(self) -> Mark:
        """The position of the part itself."""
        return self.node.mark


class Parts(cached[list[Made]]):
    """The parts listed at a key."""

    def __init__(self, key: str, make: Callable[[MappingNode], Made]) -> None:
        super().__init__(lambda part: parts_at(part.node, key, make))


class OptionalPart(cached["Made | None"]):
    """The part at a key; None if missing."""

    def __init__(self, key: str, make: Callable[[MappingNode], Made]) -> None:
        def part_at(part: Any) -> Made | None:
            child = part.node.items.get(key)
            return make(child) if isinstance(child, MappingNode) else None

        super().__init__(part_at)


class Texts(cached[tuple[str, ...]]):
    """The list of texts at a key."""

    def __init__(self, key: str) -> None:
        super().__init__(lambda part: part.texts(key))


class Flag(cached[bool]):
    """Whether a key is present and true."""

    def __init__(self, key: str) -> None:
        super().__init__(lambda part: part.true(key))


class Located(Part):
    """A part that may have its own position, in degrees, WGS 84."""

    lat = Number("lat")
    lon = Number("lon")

    @cached
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude; None if it has no position of its own."""
        lat, lon = self.lat, self.lon
        return None if lat is None or lon is None else (lat, lon)


def parts_at(node: MappingNode, key: str, make: Callable[[MappingNode], Made]) -> list[Made]:
    """Return the parts listed at `key`."""
    child = node.items.get(key)
    return (
        [make(item) for item in child.items if isinstance(item, MappingNode)] if isinstance(child, SequenceNode) else []
    )
