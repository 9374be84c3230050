"""CLM: claims and the words that they quote. Prevents: a quotation that says something else than its claim."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.accounts import in_headline, texts
from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.counts import GROUPS, THINGS, Bound, Count, whom
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Sourced
from conflict_incidents.pieces import Claim
from conflict_incidents.reading import Mapping, Node
from conflict_incidents.schema import Violation
from conflict_incidents.wording import Mention, Text, read, written_in

_STEPS = {
    Bound.EXACT: (0,),
    Bound.ABOUT: (0,),
    Bound.AT_LEAST: (0, -1),
    Bound.AT_MOST: (0, 1),
    Bound.BETWEEN: (0, -1, 1),
}
"""How far from a bound the number may lie that a source gives for it."""


@rule("CLM002", Severity.ERROR, on=(Violation, Sourced))
def one_bound(judged: Violation | Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A count has one bound, that of its source: `at_least` has no end, and "more than 7" is `at_least: 8`.

    An excerpt that says "at least 7" or "fewer than 7" is compared as well. A bound beside groups is the total's, and
    stands there: `killed: {total: {at_least: 5}, children: 1}`.

    Wrong:
        killed: {at_least: 7, at_most: 9}
        wounded: {at_least: 8}
        excerpt: more than 8 wounded

    Right:
        killed: {between: [7, 9]}
        wounded: {at_least: 9}
        excerpt: more than 8 wounded
    """
    if isinstance(judged, Violation):
        yield Problem(judged.at, f"{judged.name} {_mixed(judged.value)}")
        return
    for claim in judged.claims:
        for text in texts(claim, note=False):
            exact = {value for mention in text.mentions if not mention.bound for value in mention.values}
            for mention in text.mentions:
                if len(mention.values) == 1 and not mention.including and exact.isdisjoint(mention.values):
                    yield from _other_bound(claim, mention)


def _mixed(value: Node) -> str:
    """What is mixed in a count that is more than one: two bounds, or a bound and groups."""
    keys = list(value.items) if isinstance(value, Mapping) else []
    groups = [key for key in keys if key in GROUPS]
    if not groups:
        return "mixes bounds; give one: `at_least`, `at_most`, `about`, or `between` for two ends"
    bounds = ", ".join(f"{key}: …" for key in keys if key not in GROUPS)
    wanted = ", ".join(f"{key}: …" for key in groups)
    return f"has a bound beside groups; it is the total's: write `{{total: {{{bounds}}}, {wanted}}}`"


def _other_bound(claim: Claim, mention: Mention) -> Iterator[Problem]:
    """Counts that give a number of the excerpt with another bound than it has there."""
    (number,) = mention.values
    counts = {key: count for key, count in claim.counts.items() if mention.measure in {key[0], None}}
    of_group = {key: count for key, count in counts.items() if key[1] == (mention.group or "total")}
    for key, count in (of_group or counts).items():
        right = _as_bounded(mention.bound, number, count)
        if right:
            said = mention.bound.replace("_", " ")
            yield Problem(count.at, f"{whom(*key)}: the excerpt says {said} {number}; that is `{right}`")
            return


def _as_bounded(bound: str, number: int, count: Count) -> str | None:
    """How a bounded number has to be written, where a count gives it otherwise."""
    match bound:
        case "more_than" if number in count.numbers:
            return f"at_least: {number + 1}"
        case "fewer_than" if number in count.numbers:
            return f"at_most: {number - 1}"
        case "at_least" if number == count.max:
            return f"at_least: {number}"
        case "at_most" if number == count.min:
            return f"at_most: {number}"
        case "about" if count.bound is Bound.EXACT and number == count.best:
            return f"about: {number}"
    return None


@rule("CLM009", Severity.WARNING, on=Sourced)
def headline_agrees(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A headline and the text below it give the same numbers.

    A claim whose `locator` is the headline is compared with the others of its report; where the two differ, a `note`
    says so. The record's own title is compared with its claims.

    Wrong:
        - {by: sohr, in: sabah, locator: headline, killed: 9}
        - {by: sohr, in: sabah, locator: paragraph 2, killed: 7}

    Right:
        - {by: sohr, in: sabah, locator: headline, killed: 9, note: The text below gives 7.}
        - {by: sohr, in: sabah, locator: paragraph 2, killed: 7}
    """
    yield from _title_differs(incident)
    for claim in incident.claims:
        if claim.note or not in_headline(claim):
            continue
        others = [
            other
            for other in incident.claims
            if other.report == claim.report and str(other.scope) == str(claim.scope) and not in_headline(other)
        ]
        for key, count in claim.counts.items():
            below = [other.counts[key] for other in others if key in other.counts]
            if below and not any(str(count) == str(other) for other in below):
                yield Problem(
                    count.at,
                    f"{whom(*key)}: the headline gives {count}, the text below {below[0]} (line {below[0].at.line}); "
                    "check both, and say in a `note` that they differ",
                )


def _title_differs(incident: Sourced) -> Iterator[Problem]:
    """Numbers of the record's title that no claim gives."""
    for mention in read(incident.title).mentions:
        if not mention.measure or not mention.values:
            continue
        told = [each for claim in incident.claims for each in claim.counts.items() if each[0][0] == mention.measure]
        of_group = [count for (_, group), count in told if group == (mention.group or "total")]
        counts = of_group or [count for _, count in told]
        if mention.measure in THINGS and not counts:
            continue
        if not any(_fits(mention, count) for count in counts) and not incident.withdrawn:
            number = " to ".join(str(value) for value in mention.values)
            yield Problem(
                incident.at("title"),
                f"the title gives {number} {mention.measure}, and no claim does; correct one of them, or leave the "
                "number out",
            )


def _fits(mention: Mention, count: Count) -> bool:
    numbers = [value + (mention.bound == "more_than") for value in mention.values]
    return any(count.least <= number and (count.max is None or number <= count.max) for number in numbers)


@rule("CLM011", Severity.ERROR, on=Sourced)
def excerpt_has_number(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """An excerpt contains a number that the claim gives, in figures or in words.

    Words are read in English, French, German, Spanish, Turkish and Arabic; in another language the claim's note repeats
    the number in figures.

    Wrong:
        killed: 7
        excerpt: nine people were killed

    Right:
        killed: 7
        excerpt: seven people were killed
    """
    for claim in incident.claims:
        unread = all(text.language is None and not text.numbers for text in texts(claim, note=False))
        said = {number for text in texts(claim) for number in _told(text)}
        counted_in = said | {1} if any(text.included("attackers") for text in texts(claim)) else set[int]()
        given = {key: _said_as(count) for key, count in claim.counts.items()}
        counts = {number for numbers in given.values() for number in numbers}
        counts |= {
            number + apart  # "5 killed, including the attacker" gives 4, and 1 if the recorder counts the attackers
            for (measure, group), numbers in given.items()
            for number in numbers
            for apart in given.get((measure, "attackers"), counted_in)
            if group != "attackers"
        }
        if counts and not unread and counts.isdisjoint(said):
            yield Problem(
                claim.at("excerpt"),
                "the excerpt contains none of the claim's numbers; quote the words that give one, or write it in "
                "figures in the `note`",
            )
        elif counts and claim.excerpt_original and counts.isdisjoint(_told(read(claim.note or ""))):
            original = _told(read(claim.excerpt_original))
            if original and counts.isdisjoint(original):
                yield Problem(
                    claim.at("excerpt_original"),
                    "the original wording gives another number than the excerpt; correct one of them",
                )


def _told(text: Text) -> frozenset[int]:
    """The numbers of a text, where "nobody" and "no deaths" are 0."""
    return text.numbers | ({0} if any("not" in item.kinds for item in text.items) else set())


def _said_as(count: Count) -> set[int]:
    """The numbers with which a source may give a count: "more than 7" is at least 8, "fewer than 7" at most 6."""
    return {number + step for number in count.numbers for step in _STEPS[count.bound]}


@rule("CLM012", Severity.WARNING, on=Sourced)
def original_wording(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """An excerpt in another language than its report has the original wording beside it.

    A translation can't be looked up. `excerpt_original` quotes the words as the report has them, and is in its
    language. The script tells, or the words of the languages that CLM011 reads; what neither tells, the reviewer looks.

    Wrong:
        in: a-turkish-paper
        excerpt: 7 people were killed

    Right:
        in: a-turkish-paper
        excerpt: 7 people were killed
        excerpt_original: 7 kişi öldü
    """
    for claim in incident.claims:
        report = incident.reports.get(claim.report)
        language = report.language if report else None
        if language is None or claim.excerpt is None or written_in(claim.excerpt, language) is not False:
            continue
        original = claim.excerpt_original
        if original is None:
            yield Problem(
                claim.at("excerpt"),
                f"the excerpt isn't in the language of its report ({shown(language)}); add the original wording as "
                "`excerpt_original`",
            )
        elif written_in(original, language) is False:
            yield Problem(
                claim.at("excerpt_original"),
                f"`excerpt_original` isn't in the language of the report ({shown(language)}); quote the report's words",
            )
