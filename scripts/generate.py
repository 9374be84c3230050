"""Generate parts of committed files: schemas, the table contract, the rules, the contested incidents.

Measures and groups come from `records/measures.csv` and `groups.csv`, rules from their docstrings, and the closed list
of a column from the key of a record that is its `source`. The rest of these files is edited by hand and kept: a file
whose generated parts are up to date doesn't change.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from conflict_incidents.core.countries import name_of as country_name
from conflict_incidents.core.findings import Shown, markdown
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.estimates.estimate import METHOD, Agreement, Basis, LowFrom
from conflict_incidents.records.counts import (
    DECLARED_GROUPS,
    DECLARED_MEASURES,
    GROUPS,
    LEXICON,
    MEASURES,
    THINGS,
    Measure,
    groups_of,
)
from conflict_incidents.records.model import Incident
from conflict_incidents.records.schema import schema_versions
from conflict_incidents.tables.incidents import DETAILED_COLUMNS
from conflict_incidents.validation import manual

TOP = Path(__file__).resolve().parents[1]
WIDTH = 120
Json = dict[str, Any]
_LISTS = {
    **{"measure": MEASURES, "group": GROUPS, "claim_group": GROUPS, "word": tuple(LEXICON)},
    **{"agreement": tuple(Agreement), "basis": tuple(Basis), "low_from": tuple(LowFrom)},
}
"""The words that a key or a column of that name takes."""
_OWN_LISTS = ("status", "date_precision")
"""Columns with other words than the key that they come from: drafts aren't released, and a span has no precision."""
_NUMBER: Json = {"type": "integer", "constraints": {"minimum": 0}}
_TRUTH: Json = {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}


def _words(words: type[StrEnum]) -> Json:
    return {"type": "string", "constraints": {"enum": [word.value for word in words]}}


_ENDINGS: dict[str, tuple[str, Json]] = {
    "low": ("Number of {of}: the lowest start that is given. Empty: unknown, which is not zero.", _NUMBER),
    "best": (
        "Number of {of}: the one value on which all originators agree, or that the sole one gives, or an editor has "
        "set. Empty where nothing singles out one.",
        _NUMBER,
    ),
    "high": ('Number of {of}: the highest end that is given. Empty where none is ("at least seven").', _NUMBER),
    "high_open": ('Whether the number of {of} may be higher than `{name}_high` ("at least seven").', _TRUTH),
    "agreement": ("Whether all originators of the number of {of} can be right.", _words(Agreement)),
}
"""The columns of each measure in `incidents`, by their ending: what they mean and what their values are."""
_DETAILS: dict[str, tuple[str, Json]] = {
    "basis": (
        "Where `{name}_best` comes from: the `intersection` of all originators, a `sole_originator`, or an `editor`.",
        _words(Basis),
    ),
    "low_from": (
        "Where `{name}_low` comes from: `stated` by an originator, or the sum of disjoint `parts` or `sites` where no "
        "originator states the number.",
        _words(LowFrom),
    ),
    "provisional": ("Whether an originator says of the number of {of} that it may still change.", _TRUTH),
    "approximate": ("Whether the number of {of} rests on an approximate number.", _TRUTH),
}
"""The columns that the measures of `DETAILED_COLUMNS` have on top."""
_VOICES: dict[str, tuple[str, Json]] = {
    "originators": (
        "How many different originators give the number of {of}{anybody} in any scope, in the state that they hold "
        "now; as `originators`.",
        _NUMBER | {"unit": "originators"},
    )
}
"""The last column of each."""
GALLERY = "docs/contested.md"
GALLERY_HEAD = """# Contested incidents

{number} incidents of {countries} countries whose tolls are disputed or well known, and how many were killed. They are a
selection: no sample, complete for nothing, and not to be added up. `incidents explain ID` shows how a row follows from
its accounts by [the method](method.md); the record names every report.

An account is what one originator says in one report; the originators counted are those of the number of all killed.
`./scripts/generate` makes this page.

| incident | country | date | killed | best | agreement | lowest | highest | accounts | originators |
|---|---|---|---|---|---|---|---|---|---|
"""
"""The page of the contested incidents, and how it begins."""
_OF_A_MEASURE = re.compile(rf".+_({'|'.join({**_ENDINGS, **_DETAILS, **_VOICES})})")


def generated() -> dict[str, str]:
    """Return the new content of each file with generated parts, by its path in the repository."""
    schemas = {f"schemas/{file.name}": file.read_text("utf-8") for file in (TOP / "schemas").glob("*.json")}
    newest: dict[str, Json] = {}
    for kind, versions in schema_versions().items():  # the older ones are frozen
        name = f"schemas/{kind}-{max(versions)}.json"
        newest[kind] = _schema(json.loads(schemas[name]))
        schemas[name] = json.dumps(newest[kind], indent=2, ensure_ascii=False) + "\n"
    schemas = dict(sorted(schemas.items()))
    sums = [f"{sha256(text.encode()).hexdigest()}  {Path(path).name}\n" for path, text in schemas.items()]
    return {
        **schemas,
        "schemas/SHA256SUMS": "".join(sums),
        "datapackage.json": _contract(TOP / "datapackage.json", newest),
        manual.DOCUMENT: manual.document(),
        **_contested(Dataset(TOP)),
    }


def _contested(dataset: Dataset) -> dict[str, str]:
    """Return the pages on the contested incidents: their list, and the README with a row and a summary."""
    folder = TOP / "data/incidents"
    files = [file for file in folder.rglob("*.yaml") if b"\ncollection: contested\n" in file.read_bytes()]
    records = [dataset.index.parse_file(file).record for file in files]
    incidents = sorted(
        (one for one in records if isinstance(one, Incident) and one.status == "published"), key=lambda one: one.id
    )
    rows = "".join(f"| {' | '.join(_gallery_row(one, dataset))} |\n" for one in incidents)
    number, countries = len(incidents), len({one.country for one in incidents})
    readme = (TOP / "README.md").read_text("utf-8")
    for pattern, text in (
        (r"(?<=\n\| `contested` \|).*?\|.*?\|.*?\|", f" {number} | {countries} countries | {_years(incidents)} |"),
        (r"(?<=\n)- \*\*In `contested` .*?\n(?=- )", _summary(incidents)),
    ):
        readme = re.sub(pattern, text, readme, count=1, flags=re.S)
    return {GALLERY: GALLERY_HEAD.format(number=number, countries=countries) + rows, "README.md": readme}


def _years(incidents: list[Incident]) -> str:
    years = [one.date.first[:4] for one in incidents if one.date]
    return f"{min(years, default='')} to {max(years, default='')}"


def _summary(incidents: list[Incident]) -> str:
    """Return the item of the README on the number of contested incidents and the disagreement of their originators."""
    killed = [toll for one in incidents if (toll := headline(one).get(("killed", "total")))]
    claims = [claim for one in incidents for claim in one.claims]
    text = (
        f"- **In `contested` originators disagree**: of the {len(incidents)} incidents, "
        f"{sum(one.agreement is Agreement.CONFLICTING for one in killed)} are `conflicting`, "
        f"{sum(one.best is not None for one in killed)} have a best, and in {sum(one.high_open for one in killed)} the "
        f"number may be higher than the highest that is given. They have {len(claims):,} claims, from "
        f"{sum(len(one.reports) for one in incidents):,} reports."
    )
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False) + "\n"


def _gallery_row(incident: Incident, dataset: Dataset) -> Iterator[str]:
    killed = headline(incident).get(("killed", "total"))
    title = f"[{markdown(incident.title)}](../{incident.path})"
    yield from (title, country_name(incident.country), incident.date.first if incident.date else "")
    yield from (killed.text, f"{killed.best:,}" if killed.best is not None else "") if killed else ("unknown", "")
    yield killed.agreement.replace("_", " ") if killed else ""
    voices = [(one, each) for one in (killed.voices if killed else ()) for each in one.value.intervals]
    lowest = min(voices, key=lambda pair: (pair[1].least, pair[1].end is None), default=None)
    highest = max(voices, key=lambda pair: (max(pair[1].least, pair[1].end or 0), pair[1].end is None), default=None)
    for voice, interval in filter(None, (lowest, highest)):
        organisations = (dataset.registry.organisation(name) for name in voice.originators)
        names = " and ".join(one.name for one in organisations if one)
        yield markdown(f"{interval}, {names}{', unsourced' * voice.unsourced}")
    yield from [""] * (2 * (not voices))
    yield str(len({(claim.by, claim.report, claim.as_of) for claim in incident.claims}))
    yield str(len(killed.originators) if killed else 0)


def _schema(schema: Json) -> Json:
    """Return a schema with its measures, groups and lists generated."""
    for key, part in _described(schema):
        values = part.get("items", part)
        if key in _LISTS and "enum" in values:
            values["enum"] = list(_LISTS[key])
        elif key == "no_information":
            values["enum"] = list(MEASURES)
        elif key == "complete" and "enum" in values:
            values["enum"] = [group for group in GROUPS if group != "total"]
    forms = schema.get("$defs", {})
    if "people" in forms:
        groups = {group.name: _ref("count", group.description) for group in DECLARED_GROUPS}
        forms["people"]["properties"] = _replaced(forms["people"]["properties"], {"count"}, groups)
        things = f"{', '.join(THINGS[:-1])} or {THINGS[-1]}"
        forms["tally"]["description"] = (
            f"A count of things, of one kind: {things}. Same forms as a count of people, without groups."
        )
        claim = schema["properties"]["claims"]["items"]
        measures = {measure.name: _measure(measure) for measure in DECLARED_MEASURES}
        claim["properties"] = _replaced(claim["properties"], {"people", "tally"}, measures)
    return schema


def _described(node: Any) -> Iterator[tuple[str, Json]]:
    """Yield each key that a schema describes, with its subschema."""
    if isinstance(node, dict):
        properties = node.get("properties", {})
        yield from properties.items()
        for child in node.values():
            yield from _described(child)


def _ref(form: str, description: str) -> Json:
    return {"$ref": f"#/$defs/{form}", "description": description}


def _measure(measure: Measure) -> Json:
    """Return the subschema of a measure in a claim."""
    if measure.name in THINGS:
        return _ref("tally", measure.description)
    excluded = [group for group in GROUPS if group not in groups_of(measure.name)]
    names = {"x-rule": {"propertyNames": "CNT016"}, "propertyNames": {"not": {"enum": excluded}}} if excluded else {}
    return _ref("people", measure.description) | names


def _replaced(properties: Json, forms: set[str], schema: Json) -> Json:
    """Return the properties with those of some forms replaced by `schema`, at the position of the first."""
    old = [key for key, value in properties.items() if value.get("$ref", "").removeprefix("#/$defs/") in forms]
    first = list(properties).index(old[0])
    rest = [(key, value) for key, value in properties.items() if key not in old]
    return {**dict(rest[:first]), **schema, **dict(rest[first:])}


def _contract(file: Path, schemas: Mapping[str, Json]) -> str:
    package: Json = json.loads(file.read_text("utf-8"))
    for table in package["resources"]:
        for column in table["schema"]["fields"]:
            if column["name"] in _LISTS and "enum" in column.get("constraints", {}):
                column["constraints"]["enum"] = list(_LISTS[column["name"]])
            elif column["name"] not in _OWN_LISTS and (words := _words_of(column.get("source", ""), schemas)):
                column.setdefault("constraints", {})["enum"] = words
        if table["name"] == "incidents":
            table["schema"]["fields"] = _columns(table["schema"]["fields"])
    return _laid_out(package) + "\n"


def _words_of(source: str, schemas: Mapping[str, Json]) -> list[str]:
    """Return the closed list of a column's source, such as `incident: sites.kind`; empty if it has none."""
    kind, _, path = source.partition(": ")
    properties: Json = schemas.get(kind, {})
    for key in path.split("."):
        properties = properties.get("items", properties).get("properties", {}).get(key, {})
    return list(properties.get("enum", ()))


def _columns(fields: list[Json]) -> list[Json]:
    """Return the columns of `incidents`, with those of measures generated; a column keeps its `crosswalk`."""
    old = {
        field["name"]: field
        for field in fields
        if _OF_A_MEASURE.fullmatch(field["name"]) and field["source"] == f"derived: {METHOD}"
    }
    columns: list[Json] = []
    for measure in DECLARED_MEASURES:
        for group, words in {"total": _as_words(measure.description), **measure.columns}.items():
            columns += _of_a_count(measure, group, words)
    for column in columns:
        if crosswalk := old.get(column["name"], {}).get("crosswalk"):
            column["crosswalk"] = crosswalk
    rest = [field for field in fields if field["name"] not in old]
    first = [field["name"] in old for field in fields].index(True)
    return rest[:first] + [_ordered(column) for column in columns] + rest[first:]


def _as_words(description: str) -> str:
    return description[0].lower() + description[1:].removesuffix(".")


def _of_a_count(measure: Measure, group: str, of: str) -> Iterator[Json]:
    """Return the columns of one measure and group."""
    name = measure.name if group == "total" else f"{measure.name}_{group}"
    anybody = ", or of a group of them," if group == "total" and measure.unit == "people" else ""
    for ending, (description, rest) in {
        **_ENDINGS,
        **(_DETAILS if name in DETAILED_COLUMNS else {}),
        **_VOICES,
    }.items():
        yield {
            "name": f"{name}_{ending}",
            "description": description.format(of=of, name=name, anybody=anybody),
            "source": f"derived: {METHOD}",
            **rest,
            **({"unit": measure.unit} if rest["type"] == "integer" and "unit" not in rest else {}),
        }


def _ordered(column: Json) -> Json:
    order = ("name", "type", "description", "unit", "source", "crosswalk", "trueValues", "falseValues", "constraints")
    return {key: column[key] for key in order if key in column}


def _laid_out(node: Any, indent: int = 0, key: str = "") -> str:
    """Format JSON in lines of at most `WIDTH`: values that fit are on one line, lists of scalars are wrapped."""
    prefix = f"{json.dumps(key)}: " if key else ""
    flat = prefix + json.dumps(node, ensure_ascii=False)
    if not node or not isinstance(node, dict | list) or indent + len(flat) <= WIDTH:
        return flat
    pad = " " * (indent + 2)
    if isinstance(node, dict):
        parts = [_laid_out(child, indent + 2, name) for name, child in node.items()]
    elif any(isinstance(child, dict | list) for child in node):
        parts = [_laid_out(child, indent + 2) for child in node]
    else:
        return f"{prefix}[\n{_filled([json.dumps(child, ensure_ascii=False) for child in node], pad)}\n{' ' * indent}]"
    ends = "{}" if isinstance(node, dict) else "[]"
    return f"{prefix}{ends[0]}\n{pad}" + f",\n{pad}".join(parts) + f"\n{' ' * indent}{ends[1]}"


def _filled(words: list[str], pad: str) -> str:
    lines = [pad]
    for word in (*(f"{word}," for word in words[:-1]), words[-1]):
        if len(lines[-1]) + len(word) + 1 > WIDTH and lines[-1] != pad:
            lines.append(pad)
        lines[-1] += word if lines[-1] == pad else f" {word}"
    return "\n".join(lines)


if __name__ == "__main__":
    for name, text in generated().items():
        if not (TOP / name).exists() or (TOP / name).read_text("utf-8") != text:
            (TOP / name).write_text(text, "utf-8", newline="\n")
            print(f"wrote {Shown(name)}")
