"""Where the labels of a map go: near their circle, within the frame, and not over each other.

Prevents: two names printed over one another, and a name that runs out of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FEW = 12
"""Up to how many circles each gets a label, even over a part of another."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left, lower, right and upper edge."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """The one of this size whose middle is there."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def meets(self, other: Box) -> bool:
        """Whether they have a point in common."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.top <= other.bottom or other.top <= self.bottom)

    def holds(self, other: Box) -> bool:
        """Whether the other lies within it."""
        beside = other.left >= self.left and other.right <= self.right
        return beside and other.bottom >= self.bottom and other.top <= self.top


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle with the width and height of its label."""

    x: float
    y: float
    radius: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """A square in it that a label mustn't cover."""
        return Box.around(self.x, self.y, 1.6 * self.radius, 1.6 * self.radius)


def placed(circles: Sequence[Circle], frame: Box, most: int) -> list[Box | None]:
    """Where the labels of the first circles go, at most so many; None where there is no room. The first choose first.

    A label lies in its circle where it fits there, else beside it where it covers no other circle, else, unless there
    are many circles, where it covers one, but no other label.
    """
    few = len(circles) <= FEW
    found: list[Box | None] = []
    for number, circle in enumerate(circles[:most]):
        labels = [one for one in found if one is not None]
        others = [one.box for place, one in enumerate(circles) if place != number]
        free = [box for box in _around(circle) if frame.holds(box) and not any(box.meets(label) for label in labels)]
        alone = [box for box in free if not any(box.meets(other) for other in others)]
        found.append(next(iter(alone or (free if few else [])), None))
    return found


def _around(circle: Circle) -> Iterator[Box]:
    """The places of a label, the best first."""
    wide, high = circle.width / 2, circle.height / 2
    if wide**2 + high**2 <= circle.radius**2:
        yield Box.around(circle.x, circle.y, circle.width, circle.height)
    far, slant = circle.radius + 3, circle.radius * 0.72 + 2
    for x, y in (
        (far + wide, 0.0),
        (-far - wide, 0.0),
        (0.0, far + high),
        (0.0, -far - high),
        (slant + wide, slant + high),
        (slant + wide, -slant - high),
        (-slant - wide, slant + high),
        (-slant - wide, -slant - high),
    ):
        yield Box.around(circle.x + x, circle.y + y, circle.width, circle.height)
