"""Text that is no YAML → where the person slipped and how to repair it, in words, instead of where the parser gave up.

A guess counts only where the parser gets further once it is repaired as the message says; then the next slip is looked
for in the repaired text. Prevents: a message that points behind the slip, one whose repair doesn't help, and a second
slip that is seen only when the first is gone. No text of a record is repeated but its keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import yaml

from conflict_incidents.sliplines import Failure, Slip, candidates

MOST_SLIPS = 10
"""How many slips of a file are told at once."""
_EFFORT = 1_000_000
"""How many characters are parsed in search of the slips of a file."""
_DEPTH, _EVENTS = 16, 100_000
"""Where trying stops: deeper, or longer, no record is."""


def slips(text: str, odd: Collection[int] = ()) -> list[Slip]:
    """What a person has to mend before the text can be parsed, by place; empty where no guess holds.

    Args:
        text: the text, which the parser refuses.
        odd: the lines in which characters were replaced by spaces.
    """
    search = _Search()
    found: list[Slip] = []
    failure = search.failure(text)
    while failure is not None and len(found) < MOST_SLIPS:
        slip, after = search.mended(candidates(text.split("\n"), failure, odd), failure)
        if slip is None:
            break
        found.append(slip)
        text, failure = slip.text, after
    if failure is not None:  # a wrong guess at an indentation would make right lines look wrong
        unsure = next((number for number, slip in enumerate(found, 1) if not slip.sure), len(found))
        found = found[:unsure]
    told = {slip.at.line: slip for slip in reversed(found)}  # of several in a line, the columns hold for the first
    return [told[line] for line in sorted(told)]


class _Search:
    """Tries to parse, until it has taken too much effort."""

    def __init__(self) -> None:
        self.left = _EFFORT

    def failure(self, text: str) -> Failure | None:
        """Where the parser gives a text up, None where it doesn't."""
        self.left -= len(text)
        if self.left < 0:
            return Failure(0, 0, "too much to try", 0)
        events = depth = 0
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                events += 1
                depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
                if depth > _DEPTH or events > _EVENTS:
                    return Failure(0, 0, "too deep or too long", 0)
        except yaml.MarkedYAMLError as error:
            at = _within(text, error.problem_mark or error.context_mark)
            begun = _within(text, error.context_mark) if error.context_mark else at
            return Failure(*at, str(error.problem), events, begun, str(error.context or ""))
        except yaml.YAMLError:
            return Failure(0, 0, "no YAML", 0)
        return None

    def mended(self, guesses: Iterable[Slip], failure: Failure) -> tuple[Slip | None, Failure | None]:
        """The first guess that gets the parser further, and where it then gives up.

        Of several repairs of one thing, one after which all can be parsed goes before it.
        """
        best: tuple[Slip, Failure] | None = None
        for slip in guesses:
            if best and (slip.at, slip.seen) != (best[0].at, best[0].seen):
                break
            after = self.failure(slip.text)
            if after is None:
                return slip, None
            if not best and after.line >= slip.at.line and after.reach > failure.reach:
                best = slip, after
        return best or (None, failure)


def _within(text: str, mark: yaml.Mark | yaml._yaml.Mark | None) -> tuple[int, int]:
    """A place in the text, from 0; libyaml puts what it misses at the end on a line after the last one."""
    last = text.count("\n")
    if mark is None or mark.line > last:
        return last, len(text) - text.rfind("\n") - 1
    return mark.line, mark.column
