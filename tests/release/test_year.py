"""A year of a small dataset, a release each month: the version demanded, the table of changes, and the change log."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from comparisons import with_type, without_column
from conflict_incidents.core.findings import errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.release.changelog import FILE, NOTHING, OPENING, Plan, plan_changelog
from conflict_incidents.release.reader import OpenRelease, open_release
from projects import Project, changes, previous_of, same_after_changes
from samples import REGISTRIES, Tree, claim_of, incident, note, place, withdrawn

FIRST, SECOND, THIRD = "SYR-20220908-7q4m", "SYR-20220908-aaaa", "SYR-20220908-w1th"


CHANGELOG = f"""{OPENING}
## 3.1.1 (2023-11-01)

{NOTHING}

## 3.1.0 (2023-10-01)

{NOTHING}

## 3.0.1 (2023-09-01)

{NOTHING}

## 3.0.0 (2023-08-01)

### Schema
- A number of sites is a whole one.

## 2.0.0 (2023-07-01)

### Schema
- Incidents have a `note`.

## 1.2.1 (2023-06-01)

{NOTHING}

## 1.2.0 (2023-05-01)

### Corrections
- The id of the place follows the spelling of the province. (`{FIRST}`, `{SECOND}`, `hafsarja`)

## 1.1.2 (2023-04-01)

### Withdrawn
- It was recorded twice. (`{THIRD}`)

## 1.1.1 (2023-03-01)

### Corrections
- We had misread the report: it says \\*eight\\*. (`{SECOND}`)

## 1.1.0 (2023-02-01)

### New incidents
- A third incident, from the same report. (`{SECOND}`)

## 1.0.0 (2023-01-01)

### New incidents
- The first two incidents, of one day. (`{FIRST}`, `{THIRD}`)
"""


class Year(Project):
    """A dataset that is released each month, and told about in CHANGELOG.md."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.month = 0
        self.release = root

    def month_of(self, trees: list[Tree], small: str, least: str, why: str) -> Counter[tuple[str, str, str]]:
        """Build under the least version, see that a smaller one is refused, and tell what the table of changes says."""
        last = self.index.latest
        assert last is not None
        before, self.release = self.release, self.build(trees, least)
        assert self.too_small(self.release, small) == [
            f"datapackage.json:6:14: the version is `{small}`, the last release `{last.version}`, and since then "
            f"{why}; write at least `{least}`"
        ]
        assert previous_of(self.release) == {"version": str(last.version), "contentHash": last.content}
        files = changes(self.release)
        if all(row["kind"] != "schema" for row in files):
            assert same_after_changes(before, self.release)
        self.publish_and_tell(least)
        return Counter((str(row["table"]), str(row["kind"]), str(row["reason"])) for row in files)

    def publish_and_tell(self, version: str) -> None:
        """Publish the release: enter it in the index, and make a section of the change log."""
        self.month += 1
        self.publish(self.release)
        here = Dataset(self.root)
        assert [errors(validate_parsed(here.index.parse_file(self.root / one.path), here)) for one in here.notes()] == [
            []
        ] * len(here.notes())
        plan_changelog(self.root, version, f"2023-{self.month:02}-01").carry_out(self.root)
        assert plan_changelog(self.root, version, f"2023-{self.month:02}-28") == Plan(), "a second run changes nothing"

    def replace_last(self, older: OpenRelease) -> None:
        """Have had another last release: as a package with another contract would have made it."""
        self.index = replace(self.index, releases=self.index.releases[:-1])
        shutil.copytree(older.files["datapackage.json"].parent, self.release, dirs_exist_ok=True)
        self.publish(self.release)


@pytest.mark.slow
def test_a_year_of_edits(tmp_path: Path) -> None:
    year = Year(tmp_path)
    sites = [{"id": "village", "place": "hafsarja", "kind": "settlement"}]
    first, third = incident(claims=[claim_of(), claim_of("civil-defence", killed=7)]), incident(THIRD)
    change_note = note("new", "The first two incidents, of one day.", FIRST, THIRD)

    # January: the first release is compared with nothing.
    year.release = year.build([*REGISTRIES, first, third, change_note], "1.0.0")
    assert changes(year.release) == []
    year.publish_and_tell("1.0.0")

    # February: an incident more.
    second = incident(SECOND, claims=[claim_of()])
    text = "A third incident, from the same report."
    files = year.month_of(
        [*REGISTRIES, first, second, third, note("new", text, SECOND)],
        "1.0.1",
        "1.1.0",
        "rows were added (1 in incidents, 1 in sites, 1 in reports and in 4 more tables)",
    )
    assert files == {
        ("incidents", "added", text): 1,
        ("sites", "added", text): 1,
        ("reports", "added", text): 1,
        ("claims", "added", text): 2,
        ("estimates", "added", text): 2,
        ("estimate_claims", "added", text): 2,
        ("voices", "added", text): 2,
    }

    # March: a toll is corrected; without a note, this isn't built.
    second = incident(SECOND, claims=[claim_of(killed={"total": 8, "civilians": {"at_least": 4}})])
    refusal = year.refusals([*REGISTRIES, first, second, third], "1.1.1")
    assert refusal == [
        f"{SECOND}.yaml:1:298: `{SECOND}`: claims sohr.sabah/killed/total min was changed from 7 to 8 since version "
        "1.1.0, and 2 more of its numbers changed; no note says why: write one in data/changes/ (`incidents new --kind "
        "change`)"
    ]
    text = "We had misread the report: it says *eight*."
    files = year.month_of(
        [*REGISTRIES, first, second, third, note("correction", text, SECOND)],
        "1.1.0",
        "1.1.1",
        "rows have changed (1 in incidents, 1 in claims, 2 in estimates and in 1 more table)",
    )
    assert files == {
        ("incidents", "corrected", text): 4,
        ("claims", "corrected", text): 3,
        ("estimates", "corrected", text): 7,
        ("voices", "corrected", text): 3,
    }

    # April: an incident is withdrawn.
    third = withdrawn(THIRD)
    files = year.month_of(
        [*REGISTRIES, first, second, third, note("withdrawn", "It was recorded twice.", THIRD)],
        "1.1.1",
        "1.1.2",
        "rows have changed (1 in incidents, 1 in sites, 1 in reports)",
    )
    assert {kind for _, kind, _ in files} == {"withdrawn"}
    assert {why for _, _, why in files} == {"the same as another"}

    # May: a place gets another id, and the old one is withdrawn.
    withdrawn_place = place("hafsarjah", withdrawn={"date": "2023-05-01", "reason": "spelt otherwise"})
    here = place("hafsarja", name="Hafsarjah", lat=35.94, lon=36.47, coordinates="published", admin={"adm1": "SY07"})
    registries = [*(tree for tree in REGISTRIES if tree["id"] != "hafsarjah"), withdrawn_place, here]
    first, second, third = ({**tree, "sites": sites} for tree in (first, second, third))
    text = "The id of the place follows the spelling of the province."
    files = year.month_of(
        [*registries, first, second, third, note("correction", text, FIRST, SECOND, "hafsarja")],
        "1.1.9",
        "1.2.0",
        "rows were added (1 in places)",
    )
    assert files == {
        ("places", "added", text): 1,
        ("places", "withdrawn", "spelt otherwise"): 7,
        ("incidents", "corrected", text): 2,
        ("sites", "corrected", text): 2,
    }

    # June: only the name of the place is spelt otherwise, in every row that shows it; there is no note.
    registries[-1] = {**here, "name": "Hafsarja"}
    files = year.month_of(
        [*registries, first, second, third],
        "1.2.0",
        "1.2.1",
        "rows have changed (2 in incidents, 1 in places)",
    )
    assert files == {("places", "corrected", ""): 1, ("incidents", "corrected", ""): 2}
    assert year.changes.splitlines()[1] == (f"no note says why: 3 records corrected ({FIRST}, {SECOND}, hafsarja)")

    # July: the table of incidents gets a column.
    with open_release(year.release) as release:
        year.replace_last(without_column(release, "incidents", "note"))
    text = "Incidents have a `note`."
    files = year.month_of(
        [*registries, first, second, third, note("schema", text, columns=["incidents.note"])],
        "1.9.9",
        "2.0.0",
        "the contract of the tables has changed (incidents.note)",
    )
    assert files == {("incidents", "schema", text): 1}

    # August: a column gets another type.
    with open_release(year.release) as release:
        year.replace_last(with_type(release, "incidents", "sites", "number"))
    text = "A number of sites is a whole one."
    files = year.month_of(
        [*registries, first, second, third, note("schema", text)],
        "2.0.1",
        "3.0.0",
        "the contract of the tables has changed (incidents.sites)",
    )
    assert files == {("incidents", "schema", text): 1}

    # September: a title says more; numbers are what they were, so no note is asked for.
    second = {**second, "title": "Shelling of a market"}
    files = year.month_of([*registries, first, second, third], "3.0.0", "3.0.1", "rows have changed (1 in incidents)")
    assert files == {("incidents", "corrected", ""): 1}

    # October: one more account of an incident, which says more; the claim itself says why the estimate moved.
    first = {**first, "claims": [*first["claims"], claim_of("daily-sabah", killed=9)]}
    files = year.month_of(
        [*registries, first, second, third],
        "3.0.1",
        "3.1.0",
        "rows were added (1 in claims, 1 in estimate_claims, 1 in voices)",
    )
    assert files == {
        ("claims", "added", ""): 1,
        ("estimate_claims", "added", ""): 1,
        ("voices", "added", ""): 1,
        ("incidents", "corrected", ""): 7,
        ("estimates", "corrected", ""): 9,
    }

    # November: that account is taken back by its originator.
    withdrawn_claim = {**first["claims"][-1], "withdrawn": {"date": "2023-11-02", "reason": "a mistake of the desk"}}
    first = {**first, "claims": [*first["claims"][:-1], withdrawn_claim]}
    message = "rows have changed (1 in incidents, 1 in claims, 1 in estimates and in 2 more tables)"
    files = year.month_of([*registries, first, second, third], "3.1.0", "3.1.1", message)
    assert files == {
        ("claims", "withdrawn", "a mistake of the desk"): 2,
        ("estimate_claims", "corrected", ""): 2,
        ("incidents", "corrected", ""): 6,
        ("estimates", "corrected", ""): 10,
        ("voices", "removed", ""): 1,
    }

    # December: nothing has changed; the release that was published comes of it again.
    assert year.build([*registries, first, second, third], "3.1.1") == year.release
    assert year.changes.startswith(f"since version 3.1.0: {message}")
    assert (tmp_path / FILE).read_text("utf-8") == CHANGELOG
