"""Files that can't be parsed: the mistake is named where it has to be repaired, with a repair that helps."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.core.findings import Finding, Mark
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records.autofix import repair
from conflict_incidents.records.parsing import UNCHECKED_SUFFIX, parse
from conflict_incidents.records.yaml.parser import read
from conflict_incidents.records.yaml.syntax_errors import MAX_ERRORS, syntax_errors

REGISTRIES = Dataset(Path(__file__).parents[1] / "validation/rules/dataset")
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
DEEP = "which fits no line above it; write"
DASH = "`{}` is a list, and the item that begins here has no dash; write 2 spaces and `- ` before it"
OPEN = "the quote that opens here is not closed in its line; write `{}` where the text ends"
CUT = "the text ends before ` #`, where a comment begins; put all of it in quotes"
NOTE = 'note: "Seen from far."'
CLAIM = """  - by: sohr
    in: sabah
    killed: {total: 7, civilians: 4}
    wounded: 15
"""

MISTAKES: dict[str, tuple[str, str, str, tuple[int, int], str]] = {
    # What is there, what was typed, what it is once it is repaired as told; the place and the message.
    "a quote that isn't closed": (NOTE, NOTE[:-1], NOTE, (7, 7), OPEN.format('"')),
    "a single quote that isn't closed": (
        NOTE,
        "note: 'The people''s hill",
        "note: 'The people''s hill'",
        (7, 7),
        OPEN.format("'"),
    ),
    "a quote that another one closes": (
        'title: Airstrikes on a stone quarry\nstatus: draft\ndate: 2022-09-08\nkind: airstrike\nnote: "Seen from far."',
        'title: "Airstrikes\nstatus: draft\ndate: 2022-09-08\nkind: airstrike\nnote: "Seen from far."',
        'title: "Airstrikes"\nstatus: draft\ndate: 2022-09-08\nkind: airstrike\nnote: "Seen from far."',
        (3, 8),
        OPEN.format('"'),
    ),
    "a text that begins with a sign": (
        NOTE,
        "note: *Seen* from far.",
        "note: '*Seen* from far.'",
        (7, 7),
        "the text begins with `*`, which has a meaning in YAML; put all of it in quotes",
    ),
    "a quotation that text follows": (
        NOTE,
        'note: "Seen" from [afar]',
        """note: '"Seen" from [afar]'""",
        (7, 7),
        'the text begins with `"`, which has a meaning in YAML; put all of it in quotes',
    ),
    "a no-break space behind a colon": (
        "    wounded: 15",
        "    wounded:\N{NO-BREAK SPACE}15",
        "    wounded: 15",
        (19, 12),
        "a colon or the space behind it is no plain one; type both again",
    ),
    "a full-width colon": (
        "    wounded: 15",
        "    wounded\N{FULLWIDTH COLON}15",
        "    wounded: 15",
        (19, 12),
        "a colon or the space behind it is no plain one; type both again",
    ),
    "a bracket too many": (
        "{total: 7, civilians: 4}",
        "{total: 7, civilians: 4}}",
        "{total: 7, civilians: 4}",
        (18, 37),
        "`}` closes nothing that is open; delete it",
    ),
    "a dash of a word processor": (
        "  - id: sabah",
        "  \N{EN DASH} id: sabah",
        "  - id: sabah",
        (11, 3),
        "the item begins with `\N{EN DASH}`, which is no dash of YAML; write `-`",
    ),
    "a key further out than its neighbours": (
        "    in: sabah",
        "in: sabah",
        "    in: sabah",
        (17, 1),
        "the line is indented by no spaces, those around it by 4; write 4 spaces before it",
    ),
    "three dots": (
        NOTE,
        f"{NOTE}\n...",
        NOTE,
        (8, 1),
        "`...` ends a YAML document; delete the line",
    ),
    "the first item of a list without its dash": (
        "  - id: sabah\n    publisher: daily-sabah\n    published: 2022-09-08\n    language: en\n",
        "    id: sabah\n    publisher: daily-sabah\n  - {id: b, publisher: sohr}\n",
        "  - id: sabah\n    publisher: daily-sabah\n  - {id: b, publisher: sohr}\n",
        (11, 5),
        DASH.format("reports"),
    ),
    "a quote that isn't closed in brackets": (
        "kind: quarry}",
        "kind: quarry, note: 'Seen}",
        "kind: quarry, note: 'Seen'}",
        (9, 56),
        OPEN.format("'"),
    ),
    "text cut by a comment, over two lines": (
        "on a stone quarry",
        "after report #3 on a\n  stone quarry",
        "after report #3 on a\n  stone quarry",
        (3, 32),
        CUT,
    ),
    "text cut by a comment, and its bracket with it": (
        "kind: quarry}",
        "note: Seen as #3, kind: quarry}",
        "note: 'Seen as #3', kind: quarry}",
        (9, 50),
        CUT,
    ),
    "too few spaces": (
        "    in: sabah",
        "   in: sabah",
        "    in: sabah",
        (17, 1),
        f"the line is indented by 3 spaces, {DEEP} 4 spaces before it, as in line 16",
    ),
    "too many spaces": (
        "    in: sabah",
        "      in: sabah",
        "    in: sabah",
        (17, 1),
        f"the line is indented by 6 spaces, {DEEP} 4 spaces before it, as in line 16",
    ),
    "too many spaces behind brackets": (
        "    wounded: 15",
        "      wounded: 15",
        "    wounded: 15",
        (19, 1),
        f"the line is indented by 6 spaces, {DEEP} 4 spaces before it, as in line 18",
    ),
    "too many spaces in a count": (
        "killed: {total: 7, civilians: 4}",
        "killed:\n      total: 7\n        civilians: 4",
        "killed:\n      total: 7\n      civilians: 4",
        (20, 1),
        f"the line is indented by 8 spaces, {DEEP} 6 spaces before it, as in line 19",
    ),
    "a list of the record that is too deep": (
        "reports:",
        "    reports:",
        "reports:",
        (10, 1),
        f"the line is indented by 4 spaces, {DEEP} no spaces before it, as in line 8",
    ),
    "a list of the record that is nearer to the keys of an item": (
        "claims:",
        "   claims:",
        "claims:",
        (15, 1),
        f"the line is indented by 3 spaces, {DEEP} no spaces before it, as in line 10",
    ),
    "a space before a key of the record": (
        "status: draft",
        " status: draft",
        "status: draft",
        (4, 1),
        f"the line is indented by 1 space, {DEEP} no spaces before it, as in line 3",
    ),
    "spaces before the first key": (
        "schema: incident/1",
        "  schema: incident/1",
        "schema: incident/1",
        (1, 1),
        f"the line is indented by 2 spaces, {DEEP} no spaces before it",
    ),
    "no space after a colon": (
        "wounded: 15",
        "wounded:15",
        "wounded: 15",
        (19, 12),
        "no space follows a colon; write one behind it",
    ),
    "no space after a dash": (
        "  - {id: quarry",
        "  -{id: quarry",
        "  - {id: quarry",
        (9, 3),
        "no space follows a dash; write one behind it",
    ),
    "no dash before brackets": (
        "kind: quarry}\n",
        "kind: quarry}\n    {id: house, place: hafsarjah, kind: dwelling}\n",
        "kind: quarry}\n  - {id: house, place: hafsarjah, kind: dwelling}\n",
        (10, 5),
        DASH.format("sites"),
    ),
    "no dash behind brackets": (
        "kind: quarry}\n",
        "kind: quarry}\n    id: house\n    place: hafsarjah\n    kind: dwelling\n",
        "kind: quarry}\n  - id: house\n    place: hafsarjah\n    kind: dwelling\n",
        (10, 5),
        DASH.format("sites"),
    ),
    "too many spaces behind the first key of an item": (
        "    killed: {total: 7, civilians: 4}",
        "      killed: {total: 7, civilians: 4}",
        "    killed: {total: 7, civilians: 4}",
        (18, 1),
        f"the line is indented by 6 spaces, {DEEP} 4 spaces before it, as in line 17",
    ),
    "no dash": (CLAIM, CLAIM.replace("- by", "by"), CLAIM, (16, 3), DASH.format("claims")),
    "no dash before the second item": (
        CLAIM,
        CLAIM + CLAIM.replace("- by: sohr", "by: daily-sabah"),
        CLAIM + CLAIM.replace("sohr", "daily-sabah"),
        (20, 3),
        DASH.format("claims"),
    ),
    "no dash before the first of two items": (
        CLAIM,
        CLAIM.replace("- by", "  by") + CLAIM.replace("sohr", "daily-sabah"),
        CLAIM + CLAIM.replace("sohr", "daily-sabah"),
        (16, 5),
        DASH.format("claims"),
    ),
    "no dash, and all keys where it would be": (
        CLAIM,
        CLAIM.replace("- by", "by").replace("    ", "  ") + CLAIM.replace("sohr", "daily-sabah"),
        CLAIM + CLAIM.replace("sohr", "daily-sabah"),
        (16, 3),
        DASH.format("claims"),
    ),
}
PARSERS_WORDS: dict[str, tuple[str, str, tuple[int, int], str]] = {
    # What is there, what was typed; the place and the message where the parser alone says what is wrong.
    "a colon in text": (NOTE, "note: We received: 11 bodies", (7, 18), "put text that has a colon in quotes"),
    "a colon in text of two lines": (NOTE, "note: Seen\n  by two: a", (8, 9), "put text that has a colon in quotes"),
    "no colon": ("status: draft", "status draft", (4, 1), "write a colon and a space behind the key"),
    "an open bracket": ("civilians: 4}", "civilians: 4", (18, 13), "close the bracket"),
    "no comma": ("total: 7, civ", "total: 7 civ", (18, 13), "separate what is in it by commas"),
    "a sign at the start of text": (NOTE, "note: @seen", (7, 7), "put a text that begins with a sign in quotes"),
    "a dash at the start of text": (NOTE, "note: - seen", (7, 7), "put a text that begins with a sign in quotes"),
    "a name of no sign": (NOTE, 'note: "Seen \\q"', (7, 13), "write `\\\\` for a backslash"),
    "quotes inside of quotes": (NOTE, 'note: "The "Eagle" hill"', (7, 13), "for a quote inside of a quoted text"),
}


def judge_text(text: str) -> list[Finding]:
    return validate_parsed(parse(text.encode(), PATH), REGISTRIES)


def syntax_messages(text: str) -> list[tuple[int, int, str]]:
    """Where and what the findings on a text that can't be read are; the first one says that nothing else is checked."""
    findings = [one for one in judge_text(text) if one.rule == "REC011"]
    assert [UNCHECKED_SUFFIX in one.message for one in findings] == [True] + [False] * (len(findings) - 1)
    messages = [one.message.removeprefix("can't be read: ").removesuffix(UNCHECKED_SUFFIX) for one in findings]
    return [(one.mark.line, one.mark.column, message) for one, message in zip(findings, messages, strict=True)]


def errors_in(text: str) -> set[str]:
    return {f"{one.rule} {one.message}" for one in judge_text(text) if one.severity == "error"}


def with_mistake(name: str, text: str = RECORD) -> str:
    old, new = MISTAKES[name][:2]
    assert text.count(old) == 1
    return text.replace(old, new)


def test_the_record_with_the_mistakes_is_right_without_them() -> None:
    assert errors_in(RECORD) == set()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_at_its_place_and_nothing_else_is(name: str) -> None:
    at, message = MISTAKES[name][3:]
    assert syntax_messages(with_mistake(name)) == [(*at, message)]
    assert {one.rule for one in judge_text(with_mistake(name))} == {"REC011"}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_repair_that_was_tried_is_the_one_that_is_reported_and_helps(name: str) -> None:
    old, _, fix = MISTAKES[name][:3]
    trials = [slip.text for slip in syntax_errors(with_mistake(name))]
    titles = [re.sub(r"(?m)title: '(.*\n.*)'$", r"title: \1", text) for text in trials]
    assert titles == [RECORD.replace(old, fix)]
    assert errors_in(trials[0]) == set()


@pytest.mark.parametrize("name", PARSERS_WORDS)
def test_what_is_not_guessed_is_reported_in_the_words_of_the_parser_with_a_hint(name: str) -> None:
    old, new, at, hint = PARSERS_WORDS[name]
    assert RECORD.count(old) == 1
    [(line, column, message)] = syntax_messages(RECORD.replace(old, new))
    assert (line, column) == at
    assert message.startswith("not YAML: ")
    assert hint in message


def test_several_mistakes_are_reported_at_once_each_at_its_place() -> None:
    names = ["a quote that isn't closed in brackets", "too many spaces", "spaces before the first key"]
    text = RECORD
    for name in names:
        text = with_mistake(name, text)
    assert syntax_messages(text) == sorted((*MISTAKES[name][3], MISTAKES[name][4]) for name in names)


def test_each_of_several_lines_that_are_too_deep_is_reported() -> None:
    text = RECORD.replace("    in:", "      in:").replace("    killed:", "      killed:")
    assert [(line, column) for line, column, _ in syntax_messages(text)] == [(17, 1), (18, 1)]


@pytest.mark.parametrize("base", ["", "||||||| base\nstatus: draft\n"])
def test_a_merge_conflict_is_reported_as_one(base: str) -> None:
    conflict = f"<<<<<<< HEAD\nstatus: draft\n{base}=======\nstatus: published\n>>>>>>> main"
    last = 8 + base.count("\n")
    message = (
        f"lines 4 to {last} are a merge conflict of git; keep one side of it, and delete the lines that begin with "
        "`<<<<<<<`, `=======` and `>>>>>>>`"
    )
    assert syntax_messages(RECORD.replace("status: draft", conflict)) == [(4, 1, message)]


def test_a_tab_among_other_mistakes_is_reported_with_the_spaces_that_fit() -> None:
    text = with_mistake("too many spaces behind brackets", RECORD.replace("    in: sabah", "\tin: sabah"))
    assert [line for line, _, _ in syntax_messages(text)] == [17, 19]
    assert "write 4 spaces before it, as in line 16" in syntax_messages(text)[0][2]


def test_where_the_rest_stays_unclear_nothing_is_built_on_a_guessed_indentation() -> None:
    text = RECORD.replace("    in: sabah", " in: sabah").replace("wounded: 15", "wounded: 15\nmore: *+x")
    assert [line for line, _, _ in syntax_messages(text)] == [17]


def test_no_more_mistakes_than_people_read_are_reported() -> None:
    text = "".join(f'key{n}: "a\n' for n in range(MAX_ERRORS + 5))
    assert [line for line, _, _ in syntax_messages(text)] == list(range(1, MAX_ERRORS + 1))


def test_unrecognised_syntax_error_has_the_parsers_message() -> None:
    message = "not YAML: did not find expected alphabetic or numeric character; correct the file"
    assert syntax_messages("a: 1\nb: *+x\n") == [(2, 5, message)]


def test_an_item_without_its_dash_is_one_duplicate_key_where_it_can_be_parsed() -> None:
    (finding,) = (one for one in judge_text(RECORD + "    by: daily-sabah\n    in: sabah\n") if one.rule == "REC001")
    assert finding.mark.line == 20
    assert "or write `- ` before it if another item of the list begins here" in finding.message


def test_a_text_is_not_repeated() -> None:
    text = RECORD.replace('"Seen from far."', "Ahmad Example, a witness: he saw it").replace(
        "    wounded: 15", "    Ahmad-Example:15"
    )
    assert all("Ahmad" not in one.message or "Example:" not in one.message for one in judge_text(text))
    assert "witness" not in str(judge_text(text))


@pytest.mark.parametrize("indent", ["\t", "\t\t", "  \t", "\u00a0\u00a0\u00a0\u00a0", "\u2003   "])
def test_an_indentation_of_something_else_is_named_and_mended(indent: str) -> None:
    text = RECORD.replace("    in: sabah", f"{indent}in: sabah")
    findings = [one for one in judge_text(text) if one.rule == "REC009"]
    assert {one.mark.line for one in findings} == {17}
    assert findings[0].mark == Mark(17, 1 + len(indent) - len(indent.lstrip(" ")))
    name = {"\t": "tab", "\u00a0": "no-break space", "\u2003": "em space"}[indent.strip(" ")[0]]
    assert f"({name})" in findings[0].message
    assert "`incidents validate --fix`" in findings[0].message
    assert "delete" not in "".join(one.message for one in judge_text(text))
    assert repair(text.encode()).data == repair(RECORD.encode()).data


def test_a_tab_in_the_indentation_is_reported_with_the_spaces_that_fit() -> None:
    text = RECORD.replace("    in: sabah", "\tin: sabah")
    message = "the indentation holds characters that are not allowed; write 4 spaces before it, as in line 16"
    assert syntax_messages(text) == [(17, 1, message)]


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
    findings = [one for one in judge_text(text) if one.rule.startswith("PRV")]
    assert [(one.rule, one.mark.line, one.mark.column) for one in findings] == PRIVATE[text]


def test_what_leads_to_a_person_is_found_in_bytes_that_are_no_text() -> None:
    findings = validate_parsed(parse(b"note: \xff witness@example.org\n", PATH), REGISTRIES)
    assert [one.rule for one in findings] == ["PRV003", "REC010"]


@given(st.data())
def test_any_two_keystrokes_are_reported_or_harmless(data: st.DataObject) -> None:
    text = RECORD
    for _ in range(2):
        at = data.draw(st.integers(0, len(text) - 1))
        text = (
            text[:at]
            + data.draw(st.sampled_from("\"'{}[]:,-#&*!|> \n@`%?\\"))
            + text[at + data.draw(st.integers(0, 1)) :]
        )
    root, findings = read(text.encode(), "x.yaml")
    assert root is not None or findings
    last = Mark(text.count("\n") + 1, 1)
    assert all(Mark() <= one.mark <= Mark(last.line, 10_000) for one in findings)
    slips = syntax_errors(text) if root is None else []
    assert [slip.at.line for slip in slips] == sorted({slip.at.line for slip in slips})
