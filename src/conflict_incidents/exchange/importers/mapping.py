"""Mapping files, which assign the columns of a table to fields of records.

They are parsed as strictly as records, and validated before any row is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.files import read_whole
from conflict_incidents.core.findings import Mark, Shown, show, user_text
from conflict_incidents.core.rule import suggestion
from conflict_incidents.exchange.importers.tabular.grid import SourceTableError, listing
from conflict_incidents.records import schema
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.yaml.decoding import MAX_BYTES
from conflict_incidents.records.yaml.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    in_words,
    node_at,
    plain,
    scalars,
)
from conflict_incidents.records.yaml.parser import read
from conflict_incidents.validation.rules.dates_timezones import zone_names

SCHEMA = Path(__file__).with_name("mapping-1.json")
_IN_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_SHOWN_PROBLEMS = 5
POSITION_KEYS = (("lat", "lon"), ("latlon",), ("lonlat",))
"""Keys of a site for the columns of its position; only one way may be used."""
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A valid mapping: its content, the tree with positions, and the columns that it names."""

    name: str
    content: dict[str, Any]
    tree: MappingNode
    columns: dict[str, Mark]

    def error(self, path: Path_, message: str) -> SourceTableError:
        """Return an error at a line of the mapping."""
        return _error(self.name, [(self.tree.place(*path), message)])

    def check_columns(self, columns: list[str]) -> None:
        """Check that the mapping names exactly the columns of the table.

        Raises:
            SourceTableError: columns are missing or not named.
        """
        missing = [
            (mark, f"the table has no column {show(column)}{_nearest(column, columns)}")
            for column, mark in self.columns.items()
            if column not in columns
        ]
        if missing:
            raise _error(self.name, missing)
        undecided = [column for column in columns if column not in self.columns]
        if undecided:
            raise SourceTableError(
                f"{user_text(self.name)} doesn't mention the column{'s' if len(undecided) > 1 else ''} "
                f"{listing(undecided)}; map, `keep` or `ignore` each: an undecided column isn't dropped"
            )


def load(file: Path) -> ColumnMapping:
    """Load the mapping in a file.

    Raises:
        SourceTableError: it is invalid; the message has line and column.
        OSError: the file can't be read.
    """
    tree, findings = read(read_whole(file, MAX_BYTES), str(file))
    if findings or tree is None:
        raise _error(str(file), [(finding.mark, finding.message) for finding in findings])
    problems = [*_shape(tree), *_ambiguous(tree)]
    if problems:
        raise _error(str(file), sorted(problems))
    content = plain(tree)
    problems = [*_references(tree, content), *_vocabulary(tree, content), *_constants(tree, content)]
    columns, column_errors = _columns(tree, content)
    if problems or column_errors:
        raise _error(str(file), sorted([*problems, *column_errors]))
    return ColumnMapping(str(file), content, tree, columns)


@cache
def vocabulary() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the closed lists that cells are translated to, by path in a mapping (without indices)."""
    record = schema.document("incident/1")["properties"]
    fields = {"sites": ("kind", "precision"), "attributions": ("stance",), "parties": ("side",), "weapons": ("kind",)}
    lists = {("kind",): record["kind"]} | {
        (key, field): record[key]["items"]["properties"][field] for key, names in fields.items() for field in names
    }
    days = {("date", "precision"): ("day", "week", "month", "year")}
    return days | {path: tuple(one["enum"]) for path, one in lists.items()}


def templates(value: str | list[str]) -> list[str]:
    """Return the templates of a field that accepts one or several."""
    return [value] if isinstance(value, str) else value


def columns_of(template: str) -> list[str]:
    """Return the columns in a template."""
    return _IN_TEMPLATE.findall(template)


def _nearest(column: str, columns: list[str]) -> str:
    lower = {name.lower(): name for name in columns}
    near = get_close_matches(column.lower(), lower, n=1)
    return f"; did you mean {show(lower[near[0]])}?" if near else f"; it has {listing(columns)}"


def _error(name: str, problems: Iterable[tuple[Mark, str]]) -> SourceTableError:
    all_problems = list(problems)
    lines = [
        f"{user_text(name)}:{mark.line}:{mark.column}: {user_text(message)}"
        for mark, message in all_problems[:_SHOWN_PROBLEMS]
    ]
    more = f"; and {len(all_problems) - _SHOWN_PROBLEMS} more" if len(all_problems) > _SHOWN_PROBLEMS else Shown("")
    return SourceTableError(f"{'; '.join(lines)}{more}")


@cache
def _schema() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return document


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema())


def _shape(tree: MappingNode) -> Iterator[tuple[Mark, str]]:
    """Yield violations of the schema."""
    for error in _validator().iter_errors(plain(tree)):
        path, details, part = list(error.instance_path), error.kind.as_dict(), _schema_of(error)
        where, at = in_words(path) or "the mapping", tree.place(*path)
        match error.kind.name:
            case "additionalProperties":
                node = node_at(tree, path)
                for key in details["unexpected"]:
                    mark = node.key_mark(key) if isinstance(node, MappingNode) else at
                    yield mark, f"REC004 unknown key {show(key)}{suggestion(key, part['properties'])}"
            case "required":
                yield at, f"REC013 {where} is missing the key `{details['property']}`; add it"
            case "enum" | "const":
                options = map(str, details.get("options", [details.get("expected_value")]))
                text = str(error.instance)
                yield at, f"REC006 {where} is {show(text)}, not a valid value{suggestion(text, options)}"
            case "oneOf":
                keys = [key for option in part["oneOf"] for key in option.get("required", [])]
                yield at, f"REC013 {where} needs one of {listing(keys)}, and only one"
            case _:
                purpose = part.get("description", "").rstrip(".")
                yield at, f"REC013 {where} is {show(error.instance)}; it is for: {purpose}"


def _schema_of(error: Any) -> dict[str, Any]:
    """Return the subschema of an error."""
    node: Any = _schema()
    for step in list(error.schema_path)[:-1]:
        node = node[step]
    return cast("dict[str, Any]", node)


def _ambiguous(tree: MappingNode) -> Iterator[tuple[Mark, str]]:
    for path, scalar in scalars(tree):
        if scalar.odd:
            yield scalar.mark, f"REC014 {in_words(path)} is {show(scalar.value)}, {scalar.odd}; put it in quotes"


def _references(tree: MappingNode, content: dict[str, Any]) -> Iterator[tuple[Mark, str]]:
    """Yield errors in claims: unknown reports or sites of the mapping, or no counts."""
    reports = [report["id"] for report in content["reports"]]
    sites = [site.get("id", "site") for site in content["sites"]]
    for key, ids in (("reports", reports), ("sites", sites)):
        for number, id in enumerate(ids):
            if id in ids[:number]:
                yield tree.place(key, number), f"two of the {key} have the id {show(id)}; give each its own"
    for number, site in enumerate(content["sites"]):
        if len([keys for keys in POSITION_KEYS if set(keys) & set(site)]) > 1:
            ways = "`lat` and `lon`, in `latlon`, or in `lonlat`"
            yield tree.place("sites", number), f"the position of a site is in {ways}; leave one of them"
    for key in ("claims", "attributions", "parties", "weapons"):
        for number, entry in enumerate(content.get(key, [])):
            if entry["in"] not in reports:
                hint = suggestion(entry["in"], reports)
                yield tree.place(key, number, "in"), f"there is no report {show(entry['in'])} in the mapping{hint}"
    coder = content.get("dataset", {}).get("organisation")
    for number, claim in enumerate(content.get("claims", [])):
        if coder and claim["by"] != coder:
            repair = f"write `by: {coder}`, and the column of those whom it cites under `based_on`"
            why = f"the table is a dataset of {show(coder)}, whose numbers these are; {repair}"
            yield tree.place("claims", number, "by"), why
        if set(claim) <= {"by", "in", "based_on"}:
            yield tree.place("claims", number), "the claim counts nothing; name a measure, such as `killed`"


def _vocabulary(tree: MappingNode, content: dict[str, Any]) -> Iterator[tuple[Mark, str]]:
    """Check that cells are translated to words of the schema."""
    for path, value in _values(content):
        options = vocabulary().get(tuple(step for step in path if isinstance(step, str)))
        if options is None:
            continue
        for where, word in fixed_values(path, value):
            if word not in options:
                hint: str = suggestion(str(word), options)
                hint += "" if isinstance(value, dict) else "; what a column says is `{column: NAME}`"
                yield tree.place(*where), f"REC006 {in_words(where)} is {show(word)}, not a valid value{hint}"


def _constants(tree: MappingNode, content: dict[str, Any]) -> Iterator[tuple[Mark, str]]:
    """Yield unknown countries, days and languages in the mapping itself, which would make every row invalid."""
    for where, text in fixed_values(("country",), content["country"]):
        if alpha3(text) is None:
            yield tree.place(*where), f"{show(text)} is no country; name it in English or by its ISO 3166-1 code"
    language = re.compile(schema.document("incident/1")["$defs"]["language"]["pattern"])
    for number, report in enumerate(content["reports"]):
        for where, text in fixed_values(("reports", number, "language"), report.get("language")):
            if not language.search(text):
                yield tree.place(*where), f"{show(text)} is no language of BCP 47, such as `en` or `ar`"
        if isinstance(published := report.get("published"), str) and as_day(published) is None:
            yield tree.place("reports", number, "published"), f"{show(published)} is no day"
    if content.get("timezone", "UTC") not in zone_names():
        hint = suggestion(content["timezone"], zone_names())
        yield tree.place("timezone"), f"{show(content['timezone'])} is no time zone of the IANA list{hint}"


def fixed_values(path: Path_, value: Any) -> list[tuple[Path_, str]]:
    """Return the values fixed by the mapping: the fixed text, or the meanings of cells."""
    if not isinstance(value, dict):
        return [] if value is None else [(path, str(value))]
    meanings: list[tuple[Path_, str]] = [
        ((*path, "words", cell), str(word)) for cell, word in value.get("words", {}).items()
    ]
    return meanings + [((*path, key), str(value[key])) for key in ("otherwise", "else") if key in value]


def _values(content: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(content, dict):
        for key, child in content.items():
            yield (*path, key), child
            yield from _values(child, (*path, key))
    elif isinstance(content, list):
        for number, child in enumerate(content):
            yield from _values(child, (*path, number))


def _column_names(schema: dict[str, Any], node: Node, name: str = "") -> Iterator[tuple[str, Mark]]:
    """Yield the columns named by a part of the mapping, according to the schema."""
    if "$ref" in schema:
        schema = _schema()["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    properties, others = schema.get("properties", {}), schema.get("additionalProperties") or {}
    match node:
        case ScalarNode():
            if schema.get("x-names") == "column":
                yield str(node.value), node.mark
            elif schema.get("x-names", name) == "template":
                yield from ((column, node.mark) for column in columns_of(str(node.value)))
        case SequenceNode():
            for item in node.items:
                yield from _column_names(schema.get("items", {}), item, schema.get("x-names", ""))
        case MappingNode():
            if "propertyNames" in schema:
                yield from ((key, node.key_mark(key)) for key in node.items)
            for key, child in node.items.items():
                yield from _column_names(properties.get(key, others), child)


def _columns(tree: MappingNode, content: dict[str, Any]) -> tuple[dict[str, Mark], list[tuple[Mark, str]]]:
    """Return every column that the mapping names, and errors for those both used and ignored."""
    marks: dict[str, Mark] = {}
    for column, mark in _column_names(_schema(), tree):
        marks.setdefault(column, mark)
    errors: list[tuple[Mark, str]] = []
    ignored = tree.items.get("ignore")
    aside = [(column, tree.place("keep", number), "kept") for number, column in enumerate(content.get("keep", []))]
    if isinstance(ignored, MappingNode):
        aside += [(column, ignored.key_mark(column), "ignored") for column in ignored.keys]
    uses: dict[str, str] = dict.fromkeys(marks, "mapped")
    for column, mark, how in aside:
        if column in uses and {uses[column], how} != {"mapped", "kept"}:
            errors.append((mark, f"the column {show(column)} is {how} and also {uses[column]}; decide for one"))
        uses.setdefault(column, how)
        marks.setdefault(column, mark)
    return marks, errors
