"""Hypothesis strategies: incidents as trees, sound by the schema, with any text and any form of a count."""

import unicodedata
from datetime import date
from typing import Any

import hypothesis.strategies as st

from conflict_incidents.records.counts import LEXICON, PEOPLE, THINGS, groups_of
from conflict_incidents.records.yaml.decoding import refused

Tree = dict[str, Any]
NUMBERS = st.integers(0, 300)
DAYS = st.dates(date(1900, 1, 2), date(2099, 12, 31)).map(lambda day: day.isoformat())
_TYPED = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\ufeff")


def _sound(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


LINES = st.one_of(
    st.sampled_from(["NA", "null", "TRUE", "7", '"', "a;b", "=1+1", "حفسرجة", "a, b"]),
    st.text(_TYPED, min_size=1, max_size=12).map(_sound).filter(lambda text: text and refused(text) is None),
)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)


def optional(**of: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    """Any of these keys, or none."""
    return st.fixed_dictionaries({}, optional=of)


def counts() -> st.SearchStrategy[Any]:
    """A count in any of its forms."""
    ordered = st.lists(NUMBERS, min_size=3, max_size=3).map(sorted)
    return st.one_of(
        NUMBERS,
        st.sampled_from(["at_least", "at_most", "about"]).flatmap(
            lambda bound: st.fixed_dictionaries({bound: NUMBERS})
        ),
        ordered.map(lambda ends: {"between": [ends[0], ends[2]]}),
        ordered.map(lambda ends: {"between": [ends[0], ends[2]], "best": ends[1]}),
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
    """Without the groups that can't be part of the total: rules refuse these before there are tables."""
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
    counted = st.fixed_dictionaries(
        {"by": st.sampled_from(["sohr", "civil-defence"]), "in": st.just("sabah"), "killed": people()},
        optional={measure: people(measure) for measure in PEOPLE[1:4]} | dict.fromkeys(THINGS, counts()),
    )
    said = optional(
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
    return st.builds(lambda counts, words: counts | words, counted, said)


def incidents() -> st.SearchStrategy[Tree]:
    """A published incident whose references are to `samples.REGISTRIES`."""
    needed: Tree = {
        "schema": "incident/1",
        "id": "SYR-20220908-7q4m",
        "status": "published",
        "kind": "airstrike",
        "sites": [{"id": "village", "place": "hafsarjah", "kind": "settlement"}],
        "reports": [{"id": "sabah", "publisher": "daily-sabah", "published": "2022-09-08"}],
    }
    span = st.lists(DAYS, min_size=2, max_size=2).map(sorted).map(lambda ends: {"from": ends[0], "to": ends[1]})
    said = st.fixed_dictionaries(
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
    return said.map(lambda words: needed | words)


def group_counts() -> st.SearchStrategy[Any]:
    """A count of people, by groups or not."""
    return people()


def accounts() -> st.SearchStrategy[list[Tree]]:
    """Claims of three originators in the reports of `estimating.REPORTS`, of people and things, in force or not."""
    measures: Tree = {"killed": people(), "wounded": people("wounded"), "strikes": counts()}
    reports = ("r7", "r8", "r8b", "r9", "rund", "a-own8", "a-own9", "a-und", "b-own8", "b-und", "ucdp-und")
    said = st.fixed_dictionaries(
        {"by": st.sampled_from(["a", "b", "ucdp"]), "in": st.sampled_from(reports)},
        optional=measures
        | {
            "scope": st.sampled_from(["village", "incident"]),
            "as_of": st.sampled_from(["2022-09-08", "2022-09-09", "2022-09-09T01:00:00+03:00", "2022-09-08T23:30:00Z"]),
            "provisional": st.booleans(),
            "jointly_with": st.just(["c"]),
            "based_on": st.just(["c"]),
            "sourcing": st.just("unstated"),
            "withdrawn": st.just({"date": "2022-09-20", "reason": "an error"}),
            "supersedes": st.lists(st.sampled_from(["n0", "n1", "n2"]), min_size=1, max_size=2, unique=True),
        },
    )
    return st.lists(said, max_size=6).map(lambda claims: [{"id": f"n{n}", **one} for n, one in enumerate(claims)])
