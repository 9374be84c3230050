"""Reading against hostile bytes: what is refused and where, what is accepted, in which time, and never an exception."""

import itertools
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given

import fuzz
from conflict_incidents.core.rule import MAX_FINDINGS_PER_RULE
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records import schema
from conflict_incidents.records.parsing import parse, parse_file
from conflict_incidents.records.yaml.decoding import MAX_BYTES, file_form
from conflict_incidents.records.yaml.parser import MAX_DEPTH, MAX_VALUES, read
from conflict_incidents.validation.reports import as_text
from strategies import incidents

TOP = Path(__file__).parents[2]
DATASET = Dataset(TOP)

INVALID: dict[str, tuple[str | bytes, list[str]]] = {
    # Duplicate keys: the place of the second one.
    "a key twice": ("a: 1\nb: 2\na: 3\n", ["REC001 3:1"]),
    "a key three times": ("a: 1\na: 2\na: 3\n", ["REC001 2:1", "REC001 3:1"]),
    "a key twice in a flow mapping": ("a: {b: 1, c: 2, b: 3}\n", ["REC001 1:17"]),
    "a key twice further in": ("a:\n  b:\n    c: 1\n    c: 2\n", ["REC001 4:5"]),
    "a key twice in a list's item": ("a:\n  - b: 1\n    b: 2\n", ["REC001 3:5"]),
    "a key twice, quoted": ("a: 1\n\"a\": 2\n'a': 3\n", ["REC001 2:1", "REC001 3:1"]),
    "a key twice, escaped": ('a: 1\n"\\x61": 2\n', ["REC001 2:1"]),
    "a key twice, as number and text": ('1: a\n"1": b\n', ["REC001 2:1"]),
    # Anchors, aliases, tags, merge keys, documents, directives.
    "an anchor": ("a: &x 1\n", ["REC002 1:4"]),
    "an anchor on a mapping": ("a: &x\n  b: 1\n", ["REC002 1:4"]),
    "an anchor on a key": ("&x a: 1\n", ["REC002 1:1"]),
    "an alias": ("a: &x 1\nb: *x\n", ["REC002 1:4", "REC002 2:4"]),
    "an alias of nothing": ("b: *x\n", ["REC002 1:4"]),
    "an alias as a key": ("*x : 1\n", ["REC002 1:1"]),
    "an alias of itself": ("a: &x [*x]\n", ["REC002 1:4", "REC002 1:8"]),
    "a tag": ("a: !!str 1\n", ["REC002 1:4"]),
    "a local tag": ("a: !x 1\n", ["REC002 1:4"]),
    "a verbatim tag": ("a: !<tag:x> 1\n", ["REC002 1:4"]),
    "a tag that says nothing": ("a: ! 1\n", ["REC002 1:4"]),
    "a tag on a mapping": ("a: !!map {}\n", ["REC002 1:4"]),
    "a tag that runs code": ("a: !!python/object/apply:os.system [ls]\n", ["REC002 1:4"]),
    "a merge key": ("a: {b: 1}\nc:\n  <<: {d: 2}\n", ["REC002 3:3"]),
    "a merge of aliases": ("a: &a {}\nc: {<<: [*a, *a]}\n", ["REC002 1:4", "REC002 2:5", "REC002 2:10", "REC002 2:14"]),
    "a merge key in quotes": ('"<<": 1\n', ["REC002 1:1"]),
    "a second document": ("a: 1\n---\nb: 2\n", ["REC002 2:1"]),
    "a second document after an end": ("a: 1\n...\n---\nb: 2\n", ["REC002 3:1"]),
    "a directive": ("%YAML 1.1\n---\na: 1\n", ["REC002 1:1"]),
    "a directive and its tag": ("%TAG ! tag:x,2000:\n---\na: !b 1\n", ["REC002 1:1", "REC002 3:4"]),
    "an unknown directive": ("%FOO x\n---\na: 1\n", ["REC002 1:1", "REC011 1:5"]),
    "a mapping as a key": ("? {a: 1}\n: 2\n", ["REC002 1:3"]),
    "a list as a key": ("{[a]: 1}\n", ["REC002 1:2"]),
    "a key in a key": ("? ? a\n", ["REC002 1:3"]),
    # No record.
    "nothing": ("", ["REC011 1:1"]),
    "empty lines": ("\n\n", ["REC011 1:1"]),
    "a comment alone": ("# a\n", ["REC011 1:1"]),
    "an empty document": ("---\n", ["REC011 1:4"]),
    "a word": ("a\n", ["REC011 1:1"]),
    "a list": ("- a\n", ["REC011 1:1"]),
    "null": ("~\n", ["REC011 1:1"]),
    # No YAML: the place of the slip, or that which libyaml gives, within the file.
    "an open mapping": ("a: {b: 1\n", ["REC011 1:4"]),
    "an open quote": ("a: 'b\n", ["REC011 1:4"]),
    "an open list without a line end": ("a: [b", ["REC011 1:4"]),
    "a bracket alone": ("{", ["REC011 1:2"]),
    "a wrong indent": ("a:\n  b: 1\n c: 2\n", ["REC011 3:1"]),
    "two colons": ("a: b: c\n", ["REC011 1:5"]),
    "a reserved sign": ("a: @b\n", ["REC011 1:4"]),
    "an unknown escape": ('a: "\\q"\n', ["REC011 1:5"]),
    "an escaped surrogate": ('a: "\\ud800"\n', ["REC011 1:7"]),
    "an escape beyond Unicode": ('a: "\\UFFFFFFFF"\n', ["REC011 1:7"]),
    "a key of 2,000 letters": ("a" * 2000 + ": 1\n", ["REC011 1:2001"]),
    # Encodings and line ends.
    "UTF-16 with a mark": ("a: 1\n".encode("utf-16-le").join([b"\xff\xfe", b""]), ["REC010 1:1"]),
    "UTF-16 without a mark": ("a\n".encode("utf-16-be"), ["REC009 1:1", "REC009 1:3", "REC011 1:2"]),
    "UTF-32": ("a: 1\n".encode("utf-32-le").join([b"\xff\xfe\0\0", b""]), ["REC010 1:1"]),
    "Latin-1": (b"a: b\nc: \xe9\n", ["REC010 2:4"]),
    "an overlong form": (b"a: \xc0\xaf\n", ["REC010 1:4"]),
    "a surrogate in UTF-8": (b"a: \xed\xa0\x80\n", ["REC010 1:4"]),
    "five bytes": (b"a: \xf8\x88\x80\x80\x80\n", ["REC010 1:4"]),
    "a cut character": (b"a: \xe2\x82", ["REC010 1:4"]),
    "a byte order mark": ("\ufeffa: 1\n", ["REC010 1:1"]),
    "a byte order mark further on": ("a: 1\nb: \ufeff2\n", ["REC009 2:4"]),
    "CR LF": ("a: 1\r\nb: 2\r\n", ["REC010 1:5"]),
    "one CR LF": ("a: 1\nb: 2\r\n", ["REC010 2:5"]),
    "CR alone": ("# x\rb: 2\na: 1\n", ["REC009 1:4"]),
    "NEL": ("# x\x85b: 2\na: 1\n", ["REC009 1:4"]),
    "U+2028": ("# x\u2028b: 2\na: 1\n", ["REC009 1:4"]),
    "U+2029": ("a: x\u2029y\n", ["REC009 1:5"]),
    # Characters.
    "NUL": ("a: \0\n", ["REC009 1:4"]),
    "a bell": ("a: \x07\n", ["REC009 1:4"]),
    "an escape": ("a: x\x1b[0m\n", ["REC009 1:5"]),
    "delete": ("a: \x7f\n", ["REC009 1:4"]),
    "a C1 control": ("a: \x9b\n", ["REC009 1:4"]),
    "a form feed": ("a: 1\n\x0c\n", ["REC009 2:1"]),
    "a tab that indents": ("a:\n\tb: 1\n", ["REC009 2:1"]),
    "another space that indents": ("a:\n  - b: 1\n\u00a0\u00a0\u00a0\u00a0c: 1\n", ["REC009 3:1"]),
    "another space behind a dash": ("a:\n  -\u2003b: 1\n", ["REC009 2:4"]),
    "a tab in text": ("a: b\tc\n", ["REC009 1:5"]),
    "a right-to-left override": ("a: x\u202ey\n", ["REC009 1:5"]),
    "an isolate in a comment": ("# \u2066\na: 1\n", ["REC009 1:3"]),
    "zero width in a key": ("a\u200b: 1\n", ["REC009 1:2"]),
    "a word joiner": ("a: x\u2060y\n", ["REC009 1:5"]),
    "a soft hyphen": ("a: x\u00ady\n", ["REC009 1:5"]),
    "a filler": ("a: x\u3164y\n", ["REC009 1:5"]),
    "a variation selector": ("a: x\ufe0f\n", ["REC009 1:5"]),
    "a tag character": ("a: x\U000e0041\n", ["REC009 1:5"]),
    "private use": ("a: \ue000\n", ["REC009 1:4"]),
    "a noncharacter": ("a: \uffff\n", ["REC009 1:4"]),
    "a noncharacter beyond": ("a: \U0001ffff\n", ["REC009 1:4"]),
    "a decomposed value": ("a: xe\u0301\n", ["REC009 1:5"]),
    "a decomposed key": ("e\u0301: 1\n", ["REC009 1:1"]),
    "a decomposed comment": ("a: 1\n# e\u0301\n", ["REC009 2:3"]),
    "a decomposed Arabic letter": ("a: \u0627\u0655\n", ["REC009 1:4"]),
    "a letter that has another form": ("a: \u212b\n", ["REC009 1:4"]),
    "an escaped override": ('a: "\\u202e"\n', ["REC009 1:4"]),
    "an escaped zero width": ('a: "x\\u200by"\n', ["REC009 1:4"]),
    "a zero-width non-joiner between letters of another script": ("a: x\u200cy\n", ["REC009 1:5"]),
    "a zero-width non-joiner at the end of a word": ("a: \u0645\u06cc\u200c\n", ["REC009 1:6"]),
    "an escaped NUL": ('a: "\\0"\n', ["REC009 1:4"]),
    "an escaped tab": ('a: "x\\ty"\n', ["REC009 1:4"]),
    "an escaped NEL": ('a: "x\\Ny"\n', ["REC009 1:4"]),
    "an escaped byte order mark": ('a: "x\\ufeffy"\n', ["REC009 1:4"]),
    "an escaped decomposition": ('a: "e\\u0301"\n', ["REC009 1:4"]),
    "an escape in a key": ('"\\u202e": 1\n', ["REC009 1:1"]),
    "a space before": ('a: " b"\n', ["REC009 1:4"]),
    "a space after": ("a: 'b '\n", ["REC009 1:4"]),
    "a space that isn't ASCII after": ("a: b\u00a0\n", ["REC009 1:4"]),
    "an empty line first": ("a: |\n\n  b\n", ["REC009 1:4"]),
    "a line break in quotes at the end": ('a: "b\n\n  "\n', ["REC009 1:4"]),
    # Sizes.
    "17 deep, block": ("".join(" " * n + "a:\n" for n in range(17)), ["REC010 17:17"]),
    "17 deep, flow": ("a: " + "[" * 16 + "]" * 16 + "\n", ["REC010 1:19"]),
    "a byte too many": ("#" * (MAX_BYTES + 1), ["REC010 1:1"]),
}


@pytest.mark.parametrize("name", INVALID)
def test_odd_yaml_is_refused_at_its_place(name: str) -> None:
    data, expected = INVALID[name]
    _, findings = read(data if isinstance(data, bytes) else data.encode(), "x.yaml")
    assert [f"{one.rule} {one.mark.line}:{one.mark.column}" for one in findings] == expected


VALID: dict[str, tuple[str, Any]] = {
    "a document's start and end": ("---\na: 1\n...\n", {"a": 1}),
    "a key with a question mark": ("? a\n: 2\n", {"a": 2}),
    "a percent sign in text": ("a: |\n  %b\n", {"a": "%b"}),
    "Arabic": ("a: حفسرجة\n", {"a": "حفسرجة"}),
    "a letter beyond 16 bits": ("a: \U0001f600\n", {"a": "\U0001f600"}),
    "a space that doesn't break": ("a: x\u00a0y\n", {"a": "x\u00a0y"}),
    "spaces after a plain word": ("a: b  \n", {"a": "b"}),
    "a literal that keeps its last lines": ("a: |+\n  b\n\n\n", {"a": "b"}),
    "a line break in quotes": ('a: "x\\ny"\n', {"a": "x\ny"}),
    "16 deep": ("".join(" " * n + "a:\n" for n in range(15)) + " " * 15 + "a: 1\n", None),
    "a date is text": ("a: 2022-09-08\n", {"a": "2022-09-08"}),
    "a decimal": ("a: 35.93\nb: -0.5\n", {"a": 35.93, "b": -0.5}),
    "true and false": ("a: true\nb: false\n", {"a": True, "b": False}),
    "numbers in quotes are text": ("a: '7'\nb: \"true\"\n", {"a": "7", "b": "true"}),
    "no line end at the end": ("a: 1", {"a": 1}),
}


@pytest.mark.parametrize("name", VALID)
def test_plain_yaml_is_accepted(name: str) -> None:
    text, expected = VALID[name]
    root, findings = read(text.encode(), "x.yaml")
    assert findings == []
    assert root is not None
    assert expected is None or fuzz.plain(root) == expected


RECORD = """schema: incident/1
id: SYR-20220908-7q4m
title: Strikes
status: published
collection: hafsarjah
date: 2022-09-08
kind: airstrike
sites:
  - {id: quarry, place: hafsarjah, kind: quarry}
reports:
  - {id: sabah, publisher: daily-sabah, published: 2022-09-08, language: en}
"""
PATH = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"


def list_findings(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [f"{one.rule} {one.mark.line}:{one.mark.column}" for one in validate_parsed(parse(data, PATH), DATASET)]


NO_COUNTS = [
    *("010", "0o7", "0x1F", "0b11", "0x", "1_000", "1__0", "1_0.5", "1e3", "1E+3", "1e400", "1.5e-3", ".5e3"),
    *("12:30", "1:30.5", "-0", "+7", "7.", ".5", "7.0", "7.5", "1,000", "7 dead", '"7"', "''", "seven", "2022-09-08"),
    *(".inf", "-.INF", ".nan", "inf", "NaN", "NO", "on", "Yes", "true", "~", "null", "NULL", "=", "<<"),
    *("\u0667", "\uff17", "9" * 4300, "99999999999999999999"),
]


@pytest.mark.parametrize("value", NO_COUNTS, ids=lambda value: value[:12])
def test_what_is_no_plain_whole_number_is_no_count(value: str) -> None:
    assert list_findings(f"{RECORD}claims:\n  - by: sohr\n    in: sabah\n    wounded: {value}\n") == ["REC007 15:14"]


ODD_TEXTS = [
    "NO",
    "y",
    "off",
    "~",
    "null",
    "12:30",
    "1_000",
    "010",
    "0x1f",
    "1e3",
    ".inf",
    "7",
    "7.5",
    "true",
    "=",
    "+7",
    "",
]


@pytest.mark.parametrize("value", ODD_TEXTS)
def test_text_that_some_readers_take_for_something_else_is_no_title(value: str) -> None:
    messages = list_findings(RECORD.replace("Strikes", value))
    assert [one.split()[1].split(":")[0] for one in messages] == ["3"]
    assert messages[0].split()[0] in {"REC013", "REC014"}


@pytest.mark.parametrize("value", [value for value in ODD_TEXTS if value not in {"", "null"}])
def test_in_quotes_it_is_a_title(value: str) -> None:
    assert list_findings(RECORD.replace("Strikes", f'"{value}"')) == []


def test_a_file_below_a_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    (finding,) = parse_file(tmp_path / "x" / "y.yaml", "y.yaml").findings
    assert (finding.rule, finding.message) == ("REC011", "can't be read: not a directory; correct the file")


def test_a_file_that_the_system_refuses_to_open_is_a_finding(tmp_path: Path) -> None:
    (finding,) = parse_file(tmp_path / ("x" * 5000 + ".yaml"), "x.yaml").findings
    assert (finding.rule, finding.message) == ("REC011", "can't be read: file name too long; correct the file")


def test_a_device_is_refused_and_not_read() -> None:
    (finding,) = parse_file(Path("/dev/zero"), "x.yaml").findings
    assert (finding.rule, finding.message) == ("REC010", "not a regular file; put one in its place")


def test_a_file_without_end_of_errors_lists_the_first_and_says_that_there_are_more() -> None:
    findings = validate_parsed(parse((RECORD + "".join(f"a{n}: 1\n" for n in range(10_000))).encode(), PATH), DATASET)
    assert len(findings) <= MAX_FINDINGS_PER_RULE + 1
    assert findings[0].message.startswith(f"can't be read: more than {MAX_FINDINGS_PER_RULE} problems")
    assert findings[1].message.startswith("unknown key `a0`")


def test_a_rule_lists_the_first_of_what_it_finds_and_says_that_there_are_more() -> None:
    claims = "".join(f"  - {{by: nobody-{n}, in: sabah, killed: 1}}\n" for n in range(MAX_FINDINGS_PER_RULE + 20))
    findings = [
        one
        for one in validate_parsed(parse(f"{RECORD}claims:\n{claims}".encode(), PATH), DATASET)
        if one.rule == "CLM001"
    ]
    assert len(findings) == MAX_FINDINGS_PER_RULE + 1
    assert findings[-1].message == f"and more like this; {MAX_FINDINGS_PER_RULE} are listed"


def full(unit: Callable[[int], str] | str, head: str = "", tail: str = "") -> bytes:
    """A file of nearly the largest size: a head, a unit over and over, a tail."""
    room = MAX_BYTES - 1000 - len((head + tail).encode())
    parts: list[str] = []
    for number in itertools.count():
        part = unit if isinstance(unit, str) else unit(number)
        room -= len(part.encode())
        if room < 0:
            break
        parts.append(part)
    return "".join([head, *parts, tail]).encode()


CLAIMS = f"{RECORD}claims:\n"
NOTE = "- {by: sohr, in: sabah, killed: 1, note: '%s'}\n"
LARGE: dict[str, Callable[[], bytes]] = {
    "open lists": lambda: b"[" * 255_000,
    "open mappings": lambda: b"{a: " * 60_000,
    "lists 25,000 deep": lambda: b"a: " + b"[" * 25_000 + b"]" * 25_000,
    "block lists": lambda: b"- " * 127_000,
    "keys of keys": lambda: b"? " * 127_000,
    "mappings 700 deep": lambda: "".join(" " * n + "a:\n" for n in range(700)).encode(),
    "a billion laughs": lambda: "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(4000)).encode(),
    "merges of merges": lambda: "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(4000)).encode(),
    "anchors": lambda: full(lambda n: f"a{n}: &a{n} 1\n"),
    "tag directives": lambda: full(lambda n: f"%TAG !{n}! a:\n", tail="---\na: 1\n"),
    "one key": lambda: full("a: 1\n", RECORD),
    "unknown keys": lambda: full(lambda n: f"{n:x}: 1\n", RECORD),
    "nearly known keys": lambda: full(lambda n: f"title{n}: 1\n", RECORD),
    "unknown keys in a count": lambda: full(lambda n: f"a{n}: 1,", f"{CLAIMS}- {{killed: {{at_least: 1,", "}}\n"),
    "a long key": lambda: full("aa", f"{RECORD}? ", "\n: 1\n"),
    "a long word": lambda: full("a", f"{RECORD}note: "),
    "a long number": lambda: full("9", f"{RECORD}note: "),
    "a number with underscores": lambda: full("9_", f"{RECORD}note: 1", "x\n"),
    "a number in tens of digits": lambda: full("1", f"{RECORD}note: 1.", "x\n"),
    "numbers of base 60": lambda: full(":1", f"{RECORD}note: 1", "x\n"),
    "plain lines": lambda: full("  b\n", f"{RECORD}note: a\n"),
    "escapes": lambda: full("\\n", f'{RECORD}note: "', '"\n'),
    "empty lines": lambda: full("\n", RECORD),
    "documents": lambda: full("--- \n", RECORD),
    "NULs": lambda: full("\0", RECORD),
    "zero widths, a line each": lambda: full("  \u200b\n", f"{RECORD}note: |\n"),
    "decomposed lines": lambda: full("#e\u0301\n", RECORD),
    "marks in the wrong order": lambda: (f"{RECORD}note: a" + "\u0301" * 60_000 + "\u0316" * 60_000).encode(),
    "escaped marks in the wrong order": lambda: full("\\u0301\\u0316", f'{RECORD}note: "a', '"\n'),
    "claims that are numbers": lambda: full("1,", f"{RECORD}claims: [", "]\n"),
    "claims that are words": lambda: full("- a\n", CLAIMS),
    "claims with unknown keys": lambda: full("- {by: A, in: B, kiled: x}\n", CLAIMS),
    "claims of nobody": lambda: full(lambda n: f"- {{by: x{n}, in: y{n}, killed: 1}}\n", CLAIMS),
    "words of no list": lambda: full("kill,", f"{CLAIMS}- {{by: sohr, in: sabah, no_information: [", "]}\n"),
    "scopes of one site": lambda: full("a,", f"{CLAIMS}- {{by: sohr, in: sabah, killed: 1, scope: [", "]}\n"),
    "links to nothing": lambda: full(
        lambda n: f"- {{kind: part_of, incident: SYR-20220908-{n:04}}}\n", f"{RECORD}links:\n"
    ),
    "notes like names": lambda: full(NOTE % ("Aa-" * 1300), CLAIMS),
    "notes of names": lambda: full(NOTE % ("Aa " * 1300 + "x"), CLAIMS),
    "initials": lambda: full("A. ", f"{RECORD}note: ", "x\n"),
    "notes like addresses": lambda: full(NOTE % ("a." * 1900), CLAIMS),
    "notes like telephone numbers": lambda: full(NOTE % ("+0 " * 1300 + "x"), CLAIMS),
}
"""Files made to be slow: shapes that took seconds to minutes, or all memory, in an earlier version, and their like."""


SHORT_FORM = list(LARGE)[::12]
"""Those of the default run; all of them take many seconds."""


@pytest.mark.parametrize(
    "name", [name if name in SHORT_FORM else pytest.param(name, marks=pytest.mark.slow) for name in LARGE]
)
def test_any_file_is_parsed_in_bounded_time(name: str) -> None:
    data = LARGE[name]()
    start = time.process_time()
    findings = validate_parsed(parse(data, PATH), DATASET)
    page = as_text(findings, 1)
    assert time.process_time() - start < fuzz.HANGS
    assert len(page) < 100_000


def test_as_many_claims_as_a_record_may_have_are_judged_without_a_hang() -> None:
    claims = []
    for n in range(500):
        earlier = ", ".join(f"c{m}" for m in range(n - 4, n - 12, -4) if m >= 0)
        claims.append(
            f"- id: c{n}\n  by: {('sohr', 'snhr', 'ogn', 'a24')[n % 4]}\n  in: sabah\n"
            f"  as_of: 2022-09-{8 + n % 20:02}\n  provisional: {'true' if n % 3 else 'false'}\n  wounded: {1000 + n}\n"
            "  killed: {total: 9, civilians: 1, combatants: 1, unknown_status: 1, women: 1, men: 1, children: 1}\n"
            + (f"  supersedes: [{earlier}]\n" if earlier else "")
        )
    start = time.process_time()
    findings = validate_parsed(parse((CLAIMS + "".join(claims)).encode(), PATH), DATASET)
    assert time.process_time() - start < fuzz.HANGS
    assert not [one for one in findings if one.rule.startswith("REC")]


def test_a_record_may_be_written_as_tightly_as_can_be() -> None:
    data = full("{by: ogn,in: a,strikes: 1},", f"{RECORD}claims: [", "]\n")
    _, findings = read(data, "x.yaml")
    assert findings == []


def test_more_values_than_fit_into_a_record_are_refused() -> None:
    _, findings = read(b"a: [" + b"1," * (MAX_VALUES + 1) + b"]", "x.yaml")
    assert [(one.rule, one.message) for one in findings] == [
        ("REC010", f"more than {MAX_VALUES} values; split the record")
    ]


def test_the_largest_depth_is_the_one_that_the_rule_states() -> None:
    assert f"nested at most {MAX_DEPTH} deep" in file_form.page


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_record_or_findings(data: bytes) -> None:
    assert fuzz.check_file(data, DATASET)


@given(st.lists(st.sampled_from(fuzz.SNIPPETS), max_size=20).map(lambda parts: "".join(parts).encode()))
def test_any_mixture_of_yaml_gives_a_record_or_findings(data: bytes) -> None:
    assert fuzz.check_file(data, DATASET)


@given(st.sampled_from(fuzz.FOUNDING + fuzz.REGISTRIES), st.integers(0, 2**32))
def test_a_broken_record_gives_a_record_or_findings(file: Path, seed: int) -> None:
    fuzz.check_file(fuzz.mutate(file.read_bytes(), random.Random(seed)), DATASET)


@given(st.sampled_from(fuzz.FOUNDING + fuzz.REGISTRIES), st.integers(0, 2**32))
def test_a_restructured_record_gives_a_record_or_findings(file: Path, seed: int) -> None:
    fuzz.check_file(fuzz.restructure(fuzz.load_with_pyyaml(file.read_bytes()), random.Random(seed)), DATASET)


def test_every_record_of_the_dataset_reads_as_it_does_elsewhere() -> None:
    files = sorted((TOP / "data").rglob("*.yaml"))
    sample = random.Random(7).sample(files, 60) + fuzz.FOUNDING
    for file in sample:
        data = file.read_bytes()
        root, findings = read(data, file.name)
        assert root is not None
        assert findings == []
        assert fuzz.plain(root) == fuzz.load_with_pyyaml(data), file


@given(incidents())
def test_a_record_without_findings_comes_back_as_it_was_written(tree: dict[str, Any]) -> None:
    parsed_record = parse(json.dumps(tree, ensure_ascii=False).encode(), PATH)
    assert parsed_record.sound, (parsed_record.findings, parsed_record.violations)
    assert parsed_record.record is not None
    assert fuzz.plain(parsed_record.record.node) == tree


ORACLE = jsonschema.Draft202012Validator(schema.document("incident/1"))
OURS = jsonschema_rs.Draft202012Validator(schema.document("incident/1"))


@given(incidents(), st.integers(0, 2**32))
def test_two_validators_agree_on_what_the_schema_says(tree: dict[str, Any], seed: int) -> None:
    for candidate in (tree, json.loads(fuzz.restructure(tree, random.Random(seed)))):
        assert OURS.is_valid(candidate) == ORACLE.is_valid(candidate)
        bad_places = {tuple(error.absolute_path) for error in ORACLE.iter_errors(candidate)}
        assert {tuple(error.instance_path) for error in OURS.iter_errors(candidate)} >= bad_places
