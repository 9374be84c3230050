"""Text for spreadsheets: what would run gets an apostrophe, all else stays as it is."""

import pytest

from conflict_incidents.core.csv_injection import escape_formula


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_run_gets_an_apostrophe(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "7", "00123", "2011-03", "NA", "a=b", "'twas", "حفسرجة"])
def test_all_other_text_is_unchanged(text: str) -> None:
    assert escape_formula(text) == text
