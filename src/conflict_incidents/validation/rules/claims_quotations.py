"""CLM, quotations: excerpts and locators of claims."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.names import only_latin, scripts
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.cells import MONTHS
from conflict_incidents.records.counts import LEXICON, Bound, Count, whom
from conflict_incidents.records.model import Sourced
from conflict_incidents.records.statements import Claim

_BETWEEN_THOUSANDS = "[,.'\u2019\u066c \u00a0\u2009\u202f]"
_FIGURES = re.compile(rf"(?<!\w)(\d{{1,3}}(?:{_BETWEEN_THOUSANDS}\d{{3}})+|\d{{1,12}})(?!\w)")
"""Numbers in figures of any script, with or without separators of thousands; not `7th` or `Su-24M`."""
_TIMES = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?) (1000(?:000){0,2})\b")
"""A figure and its multiplier, the output of `text2num` for "1.2 million"."""
_VAGUE = re.compile(rf"(?i)\b(?:\w+ dozen|{'|'.join(LEXICON)})\b")
"""Vague English words that `text2num` would parse as a number: "hundreds" isn't 100."""
_NO_COUNT = re.compile(
    "[0-9]{1,2} (?:MONTH)|(?:MONTH) [0-9]{1,2}|[0-9]+-year-old|aged [0-9]+(?:(?:,|,? and) [0-9]+)*".replace(
        "MONTH", "|".join(map(str.title, MONTHS))
    )
)
"""Days of a month, and ages, in English."""
_SINGLE = re.compile(r"(?i)\band (?:an?|his|her|their|its|another) ")
"""English words that add one person without a number."""
_AT_LEAST = (
    "at least|not? (?:fewer|less) than|au moins|al menos|por lo menos|pelo menos|ao menos|mindestens|wenigstens|almeno"
    "|minstens|ten minste|mindst"
)
_WORDED = re.compile(
    rf"(?i)\b(?:(?P<at_least>{_AT_LEAST})|(?P<at_most>up to|at most|not? (?:more than|over))"
    r"|(?P<more>more than|over)|(?P<fewer>(?:fewer|less) than|under)"
    r"|(?P<about>about|around|approximately|some|roughly)) (?P<number>\d{1,9})(?![\d%]|[.,]\d| ?percent)"
)
"""Words that give a number its bound, and the number: in English, and "at least" in the other languages read."""
_BOUND_OF = {
    "at_least": (Bound.AT_LEAST, 0),
    "more": (Bound.AT_LEAST, 1),
    "at_most": (Bound.AT_MOST, 0),
    "fewer": (Bound.AT_MOST, -1),
    "about": (Bound.ABOUT, 0),
}
"""The bound of each group of words, and the difference of its number from that in the text."""
_MAX_ADDENDS = 8
"""The maximum number of numbers that are added up."""
_STEPS = {
    Bound.EXACT: (0,),
    Bound.ABOUT: (0,),
    Bound.AT_LEAST: (0, -1),
    Bound.AT_MOST: (0, 1),
    Bound.BETWEEN: (0, -1, 1),
}
"""The possible differences between a source's number and the bound that codes it."""


@rule("CLM009", Severity.WARNING, on=Sourced, needs=("locator",))
def headline_agrees(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A headline and the text below it give the same numbers.

    A claim whose `locator` is the headline is compared with the others of its report; if they differ, a `note` says so.

    Wrong:
        - {by: sohr, in: sabah, locator: headline, killed: 9}
        - {by: sohr, in: sabah, locator: paragraph 2, killed: 7}

    Right:
        - {by: sohr, in: sabah, locator: headline, killed: 9, note: The text below gives 7.}
        - {by: sohr, in: sabah, locator: paragraph 2, killed: 7}
    """
    for claim in incident.claims:
        if claim.note or not claim.in_headline:
            continue
        others = [
            other
            for other in incident.claims
            if other.report == claim.report and str(other.scope) == str(claim.scope) and not other.in_headline
        ]
        for key, count in claim.counts.items():
            below = [other.counts[key] for other in others if key in other.counts]
            if below and not any(str(count) == str(other) for other in below):
                yield Problem(
                    count.at,
                    f"{whom(*key)}: the headline gives {count}, the text below {below[0]} (line {below[0].at.line}); "
                    "check both, and say in a `note` that they differ",
                )


EXCERPTS = ("excerpt", "excerpt_original")
"""The keys of quotations."""


@rule("CLM011", Severity.WARNING, on=Sourced, needs=EXCERPTS)
def quotes_its_number(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """One of the numbers in an excerpt is the claim's, with its bound.

    Numbers are read in figures, and in words of Danish, Dutch, English, French, German, Italian, Portuguese and
    Spanish: `excerpt_original` in the language of its report, `excerpt` in English, or in that language if it isn't a
    translation. Not checked are other languages. A claim whose `note` repeats its number is accepted, and so is a sum
    of the numbers in the excerpt: "a family of six and a guard" are 7.

    Beside others that agree, a number is found whose digits are exchanged, or, if each of the others is a count of the
    claim, one that is one more or less, or has one digit of several different.

    "At least 15" in these languages is `at_least: 15`. In English, "more than 15" is `at_least: 16`, "up to 15" is
    `at_most: 15`, and "about 15" is `about: 15`.

    Wrong:
        killed: 7
        excerpt: nine people were killed

    Right:
        killed: 7
        excerpt: seven people were killed
    """
    for claim in incident.claims:
        if not (claim.excerpt or claim.excerpt_original):
            continue
        own_numbers = _numbers_of(claim) - {0}
        for key, language in _languages(claim, incident):
            numbers, telling = _numbers(claim.text(key) or "", language)
            explained = numbers | _numbers(claim.note or "", "en")[0] | _sums(claim.text(key) or "", language)
            if own_numbers and telling and own_numbers.isdisjoint(explained):
                different = [(telling, own_numbers)]
            else:
                different = _mistyped(claim, explained, telling - own_numbers)
                yield from _other_bounds(claim, key, language)
            for seen, own in different:
                yield Problem(
                    claim.at(key),
                    f"it gives {_numbers_text(seen)}, and the claim {_numbers_text(own)}; correct one of them, or "
                    "repeat the claim's number in its `note`",
                )


def _mistyped(claim: Claim, explained: set[int], others: set[int]) -> list[tuple[set[int], set[int]]]:
    """Return the numbers of a claim that its excerpt gives with another digit, or with the digits in another order."""
    unexplained = [count for count in claim.counts.values() if stated_numbers(count).isdisjoint(explained)]
    pairs = [(other, number) for count in unexplained for number in count.numbers for other in others]
    alone = len(pairs) == len(unexplained) == 1 < len(claim.counts)
    return [({other}, {number}) for other, number in pairs if _is_slip(str(other), str(number), alone)]


def _is_slip(one: str, other: str, alone: bool) -> bool:
    """Whether numbers have the same digits; if they stand alone, also whether they are next to each other or alike."""
    alike = len(one) == len(other) > 1 and sum(digit != its for digit, its in zip(one, other, strict=True)) == 1
    return sorted(one) == sorted(other) or (alone and (alike or abs(int(one) - int(other)) == 1))


def _other_bounds(claim: Claim, key: str, language: str) -> Iterator[Problem]:
    """Yield the counts whose number an excerpt gives, but only with other bounds."""
    text = claim.text(key) or ""
    figures = re.sub(r"(?<=\d),(?=\d{3}\b)", "", _with_figures(text, language) or text)  # without commas
    bounds: dict[int, list[tuple[Bound, int, str]]] = {}
    for found in _WORDED.finditer(figures):
        number, (bound, step) = int(found["number"]), _BOUND_OF[_kind(found)]
        bounds.setdefault(number, []).append((bound, number + step, found[0]))
    own = {(count.bound, number) for count in claim.counts.values() for number in count.numbers}
    for count in claim.counts.values():
        for number in count.numbers & bounds.keys() if count.bound is not Bound.BETWEEN else ():
            forms = bounds[number]
            alone = len(re.findall(rf"(?<!\d){number}(?!\d)", figures)) > len(forms)
            if not alone and own.isdisjoint((bound, meant) for bound, meant, _ in forms):
                bound, meant, words = forms[0]  # of a closed list, so that they may be shown
                yield Problem(
                    claim.at(key),
                    f"it gives `{Shown(words)}`, and the claim {count}; "
                    f"write {show(f'{{{bound.value}: {meant}}}')}, or correct the text",
                )


def _kind(found: re.Match[str]) -> str:
    """Return the name of the group of words that was found, beside the number."""
    return next(name for name, text in found.groupdict().items() if text and name != "number")


@rule("CLM014", Severity.ERROR, on=Sourced, needs=EXCERPTS)
def short_excerpt(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """An excerpt has at most 15 words: those that give the number, not a whole sentence of a report.

    Longer quotations raise copyright and contain more about people than the number needs.

    Wrong:
        excerpt: rescuers from three towns dug all night until they had found seven people dead in the rubble

    Right:
        excerpt: found seven people dead
    """
    for claim in incident.claims:
        for key in EXCERPTS:
            words = len((claim.text(key) or "").split())
            if words > MAX_WORDS:
                yield Problem(
                    claim.at(key),
                    f"the excerpt has {words} words; keep the few that give the number, {MAX_WORDS} at most",
                )


MAX_WORDS = 15
"""The maximum number of words of an excerpt."""


def quoted_numbers(claim: Claim, incident: Sourced) -> set[int]:
    """Return the numbers that may be in the excerpts and the note of a claim."""
    texts = [*_languages(claim, incident), ("note", "en")]
    return {number for key, language in texts for number in _numbers(claim.text(key) or "", language)[0]}


def _languages(claim: Claim, incident: Sourced) -> list[tuple[str, str]]:
    """Return the excerpts of a claim, each with its language: that of the report, or English for a translation."""
    report = incident.reports.get(claim.report)
    language = report.language.partition("-")[0] if report and report.language else ""
    foreign = language and scripts(claim.excerpt or "") == {"Latn"} and not only_latin(language)
    return [("excerpt", "en" if claim.excerpt_original or foreign else language), ("excerpt_original", language)]


def _numbers_text(numbers: set[int]) -> Shown:
    return " and ".join(map(bare, sorted(numbers)))


def _numbers_of(claim: Claim) -> set[int]:
    """Return the numbers with which a source may state the counts of a claim; empty if one of them is a word."""
    counts = [*claim.counts.values(), *(share.percent for share in claim.shares)]
    if any(count.word for count in counts):
        return set()
    numbers = {number for count in counts for number in stated_numbers(count)}
    for (measure, group), count in claim.counts.items():
        attackers = claim.counts.get((measure, "attackers"))
        if attackers and group != "attackers":  # "5 killed, including the bomber" are 4, and 1 attacker
            numbers |= {one + other for one in stated_numbers(count) for other in stated_numbers(attackers)}
    return numbers


def stated_numbers(count: Count) -> set[int]:
    """Return the numbers in the possible wordings of a count: "more than 7" is at least 8, "fewer than 7" at most 6."""
    return {number + step for number in count.numbers for step in _STEPS[count.bound]}


def _numbers(text: str, language: str) -> tuple[set[int], set[int]]:
    """Return the possible numbers in a text, and the certain ones; none is certain in an unsupported language.

    A word for one may be an article or a pronoun, and `7 200` may be two numbers.
    """
    if not text:
        return set(), set()
    text = _NO_COUNT.sub(" ", text)
    figures = _with_figures(text, language)
    spelled = figures or text
    sure = set() if figures is None else _figures(text) | _figures(figures) - {1}
    possible = {int(run) for run in re.findall(r"\d{1,12}", spelled)}
    possible |= {round(float(times.replace(",", ".")) * int(of)) for times, of in _TIMES.findall(spelled)}
    return possible | _figures(spelled), sure


def _sums(text: str, language: str) -> set[int]:
    """Return the sums of some of the numbers in a text, and of the single people added to them by "and a"."""
    sums = {0}
    for number in _FIGURES.findall(_with_figures(text, language) or text)[:_MAX_ADDENDS]:
        sums |= {value + int("".join(filter(str.isdecimal, number))) for value in sums}
    singles = min(len(_SINGLE.findall(text)), _MAX_ADDENDS)
    return {value + more for value in sums for more in range(singles + 1)}


def _with_figures(text: str, language: str) -> str | None:
    """Return a text with the numbers in words as figures; None if the language isn't supported."""
    from text_to_num import alpha2digit

    try:
        return str(alpha2digit(_VAGUE.sub(" ", text), language, threshold=0))
    except ValueError:
        return None


def _figures(text: str) -> set[int]:
    return {int("".join(filter(str.isdecimal, number))) for number in _FIGURES.findall(text)}
