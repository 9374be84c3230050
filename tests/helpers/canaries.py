"""Put made-up personal data into every place of records, and search the output for it.

    python tests/helpers/canaries.py [EVERY]

puts a canary into every EVERYth place (default: every one), and prints each leak: where the canary was put, which one
it is, and the output that has it.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from conflict_incidents.authoring.review import page
from conflict_incidents.authoring.review.subjects import Subject
from conflict_incidents.core.findings import Finding, Mark, Shown
from conflict_incidents.core.pages import as_markdown, as_text
from conflict_incidents.core.redaction import id_keys, redact_path
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records.parsing import parse
from conflict_incidents.records.yaml.nodes import plain
from conflict_incidents.records.yaml.parser import read
from conflict_incidents.validation.reports import PRINTERS, VIEWS
from conflict_incidents.validation.reports.sarif import MAX_RESULTS
from rule_cases import HOMES, cases, lay_out
from samples import EVERYTHING, home_of

Tree = dict[str, Any]
CANARIES: dict[str, Any] = {
    "name": "Zuhayra Qandeelmo",
    "small": "zuhayra qandeelmo",
    "sentence": "Zuhayra Qandeelmo (7) was wounded, tel +963 944 555 666",
    "arabic": "زهيرة قنديلمو",
    "mail": "zuhayra.qandeelmo@example.net",
    "written": "qandeelmo (at) example (dot) net",
    "punycode": "https-xn--qandeelmo-9ya.example",
    "handle": "@qandeelmo",
    "telephone": "+963944555666",
    "number": 963944555666,
    "national": "0944 555 666",
    "position": "35.93412, 36.71234",
    "degrees": 35.93412,
    "fullwidth": "\uff10\uff19\uff14\uff14\uff15\uff15\uff15\uff16\uff16\uff16",
    "bengali": "\u09e6\u09ef\u09ea\u09ea\u09eb\u09eb\u09eb\u09ec\u09ec\u09ec",
    "hidden": "0944\u00ad555\u200d666",
    "entities": "&#48;944&#53;55&#54;66",
    "apart": "Zuhayra - Qandeelmo",
    "camel": "ZuhayraQandeelmo",
    "grid": "37SBV 35934 36712",
    "address": "https://example.org/people/Zuhayra-Qandeelmo?x=1",
    "escaped": "HTTP://qandeelmo.local/%D9%82%D9%86%D8%AF%D9%8A%D9%84%D9%85%D9%88",
}
"""Made-up personal data, each with a part to search for."""
SLUG = "zuhayra-qandeelmo"
"""A name in the form of an id, which is shown as the value of keys that take ids."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_MARKS = re.compile(r"qandeelmo|قنديلمو|944[ -]?555[ -]?666|35.93412|36.71234|37SBV|35934 36712", re.IGNORECASE)


def find_canaries(text: str) -> set[str]:
    """Return the canaries in a text, also those written with escapes."""
    plainly = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
    text_in_page = unicodedata.normalize("NFKC", unescape(unquote(plainly)))
    plain = _NOT_ASCII.sub(lambda one: _plain_character(one[0]), text_in_page)
    return {mark.casefold() for mark in _MARKS.findall(plain)}


@cache
def _plain_character(one: str) -> str:
    return "" if unicodedata.category(one) == "Cf" else str(unicodedata.decimal(one, one))


def samples() -> Iterator[tuple[str, Tree]]:
    """Return one record of each kind, with every optional key."""
    largest: dict[str, tuple[str, Tree]] = {}
    for number, tree in enumerate(EVERYTHING):
        kind = tree["schema"].partition("/")[0]
        if len(str(tree)) > len(str(largest.get(kind, "")[1:])):
            largest[kind] = (f"data/{home_of(tree, number)}", tree)
    yield from ((home, _short(tree)) for home, tree in largest.values())


def _short(tree: Any) -> Any:
    """Return a tree with the first two items of each list."""
    if isinstance(tree, list):
        return [_short(one) for one in tree[:2]]
    return {key: _short(value) for key, value in tree.items()} if isinstance(tree, dict) else tree


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the path of every value."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*path, key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from places(value, (*path, number))
    else:
        yield path


def each_key(tree: Tree) -> list[tuple[Any, ...]]:
    """Return the path of one value of each key, whichever list it is in."""
    nodes: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for path in places(tree):
        nodes.setdefault(tuple(step for step in path if not isinstance(step, int)), path)
    return list(nodes.values())


def replace_at(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a tree with the value at a path replaced."""
    if not path:
        return value
    first, *rest = path
    if isinstance(tree, dict):
        return {key: replace_at(one, tuple(rest), value) if key == first else one for key, one in tree.items()}
    return [replace_at(one, tuple(rest), value) if number == first else one for number, one in enumerate(tree)]


def replace_value(tree: Any, old: Any, new: Any) -> Any:
    """Return a tree with every occurrence of a value replaced."""
    if isinstance(tree, dict):
        return {key: replace_value(value, old, new) for key, value in tree.items()}
    if isinstance(tree, list):
        return [replace_value(value, old, new) for value in tree]
    return new if tree == old and type(tree) is type(old) else tree


def plant_canaries() -> Iterator[tuple[str, str, str, str]]:
    """Yield files with a canary each: path, changed place, canary, and content."""
    for home, tree in samples():
        for path in each_key(tree):
            for name, value in CANARIES.items():
                text = json.dumps(replace_at(tree, path, value), ensure_ascii=False)
                yield home, " ".join(map(str, path)), name, text
            if not {path[-1], path[-2:][0]} & {*id_keys(), "name", "title"}:  # a published name is no leak
                yield home, " ".join(map(str, path)), "slug", json.dumps(replace_at(tree, path, SLUG))
        for name, value in CANARIES.items():
            for what, text in _around(tree, str(value)):
                yield home, what, name, text
    for case in cases("fail"):
        if case.bytes is None and (home := case.file or HOMES[case.base]):
            node, _ = read(case.text.encode(), home)
            if node is None or case.where:
                continue
            content = plain(node)
            values = {
                json.dumps(one): one for path in places(content) if (one := _at(content, path)) not in ("", True, False)
            }
            for number, value in enumerate(values.values()):
                name = list(CANARIES)[(number + len(case.name)) % len(CANARIES)]
                document = json.dumps(replace_value(content, value, CANARIES[name]), ensure_ascii=False)
                yield home, f"{case.rule}, {case.name}: {value}", name, document


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _around(tree: Tree, canary: str) -> Iterator[tuple[str, str]]:
    """Yield texts with a canary outside of values."""
    text = json.dumps(tree, ensure_ascii=False)[:-1]
    literal = json.dumps(canary, ensure_ascii=False)
    bare = re.sub(r"[^\w-]+", "-", canary)
    block = f"schema: {tree['schema']}\n"
    yield "a key", f"{text}, {literal}: 1}}"
    yield "a key twice", f"{text}, {literal}: 1, {literal}: 2}}"
    yield "an anchor", f"{text}, note: &{bare} x}}"
    yield "an alias", f"{text}, note: *{bare}}}"
    yield "a tag", f"{text}, note: !{bare} x}}"
    yield "a comment", f"{text}}} # {canary}\n"
    yield "a text cut short", f"{block}title: x # {canary}\n"
    yield "no mapping", literal
    yield "a line without a key", f"{block}{canary}\n"
    yield "a quote not closed", f'{block}title: "{canary}\nkind: x\n'
    yield "a bracket not closed", f"{block}title: [{canary}\nkind: x\n"
    yield "a tab", f"{block}\ttitle: {canary}\n"
    yield "a list without dashes", f"{block}{canary}:\n  - a\n  b: c\n"
    yield "too deep", f"{block}kind: x\n   title: {canary}\n"
    yield "a conflict", f"{block}<<<<<<< {canary}\ntitle: x\n=======\ntitle: {canary}\n>>>>>>> {canary}\n"
    yield "a schema", json.dumps({"schema": canary}, ensure_ascii=False)
    yield "a directive", f"%{bare} 1\n---\n{block}"
    yield "a second document", f"{block}---\ntitle: {canary}\n"
    yield "a folded text", f"{block}title: > {canary}\n  x\n"


def leaks(root: Path, every: int, start: int = 0) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the leaks: kind of record, place, canary, output, and line."""
    dataset = Dataset(lay_out(root))
    first: dict[Finding, tuple[str, str, str]] = {}
    for number, (home, where, name, text) in enumerate(plant_canaries()):
        if number % every == start % every:
            if number % (1000 * every) < every and number >= every:
                gc.collect()  # databases of 200 kB each in cycles
            parsed_record = parse(text.encode(), str(dataset.root / home))
            findings = validate_parsed(parsed_record, dataset)
            for one in findings:
                first.setdefault(replace(one, mark=Mark()), (home, where, name))
            subject = Subject(redact_path(home), redact_path(home), Shown("new"), parsed_record.record, None, findings)
            make = partial(page, subject, dataset)
            for form in (as_text, as_markdown):
                yield from ((home, where, name, form.__name__, line) for line in _leaking(form([make])))
    for by, printer in (PRINTERS | VIEWS).items():
        size = MAX_RESULTS if by == "sarif" else 1  # a page for each rule
        for batch in ([*first][start : start + size] for start in range(0, len(first), size)):
            if find_canaries(printer(batch, 1)):
                for one in batch:
                    yield from ((*first[one], by, line) for line in _leaking(printer([one], 1)))


def _leaking(text: str) -> list[str]:
    """Return the first line with a canary."""
    return [line[:300] for line in text.splitlines() if find_canaries(line)][:1] if find_canaries(text) else []


def main(every: int = 1) -> int:
    with tempfile.TemporaryDirectory() as folder:
        leaks_found = list(leaks(Path(folder), every))
    counts: Counter[tuple[str, str]] = Counter()
    for home, where, name, by, line in leaks_found:
        counts[by, where.split(" ")[-1] if ":" not in where else where.split(",")[0]] += 1
        if counts[by, where.split(" ")[-1] if ":" not in where else where.split(",")[0]] == 1:
            print(f"{by} | {Path(home).name} {where} | {name} | {line}")
    print(f"{len({one[:3] for one in leaks_found})} of {len([*plant_canaries()]) // every} canaries leak")
    return bool(leaks_found)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
