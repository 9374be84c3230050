"""What a validation may cost, counted in work and not in time: files read, files parsed, rules called."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conflict_incidents.core import findings
from conflict_incidents.core.findings import Finding, Shown
from conflict_incidents.core.redaction import is_personal
from conflict_incidents.core.rule import Rule
from conflict_incidents.dataset import index
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import Facts, IndexRow
from conflict_incidents.dataset.nesting import wholes
from conflict_incidents.dataset.similarity import alike
from conflict_incidents.pipeline import driver, lookups, scan, validate_dataset, validate_paths
from conflict_incidents.records.parsing import content_of, parse_content
from conflict_incidents.release.writer import ReleaseWriter, write_tables
from conflict_incidents.validation.rules import identity
from repositories import Repository
from rule_cases import HOMES
from test_cache import settle

CONFIGURATION = 6
"""How many files describe a dataset: they are read on every run."""


@pytest.fixture
def root(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small dataset that counts as large enough for its state to be kept."""
    monkeypatch.setattr("conflict_incidents.pipeline.validate.MAX_SERIAL_FILES", 0)
    monkeypatch.setattr(scan, "SETTLE_TIME", 0)
    settle(repository.folder)
    return repository.folder


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a file was read, one was parsed, a rule was called, and a value was made ready to show, so far."""
    calls: Counter[str] = Counter()

    def count_calls(what: str, own: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **kwargs: Any) -> Any:
            calls[what] += 1
            if what == "parsed":
                calls[str(arguments[1])] += len(arguments[0])
            return own(*arguments, **kwargs)

        return call

    monkeypatch.setattr(index, "content_of", count_calls("read", content_of))
    monkeypatch.setattr(index, "parse_content", count_calls("parsed", parse_content))
    monkeypatch.setattr(Rule, "run", count_calls("rules", Rule.run))
    monkeypatch.setattr(Rule, "run_between", count_calls("rules", Rule.run_between))
    monkeypatch.setattr(findings, "is_personal", count_calls("shown", is_personal))
    return calls


def count_validation(root: Path, work: Counter[str], cache: bool = True) -> Counter[str]:
    """What a validation costs."""
    work.clear()
    validate_dataset(Dataset(root), jobs=1, cache=root.parent / "cache" if cache else None)
    return Counter(work)


def test_every_file_is_read_and_parsed_about_once(root: Path, work: Counter[str]) -> None:
    files = len(Dataset(root).index.files())
    cold = count_validation(root, work, cache=False)
    assert files <= cold["parsed"] <= 2 * files, "a file of a registry may be parsed before it is judged"
    assert cold["read"] <= 2 * files + CONFIGURATION
    assert cold["rules"] <= 25 * files
    assert cold["shown"] <= files, "words are for findings, which few files have"


def test_an_unchanged_dataset_costs_no_record(root: Path, work: Counter[str]) -> None:
    count_validation(root, work)
    warm = count_validation(root, work)
    assert warm["read"] <= CONFIGURATION
    assert warm["parsed"] <= 2, "rule settings and waivers"
    assert warm["rules"] <= 2, "those on the descriptor"


def test_a_changed_record_costs_itself_and_what_rests_on_it(root: Path, work: Counter[str]) -> None:
    count_validation(root, work)
    file = root / HOMES["incident"]
    file.write_text(file.read_text("utf-8").replace("language: en", "language: ar"), "utf-8")
    one = count_validation(root, work)
    assert one["parsed"] <= 12, "the record, and the entries of registries that it refers to"
    assert one["rules"] <= 75, "the rules on it, and those across it and its neighbours"


def test_one_file_costs_itself_and_its_neighbours(root: Path, work: Counter[str]) -> None:
    work.clear()
    validate_paths([root / HOMES["place"]], Dataset(root))
    assert work["parsed"] <= 10, "the record, and the places among which it may have a namesake"
    assert work["rules"] <= 30


def test_incidents_of_one_place_and_day_or_id_are_each_compared_with_some(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs, listings = Counter[str](), Counter[str]()

    def count_alike(one: Facts, other: Facts) -> Shown | None:
        pairs[one.id] += 1
        return alike(one, other)

    def count_wholes(one: IndexRow, find: Callable[[str], IndexRow | None]) -> tuple[str, ...]:
        listings[one.id] += 1
        return wholes(one, find)

    def validate(cache: Path | None) -> list[Finding]:
        pairs.clear()
        listings.clear()
        return validate_dataset(Dataset(root), jobs=1, cache=cache).findings

    monkeypatch.setattr(identity, "alike", count_alike)
    monkeypatch.setattr(identity, "wholes", count_wholes)
    monkeypatch.setattr(lookups, "MAX_NEAR", 6)
    home = root / HOMES["incident"]
    for number in range(45):
        if number == 15:
            validate(root.parent / "cache")
            few, few_listings = pairs.total(), listings.total()
        id = f"{home.stem[:-4]}m{number:03}"
        text = home.read_text("utf-8").replace(home.stem, id) + 'external: [{scheme: ucdp-ged, id: "285001"}]\n'
        home.with_name(f"{id}.yaml").write_text(text, "utf-8")
    fresh = validate(None)
    assert few <= pairs.total() < 4 * few, "three times as many incidents, and not nine times as many pairs"
    assert min(pairs.values()) > 0
    assert few_listings <= listings.total() < 4 * few_listings, "so are those with one id of another dataset"
    assert validate(root.parent / "cache") == fresh


def test_the_parts_of_a_whole_are_looked_up_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links: list[str] = []

    def count_wholes(part: IndexRow, find: Callable[[str], IndexRow | None]) -> tuple[str, ...]:
        links.append(part.id)
        return wholes(part, find)

    monkeypatch.setattr(lookups, "wholes", count_wholes)
    home = root / HOMES["incident"]
    ids = [f"{home.stem[:-4]}m{number:03}" for number in range(12)]
    for id in ids:
        link = f"links: [{{kind: part_of, incident: {home.stem}}}]\n"
        home.with_name(f"{id}.yaml").write_text(home.read_text("utf-8").replace(home.stem, id) + link, "utf-8")
    validate_dataset(Dataset(root), jobs=1)
    assert [id for id in links if id in ids] == ids


def built(root: Path, work: Counter[str]) -> Counter[str]:
    """What validation and the tables of a build cost; all other files are made from the tables."""
    work.clear()
    rows = validate_dataset(Dataset(root), jobs=1, cache=root.parent / "cache", with_rows=True).rows
    writer = ReleaseWriter(root.parent / "making")
    writer.folder.mkdir(exist_ok=True)
    write_tables(writer, rows)
    return Counter(work)


def test_a_build_parses_every_byte_once_and_none_again(
    root: Path, work: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        driver, "MAX_SERIAL_FILES", 0
    )  # as in a dataset of some size, registries are read before the records
    sizes = {str(file.relative_to(root)): file.stat().st_size for file in Dataset(root).index.files()}
    cold = built(root, work)
    parse_counts = {name: cold[name] // size for name, size in sizes.items() if name.endswith(".yaml")}
    assert parse_counts.pop("data/waivers.yaml") == 2, "as a file of its own, and to know what is accepted"
    assert set(parse_counts.values()) == {1}
    assert cold["read"] <= len(sizes) + CONFIGURATION
    warm = built(root, work)
    assert warm["read"] <= CONFIGURATION
    assert warm["parsed"] <= 2, "rule settings and waivers"
    assert warm["rules"] <= 2, "those on the descriptor"
