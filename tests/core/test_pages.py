"""Pages: the same for a terminal and for a pull request, with nothing of what strangers write taking effect."""

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.core import pages
from conflict_incidents.core.findings import Shown
from conflict_incidents.core.pages import Lines, PageTable, Section, as_markdown, as_text

HOSTILE = Shown("<img src=x> [x](http://evil.example) | @octocat #1 \x1b[31m `|` ![y](z) \u202e\n## heading")


def makers(*sections: Section) -> list[pages.SectionMaker]:
    return [partial(lambda section: section, section) for section in sections]


def test_a_page_for_a_terminal_has_columns_of_equal_width() -> None:
    table = PageTable(("", "estimate"), [("killed", "7"), ("wounded", "12 or more")], "Estimates")
    assert as_text(makers(Section("A record", [table]), Section("Another", [Lines(["one"], boxes=True)]))) == (
        "A record\n\nEstimates:\n           estimate\n  killed   7\n  wounded  12 or more\n\n\nAnother\n\n  [ ] one"
    )


def test_a_page_in_markdown_has_tables_lists_and_boxes() -> None:
    blocks: list[PageTable | Lines] = [
        PageTable(("", "killed"), [("a", "7")], "Estimates"),
        Lines(["one"]),
        Lines(["two"], "To check", boxes=True),
    ]
    assert as_markdown(makers(Section("A record", blocks))) == (
        "## A record\n\n### Estimates\n\n|  | killed |\n| --- | --- |\n| a | 7 |\n\n- one\n\n### To check\n\n- [ ] two"
    )


def test_untrusted_text_is_escaped_in_markdown() -> None:
    page = as_markdown(makers(Section(HOSTILE, [PageTable((HOSTILE,), [(HOSTILE,)]), Lines([HOSTILE], HOSTILE)])))
    assert not re.search(r"<img|(?<!\\)\]\(|@o|#1|://|\x1b|\u202e|(?<!\\)!\[", page)
    assert [line[:3] for line in page.split("\n") if line] == ["## ", "| &", "| -", "| &", "###", "- &"]


@given(st.text(), st.text())
def test_any_text_in_cells_keeps_rows_and_columns_of_a_table(one: str, other: str) -> None:
    page = as_markdown(makers(Section("x", [PageTable(("a", "b"), [(Shown(one), Shown(other))])])))
    row = page.split("\n")[-1]
    assert len(page.split("\n")) == 5
    assert len(row.replace("\\\\", "").replace("\\|", "").split("|")) == 4


@given(st.text())
def test_a_page_for_a_terminal_lets_no_character_steer_it(text: str) -> None:
    hostile = Shown(text)
    page = as_text(makers(Section(hostile, [Lines([hostile], hostile)])))
    assert all(line.isprintable() for line in page.split("\n"))


@pytest.mark.parametrize("line_format", [as_text, as_markdown])
def test_long_lists_are_cut_and_say_how_much_is_left_out(line_format: object) -> None:
    assert callable(line_format)
    rows = [(Shown(str(number)),) for number in range(pages.MAX_ROWS + 3)]
    page = line_format(makers(Section("x", [PageTable(("a",), rows), Lines([row[0] for row in rows])])))
    assert page.count("and 3 more") == 2
    assert f"{pages.MAX_ROWS}" not in page


def test_a_page_that_gets_too_long_ends_before_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_PAGE_SIZE", 40)

    def reject_section() -> Section:
        raise AssertionError("there is no room for it")

    sections = makers(Section("one", [Lines([Shown("x" * 20)])]), Section("two", [Lines([Shown("x" * 20)])]))
    page = as_markdown([*sections, reject_section])
    assert page == f"## one\n\n- {'x' * 20}\n\n2 more sections left out: the page would be too long"
    assert as_markdown(makers(Section("one", [Lines([Shown("x" * 200)])]))) == f"## one\n\n- {'x' * 200}"
