"""No made-up personal data comes out of any message, format or page, whatever key of a record it was put in."""

from pathlib import Path

import pytest

from canaries import CANARIES, SLUG, find_canaries, leaks
from commands import run
from conflict_incidents.core.findings import REDACTED, printable, show
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.records.counts import scope_label
from conflict_incidents.validation.reports.difference import difference
from repositories import Repository
from samples import STORY, dataset, home, incident

EVERY, SEVERAL = 1201, 5
"""One of how many canaries are tried by default, and in the slow form."""


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_is_not_shown(canary: str) -> None:
    assert find_canaries(str(CANARIES[canary]))
    assert show(CANARIES[canary]) == REDACTED
    name = str(CANARIES[canary]).replace("/", "-")
    assert find_canaries(redact_path(printable(f"data/organisations/{name}.yaml"))) == set()


@pytest.mark.parametrize("key", ["timezone", "language", "kind", "lat", "key"])
def test_a_name_in_the_form_of_an_id_is_shown_where_ids_are(key: str) -> None:
    assert show(SLUG, key) == REDACTED
    assert show("barrel-bomb", key) == "`barrel-bomb`"
    assert show(SLUG, "by") == show(SLUG) == f"`{SLUG}`"


@pytest.mark.parametrize("canary", CANARIES)
def test_a_scope_and_a_diff_show_no_canary(canary: str) -> None:
    value = str(CANARIES[canary])
    assert find_canaries(scope_label(f"site:{value}+house") + scope_label(f"area:{value}@2022-09-07/{value}")) == set()
    old, new = (f"title: {quote}{value}{quote}\nstatus: draft\n".encode() for quote in ("", "'"))
    shown_diff = difference("data/x.yaml", old, new)
    assert find_canaries(shown_diff) == set()
    assert "+title: (not repeated here)\n status: draft" in shown_diff


def test_canaries_of_some_keys_and_rules_do_not_leak(tmp_path: Path) -> None:
    assert [*leaks(tmp_path, EVERY, 7)] == []


@pytest.mark.slow
@pytest.mark.parametrize("start", range(SEVERAL))
def test_canaries_of_all_keys_and_rules_do_not_leak(tmp_path: Path, start: int) -> None:
    assert [*leaks(tmp_path, SEVERAL, start)] == []


def test_no_command_shows_a_refused_record_its_neighbour_or_a_deleted_one(tmp_path: Path) -> None:
    fields = {"title": str(CANARIES["sentence"]), "note": str(CANARIES["mail"])}
    trees = [*STORY, incident("SYR-20220908-aaaa", **fields), incident("SYR-20220908-bbbb", title="Shelling")]
    root, text = tmp_path / "dataset", CANARIES["sentence"]
    dataset(root, trees)
    repository = Repository.create(root)
    repository.commit()
    (root / "data" / home("incident", "SYR-20220908-cccc")).write_text(
        f'{{"schema": "incident/1", "id": "SYR-20220908-cccc", "title": "{text}', "utf-8"
    )
    commands = [
        *(("validate", "--format", name) for name in ("text", "json", "github", "sarif")),
        *(("review", "--changed-since", "HEAD", "--format", form) for form in ("text", "markdown")),
        *(("review", id) for id in ("SYR-20220908-aaaa", "SYR-20220908-bbbb")),
        ("duplicates",),
        ("explain", "SYR-20220908-aaaa"),
        ("validate", "--diff"),
        *(("build",), ("publish", "--dry-run"), ("export", "ucdp-ged"), ("site", "--out", "site")),
        ("validate", "--fix"),
    ]
    for arguments in commands:
        result = run(root, *arguments)
        assert find_canaries(result.stdout + result.stderr) == set(), arguments
    (root / "data" / home("incident", "SYR-20220908-aaaa")).unlink()
    result = run(root, "review", "--changed-since", "HEAD", "--format", "markdown")
    assert "SYR-20220908-aaaa deleted" in result.stdout
    assert find_canaries(result.stdout + result.stderr) == set()
