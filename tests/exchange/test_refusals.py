"""What an import prints of refused rows: by reason and value, with a count and one row, and nothing personal."""

from conflict_incidents.exchange.importers.store.batch import Refusal, refusal_lines


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
