"""A reference that leads nowhere: which record is offered in its place, by name in any script, or how to make one."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conflict_incidents.cli import main
from conflict_incidents.dataset import aliases
from conflict_incidents.dataset.suggestions import REGISTRY_OF
from rule_cases import INCIDENT, edit_record, lay_out

TOP = Path(__file__).parents[2]
FORM = "not of the form wanted here: an id: lower-case letters and digits, joined by single hyphens"
REGISTRIES = {
    "organisations/sohr.yaml": """schema: organisation/1
id: sohr
name: Syrian Observatory for Human Rights
names:
  - {text: المرصد السوري لحقوق الإنسان, language: ar, script: Arab}
kind: monitor
""",
    "organisations/herald-hama.yaml": "schema: organisation/1\nid: herald-hama\nname: The Herald\nkind: newspaper\n",
    "organisations/herald-homs.yaml": "schema: organisation/1\nid: herald-homs\nname: The Herald\nkind: newspaper\n",
    "organisations/gone.yaml": """schema: organisation/1
id: gone
name: Vanished Desk
kind: newspaper
withdrawn: {date: 2022-01-01, reason: Never was one.}
""",
    "organisations/hammer-news.yaml": """schema: organisation/1
id: hammer-news
name: Hammer News
kind: news_site
actor: pmc-w
""",
    "actors/pmc-w.yaml": """schema: actor/1
id: pmc-w
name: Wagner Group
names:
  - {text: Группа Вагнера, language: ru, script: Cyrl}
kind: non_state_group
""",
}
Suggest = Callable[[str, str], str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(lay_out(tmp_path))
    for name, text in REGISTRIES.items():
        (tmp_path / "data" / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def suggest(root: Path, capsys: pytest.CaptureFixture[str]) -> Suggest:
    """What the check says of a record in which a reference was replaced, without path and rule."""

    def run(old: str, new: str) -> str:
        (root / INCIDENT).write_bytes(edit_record("incident", {old: new}))
        assert main(["validate", INCIDENT]) == 1
        first = capsys.readouterr().out.splitlines()[0]
        return re.sub(r"^.*?: [A-Z]{3}[0-9]{3} ", "", first)

    return run


SOHR = "`sohr` (Syrian Observatory for Human Rights)"


def test_an_id_that_is_a_persons_name_is_neither_repeated_nor_offered(
    root: Path, suggest: Suggest, capsys: pytest.CaptureFixture[str]
) -> None:
    record = REGISTRIES["organisations/hammer-news.yaml"].replace("id: hammer-news", "id: khaled-example")
    (root / "data/organisations/khaled-example.yaml").write_text(record, "utf-8")
    for id in ("khaled-exampl", "khaled-another"):
        assert "khaled" not in suggest("by: sohr, in: sabah, killed", f"by: {id}, in: sabah, killed")
    assert main(["review", INCIDENT]) == 0
    assert "khaled" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SOHR", f"claims 1, by is `SOHR`, {FORM}; did you mean {SOHR}?"),
        ("Syrian Observatory for Human Rights", f"claims 1, by is (not repeated here), {FORM}; did you mean {SOHR}?"),
        ("المرصد السوري لحقوق الإنسان", f"claims 1, by is (not repeated here), {FORM}; did you mean {SOHR}?"),
        ("المرصد السوري لحقوق الانسان", f"claims 1, by is (not repeated here), {FORM}; did you mean {SOHR}?"),
        (
            "syrian-observatory",
            f"the originator `syrian-observatory` is not in data/organisations/; did you mean {SOHR}?",
        ),
        (
            "the-herald",
            "the originator `the-herald` is not in data/organisations/; "
            "did you mean `herald-hama` (The Herald) or `herald-homs` (The Herald)?",
        ),
        (
            "vanished-desk",
            "the originator `vanished-desk` is not in data/organisations/; "
            "record it by `incidents new --kind organisation --id vanished-desk`, or correct it",
        ),
        (
            "Herodot",
            f"claims 1, by is `Herodot`, {FORM}; "
            'record it by `incidents new --kind organisation --name "Herodot"`, or correct it',
        ),
        (
            '"Herodot`; $(rm) x"',
            f"claims 1, by is `Herodot'; $(rm) x`, {FORM}; "
            "record it by `incidents new --kind organisation`, or correct it",
        ),
    ],
)
def test_an_originator_is_found_by_name_spelling_and_script(text: str, message: str, suggest: Suggest) -> None:
    assert suggest("by: sohr, in: sabah, killed", f"by: {text}, in: sabah, killed") == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Wagner",
            f"attributions 1, actor is `Wagner`, {FORM}; if `pmc-w` (Wagner Group) is meant, write that, else "
            "record it by `incidents new --kind actor`",
        ),
        ("hammer-news", "the actor `hammer-news` is not in data/actors/; did you mean `pmc-w` (Wagner Group)?"),
        (
            "pmw-w",  # too short a name to be taken for another
            "the actor `pmw-w` is not in data/actors/; "
            "record it by `incidents new --kind actor --id pmw-w`, or correct it",
        ),
        ("wagnergroup", "the actor `wagnergroup` is not in data/actors/; did you mean `pmc-w` (Wagner Group)?"),
        (
            "russian-air-force",
            "the actor `russian-air-force` is not in data/actors/; if `russian-aerospace-forces` or `russia` is meant, "
            "write that, else record it by `incidents new --kind actor`",
        ),
        (
            "группа вагнера",
            f"attributions 1, actor is (not repeated here), {FORM}; did you mean `pmc-w` (Wagner Group)?",
        ),
        (
            "Молот",
            f"attributions 1, actor is `Молот`, {FORM}; "
            'record it by `incidents new --kind actor --name "Молот" --id ID`, or correct it',
        ),
    ],
)
def test_an_actor_is_found_by_name_spelling_and_script(text: str, message: str, suggest: Suggest) -> None:
    assert suggest("actor: russian-aerospace-forces", f"actor: {text}") == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hafsarjah", f"sites 2, place is `Hafsarjah`, {FORM}; did you mean `hafsarjah`?"),
        (
            "hafsarjah-village",
            "the place `hafsarjah-village` is not in data/places/; if `hafsarjah` is meant, write that, else record it "
            "by `incidents new --kind place`",
        ),
        (
            "Benin",
            f'sites 2, place is `Benin`, {FORM}; record it by `incidents new --kind place --name "Benin"`, '
            "or correct it",
        ),
    ],
)
def test_a_place_is_found_by_its_name_or_made_by_a_command(text: str, message: str, suggest: Suggest) -> None:
    assert suggest("id: house, place: hafsarjah", f"id: house, place: {text}") == message


def test_an_installation_without_the_alias_table_offers_what_the_registry_has(
    suggest: Suggest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(name: str) -> Path:
        raise FileNotFoundError(f"the installed package is missing {name}; install it again")

    monkeypatch.setattr(aliases, "resource", lacking)
    suggestion = suggest("by: sohr, in: sabah, killed", "by: sohrr, in: sabah, killed")
    assert suggestion == f"the originator `sohrr` is not in data/organisations/; did you mean {SOHR}?"


def test_every_reference_to_a_registry_in_the_schemas_is_one_that_names_are_looked_up_for() -> None:
    def referring(node: Any, key: str) -> set[str]:
        if isinstance(node, list):
            return set()
        keys = (
            {key} if re.search("registry|originator|^An? (actor|organisation)", node.get("description", "")) else set()
        )
        keys = keys if node.get("$ref") == "#/$defs/slug" else set()
        inner = {name: child for name, child in node.items() if isinstance(child, dict)}
        return keys.union(*(referring(child, key if name == "items" else name) for name, child in inner.items()))

    schemas = [json.loads(file.read_text("utf-8")) for file in sorted((TOP / "schemas").glob("*.json"))]
    references = set().union(*(referring(one, "") for one in schemas))
    assert references <= set(REGISTRY_OF)
    assert {"by", "publisher", "place", "area", "origin", "actor", "parties"} <= references
