"""Hypothesis strategies: incidents as trees, valid by the schema, with any text and any form of a count."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st

from conflict_incidents.records.counts import LEXICON, PEOPLE, SEXES, STATUSES, THINGS, groups_of
from conflict_incidents.records.yaml.decoding import character_error

Tree = dict[str, Any]
NUMBERS = st.integers(0, 300)
DAYS = st.dates(date(1900, 1, 2), date(2099, 12, 31)).map(lambda day: day.isoformat())
_PRINTABLE = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\ufeff")


def _sound(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


LINES = st.one_of(
    st.sampled_from(["NA", "null", "TRUE", "7", '"', "a;b", "=1+1", "حفسرجة", "a, b"]),
    st.text(_PRINTABLE, min_size=1, max_size=12)
    .map(_sound)
    .filter(lambda text: text and character_error(text) is None),
)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)


def optional(**of: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    """Any of these keys, or none."""
    return st.fixed_dictionaries({}, optional=of)


def counts() -> st.SearchStrategy[Any]:
    """A count in any of its forms."""
    sorted_counts = st.lists(NUMBERS, min_size=3, max_size=3).map(sorted)
    return st.one_of(
        NUMBERS,
        st.sampled_from(["at_least", "at_most", "about"]).flatmap(
            lambda bound: st.fixed_dictionaries({bound: NUMBERS})
        ),
        sorted_counts.map(lambda ends: {"between": [ends[0], ends[2]]}),
        sorted_counts.map(lambda ends: {"between": [ends[0], ends[2]], "best": ends[1]}),
        st.sampled_from(sorted(LEXICON)).map(lambda word: {"word": word}),
    )


def people(measure: str = "killed") -> st.SearchStrategy[Any]:
    """A count of people: a total, or groups that each fit in it."""
    groups = st.fixed_dictionaries(
        {"total": counts()},
        optional=dict.fromkeys(groups_of(measure)[1:], counts()) | {"sexes_complete": st.just(True)},
    )
    return st.one_of(counts(), groups.map(_within_total))


def _within_total(groups: Tree) -> Tree:
    """Remove the groups that can't be part of the total, which rules refuse."""
    most = _most(groups["total"])
    return {
        key: one for key, one in groups.items() if key in ("total", "attackers") or one is True or _least(one) <= most
    }


def _least(count: Any) -> int:
    if isinstance(count, int):
        return count
    if "word" in count:
        return LEXICON[count["word"]]
    least: int = count.get("between", [0])[0] or count.get("at_least", 0) or count.get("about", 0)
    return least


def _most(count: Any) -> int:
    if isinstance(count, int):
        return count
    if "at_least" in count or "word" in count:
        return 10**9
    most: int = count.get("between", [0, 0])[1] or count.get("at_most", 0) or count.get("about", 0)
    return most


def claims() -> st.SearchStrategy[Tree]:
    """A claim of one of two originators that counts something."""
    claims_with_counts = st.fixed_dictionaries(
        {"by": st.sampled_from(["sohr", "civil-defence"]), "in": st.just("sabah"), "killed": people()},
        optional={measure: people(measure) for measure in PEOPLE[1:4]} | dict.fromkeys(THINGS, counts()),
    )
    optional_fields = optional(
        scope=st.sampled_from(
            ["village", ["village"], {"area": "hafsarjah", "from": "2022-09-07", "to": "2022-09-08"}]
        ),
        via=st.just(["daily-sabah"]),
        as_of=st.one_of(DAYS, DAYS.map(lambda day: f"{day}T21:10:00+03:00")),
        provisional=st.booleans(),
        excerpt=LINES,
        locator=LINES,
        note=TEXTS,
        no_information=st.just(["displaced"]),
        withdrawn=st.fixed_dictionaries({"date": DAYS, "reason": TEXTS}),
    )
    return st.builds(lambda counts, words: counts | words, claims_with_counts, optional_fields)


def incidents() -> st.SearchStrategy[Tree]:
    """A published incident whose references are to `samples.REGISTRIES`."""
    required_fields: Tree = {
        "schema": "incident/1",
        "id": "SYR-20220908-7q4m",
        "status": "published",
        "kind": "airstrike",
        "sites": [{"id": "village", "place": "hafsarjah", "kind": "settlement"}],
        "reports": [{"id": "sabah", "publisher": "daily-sabah", "published": "2022-09-08"}],
    }
    span = st.lists(DAYS, min_size=2, max_size=2).map(sorted).map(lambda ends: {"from": ends[0], "to": ends[1]})
    optional_fields = st.fixed_dictionaries(
        {"title": LINES, "date": st.one_of(DAYS, span)},
        optional={
            "note": TEXTS,
            "claims": st.lists(claims(), min_size=1, max_size=4),
            "verification": st.sampled_from(["confirmed", "contested"]),
            "external": st.lists(
                st.fixed_dictionaries({"scheme": st.just("another"), "id": LINES}), min_size=1, max_size=2
            ),
        },
    )
    return optional_fields.map(lambda words: required_fields | words)


FEW = st.integers(0, 12)
"""Numbers that often meet by chance."""


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, int]:
    """True numbers of all groups, which are consistent."""
    civilians, combatants, unknown = draw(FEW), draw(st.sampled_from([0, 0, 2, 5])), draw(st.sampled_from([0, 0, 1, 3]))
    total = civilians + combatants + unknown
    cuts = sorted(draw(st.lists(st.integers(0, total), min_size=4, max_size=4)))
    women, men, girls, boys = (end - start for start, end in pairwise([0, *cuts]))
    side = draw(st.integers(0, combatants))
    return {
        "total": total,
        "civilians": civilians,
        "combatants": combatants,
        "side_a": side,
        "side_b": combatants - side,
        "unknown_status": unknown,
        "women": women,
        "men": men,
        "girls": girls,
        "boys": boys,
        "children": girls + boys,
        "unknown_sex_or_age": total - cuts[-1],
        "civilian_children": min(civilians, girls + boys),
        "medics": min(1, total),
        "journalists": draw(st.integers(0, total)),
        "aid_workers": 0,
        "attackers": draw(FEW),
    }


def counts_of(number: int) -> st.SearchStrategy[Any]:
    """A number as a source may give it: exactly, or with a bound that is true."""
    off = st.integers(0, 3)
    forms: list[st.SearchStrategy[Any]] = [
        st.just(number),
        st.just(number),
        off.map(lambda less: {"at_least": max(0, number - less)}),
        off.map(lambda more: {"at_most": number + more}),
        off.map(lambda by: {"between": [max(0, number - by), number + by]}),
        off.map(lambda by: {"between": [max(0, number - by), number + by], "best": number}),
    ]
    if number:
        forms.append(st.just({"about": number}))
    if number >= LEXICON["some"]:
        forms.append(st.just({"word": "some"}))
    return st.one_of(forms)


@st.composite
def tellings(draw: st.DrawFn, world: dict[str, int], among: Iterable[str] | None = None) -> Tree:
    """The counts of one report on a world: some of its groups, each as a source may give it."""
    names = st.sampled_from(sorted(among or world))
    often = st.sampled_from(["total", "civilians", "children", "unknown_status"])
    groups = draw(st.lists(names if among else st.one_of(often, names), min_size=1, max_size=5, unique=True))
    statements = {group: draw(counts_of(world[group])) for group in groups}
    for key, parts in (("statuses_complete", STATUSES), ("sexes_complete", SEXES)):
        if not among and "total" in statements and draw(st.integers(0, 5)) == 0:
            statements = {part: draw(counts_of(world[part])) for part in parts} | statements | {key: True}
    return statements


def tolls() -> st.SearchStrategy[Tree]:
    """A consistent count of people by groups."""
    return worlds().flatmap(tellings)


DAYS_OF_REPORTS = {"7": "2022-09-07", "8": "2022-09-08", "8b": "2022-09-08", "9": "2022-09-09"}


@st.composite
def accounts(draw: st.DrawFn) -> list[Tree]:
    """Claims of three originators in the reports of `estimate_samples`, of people and things, in force or not.

    Most contradict nothing: nobody counts the same twice in one report and time, or supersedes a later claim.
    """
    true_tolls = draw(st.lists(worlds(), min_size=1, max_size=2))
    claims: list[Tree] = []
    days: dict[str, str] = {}
    counted_keys: set[tuple[str, ...]] = set()
    for number in range(draw(st.integers(1, 6))):
        by = draw(st.sampled_from(["a", "b", "ucdp"]))
        report = draw(st.sampled_from(["r7", "r8", "r8b", "r9", "rund", "und", *["own8", "own9"] * (by != "ucdp")]))
        one: Tree = {"id": f"n{number}", "by": by, "in": report if report.startswith("r") else f"{by}-{report}"}
        one |= _sometimes(draw, by)
        measures = draw(st.sampled_from(["killed", "killed", "killed wounded", "killed strikes", "strikes"]))
        for measure in measures.split():
            world = draw(st.sampled_from(true_tolls))
            one[measure] = draw(counts_of(world["total"]) if measure == "strikes" else tellings(world))
        names = [by, *one.get("jointly_with", [])]
        keys = {(name, one["in"], str(one.get("scope")), str(one.get("as_of"))) for name in names}
        if keys & counted_keys:
            continue
        day = one.get("as_of") or DAYS_OF_REPORTS.get(report.removeprefix("own").removeprefix("r"), "")
        older = [of["id"] for of in claims if of["by"] == by and not (day and days[of["id"]][: len(day)] > day)]
        if draw(st.booleans()) and older:
            one["supersedes"] = draw(st.lists(st.sampled_from(older), min_size=1, max_size=2, unique=True))
        claims.append(one)
        days[one["id"]] = day
        counted_keys |= keys
    return claims


def _sometimes(draw: st.DrawFn, by: str) -> Tree:
    """Optional keys of a claim besides its numbers, each sometimes."""
    among: dict[str, list[Any]] = {
        "scope": ["village", "quarry", ["quarry", "village"]],
        "as_of": ["2022-09-08", "2022-09-09", "2022-09-09T01:00:00+03:00", "2022-09-08T23:30:00Z"],
        "provisional": [True],
        "jointly_with": [["c"]],
        "based_on": [["a"] if by == "ucdp" else ["d"]],
        "sourcing": ["unstated"],
        "withdrawn": [{"date": "2022-09-20", "reason": "an error"}],
    }
    return {key: draw(st.sampled_from(values)) for key, values in among.items() if draw(st.integers(0, 4)) == 0}
