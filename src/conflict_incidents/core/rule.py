"""The rule decorator and the registry of all rules.

A rule is a generator function that yields a `Problem` for each defect. Its id and severity are in the decorator; its
docstring is its manual page. Importing its module registers it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, ParamSpec

from conflict_incidents.core.findings import Finding, Mark, Severity, Shown, show
from conflict_incidents.core.redaction import is_personal


@dataclass(frozen=True, slots=True)
class Problem:
    """A defect found by a rule: position and message; `severity` overrides the rule's."""

    at: Mark
    message: Shown
    severity: Severity | None = None


P = ParamSpec("P")
"""The types of record that a rule applies to."""


@dataclass(eq=False)
class Rule(Generic[P]):
    """A rule of the catalogue; `on` are the record types that it applies to, empty for the parsing and schema stages.

    `needs` are keys of which a record must have at least one, at any depth, for the rule to find anything; empty for a
    rule on all records. A rule across records applies `between` to the index rows of the types `across`, each with the
    rows of all others.
    """

    id: str
    severity: Severity
    check: Callable[P, Iterator[Problem]]
    on: tuple[type, ...]
    across: tuple[type, ...] = ()
    between: Callable[..., Iterator[Problem]] | None = None
    needs: frozenset[str] = frozenset()

    @property
    def page(self) -> str:
        """The manual page: what, why, a wrong example, a right one."""
        return inspect.getdoc(self.check) or ""

    def run(self, path: str, *facts: P.args, **named: P.kwargs) -> list[Finding]:
        """Apply the rule and return its findings in the file `path`, at most the cap."""
        problems = self.check(*facts, **named)
        first = next(problems, None)
        return [] if first is None else self._findings(path, first, problems)

    def run_between(self, path: str, row: Any, others: Any) -> list[Finding]:
        """Apply the rule to an index row and all others; return its findings like `run`."""
        problems = self.between(row, others) if self.between else iter(())
        first = next(problems, None)
        return [] if first is None else self._findings(path, first, problems)

    def also(self, across: type) -> Callable[[Callable[..., Iterator[Problem]]], Callable[..., Iterator[Problem]]]:
        """Register a function that applies a rule on records to index rows as well."""

        def define(between: Callable[..., Iterator[Problem]]) -> Callable[..., Iterator[Problem]]:
            self.across, self.between = (across,), between
            return between

        return define

    def _findings(self, path: str, first: Problem, more_problems: Iterator[Problem]) -> list[Finding]:
        problems = [first, *islice(more_problems, MAX_FINDINGS_PER_RULE)]
        if len(problems) > MAX_FINDINGS_PER_RULE:
            message = f"and more like this; {MAX_FINDINGS_PER_RULE} are listed"
            problems[-1] = replace(problems[-1], message=message)
        return [
            Finding(path, problem.at, self.id, problem.severity or self.severity, problem.message)
            for problem in problems
        ]


MAX_FINDINGS_PER_RULE = 100
"""Cap on findings per rule and file, so that hostile input cannot flood the output."""
MAX_WORD_LENGTH = 64
"""The maximum length of a word to search similar ones for."""
LOOKED_THROUGH = 10_000
"""The maximum number of values to search a similar one in."""
_SLIP, _OF_CODE, _ONE_WORD, _BEGUN = 0.66, 0.8, 0.9, 0.55
"""The minimum similarity, of 1, of a mistyped word, of a code, of a name divided otherwise, and of the start of a name.
"""
MAX_VALUES_LISTED = 40
"""The maximum number of known values listed in a message."""

RULES: dict[str, Rule[Any]] = {}
"""All registered rules by id. Importing `conflict_incidents.validation.rules` imports all modules with rules."""


def rule(
    id: str,
    severity: Severity,
    on: type | tuple[type, ...] = (),
    across: type | None = None,
    needs: Iterable[str] = (),
) -> Callable[[Callable[P, Iterator[Problem]]], Rule[P]]:
    """Register a generator function as a rule: `on` records one by one, or `across` index rows.

    It isn't applied to a record that has none of the keys `needs`, if there are any.

    Raises:
        ValueError: the id is taken.
    """

    def define(check: Callable[P, Iterator[Problem]]) -> Rule[P]:
        if id in RULES:
            raise ValueError(f"rule id {id} is defined twice")
        types = on if isinstance(on, tuple) else (on,)
        between = check if across else None
        RULES[id] = Rule(id, severity, check, types, (across,) if across else (), between, frozenset(needs))
        return RULES[id]

    return define


def _nearest(value: str, options: Sequence[str]) -> str | None:
    """Return the value that was mistyped, or truncated after some words; None if the meaning differs.

    `soldiers` is no slip for `civilians`, `civil_defence` none for `civilian_children`, nor `side_c` for `side_a`, nor
    `unconfirmed` for `confirmed`.
    """
    words, code = _words(value), re.search("[0-9]", value)

    def likeness(option: str) -> float:
        overall, others = _likeness(value.casefold(), option.casefold()), _words(option)
        slips = len(words) == len(others) and all(_is_slip(*pair) for pair in zip(words, others, strict=True))
        joined = _likeness("".join(words), "".join(others)) >= _ONE_WORD
        begun = others[: len(words)] == words and overall >= _BEGUN
        return overall if joined or begun or (overall >= _OF_CODE if code else slips) else 0

    opposites = {value.casefold().removeprefix(no) for no in ("un", "non", "not_")} - {value.casefold()}
    options = [option for option in options if option not in opposites]
    best = max(options, key=lambda option: (likeness(option), option), default=None)
    return best if best is not None and likeness(best) else None


def _words(name: str) -> list[str]:
    return re.split(r"[^\w]+|_+", name.casefold())


def _is_slip(one: str, other: str) -> bool:
    """Whether two words are equal, or one is a misspelling of the other."""
    return one == other or (min(len(one), len(other)) > 1 and _likeness(one, other) >= _SLIP)


def _likeness(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, other, one).ratio()


def suggestion(value: str, options: Iterable[str]) -> Shown:
    """Return a closing hint for a message: the most similar valid value, or a few of them."""
    listable = sorted(option for option in set(options) if not is_personal(option))
    few_enough = len(value) <= MAX_WORD_LENGTH and len(listable) <= LOOKED_THROUGH
    near = _nearest(value, listable) if few_enough else None
    if near:
        return f"; did you mean {show(near)}?"
    if not listable:
        return Shown("")
    few = ", ".join(map(show, listable[:MAX_VALUES_LISTED]))
    more = f" and {len(listable) - MAX_VALUES_LISTED} more" if len(listable) > MAX_VALUES_LISTED else Shown("")
    return f"; use {few}" if len(listable) == 1 else f"; use one of {few}{more}"
