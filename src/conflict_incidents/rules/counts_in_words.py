"""CNT: counts and the words that they rest on. Prevents: a number that says more than its source."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.accounts import texts
from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.counts import DISJOINT, SEXES, STATUSES, Bound, Count, whom
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity
from conflict_incidents.model import Sourced
from conflict_incidents.pieces import Claim
from conflict_incidents.schema import Violation
from conflict_incidents.wording import Mention, Text

ALIKE = ({"some", "several", "many"}, {"tens", "dozens", "scores"})
"""Words that translate each other."""
YOUNG = {"children", "girls", "boys"}
SAFE = 2
"""The number that any plural allows: "at least 2" of "several" invents nothing."""


@rule("CNT008", Severity.WARNING, on=Sourced)
def including_is_open(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """After "including", a number is a lower bound, unless the source says that these are all.

    There may be more of whom it doesn't speak. It says so where the groups make up the total, or in words ("no other
    children"); else `complete` names the groups that are counted in full.

    Wrong:
        killed: {total: 7, children: 2}
        excerpt: seven killed, including two children

    Right:
        killed: {total: 7, children: {at_least: 2}}
        excerpt: seven killed, including two children
    """
    for claim in incident.claims:
        said = texts(claim)
        if any(text.says("only") for text in said):
            continue
        for text in said:
            for mention in text.mentions:
                if mention.including and mention.group != "attackers":
                    yield from _taken_for_all(claim, mention, text)


def _taken_for_all(claim: Claim, mention: Mention, text: Text) -> Iterator[Problem]:
    """Closed counts of a group of which the text says that it is included."""
    names = YOUNG if mention.group == "children" else {mention.group}
    counted = {key: count for key, count in claim.counts.items() if key[1] in names}
    same = {key: count for key, count in counted.items() if key[0] == mention.measure} or counted
    for (measure, group), count in same.items():
        if count.max in mention.values and not _is_all(claim, measure, group, count):
            yield Problem(
                count.at,
                f"{whom(measure, group)}: the text includes {count} of them, which leaves room for more; "
                f"write `at_least: {count.max}`, or `complete: [{group}]` if it says that these are all",
            )
            return


def _is_all(claim: Claim, measure: str, group: str, count: Count) -> bool:
    """Whether the source says that it counts all of a group, or the total leaves room for nobody else."""
    statuses, sexes = (claim.says_complete(measure, key) for key in ("statuses_complete", "sexes_complete"))
    if group in claim.says_all(measure) or (statuses and group in STATUSES) or (sexes and group in SEXES):
        return True
    total = claim.counts.get((measure, "total"))
    parted = [[(measure, name) for name in names] for names in DISJOINT if group in names]
    sums = [sum(claim.counts[key].least for key in keys if key in claim.counts) for keys in parted]
    return total is not None and total.max in {count.max, *sums}


@rule("CNT014", Severity.WARNING, on=(Violation, Sourced))
def vague_word(judged: Violation | Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A word in place of a number, such as "several" or "dozens", stays a word.

    `{word: dozens}` keeps it, and counts as the smallest number of which the word is true. A number that the recorder
    makes of it was said by nobody. "At least 1" or "at least 2" of several is no invention; a share in percent takes no
    word.

    Wrong:
        wounded: 30
        excerpt: dozens were wounded

    Right:
        wounded: {word: dozens}
        excerpt: dozens were wounded
    """
    if isinstance(judged, Violation):
        message = f"{judged.name} is a word; a share takes a number, so say it in the claim's `note`"
        yield Problem(judged.at, message, Severity.ERROR)
        return
    for claim in judged.claims:
        found: dict[tuple[str, str], Problem] = {}
        for text in texts(claim):
            for mention in text.mentions:
                for key, count in _made_of(claim, mention, text):
                    found.setdefault(key, Problem(count.at, _as_word(key, mention, count)))
        yield from found.values()


def _made_of(claim: Claim, mention: Mention, text: Text) -> Iterator[tuple[tuple[str, str], Count]]:
    """The counts of those of whom a text gives a word and no number."""
    if mention.word is None or not (mention.measure or mention.group):
        return
    numbers = text.numbers
    group = mention.group or "total"
    for (measure, counted), count in claim.counts.items():
        if counted != group or mention.measure not in {measure, None}:
            continue
        if count.word:
            alike = next((words for words in ALIKE if mention.word in words), {mention.word})
            if count.word not in alike and not any(other.word == count.word for other in text.mentions):
                yield (measure, counted), count
        elif not count.numbers & numbers and not _is_safe(count):
            yield (measure, counted), count


def _is_safe(count: Count) -> bool:
    return count.bound is Bound.AT_LEAST and count.least <= SAFE


def _as_word(key: tuple[str, str], mention: Mention, count: Count) -> str:
    said = f"the text says `{mention.word}`, not {count.word or count}"
    return f"{whom(*key)}: {said}; write `{{word: {mention.word}}}`, or give no number"
