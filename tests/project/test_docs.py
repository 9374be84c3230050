"""The documents: links lead somewhere, shown output is what is printed, and the codebook speaks of everything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conflict_incidents.estimates.explanation import explain
from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.records import schema
from conflict_incidents.records.model import Incident
from conflict_incidents.records.parsing import parse_file
from conflict_incidents.tables import codebook, contract
from conflict_incidents.tables.contract import Field, Table

TOP = Path(__file__).parents[2]
STORY = "docs/examples/SYR-20220908-7q4m.yaml"
ALL_ACCOUNTS = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"
BUILD_FOLDERS = {"site", "release", "publish", "node_modules"}
"""Folders of what is built, which a checkout may have."""
PAGES = sorted(
    path for path in TOP.glob("[!.]*/**/*.md") if not {*BUILD_FOLDERS, "templates"} & set(path.relative_to(TOP).parts)
) + sorted(TOP.glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def site(into: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """What MkDocs says when it builds the site."""
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--site-dir",
        str(into),
        "--config-file",
        str(config),
    ]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": ""}
    return subprocess.run(command, capture_output=True, text=True, cwd=TOP, env=environment)


def explain_file(file: str) -> str:
    incident = parse_file(TOP / file, file).record
    assert isinstance(incident, Incident)
    return explain(incident)


def block_after(after: str) -> str:
    """The block of the method's page that stands below a comment."""
    page = (TOP / "docs/method.md").read_text("utf-8")
    block = re.search(rf"<!-- {re.escape(after)} -->\n```\w+\n(.*?)\n```", page, re.S)
    assert block is not None
    return block[1]


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_site_builds_without_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    result = site(tmp_path, TOP / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    pages = {path.name for path in tmp_path.glob("*.html")}
    assert {"index.html", "codebook.html", "contributing.html", "method.html", "data-responsibility.html"} <= pages
    assert "fonts.googleapis" not in (tmp_path / "index.html").read_text("utf-8")
    assert 'src="method-voices.svg"' in (tmp_path / "method.html").read_text("utf-8")
    assert '<td data-label="meaning">' in (tmp_path / "codebook.html").read_text("utf-8"), "labels for narrow screens"


@pytest.mark.slow
def test_a_link_that_leads_nowhere_stops_the_site(tmp_path: Path) -> None:
    shutil.copytree(TOP / "docs", tmp_path / "docs")
    (tmp_path / "docs/duplicates.md").write_text("# A page\n\n[elsewhere](no-such-page.md)\n", "utf-8")
    config = (
        (TOP / "mkdocs.yml").read_text("utf-8").replace("hooks: [scripts/site.py]", f"hooks: [{TOP}/scripts/site.py]")
    )
    (tmp_path / "mkdocs.yml").write_text(config, "utf-8")
    result = site(tmp_path / "site", tmp_path / "mkdocs.yml")
    assert result.returncode == 1
    assert "no-such-page.md" in result.stdout + result.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_link_in_a_document_leads_to_a_file_and_to_a_heading(page: Path) -> None:
    generated_pages = {"codebook.md"}
    for target, anchor in LINK.findall(page.read_text("utf-8")):
        path = page.parent / target if target else page
        if path.name in generated_pages and not path.exists():
            continue
        assert path.exists(), f"{page.name} links to {target}"
        assert not anchor or path.suffix != ".md" or anchor in anchors(path), f"{page.name} links to {target}#{anchor}"


def test_the_method_shows_what_explain_prints_for_the_story() -> None:
    assert block_after(f"output of explain on {STORY}") == explain_file(STORY)


def test_the_method_shows_the_overview_of_all_accounts() -> None:
    overview = "\n\n".join(explain_file(ALL_ACCOUNTS).split("\n\n")[:2])
    assert block_after("output of explain on SYR-20220908-7q4m, first paragraph") == overview


def test_the_method_shows_the_claims_of_the_story_as_its_record_has_them() -> None:
    text = (TOP / STORY).read_text("utf-8")
    assert block_after(f"from {STORY}: claims") == text[text.index("claims:") :].rstrip("\n")


FIELDS = [(table, field) for table in contract.tables().values() for field in table.fields]


@pytest.mark.parametrize("table", contract.tables().values(), ids=contract.tables().keys())
def test_every_column_says_what_it_means_where_it_comes_from_and_in_which_unit(table: Table) -> None:
    for field in table.fields:
        check_column(field)


def check_column(field: Field) -> None:
    assert field.description.endswith((".", ")."))
    assert bool(field.unit) == (field.type in {"integer", "number"})
    kind, _, rest = field.source.partition(": ")
    assert rest
    if kind in schema.schema_versions():
        for path in re.findall(r"^[a-z0-9_.]+", rest):
            assert leads_somewhere(schema.document(f"{kind}/1"), path.split("."))
    else:
        assert kind in {"derived", "computed", "code list"}
    assert dict(field.crosswalk).keys() <= codebook.SCHEMES.keys()


def leads_somewhere(whole: dict[str, Any], path: list[str]) -> bool:
    """Whether a schema has a key at a path; lists are passed through."""
    schema = whole
    for step in path:
        forms = [schema, schema.get("items", {})]
        forms += [whole["$defs"][form["$ref"].removeprefix("#/$defs/")] for form in forms if "$ref" in form]
        forms_below = [form["properties"][step] for form in forms if step in form.get("properties", {})]
        if not forms_below:
            return False
        schema = forms_below[0]
    return True


def test_the_codebook_has_every_column_and_every_key() -> None:
    text = codebook.markdown()
    for table, field in FIELDS:
        section = text[text.index(f"## Table {table.name}\n") :]
        assert f"\n| `{field.name}` | {field.type}" in section
    for kind in schema.schema_versions():
        section = text[text.index(f"### Record {kind}/1\n") :]
        for key in schema.document(f"{kind}/1")["properties"]:
            assert re.search(rf"\n\| `{key}(\[\])?`", section), f"{kind}: {key}"


def test_no_row_of_the_codebook_falls_apart() -> None:
    rows = [line for line in codebook.markdown().splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    heads = [number for number, row in enumerate(rows) if row.startswith("| --- ")]
    for number, head in enumerate(heads):
        end = heads[number + 1] - 1 if number + 1 < len(heads) else len(rows)
        assert set(widths[head:end]) == {widths[head]}


ACLED = {
    *("event_id_cnty", "event_date", "time_precision", "disorder_type", "event_type", "sub_event_type"),
    *("actor1", "actor2", "iso", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude"),
    *("geo_precision", "source", "notes", "fatalities"),
}
"""The columns of ACLED's layout since March 2023 that ours correspond to."""


def test_the_crosswalk_names_columns_of_ucdp_and_acled() -> None:
    theirs = {"ucdp-ged": ucdp_columns.KNOWN, "acled": ACLED}
    pairs = [(scheme, text) for _, field in FIELDS for scheme, text in field.crosswalk]
    for scheme, text in pairs:
        if text.startswith(("every column", "none")):
            continue
        columns = re.split(r", kept in|, where it| and |, ", text)
        assert columns[0] in theirs[scheme], text
    assert {scheme for scheme, _ in pairs} == set(theirs)
