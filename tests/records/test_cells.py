"""Counts in the cells of a table, and bounds in columns of their own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.records.cells import MAX_COUNT, CellError, CountValue, combine_bounds, read_count
from conflict_incidents.records.counts import TELLTALE, count_of
from conflict_incidents.records.formatting import inline
from conflict_incidents.records.yaml.nodes import MappingNode
from conflict_incidents.records.yaml.parser import read


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("7.0", 7),
        ("\u0667", 7),
        ("۱۲", 12),
        ("0", 0),
        ("10+", {"at_least": 10}),
        (">5", {"at_least": 6}),
        ("<5", {"at_most": 4}),
        ("≥ 5", {"at_least": 5}),
        ("≤5", {"at_most": 5}),
        ("3-5", {"between": [3, 5]}),
        ("3\u20135", {"between": [3, 5]}),
        ("3 to 5", {"between": [3, 5]}),
        ("4-4", 4),
        ("between 3 and 5", {"between": [3, 5]}),
        ("3-5 (best 4)", {"between": [3, 5], "best": 4}),
        ("~20", {"about": 20}),
        ("About 20", {"about": 20}),
        ("at least 7", {"at_least": 7}),
        ("أكثر من \u0665", {"at_least": 6}),
        ("\u200f7\u200f", 7),
        *[
            (cell, None)
            for cell in ("", "  ", "Unknown", "n/a", "N/A", "-", ".", "\u2212", "\u2013", "غير معروف", "not known")
        ],
    ],
)
def test_cells_are_read_as_the_guide_says(cell: str, count: CountValue | None) -> None:
    assert read_count(cell) == count


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1,200", "thousands"),
        ("1.200", "thousands"),
        ("7.5", "not a whole number"),
        ("-1", "below zero"),
        ("03-May", "is a date"),
        ("May-03", "is a date"),
        ("2022-05-03", "is a date"),
        ("99", "means unknown"),
        ("5-3", "backwards"),
        ("<0", "is negative"),
        ("~0", "says nothing"),
        ("1000000000", "more than a count may be"),
        *[
            (cell, "is not a count")
            for cell in (
                "7 killed",
                "12 injured",
                "2 women",
                "killed 7",
                "7 KIA",
                "several",
                "7 or 8",
                "5?",
                "1e3",
                "½",
                "²",
                "+5",
                "3 and 5",
                "NO",
                "x" * 500,
            )
        ],
    ],
)
def test_cells_that_are_not_certain_are_refused(cell: str, words: str) -> None:
    with pytest.raises(CellError, match=words) as excinfo:
        read_count(cell)
    assert len(str(excinfo.value)) < 250


def test_a_table_may_say_what_its_cells_mean() -> None:
    assert read_count("1,200", thousands=",") == 1200
    assert read_count("1 200", thousands=" ") == 1200
    assert read_count("more than 1.200", thousands=".") == {"at_least": 1201}
    assert read_count("Several", words={"several": "3+"}) == {"at_least": 3}
    assert read_count("none seen", words={"none seen": "0"}) == 0
    assert read_count("-1", unknown=["-1"]) is None
    assert read_count("99", meant=[99]) == 99
    assert read_count("7,0", decimal=",") == 7
    for cell in ("7.0", "1.20", "1200.000"):
        with pytest.raises(CellError):
            read_count(cell, thousands=".")


@given(st.one_of(st.text(), st.text("0123456789+-~<>≤≥., ()\u0667betonandmr", max_size=12)))
def test_any_cell_is_a_count_or_a_refusal(cell: str) -> None:
    try:
        count = read_count(cell)
    except CellError:
        return
    assert count is None or read_count(as_cell(count)) == count


def as_cell(count: Any) -> str:
    if isinstance(count, int):
        return str(count)
    (bound, number), *best = count.items()
    forms = {"at_least": "{}+", "at_most": "≤{}", "about": "~{}", "between": "{0[0]}-{0[1]}"}
    return forms[bound].format(number) + "".join(f" (best {one})" for _, one in best)


numbers = st.integers(0, MAX_COUNT).filter(lambda number: number not in TELLTALE)
ranges = st.tuples(numbers, numbers, numbers).map(sorted)


@given(
    st.one_of(
        numbers,
        st.builds(lambda bound, number: {bound: number}, st.sampled_from(["at_least", "at_most"]), numbers),
        st.builds(lambda number: {"about": number}, numbers.filter(bool)),
        ranges.map(lambda ends: {"between": [ends[0], ends[2]]}),
        ranges.map(lambda ends: {"between": [ends[0], ends[2]], "best": ends[1]}),
    )
)
def test_a_count_as_a_cell_is_the_same_count(count: CountValue) -> None:
    assert read_count(as_cell(count)) == count
    tree, _ = read(f"killed: {inline(count)}".encode(), "a")
    assert isinstance(tree, MappingNode)
    assert count_of(tree.items["killed"]) is not None


@pytest.mark.parametrize(
    ("low", "high", "best", "count"),
    [
        (3, 5, None, {"between": [3, 5]}),
        (3, 5, 4, {"between": [3, 5], "best": 4}),
        (4, 4, 4, 4),
        (3, None, None, {"at_least": 3}),
        (None, 5, None, {"at_most": 5}),
        (None, None, 4, 4),
        (None, None, None, None),
    ],
)
def test_bounds_in_columns_of_their_own(low: Any, high: Any, best: Any, count: Any) -> None:
    assert combine_bounds(low, high, best) == count


@pytest.mark.parametrize(("low", "high", "best"), [(5, 3, None), (3, 5, 6), (3, None, 4), ({"at_least": 3}, 5, None)])
def test_bounds_that_contradict_each_other_are_refused(low: Any, high: Any, best: Any) -> None:
    with pytest.raises(CellError):
        combine_bounds(low, high, best)
