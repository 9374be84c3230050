"""One fact, one verdict: rules, JSON Schema, pandera and frictionless in front of the same right and wrong values.

Each test draws values, puts them into a record and into the table that the record becomes, and asks everybody. Those
who can see the fact must agree. Those who can't are named with the reason, and have to let it pass.

    EXAMPLES=3000 pytest tests/validation/test_differential.py     # the longer form; without it a few examples of each
"""

import copy
import re
from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, given, settings

from conflict_incidents.records.counts import GROUPS, LEXICON, MEASURES, SEVERITIES, THINGS
from conflict_incidents.records.schema import Violation
from conflict_incidents.tables import contract
from conflict_incidents.validation.rules import RULES
from examples import FEW
from fact_validators import BY_ID, DAY, INCIDENT, RECORDS, VALIDATORS, Cells, Fact, Value, frames
from samples import Tree
from strategies import counts

few = settings(
    max_examples=FEW,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a fact is small, and an example takes a tenth of a second
)

NOT_IN_SCHEMA = "JSON Schema compares no two values with each other"
NOT_IN_DESCRIPTOR = "a descriptor of frictionless has no constraint between two cells"
NO_CALENDAR = "JSON Schema sees the form of a date, not the calendar"
NOTHING_COMPARES = {"schema": NOT_IN_SCHEMA, "rust": NOT_IN_SCHEMA, "frictionless": NOT_IN_DESCRIPTOR}
FORM = frozenset(id for id, rule in RULES.items() if Violation in rule.on) | {"REC009"}
"""The rules on what a schema finds, and the one on the text of a file."""
LAST_BREAK = "`$` also stands before a last line break in Python's `re`"


def agreed(fact: Fact) -> bool:
    """The verdict of all who can see a fact."""
    verdicts = {name: accepts(fact) for name, accepts in VALIDATORS.items()}
    disagreements = {name: verdict for name, verdict in verdicts.items() if name not in fact.blind}
    assert len(set(disagreements.values())) == 1, (disagreements, fact)
    assert all(verdicts[name] for name in fact.blind), ("sees it after all", verdicts, fact)
    return next(iter(disagreements.values()))


def edit(id: str, *path: str | int, value: Any = ...) -> Tree:
    """A record with another value at a path; without one where none is given."""
    tree = copy.deepcopy(BY_ID[id])
    node: Any = tree
    for step in path[:-1]:
        node = node[step]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return tree


def test_everybody_accepts_the_dataset_as_it_is() -> None:
    for tree in RECORDS:
        table = f"{tree['schema'].partition('/')[0]}s"
        assert agreed(Fact(tree, table, {}, {}, frozenset(RULES)))


# Numbers.

NUMBERS = frozenset({"CNT001", "REC007"})
SECOND = {"claim_id": "second"}


def second(value: Any) -> Tree:
    """The incident, with another count of wounded in its second claim."""
    return edit(INCIDENT, "claims", 1, "wounded", value=value)


@few
@given(st.one_of(st.integers(-3, 300), st.sampled_from([10**8, 10**8 + 1, 2**31, 10**12])))
def test_a_count_is_none_or_more_and_no_more_than_a_count_may_be(number: int) -> None:
    cells = {"min": number, "max": number, "best": number}
    assert agreed(Fact(second(number), "claims", SECOND, cells, NUMBERS)) == (0 <= number <= 10**8)


@few
@given(st.one_of(st.floats(0, 300), st.sampled_from([7.0, 7.5, 1e3, True, False, "seven", "7_0", "\u0667", "1e3"])))
def test_what_is_no_whole_number_is_refused(value: Value) -> None:
    whole = isinstance(value, float) and value.is_integer()
    blind = dict.fromkeys(("schema", "rust"), "JSON Schema takes 7.0 for a whole number") if whole else {}
    if value in {"7_0", "\u0667"}:
        blind["frictionless"] = "it reads numbers as Python does; our own reader of CSV doesn't"
    cells = {"min": value, "max": value, "best": value}
    assert not agreed(Fact(second(value), "claims", SECOND, cells, NUMBERS, blind))


@few
@given(st.sampled_from(["exact", "at_least", "at_most", "between", "about"]))
def test_a_bound_without_its_number_is_refused(bound: str) -> None:
    empty = {"exact": None, "between": [None, None]}.get(bound, {bound: None})
    cells: Cells = {"bound": bound, "min": None, "max": None, "best": None}
    blind = {"frictionless": NOT_IN_DESCRIPTOR}
    tree = second({bound: empty} if bound == "between" else empty)
    assert not agreed(Fact(tree, "claims", SECOND, cells, NUMBERS, blind))


@few
@given(st.integers(0, 9), st.integers(0, 9))
def test_the_lower_bound_is_no_more_than_the_upper(low: int, high: int) -> None:
    cells: Cells = {"bound": "between", "min": low, "max": high, "best": None}
    fact = Fact(second({"between": [low, high]}), "claims", SECOND, cells, frozenset({"CNT002"}), NOTHING_COMPARES)
    assert agreed(fact) == (low <= high)


def bounds(count: Any) -> Cells:
    """The cells of a count."""
    if isinstance(count, int):
        return {"bound": "exact", "min": count, "max": count, "best": count}
    if "between" in count:
        low, high = count["between"]
        return {"bound": "between", "min": low, "max": high, "best": count.get("best")}
    if "word" in count:
        return {"bound": "at_least", "min": LEXICON[count["word"]], "max": None, "best": None, "word": count["word"]}
    ((bound, number),) = count.items()
    return {
        "bound": bound,
        "min": None if bound == "at_most" else number,
        "max": None if bound == "at_least" else number,
        "best": number if bound == "about" else None,
    }


@few
@given(counts())
def test_every_form_of_a_count_is_accepted(count: Any) -> None:
    assert agreed(Fact(second(count), "claims", SECOND, bounds(count), NUMBERS))


@few
@given(st.sampled_from([group for group in GROUPS[1:] if group not in SEVERITIES]), counts())
def test_no_group_is_larger_than_the_total_of_its_claim(group: str, count: Any) -> None:
    """The total is 7; what several groups come to, and what fits into another group, only the rules know."""
    tree = edit(INCIDENT, "claims", 0, "killed", value={"total": 7, group: count})
    where, cells = {"claim_id": "first", "group": "civilians"}, {"group": group, **bounds(count)}
    rules = frozenset({"CNT003", "CNT004", "CNT005", "CNT006", "CNT007", "CNT016"})
    blind = NOTHING_COMPARES
    least = bounds(count)["min"]
    assert agreed(Fact(tree, "claims", where, cells, rules, blind)) == (group == "attackers" or int(least or 0) <= 7)


@few
@given(st.sampled_from(sorted(LEXICON)), st.integers(0, 50))
def test_a_word_counts_as_the_smallest_number_of_which_it_is_true(word: str, number: int) -> None:
    """A record has the word alone; a table has both, which have to agree."""
    reasons = dict.fromkeys(("schema", "rust", "rules"), "a record has the word alone")
    cells: Cells = {"bound": "at_least", "min": number, "max": None, "best": None, "word": word}
    blind = {**reasons, "frictionless": NOT_IN_DESCRIPTOR}
    assert agreed(Fact(second({"word": word}), "claims", SECOND, cells, NUMBERS, blind)) == (number == LEXICON[word])


@few
@given(st.sampled_from(MEASURES), st.sampled_from(GROUPS))
def test_a_measure_has_its_own_groups(measure: str, group: str) -> None:
    tree = edit(INCIDENT, "claims", 1, "wounded")
    tree["claims"][1][measure] = 3 if measure in THINGS and group == "total" else {group: 3}
    rules = FORM
    blind = {"frictionless": NOT_IN_DESCRIPTOR}
    fact = Fact(tree, "claims", SECOND, {"measure": measure, "group": group}, rules, blind)
    people = measure not in THINGS and (measure == "wounded" or group not in SEVERITIES)
    fits = people or (measure in THINGS and group == "total")
    assert agreed(fact) == fits


@few
@given(st.integers(0, 12))
def test_editors_best_value_is_within_the_claims(best: int) -> None:
    tree = edit(INCIDENT, "overrides", 0, "best", value=best)
    where = {"measure": "strikes", "scope": "incident"}
    fact = Fact(tree, "estimates", where, {"best": best}, frozenset({"BND001"}), NOTHING_COMPARES)
    assert agreed(fact) == (4 <= best <= 8)


@few
@given(st.integers(0, 12))
def test_a_sources_best_value_outside_of_its_own_bounds_is_kept_in_tables(best: int) -> None:
    """Other datasets publish such, and the table has what they say: an error in a record that a person wrote alone."""
    tables_keep_it = {"pandera": "what other datasets publish is kept"}
    tree = second({"between": [4, 8], "best": best})
    cells: Cells = {"bound": "between", "min": 4, "max": 8, "best": best}
    fact = Fact(tree, "claims", SECOND, cells, frozenset({"BND001"}), NOTHING_COMPARES | tables_keep_it)
    assert agreed(fact) == (4 <= best <= 8)


# Days.

DAYS = frozenset({"DAT001"})
GOOD_DAYS = st.from_regex(r"\A(?:19[8-9][0-9]|20[0-2][0-9])-[0-9]{2}-[0-9]{2}\Z").filter(lambda day: day < "2022-09-08")
BAD_DAYS = st.sampled_from(
    [
        "2022-9-8",
        "20220908",
        "2022-09-08T10:00:00Z",
        "08.09.2022",
        "2022-W36-4",
        " 2022-09-01",
        "2022-09-01 ",
        "2022-09",
    ]
)


def exists(day: str) -> bool:
    """Whether a text is a day of the calendar."""
    try:
        return len(day) == 10 and date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False


@few
@given(st.one_of(GOOD_DAYS, BAD_DAYS))
def test_a_day_is_one_of_the_calendar(day: str) -> None:
    blind = dict.fromkeys(("schema", "rust"), NO_CALENDAR) if DAY.fullmatch(day) and not exists(day) else {}
    if day == "2022-9-8":
        blind["frictionless"] = "reads a day without its zeros"
    tree = edit("air-force", "from", value=day)
    assert agreed(Fact(tree, "actors", {"actor_id": "air-force"}, {"active_from": day}, DAYS, blind)) == exists(day)


SPANS = {
    "an incident's": (INCIDENT, ("date",), "incidents", {"incident_id": INCIDENT}, ("date_from", "date_to")),
    "a scope's": (INCIDENT, ("claims", 1, "scope"), "claims", SECOND, ("scope_from", "scope_to")),
    "an actor's": ("air-force", (), "actors", {"actor_id": "air-force"}, ("active_from", "active_to")),
}


@few
@given(st.sampled_from(sorted(SPANS)), *[st.dates(date(2020, 1, 1), date(2022, 9, 8))] * 2)
def test_a_span_ends_after_it_begins(name: str, first: date, last: date) -> None:
    id, path, table, where, columns = SPANS[name]
    ends = (first.isoformat(), last.isoformat())
    tree = edit(id, *path, "from", value=ends[0])
    node: Any = tree
    for step in path:
        node = node[step]
    node["to"] = ends[1]
    fact = Fact(tree, table, where, dict(zip(columns, ends, strict=True)), DAYS, NOTHING_COMPARES)
    assert agreed(fact) == (first <= last)


# Words.

Place = tuple[str, tuple[str | int, ...], str, Cells, str]
"""Where a value stands: the record's id and the path in it, the table, the row and the column."""
SITE, QUARRY = {"site_id": "village"}, {"site_id": "quarry"}
CLOSED_LISTS: list[Place] = [
    (INCIDENT, ("kind",), "incidents", {"incident_id": INCIDENT}, "kind"),
    (INCIDENT, ("clarity",), "incidents", {"incident_id": INCIDENT}, "clarity"),
    (INCIDENT, ("verification",), "incidents", {"incident_id": INCIDENT}, "verification"),
    (INCIDENT, ("weekday",), "incidents", {"incident_id": INCIDENT}, "weekday"),
    (INCIDENT, ("sites", 0, "kind"), "sites", SITE, "kind"),
    (INCIDENT, ("sites", 0, "precision"), "sites", SITE, "precision"),
    (INCIDENT, ("sites", 1, "damage"), "sites", QUARRY, "damage"),
    (INCIDENT, ("parties", 0, "side"), "parties", {}, "side"),
    (INCIDENT, ("weapons", 0, "kind"), "weapons", {}, "kind"),
    (INCIDENT, ("attributions", 0, "stance"), "attributions", {}, "stance"),
    (INCIDENT, ("conditions", 0, "kind"), "conditions", {}, "kind"),
    (INCIDENT, ("caveats", 0, "kind"), "caveats", {}, "kind"),
    (INCIDENT, ("caveats", 0, "about"), "caveats", {}, "about"),
    (INCIDENT, ("overrides", 0, "measure"), "overrides", {}, "measure"),
    (INCIDENT, ("overrides", 0, "group"), "overrides", {}, "group"),
    (INCIDENT, ("links", 0, "kind"), "links", {}, "kind"),
    ("hafsarjah", ("level",), "places", {"place_id": "hafsarjah"}, "level"),
    ("hafsarjah", ("coordinates",), "places", {"place_id": "hafsarjah"}, "coordinates"),
    ("hafsarjah", ("context", 0, "kind"), "place_context", {}, "kind"),
    ("hafsarjah", ("context", 0, "extent"), "place_context", {}, "extent"),
    ("state", ("kind",), "actors", {"actor_id": "state"}, "kind"),
    ("sohr", ("kind",), "organisations", {"organisation_id": "sohr"}, "kind"),
]
WRONG_WORDS = st.sampled_from(["raid", "Published", "airstrike ", "total\n", "NA", "null", "exact;near", "\u0430"])
PATTERNS: list[Place] = [
    (INCIDENT, ("time",), "incidents", {"incident_id": INCIDENT}, "time"),
    (INCIDENT, ("timezone",), "incidents", {"incident_id": INCIDENT}, "timezone"),
    (INCIDENT, ("reports", 0, "sha256"), "reports", {"report_id": "sabah"}, "sha256"),
    (INCIDENT, ("reports", 0, "language"), "reports", {"report_id": "sabah"}, "language"),
    ("hafsarjah", ("admin", "adm1"), "places", {"place_id": "hafsarjah"}, "adm1_pcode"),
    ("hafsarjah", ("names", 0, "script"), "place_names", {}, "script"),
    ("hafsarjah", ("names", 0, "language"), "place_names", {}, "language"),
    ("hafsarjah", ("timezone",), "places", {"place_id": "hafsarjah"}, "timezone"),
    ("hafsarjah", ("country",), "places", {"place_id": "hafsarjah"}, "country"),
    ("hafsarjah", ("context", 0, "from"), "place_context", {}, "since"),
    ("state", ("country",), "actors", {"actor_id": "state"}, "country"),
    ("sohr", ("country",), "organisations", {"organisation_id": "sohr"}, "country"),
    ("war", ("period", "from"), "aggregates", {"aggregate_id": "war"}, "period_from"),
]
VALID_TEXTS = {
    "timezone": ["Asia/Damascus", "UTC", "Etc/GMT+3"],
    "adm1_pcode": ["SY07"],
    "since": ["2018", "2018-09"],
    "period_from": ["2019"],
    "country": ["SYR"],
}
"""Texts where the rules know more than the pattern: what isn't on a list of theirs."""


def text_fact(at: Place, value: str, rules: frozenset[str], blind: Cells) -> Fact:
    """A text at its place in record and table."""
    id, path, table, where, column = at
    return Fact(
        edit(id, *path, value=value), table, where, {column: value}, rules, {k: str(v) for k, v in blind.items()}
    )


@few
@given(st.sampled_from(CLOSED_LISTS), st.data())
def test_a_word_is_one_of_its_list(at: Place, data: st.DataObject) -> None:
    values = contract.tables()[at[2]].field(at[4]).enum
    word = data.draw(st.one_of(st.sampled_from(values), WRONG_WORDS))
    blind: Cells = {}
    if at[1] == ("overrides", 0, "group") and word in values[1:]:  # strikes, which it counts, have no groups
        blind = dict.fromkeys(("schema", "rust", "rules", "frictionless"), "the measure stands elsewhere")
    assert agreed(text_fact(at, word, frozenset({"REC006"}), blind)) == (word in values and not blind)


@few
@given(st.sampled_from(PATTERNS), st.data())
def test_a_text_is_written_as_its_pattern_says(at: Place, data: st.DataObject) -> None:
    column = contract.tables()[at[2]].field(at[4])
    pattern = str(column.pattern)
    right = st.sampled_from(VALID_TEXTS[at[4]]) if at[4] in VALID_TEXTS else st.from_regex(pattern, fullmatch=True)
    wrong = right.flatmap(
        lambda text: st.sampled_from([f" {text}", f"{text};", text.swapcase(), f"{text}x", "", f"{text}\n"])
    )
    text = data.draw(st.one_of(right, right, wrong))
    has_newline = text.endswith("\n")
    blind = dict.fromkeys(("schema", "frictionless"), LAST_BREAK) if has_newline else {}
    if not text and not column.required:
        blind["frictionless"] = "an empty cell of CSV is unknown"
    fits = re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None
    is_unlisted = fits and text not in VALID_TEXTS.get(at[4], [text])
    if is_unlisted:
        blind = dict.fromkeys(set(VALIDATORS) - {"rules"}, "it has the form of what is on the list")
    assert agreed(text_fact(at, text, FORM, blind)) == (fits and not is_unlisted)


# Positions.

PLACE = {"place_id": "hafsarjah"}


@few
@given(st.floats(-100, 100), st.floats(-200, 200))
def test_a_position_is_on_earth(lat: float, lon: float) -> None:
    lat, lon = round(lat, 4), round(lon, 4)
    tree = edit("hafsarjah", "lat", value=lat)
    tree["lon"] = lon
    null_island = abs(lat) < 0.1 and abs(lon) < 0.1
    blind = dict.fromkeys(set(VALIDATORS) - {"rules"}, "0, 0 is a position, but for us") if null_island else {}
    fact = Fact(tree, "places", PLACE, {"lat": lat, "lon": lon}, frozenset({"PLC001"}), blind)
    assert agreed(fact) == (abs(lat) <= 90 and abs(lon) <= 180 and not null_island)


@pytest.mark.parametrize("lacking", ["lat", "lon"])
@pytest.mark.parametrize(
    ("id", "path", "table", "where"), [("hafsarjah", (), "places", PLACE), (INCIDENT, ("sites", 1), "sites", QUARRY)]
)
def test_a_position_has_two_sides(lacking: str, id: str, path: tuple[str | int, ...], table: str, where: Cells) -> None:
    tree = edit(id, *path, lacking)
    fact = Fact(tree, table, where, {lacking: None}, frozenset({"PLC001"}), {"frictionless": NOT_IN_DESCRIPTOR})
    assert not agreed(fact)


# What has to be there.

REQUIRED_VALUES: list[Place] = [
    (INCIDENT, ("title",), "incidents", {"incident_id": INCIDENT}, "title"),
    (INCIDENT, ("kind",), "incidents", {"incident_id": INCIDENT}, "kind"),
    (INCIDENT, ("date",), "incidents", {"incident_id": INCIDENT}, "date_from"),
    (INCIDENT, ("status",), "incidents", {"incident_id": INCIDENT}, "status"),
    (INCIDENT, ("sites", 0, "kind"), "sites", SITE, "kind"),
    (INCIDENT, ("sites", 0, "place"), "sites", SITE, "place_id"),
    (INCIDENT, ("reports", 0, "publisher"), "reports", {"report_id": "sabah"}, "publisher_id"),
    (INCIDENT, ("claims", 1, "by"), "claims", SECOND, "originator_id"),
    (INCIDENT, ("claims", 1, "in"), "claims", SECOND, "report_id"),
    (INCIDENT, ("attributions", 0, "actor"), "attributions", {}, "actor_id"),
    (INCIDENT, ("attributions", 0, "stance"), "attributions", {}, "stance"),
    (INCIDENT, ("overrides", 0, "best"), "overrides", {}, "best"),
    (INCIDENT, ("overrides", 0, "reason"), "overrides", {}, "reason"),
    (INCIDENT, ("links", 0, "incident"), "links", {}, "linked_incident_id"),
    ("hafsarjah", ("name",), "places", PLACE, "name"),
    ("hafsarjah", ("level",), "places", PLACE, "level"),
    ("state", ("kind",), "actors", {"actor_id": "state"}, "kind"),
    ("sohr", ("name",), "organisations", {"organisation_id": "sohr"}, "name"),
    ("war", ("title",), "aggregates", {"aggregate_id": "war"}, "title"),
    ("war", ("area",), "aggregates", {"aggregate_id": "war"}, "place_id"),
]


@pytest.mark.parametrize("at", REQUIRED_VALUES, ids=lambda at: f"{at[2]}.{at[4]}")
def test_what_is_required_of_a_record_is_required_in_its_table(at: Place) -> None:
    id, path, table, where, column = at
    always = contract.tables()[table].field(column).required
    blind = {} if always else {"frictionless": "a withdrawn record has none, and a descriptor knows no `unless`"}
    assert not agreed(Fact(edit(id, *path), table, where, {column: None}, frozenset(RULES), blind))


# What comes twice, and what isn't there.

TWICE = [("reports", {"report_id": "own"}, "report_id"), ("sites", QUARRY, "site_id")]
UNSEEN_TWICE = dict.fromkeys(("schema", "rust"), "JSON Schema compares whole items of a list, not their ids")


@pytest.mark.parametrize(("table", "where", "column"), TWICE)
def test_an_id_comes_once_in_a_record(table: str, where: Cells, column: str) -> None:
    first = str(BY_ID[INCIDENT][table][0]["id"])
    tree = edit(INCIDENT, table, 1, "id", value=first)
    fact = Fact(tree, table, where, {column: first}, frozenset({"SRC007"}), UNSEEN_TWICE)
    assert not agreed(fact)


REFERENCES: list[tuple[Place, str]] = [
    ((INCIDENT, ("sites", 0, "place"), "sites", SITE, "place_id"), "PLC012"),
    ((INCIDENT, ("reports", 0, "publisher"), "reports", {"report_id": "sabah"}, "publisher_id"), "SRC005"),
    ((INCIDENT, ("claims", 1, "by"), "claims", SECOND, "originator_id"), "CLM001"),
    ((INCIDENT, ("claims", 1, "in"), "claims", SECOND, "report_id"), "CLM001"),
    ((INCIDENT, ("weapons", 0, "by"), "weapons", {}, "originator_id"), "CLM001"),
    ((INCIDENT, ("attributions", 0, "actor"), "attributions", {}, "actor_id"), "ATT001"),
    ((INCIDENT, ("attributions", 0, "origin"), "attributions", {}, "origin_id"), "PLC012"),
    ((INCIDENT, ("links", 0, "incident"), "links", {}, "linked_incident_id"), "IDN003"),
    (("air-force", ("parent",), "actors", {"actor_id": "air-force"}, "parent_id"), "IDN013"),
    (("war", ("area",), "aggregates", {"aggregate_id": "war"}, "place_id"), "PLC012"),
]
NO_OTHER_FILE = dict.fromkeys(("schema", "rust"), "JSON Schema sees one record")
SLUGS = st.from_regex(r"[a-z]{3,8}(-[a-z0-9]{1,4})?", fullmatch=True)
ID = re.compile(r"SYR-[0-9]{8}-[a-z0-9]{4}")


@few
@given(st.sampled_from(REFERENCES), st.data())
def test_what_is_referred_to_is_there(reference: tuple[Place, str], data: st.DataObject) -> None:
    at, rule = reference
    incidents = at[4] == "linked_incident_id"
    ids = st.sampled_from([id for id in BY_ID if bool(ID.fullmatch(id)) == incidents])
    name = data.draw(ids if data.draw(st.booleans()) else st.from_regex(ID, fullmatch=True) if incidents else SLUGS)
    (key,) = [key for key in contract.tables()[at[2]].foreign_keys if key.fields[-1] == at[4]]
    itself = name == at[0] and (key.table == at[2] or incidents)
    blind = NO_OTHER_FILE | ({"frictionless": NOT_IN_DESCRIPTOR} if itself else {})
    fact = text_fact(at, name, frozenset({rule}), blind)
    column = frames()[key.table][key.columns[-1]]
    assert agreed(fact) == (name in set(column) and not itself)


# What was taken back.


@pytest.mark.parametrize("status", ["published", "withdrawn"])
@pytest.mark.parametrize("withdrawn", [None, {"date": "2022-10-01", "reason": "the same as another"}])
def test_who_is_withdrawn_says_why_and_who_says_why_is_withdrawn(status: str, withdrawn: Tree | None) -> None:
    id = "SYR-20220910-next"
    tree = edit(id, "status", value=status)
    cells: dict[str, Value] = {"status": status, "withdrawn_date": None, "withdrawn_reason": None}
    if withdrawn:
        tree["withdrawn"] = withdrawn
        cells |= {"withdrawn_date": withdrawn["date"], "withdrawn_reason": withdrawn["reason"]}
    if status == "withdrawn":
        stays = {"incident_id", "country", "record_schema", *cells}
        cells |= dict.fromkeys(set(contract.tables()["incidents"].names) - stays)
    fact = Fact(tree, "incidents", {"incident_id": id}, cells, frozenset({"REV001"}), NOTHING_COMPARES)
    assert agreed(fact) == ((status == "withdrawn") == (withdrawn is not None))
