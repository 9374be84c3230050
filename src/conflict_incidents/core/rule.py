"""The rule decorator and the registry of all rules.

A rule is a generator function that yields a `Problem` for each defect. Its id and severity are in the decorator; its
docstring is its manual page. Importing its module registers it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, ParamSpec

from conflict_incidents.core.findings import Finding, Mark, Severity, Shown, shown
from conflict_incidents.core.redaction import is_personal


@dataclass(frozen=True, slots=True)
class Problem:
    """A defect that a rule found: its position and message; `severity` where it differs from the rule's."""

    at: Mark
    message: Shown
    severity: Severity | None = None


P = ParamSpec("P")
"""What a rule judges."""


@dataclass(eq=False)
class Rule(Generic[P]):
    """A rule of the catalogue; `on` names the record types that it judges, empty for the reading and schema stages.

    A rule across records judges the index rows of the types `across`, by `between`, among those of all others.
    """

    id: str
    severity: Severity
    check: Callable[P, Iterator[Problem]]
    on: tuple[type, ...]
    across: tuple[type, ...] = ()
    between: Callable[..., Iterator[Problem]] | None = None

    @property
    def page(self) -> str:
        """The manual page: what, why, a wrong example, a right one."""
        return inspect.getdoc(self.check) or ""

    def run(self, path: str, *facts: P.args, **named: P.kwargs) -> list[Finding]:
        """What this rule finds in what it is given, as findings in the file `path`: the first `MOST`, or all."""
        found = self.check(*facts, **named)
        first = next(found, None)
        return [] if first is None else self._findings(path, first, found)

    def run_between(self, path: str, row: Any, others: Any) -> list[Finding]:
        """What this rule finds between an index row and all others, as `run` gives it."""
        found = self.between(row, others) if self.between else iter(())
        first = next(found, None)
        return [] if first is None else self._findings(path, first, found)

    def also(self, across: type) -> Callable[[Callable[..., Iterator[Problem]]], Callable[..., Iterator[Problem]]]:
        """Let a rule that judges records look at index rows, too."""

        def define(between: Callable[..., Iterator[Problem]]) -> Callable[..., Iterator[Problem]]:
            self.across, self.between = (across,), between
            return between

        return define

    def _findings(self, path: str, first: Problem, found: Iterator[Problem]) -> list[Finding]:
        problems = [first, *islice(found, MOST)]
        problems[MOST:] = [replace(more, message=f"and more like this; {MOST} are listed") for more in problems[MOST:]]
        return [
            Finding(path, problem.at, self.id, problem.severity or self.severity, problem.message)
            for problem in problems
        ]


MOST = 100
"""Cap on findings per rule and file, so that hostile input cannot flood the output."""
LONGEST_WORD = 64
"""How long a word is for which near ones are looked for."""
LOOKED_THROUGH = 10_000
"""Among how many values a near one is looked for."""
LISTED = 40
"""How many known values a message lists."""

RULES: dict[str, Rule[Any]] = {}
"""All rules defined so far, by id. `conflict_incidents.validation.rules` imports every module that defines some."""


def rule(
    id: str, severity: Severity, on: type | tuple[type, ...] = (), across: type | None = None
) -> Callable[[Callable[P, Iterator[Problem]]], Rule[P]]:
    """Make a generator function a rule of the catalogue: `on` records one by one, or `across` index rows.

    Raises:
        ValueError: the id is taken.
    """

    def define(check: Callable[P, Iterator[Problem]]) -> Rule[P]:
        if id in RULES:
            raise ValueError(f"rule id {id} is defined twice")
        judged = on if isinstance(on, tuple) else (on,)
        RULES[id] = Rule(id, severity, check, judged, (across,) if across else (), check if across else None)
        return RULES[id]

    return define


def suggestion(seen: str, options: Iterable[str]) -> Shown:
    """A closing hint for a message: the nearest of the values that would be understood, or a few of them."""
    from difflib import get_close_matches

    known = sorted(option for option in set(options) if not is_personal(option))
    folded = {option.casefold(): option for option in known}
    few_enough = len(seen) <= LONGEST_WORD and len(known) <= LOOKED_THROUGH
    near = get_close_matches(seen.casefold(), folded, n=1, cutoff=0.6) if few_enough else []
    if near:
        return f"; did you mean {shown(folded[near[0]])}?"
    if not known:
        return Shown("")
    few = ", ".join(map(shown, known[:LISTED]))
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else Shown("")
    return f"; use one of {few}{more}"
