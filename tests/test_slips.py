"""Slips of the pen that keep a file from being read: named where a person has to type, with a repair that helps."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Finding, Mark
from conflict_incidents.reading import read
from conflict_incidents.records import UNCHECKED, parse
from conflict_incidents.repair import repair
from conflict_incidents.slips import MOST_SLIPS, slips
from conflict_incidents.validation import judge

REGISTRIES = Dataset(Path(__file__).parent / "rules/dataset")
PATH = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"
RECORD = """schema: incident/1
id: SYR-20220908-7q4m
title: Airstrikes on a stone quarry
status: draft
date: 2022-09-08
kind: airstrike
note: "Seen from far."
sites:
  - {id: quarry, place: hafsarjah, kind: quarry}
reports:
  - id: sabah
    publisher: daily-sabah
    published: 2022-09-08
    language: en
claims:
  - by: sohr
    in: sabah
    killed: {total: 7, civilians: 4}
    wounded: 15
"""
QUOTES = 'put it in quotes: `"` here and at its end'
COLON = f"the text has a colon with a space behind it, as a key has; {QUOTES}"
FITS = "which fits no line above it; write"

SLIPS: dict[str, tuple[str, str, str, tuple[int, int], str]] = {
    # What stands there, what was typed, what a person makes of it who does as told; the place and the message.
    "a colon in text": (
        'note: "Seen from far."',
        "note: We received: 11 bodies",
        'note: "We received: 11 bodies"',
        (7, 7),
        COLON,
    ),
    "a colon at the end of text": ('note: "Seen from far."', "note: As told:", 'note: "As told:"', (7, 7), COLON),
    "a colon in text over two lines": (
        'note: "Seen from far."',
        "note: Seen\n  by two: a and b",
        'note: "Seen\n  by two: a and b"',
        (7, 7),
        COLON.replace("quotes:", "quotes (it ends in line 8):"),
    ),
    "a colon in text with quotes": (
        'note: "Seen from far."',
        'note: We "received": 11  # so far',
        "note: 'We \"received\": 11'  # so far",
        (7, 7),
        COLON.replace('`"` here', "`'` here"),
    ),
    "a colon in text with quotes of both kinds": (
        'note: "Seen from far."',
        'note: The "people\'s" count: 11',
        "note: 'The \"people''s\" count: 11'",
        (7, 7),
        COLON.replace('`"` here', "`'` here") + ", and `''` for each `'` inside of it",
    ),
    "no space after a colon": (
        "    wounded: 15",
        "    wounded:15",
        "    wounded: 15",
        (19, 13),
        "the colon behind the key `wounded` has no space after it; write a space here",
    ),
    "no space after the first colon of an item": (
        "  - by: sohr",
        "  - by:sohr",
        "  - by: sohr",
        (16, 8),
        "the colon behind the key `by` has no space after it; write a space here",
    ),
    "another space after a colon": (
        "    in: sabah",
        "    in:\u00a0sabah",
        "    in: sabah",
        (17, 8),
        "the colon behind the key `in` has U+00A0 (no-break space) after it, which is no plain one; write a space here",
    ),
    "no space after a dash": (
        "  - by: sohr",
        "  -by: sohr",
        "  - by: sohr",
        (16, 4),
        "the dash has no space after it; write a space here",
    ),
    "no space before a brace": (
        "  - {id: quarry",
        "  -{id: quarry",
        "  - {id: quarry",
        (9, 4),
        "the dash has no space after it; write a space here",
    ),
    "a quote that isn't closed": (
        'note: "Seen from far."',
        'note: "Seen from far.',
        'note: "Seen from far."',
        (7, 7),
        'the quote that opens here is not closed in its line; write `"` where the text ends',
    ),
    "a quote that another one closes": (
        'title: Airstrikes on a stone quarry\nstatus: draft\ndate: 2022-09-08\nkind: airstrike\nnote: "Seen from far."',
        'title: "Airstrikes\nstatus: draft\ndate: 2022-09-08\nkind: airstrike\nnote: "Seen from far."',
        'title: "Airstrikes"\nstatus: draft\ndate: 2022-09-08\nkind: airstrike\nnote: "Seen from far."',
        (3, 8),
        'the quote that opens here is not closed in its line; write `"` where the text ends',
    ),
    "a quote that isn't closed in brackets": (
        "kind: quarry}",
        "kind: quarry, note: 'Seen}",
        "kind: quarry, note: 'Seen'}",
        (9, 56),
        "the quote that opens here is not closed in its line; write `'` where the text ends",
    ),
    "text behind quotes": (
        'note: "Seen from far."',
        'note: "Seen": so',
        "note: '\"Seen\": so'",
        (7, 7),
        "text stands behind the quote that ends it; put all of it in quotes: `'` here and at its end",
    ),
    "quotes inside of quotes": (
        'note: "Seen from far."',
        'note: "The "Eagle" hill"',
        'note: "The \\"Eagle\\" hill"',
        (7, 12),
        'the text goes on behind this quote, which ends it; write each quote inside the text as `\\"`',
    ),
    "an apostrophe inside of quotes": (
        'note: "Seen from far."',
        "note: 'The people's hill'",
        "note: 'The people''s hill'",
        (7, 18),
        "the text goes on behind this quote, which ends it; write each quote inside the text as `''`",
    ),
    "a name of no sign": (
        'note: "Seen from far."',
        'note: "Seen by \\quarry"',
        'note: "Seen by \\\\quarry"',
        (7, 16),
        "`\\` begins the name of a sign in double quotes, and there is none of this name; write `\\\\`",
    ),
    "a sign at the start of text": (
        'note: "Seen from far."',
        "note: %ds of a day",
        'note: "%ds of a day"',
        (7, 7),
        f"the text begins with `%`, which means more in YAML; {QUOTES}",
    ),
    "a backquote at the start of text": (
        'note: "Seen from far."',
        "note: `seen`",
        'note: "`seen`"',
        (7, 7),
        f"the text begins with a backquote, which means more in YAML; {QUOTES}",
    ),
    "words behind brackets": (
        'note: "Seen from far."',
        "note: [sic] seen",
        'note: "[sic] seen"',
        (7, 7),
        f"the text begins with `[`, which means more in YAML; {QUOTES}",
    ),
    "too few spaces": (
        "    in: sabah",
        "   in: sabah",
        "    in: sabah",
        (17, 1),
        f"the line is indented by 3 spaces, {FITS} 4 spaces before it, as in line 16",
    ),
    "too many spaces": (
        "    in: sabah",
        "     in: sabah",
        "    in: sabah",
        (17, 1),
        f"the line is indented by 5 spaces, {FITS} 4 spaces before it, as in line 16",
    ),
    "a space before a key of the record": (
        "status: draft",
        " status: draft",
        "status: draft",
        (4, 1),
        f"the line is indented by 1 space, {FITS} no spaces before it, as in line 3",
    ),
    "spaces before the first key": (
        "schema: incident/1",
        "  schema: incident/1",
        "schema: incident/1",
        (1, 1),
        "the first key is indented by 2 spaces, and what stands in line 2 is not; take 2 spaces away from the line",
    ),
    "an open brace": (
        "civilians: 4}",
        "civilians: 4",
        "civilians: 4}",
        (18, 13),
        "the bracket `{` that opens here is not closed; write `}` at the end of the line",
    ),
    "an open bracket before a comment": (
        "kind: quarry}",
        "kind: quarry  # so",
        "kind: quarry}  # so",
        (9, 5),
        "the bracket `{` that opens here is not closed; write `}` at the end of the line",
    ),
    "a bracket that is open over lines": (
        "kind: quarry}",
        "\n     kind: quarry",
        "\n     kind: quarry}",
        (9, 5),
        "the bracket `{` that opens here is not closed; write `}` at the end of line 10",
    ),
    "no comma": (
        "total: 7, civilians",
        "total: 7 civilians",
        "total: 7, civilians",
        (18, 23),
        "a comma is missing before this key; write it",
    ),
    "a colon in text in brackets": (
        "kind: quarry}",
        "kind: quarry, note: We saw: dust}",
        'kind: quarry, note: "We saw: dust"}',
        (9, 56),
        f"the text has a colon; {QUOTES}",
    ),
    "no colon": (
        "status: draft",
        "status draft",
        "status: draft",
        (4, 1),
        "the line has no key with a colon; write the colon behind its key, or 2 spaces before the line if it goes on "
        "with the text above",
    ),
    "text that goes on": (
        "on a stone quarry",
        "on a\nstone quarry",
        "on a\n  stone quarry",
        (4, 1),
        "the line has no key with a colon; write the colon behind its key, or 2 spaces before the line if it goes on "
        "with the text above",
    ),
}


def judged(text: str) -> list[Finding]:
    return judge(parse(text.encode(), PATH), REGISTRIES)


def told(text: str) -> list[tuple[int, int, str]]:
    """Where and what the findings on a text that can't be read are; the first one says that nothing else is checked."""
    found = [one for one in judged(text) if one.rule == "REC011"]
    assert [UNCHECKED in one.message for one in found] == [True] + [False] * (len(found) - 1)
    messages = [one.message.removeprefix("can't be read: ").removesuffix(UNCHECKED) for one in found]
    return [(one.mark.line, one.mark.column, said) for one, said in zip(found, messages, strict=True)]


def errors_in(text: str) -> set[str]:
    return {f"{one.rule} {one.message}" for one in judged(text) if one.severity == "error"}


def slipped(name: str, text: str = RECORD) -> str:
    there, typed = SLIPS[name][:2]
    assert text.count(there) == 1
    return text.replace(there, typed)


def test_the_record_that_people_slip_in_is_right() -> None:
    assert errors_in(RECORD) == set()


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_at_its_place_and_nothing_else_is(name: str) -> None:
    at, said = SLIPS[name][3:]
    assert told(slipped(name)) == [(*at, said)]
    assert {one.rule for one in judged(slipped(name))} == {"REC011"}


@pytest.mark.parametrize("name", SLIPS)
def test_a_record_is_right_once_it_is_repaired_as_told(name: str) -> None:
    there, _, mended = SLIPS[name][:3]
    assert errors_in(RECORD.replace(there, mended)) == set()


@pytest.mark.parametrize("name", [name for name in SLIPS if name != "text that goes on"])
def test_the_repair_that_was_tried_is_the_one_that_is_told(name: str) -> None:
    there, _, mended = SLIPS[name][:3]
    assert [slip.text for slip in slips(slipped(name))] == [RECORD.replace(there, mended)]


def test_several_slips_are_told_at_once_each_at_its_place() -> None:
    names = ["a colon in text", "no space after a colon", "no comma", "spaces before the first key"]
    text = RECORD
    for name in names:
        text = slipped(name, text)
    assert told(text) == sorted((*SLIPS[name][3], SLIPS[name][4]) for name in names)


def test_of_two_slips_in_a_line_the_first_is_told() -> None:
    text = RECORD.replace("  - by: sohr", "  -by:sohr")
    assert told(text) == [(16, 4, "the dash has no space after it; write a space here")]


def test_a_tab_among_other_slips_is_told_with_the_spaces_that_fit() -> None:
    text = slipped("no space after a colon", slipped("no comma", RECORD.replace("    in: sabah", "\tin: sabah")))
    assert [line for line, _, _ in told(text)] == [17, 18, 19]
    assert "write 4 spaces before it, as in line 16" in told(text)[0][2]


def test_where_the_rest_stays_unclear_nothing_is_built_on_a_guessed_indentation() -> None:
    text = RECORD.replace("    in: sabah", " in: sabah").replace("wounded: 15", "wounded: 15\n...\nmore: 1")
    assert [line for line, _, _ in told(text)] == [17]


def test_no_more_slips_than_people_read_are_told() -> None:
    text = "".join(f"key{n}: a: b\n" for n in range(MOST_SLIPS + 5))
    assert [line for line, _, _ in told(text)] == list(range(1, MOST_SLIPS + 1))


def test_what_nobody_can_guess_is_told_in_the_words_of_the_parser() -> None:
    said = "not YAML: did not find expected <document start>; correct the file"
    assert told("a: 1\n...\nb: 2\n") == [(3, 1, said)]


def test_a_text_is_not_repeated() -> None:
    text = RECORD.replace('"Seen from far."', "Ahmad Example, a witness: he saw it").replace(
        "    wounded: 15", "    Ahmad-Example:15"
    )
    assert all("Ahmad" not in one.message or "Example:" not in one.message for one in judged(text))
    assert "witness" not in str(judged(text))


@pytest.mark.parametrize("indent", ["\t", "\t\t", "  \t", "\u00a0\u00a0\u00a0\u00a0", "\u2003   "])
def test_an_indentation_of_something_else_is_named_and_mended(indent: str) -> None:
    text = RECORD.replace("    in: sabah", f"{indent}in: sabah")
    found = [one for one in judged(text) if one.rule == "REC009"]
    assert {one.mark.line for one in found} == {17}
    assert found[0].mark == Mark(17, 1 + re.search(r"[^ ]", indent).start())  # type: ignore[union-attr]
    name = {"\t": "tab", "\u00a0": "no-break space", "\u2003": "em space"}[indent.strip(" ")[0]]
    assert f"({name})" in found[0].message
    assert "`incidents validate --fix`" in found[0].message
    assert "delete" not in "".join(one.message for one in judged(text))
    assert repair(text.encode()).data == repair(RECORD.encode()).data


def test_a_tab_in_the_indentation_is_told_with_the_spaces_that_fit() -> None:
    text = RECORD.replace("    in: sabah", "\tin: sabah")
    said = "the indentation holds characters that are not allowed; write 4 spaces before it, as in line 16"
    assert told(text) == [(17, 1, said)]


PRIVATE = {
    "note: We received: call +000 000 000 000\n": [("PRV003", 1, 7)],
    "# Ask witness@example.org\nnote: a: b\n": [("PRV003", 1, 1)],
    'url: "https://t.me/joinchat/AAAAAE\nb: c\n': [("PRV004", 1, 6)],
    "a: [\n  - {id: x, note: Ask @example_handle, url: https://t.me/+AAAAAE}\n": [("PRV003", 2, 19), ("PRV004", 2, 45)],
    "a: |-\n  Told by 1000000000.\n b: c: d\n": [],
    "note: |-\n  Told by 1000000000.\n b: c: d\n": [("PRV003", 2, 3)],
    "phone: 0000000\nb: c: d\n": [("PRV003", 1, 8)],
    "id: 100000000000\nb: c: d\n": [],
    "schema: organisation/1\nurl: https://x.com/example\nb: c: d\n": [],
    "schema: incident/1\nurl: https://x.com/example\nb: c: d\n": [("PRV004", 2, 6)],
    "schema: place/1\nposition: {lat: 36.0186, lon: 36.5286}\nb: c: d\n": [],
    "schema: incident/1\nposition: {lat: 36.0186, lon: 36.5286}\nb: c: d\n": [],
    "schema: incident/1\nnote: at 36.0186, 36.5286\nb: c: d\n": [("PRV003", 2, 7)],
    'note: "Signal #0000000"\nb: c: d\n': [("PRV003", 1, 7)],
    "a: \u0669\u0669\nb: \u0660\u0669\u0660\u0660 \u0660\u0660\u0660 \u0660\u0660\u0660: c\n": [("PRV003", 2, 4)],
    "schema: nonsense/1\nnote: witness@example.org\n": [("PRV003", 2, 7)],
    "a: 1\r\nnote: [witness@example.org\r\n": [("PRV003", 2, 7)],
}


@pytest.mark.parametrize("text", PRIVATE)
def test_what_leads_to_a_person_is_found_in_a_file_that_cannot_be_read(text: str) -> None:
    found = [one for one in judged(text) if one.rule.startswith("PRV")]
    assert [(one.rule, one.mark.line, one.mark.column) for one in found] == PRIVATE[text]


def test_what_leads_to_a_person_is_found_in_bytes_that_are_no_text() -> None:
    found = judge(parse(b"note: \xff witness@example.org\n", PATH), REGISTRIES)
    assert [one.rule for one in found] == ["PRV003", "REC010"]


@given(st.data())
def test_any_two_keystrokes_are_told_or_harmless(data: st.DataObject) -> None:
    text = RECORD
    for _ in range(2):
        at = data.draw(st.integers(0, len(text) - 1))
        text = (
            text[:at]
            + data.draw(st.sampled_from("\"'{}[]:,-#&*!|> \n@`%?\\"))
            + text[at + data.draw(st.integers(0, 1)) :]
        )
    root, found = read(text.encode(), "x.yaml")
    assert root is not None or found
    last = Mark(text.count("\n") + 1, 1)
    assert all(Mark() <= one.mark <= Mark(last.line, 10_000) for one in found)
    told_of = slips(text) if root is None else []
    assert [slip.at.line for slip in told_of] == sorted({slip.at.line for slip in told_of})
