"""Numbers in words, up to the thousands, composed from what the list of a language has.

Prevents: "seven people were killed" being taken for an excerpt without a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from conflict_incidents.wording.lexicon import Words, folded, kinds_of

LONGEST = 5
"""How many words a number below a hundred has at most."""


@dataclass(frozen=True, slots=True)
class Numerals:
    """How a language says numbers.

    `plain` are those below a hundred and other fixed ones; `times` multiply the number before them, or stand for one of
    their own; `articles` may mean one. `joint` stands between hundreds and what is added, and between the ends of a
    range after one of `between`; `to` joins the ends of other ranges.
    """

    plain: dict[Words, int]
    times: dict[str, int]
    articles: frozenset[str]
    joint: frozenset[str]
    between: frozenset[str]
    to: frozenset[str]


@cache
def numerals(language: str) -> Numerals:
    """How a language says numbers, from its list."""
    kinds = kinds_of(language)
    return Numerals(
        plain={tuple(folded(words).split()): value for words, value in _plain(kinds)},
        times={folded(words): value for words, value in _fixed(kinds["times"])},
        **{kind: frozenset(map(folded, kinds.get(kind, []))) for kind in ("articles", "joint", "between", "to")},
    )


def _plain(kinds: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    units = [(form, value) for value, forms in enumerate(kinds["units"]) for form in forms.split("/") if form]
    decades = [(form, 10 * ten) for ten, forms in enumerate(kinds["decades"], 2) for form in forms.split("/")]
    yield from units
    yield from decades
    small = units + decades
    for pattern in kinds["compound"]:
        for ten, tens in decades:
            for unit, value in units:
                if value:
                    yield pattern.format(ten=ten, unit=unit), tens + value
                    small.append((pattern.format(ten=ten, unit=unit), tens + value))
    for pattern in kinds.get("teens", []):
        yield from ((pattern.format(unit=unit), 10 + value) for unit, value in units if 2 < value < 10)
    fixed = list(_fixed(kinds["fixed"]))
    for hundred in kinds.get("glued", []):
        for unit, hundreds in [("", 1), ("ein", 1), *((unit, value) for unit, value in units if 1 < value < 10)]:
            yield f"{unit}{hundred}", 100 * hundreds
            yield from (
                (f"{unit}{hundred}{rest}", 100 * hundreds + value) for rest, value in small + fixed if 0 < value < 100
            )
    yield from fixed


def _fixed(said: list[str]) -> Iterator[tuple[str, int]]:
    for one in said:
        words, _, value = one.partition("=")
        yield words, int(value)
