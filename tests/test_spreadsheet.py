"""Text for spreadsheets: nothing runs, nothing becomes something else, and every text comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.spreadsheet import as_was, guarded, kept

RUN = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
TAKEN = [
    "00123", "12345678901234567890", "1.50", "1,000", "1e5", "12E10", "2011-03", "1/2", "3-4", "8.9.2022", "10:30",
    "10:30 pm", "5 %", "$5", "(5)", "MAR01", "ago 1", "Sept 2022", "8 September", "8 Sep 2022", "TRUE", "false",
]  # fmt: skip
"""What a spreadsheet takes for a number, a day, a time of day or a truth."""
LEFT = [
    "", "7", "0", "2022", "244657", "999999999999999", "SY07", "SYR-20220908-7q4m", "Mayadin 3", "March on Aleppo",
    "NA", "13:40+03:00", "a=b", "7 killed", "T21:10:00+03:00", "'twas", "حفسرجة", "Ağustos",
]  # fmt: skip
"""What stays as it is, or loses nothing."""


@pytest.mark.parametrize("text", [*RUN, " =1+1", "\n=1", "＝1+1"])  # noqa: RUF001 - the wide sign is the point
def test_what_would_run_gets_an_apostrophe(text: str) -> None:
    assert kept(text) == f"'{text}"


@pytest.mark.parametrize("text", TAKEN)
def test_what_would_be_taken_for_something_else_gets_an_apostrophe(text: str) -> None:
    assert kept(text) == f"'{text}"


@pytest.mark.parametrize("text", LEFT)
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert kept(text) == text


@pytest.mark.parametrize("text", RUN)
def test_a_file_for_programs_only_guards_what_would_run(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert [guarded(other) for other in (*TAKEN, *LEFT)] == [*TAKEN, *LEFT]


@given(st.one_of(st.text(), st.text("'=+-@09.,e/ \tmar"), st.sampled_from([*RUN, *TAKEN, *LEFT])), st.integers(0, 3))
def test_every_text_comes_back(text: str, apostrophes: int) -> None:
    text = "'" * apostrophes + text
    assert as_was(kept(text)) == text
    assert not kept(text).startswith(("=", "+", "-", "@", "\t", "\r"))
