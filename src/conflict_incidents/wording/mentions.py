"""The numbers that a text gives: each with its bound, whom it counts, and what became of them.

"Seven people, including at least two children, were killed" has two: 7 killed, and at least 2 children killed, among
them. Prevents: a number being compared with the count of other people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from conflict_incidents.wording.items import Item, items

_BOUNDS = ("at_least", "more_than", "about", "at_most", "fewer_than")
_BOUNDS_AFTER = {"at_least_after": "at_least", "more_after": "more_than"}
_COMMAS = frozenset(",،")
NEAR = 4
"""How many words apart a noun and its number may stand."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number, or a word in place of one.

    `values` has one number, both ends of a range, or none where `word` stands for it; `bound` is how it is bounded,
    empty where it isn't; `measure` and `group` are None where the text doesn't say. `including` says that it counts
    some of those counted before. `at` is its place among the items.
    """

    values: tuple[int, ...]
    word: str | None
    bound: str
    measure: str | None
    group: str | None
    including: bool
    at: int


@lru_cache(maxsize=512)
def read(text: str) -> Text:
    """What a text says in numbers."""
    return Text(*items(text))


class Text:
    """A text as its items, in one language; None is one of which only the figures are understood."""

    def __init__(self, language: str | None, found: list[Item]) -> None:
        self.language = language
        self.items = found

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Every number in it, in figures or in words."""
        plain = {end for item in self.items for end in (item.value, item.upper) if end is not None}
        return frozenset(plain | {value for mention in self.mentions for value in mention.values})

    @cached_property
    def mentions(self) -> list[Mention]:
        """The numbers of which it says whom or what they count, in their order."""
        found: list[Mention] = []
        for at in range(len(self.items)):
            mention = self._mention(at, found[-1] if found else None)
            if mention is not None:
                found.append(mention)
        for number in range(len(found) - 2, -1, -1):
            this, following = found[number], found[number + 1]
            if this.measure is None and self._goes_on(this.at, following.at):
                found[number] = replace(this, measure=following.measure)
        return found

    def says(self, kind: str) -> bool:
        """Whether it has a phrase of a kind, and doesn't deny it."""
        return any(kind in item.kinds and not self._denied(at) for at, item in enumerate(self.items))

    def sentences(self, kind: str) -> Iterator[list[Item]]:
        """The sentences that have a phrase of a kind, and don't deny it."""
        told = {item.sentence for at, item in enumerate(self.items) if kind in item.kinds and not self._denied(at)}
        for number in sorted(told):
            yield [item for item in self.items if item.sentence == number]

    def included(self, group: str) -> list[int]:
        """The places at which it says that people of a group are among those counted: "including the attacker"."""
        return [at for at, item in enumerate(self.items) if group in item.kinds and self._is_included(at)]

    def _is_included(self, at: int) -> bool:
        before = next((n for n in self._of_list(at) if "including" in self.items[n].kinds), None)
        after = next((n for n in self._ahead(at, 2 * NEAR) if self._closes(n)), None)
        if before is not None and not self._denied(before):
            return True
        return after is not None and not self._denied(after)

    def _of_list(self, at: int) -> Iterator[int]:
        """The items before one to which it may belong: the near ones, and farther ones up to a comma or an "and"."""
        parted = False
        for near, before in enumerate(self._back(at, 2 * NEAR)):
            parted = parted or bool(self.items[before].sign) or "and" in self.items[before].kinds
            if near >= NEAR and parted:
                return
            yield before

    def _denied(self, at: int) -> bool:
        """Whether a word such as "not" or "excluding" stands shortly before an item, or is the item."""
        return any("not" in self.items[n].kinds for n in (at, *self._back(at, NEAR)))

    def _back(self, at: int, steps: int) -> Iterator[int]:
        """The items before one, the nearest first, within its sentence."""
        for before in range(at - 1, max(-1, at - 1 - steps), -1):
            if self.items[before].ends:
                return
            yield before

    def _ahead(self, at: int, steps: int) -> Iterator[int]:
        """The items after one, the nearest first, within its sentence."""
        for after in range(at + 1, min(len(self.items), at + 1 + steps)):
            if self.items[after].ends:
                return
            yield after

    def _opens(self, at: int) -> bool:
        """Whether people or their number follow an item, who belong to it: "among them 2 children"."""
        following = next((n for n in self._ahead(at, NEAR) if not self._skipped(self.items[n])), None)
        return following is not None and (self._is_number(following) or self.items[following].group is not None)

    def _closes(self, at: int) -> bool:
        """Whether an item says of those before it that they are included: "two children among them"."""
        kinds = self.items[at].kinds
        return "including_after" in kinds and not ("including" in kinds and self._opens(at))

    def _is_number(self, at: int) -> bool:
        """Whether an item is a number or a word in place of one; "some" before a number is none."""
        item = self.items[at]
        number_follows = at + 1 < len(self.items) and self.items[at + 1].value is not None
        return item.value is not None or (item.word is not None and not number_follows)

    @staticmethod
    def _skipped(item: Item) -> bool:
        """Whether an item may stand between a verb or "including" and the number that belongs to it."""
        return item.article or bool(item.kinds & {"filler", "exactly", "only", *_BOUNDS})

    def _mention(self, at: int, last: Mention | None) -> Mention | None:
        item = self.items[at]
        after_number = at > 0 and self._is_number(at - 1)
        implied = item.implied if not after_number else None
        if not (self._is_number(at) or item.article or implied):
            return None
        found = self._noun(at, implied is not None)
        if found is None:
            return None
        group, measure, person = found
        if item.article and (after_number or not (group or person)):
            return None
        left = self._left(at, headed=measure is None)
        including = self._including(at) or (last is not None and last.including and self._goes_on(last.at, at))
        bound = self._bound(at)
        if not (group or measure or person or left or bound):
            return None
        became = left or measure or (self._became(at, including) if group or person else None)
        values = [end for end in (item.value, item.upper) if end is not None]
        value = values or ([implied] if implied else [1] if item.article else [])
        word = item.word if not values and not item.article and not implied else None
        return Mention(tuple(value), word, bound, became, group, including, at)

    def _noun(self, at: int, itself: bool) -> tuple[str | None, str | None, bool] | None:
        """The group, the measure and whether people are named by what follows a number; None where it is no count.

        "Many of the wounded" doesn't count the wounded, "several of them children" does count children.
        """
        group: str | None = None
        measure: str | None = None
        person = partly = False
        for after in ([at] if itself else []) + list(self._ahead(at, NEAR)):
            item = self.items[after]
            if "measured" in item.kinds and after == at + 1:
                return None
            if after != at and (item.sign or self._is_number(after) or item.kinds & {"and", "including"}):
                break
            partly = partly or (after == at + 1 and "partitive" in item.kinds)
            group = group or item.group
            person = person or ("people" in item.kinds and not partly)
            measure = measure or (None if partly else item.measure)
        return group, measure, person

    def _left(self, at: int, headed: bool) -> str | None:
        """The measure right before a number: "killing at least 7", and "killed: 7" where it may be `headed`."""
        for before in self._back(at, NEAR):
            item = self.items[before]
            if item.measure and not item.group:
                return item.measure
            if not (self._skipped(item) or (headed and item.sign == ":")):
                return None
        return None

    def _including(self, at: int) -> bool:
        """Whether "including" stands before a number, or "among them" after it."""
        for before in self._back(at, NEAR):
            if "including" in self.items[before].kinds:
                return not self._denied(before)
            if not (self._skipped(self.items[before]) or self.items[before].sign in {":", *_COMMAS}):
                break
        for after in self._ahead(at, 2 * NEAR):
            if self.items[after].sign or self._is_number(after):
                return False
            if self._closes(after):
                return not self._denied(after)
        return False

    def _became(self, at: int, including: bool) -> str | None:
        """What became of people of whom a number is given: what follows it, or what stands before."""
        following = self._following(at)
        earlier = (self.items[n] for n in self._back(at, len(self.items)))
        before = next((item.measure for item in earlier if item.measure and not item.group), None)
        return (before or following) if including else (following or before)

    def _following(self, at: int) -> str | None:
        for after in self._ahead(at, len(self.items)):
            item = self.items[after]
            if self._is_number(after) and not self._including(after):
                return None
            if item.measure and not item.group:
                return item.measure
        return None

    def _bound(self, at: int) -> str:
        for before in self._back(at, NEAR):
            item = self.items[before]
            found = next((bound for bound in _BOUNDS if bound in item.kinds), None)
            if found:
                return found
            if not self._skipped(item):
                break
        for after in self._ahead(at, NEAR):
            item = self.items[after]
            if item.sign or self._is_number(after) or "and" in item.kinds:
                break
            found = next((bound for kind, bound in _BOUNDS_AFTER.items() if kind in item.kinds), None)
            if found and not self._opens(after):
                return found
        return ""

    def _goes_on(self, last: int, at: int) -> bool:
        """Whether a list goes on from one number to the next: "two women, a man and three children"."""
        between = self.items[last + 1 : at]
        joint = any(item.sign in _COMMAS or "and" in item.kinds for item in between)
        plain = all((not item.sign or item.sign in _COMMAS) and (item.group or not item.measure) for item in between)
        return joint and plain and len(between) <= 2 * NEAR
