"""What an import prints of refused rows: by reason and value, with a count and one row, and nothing personal."""

from conflict_incidents.exchange.importers.store.batch import Accounting, Refusal, refusal_lines
from conflict_incidents.exchange.importers.store.store import refused_id


def make_refusals(*values: str, column: str = "Killed", reason: str = "is not a count") -> list[Refusal]:
    return [Refusal(row, column, f"`{value}` {reason}") for row, value in enumerate(values, 2)]


def test_rows_with_one_value_are_one_line_with_the_first_row_and_a_count() -> None:
    assert refusal_lines(make_refusals("several", "many", "many", "many")) == [
        "row 3 and 2 other rows, column Killed: `many` is not a count",
        "row 2, column Killed: `several` is not a count",
    ]


def test_the_most_frequent_reason_comes_first() -> None:
    rows = [
        Refusal(9, "", "the row names no report"),
        *make_refusals("yesterday", "today", column="Date", reason="is no date"),
    ]
    assert refusal_lines(rows) == [
        "row 2, column Date: `yesterday` is no date",
        "row 3, column Date: `today` is no date",
        "row 9: the row names no report",
    ]


def test_thousands_of_values_that_are_refused_for_one_reason_are_a_few_lines() -> None:
    lines = refusal_lines(make_refusals(*(f"{number}-May-20" for number in range(5000))))
    assert len(lines) == 6
    assert lines[-1] == "4995 rows, column Killed: 4995 more values like that; --report lists them"


def test_values_that_may_be_personal_are_redacted_and_counted_together() -> None:
    lines = refusal_lines(make_refusals("Jane Doe", "John Smith", "jane@example.org", "+49 170 1234567"))
    assert lines == ["row 2 and 3 other rows, column Killed: (not repeated here) is not a count"]


def test_no_control_character_reaches_the_terminal() -> None:
    assert refusal_lines([Refusal(2, "a\x1b[2J", "it is `\x1b[31m`")]) == [r"row 2, column a\x1b[2J: it is `\x1b[31m`"]


def test_a_column_is_named_unless_it_holds_a_contact_or_is_a_person() -> None:
    columns = ["Counted by", "side_a_new_id", "Yusuf Qasim", "+963 944 555 666", "y@example.org"]
    shown = ["Counted by", "side_a_new_id", *["(not repeated here)"] * 3]
    assert Accounting().lines(columns) == [f"{name}: nothing" for name in shown]
    lines = refusal_lines([Refusal(2, name, "empty") for name in columns])
    assert sorted(lines) == sorted(f"row 2, column {name}: empty" for name in shown)


def test_an_id_that_was_made_of_a_refused_name_is_redacted() -> None:
    assert refused_id("house-of-yusuf", "name: PRV001 the text names a person") == "(not repeated here)"
    assert refused_id("mockham", "PLC005 not a p-code") == "`mockham`"
