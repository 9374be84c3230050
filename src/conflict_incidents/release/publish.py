"""Record a built and compared release as published: change log, ledger, citation and index.

All writes are planned first, so that they can be shown. Publishing again changes nothing, and completes an interrupted
run. The index is written last, after everything that it refers to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conflict_incidents.core.files import file_sha256, read_if_present
from conflict_incidents.core.findings import bare, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.versions import Version, release_version
from conflict_incidents.dataset import ledger
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Record
from conflict_incidents.release.changelog import Plan, plan_changelog
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.index import INDEX_FILE, PublishedRelease, index_text, read_index
from conflict_incidents.release.reader import open_release
from conflict_incidents.tables.contract import about
from conflict_incidents.tables.filling import in_release

CITATION = "CITATION.cff"
"""The file at the root of a dataset on how to cite it: that of the last published release."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A release about to be published: its entry in the index, and the plan that writes everything.

    `changed_files` has a line per changed file.
    """

    entry: PublishedRelease
    plan: Plan
    changed_files: list[str]


def plan_publication(
    dataset: Dataset, records: Iterable[Record], zip: Path, url: str | None, day: str | None = None
) -> Publication:
    """Plan the publication of a release that was built.

    Args:
        dataset: the dataset.
        records: the valid records of the release.
        zip: the release, as a zip.
        url: the URL of the folder where the zip will be; None if it won't be online, so that `load` can't fetch the
            release by its version.
        day: the day of its section in the change log, ISO 8601; None for the day of the zip.

    Raises:
        ReleaseError: the zip is incomplete, its version isn't that of a release or was published with other content,
            or a change note is invalid.
    """
    with open_release(zip) as release:
        version = to_publish(release.about.version)
        name = release.about.name
        published = PublishedRelease(version, release.about.created, release.content_hash, release.sums_hash)
        citation = release.read(CITATION)
    index = read_index(dataset.root)
    entry = _entry(published, index.get(version), zip, url)
    plan = plan_changelog(dataset.root, str(version), day or published.created[:10])
    released = ledger.update_ledger(dataset.ledger, filter(in_release, records)).encode()
    last = {dataset.root / "data" / ledger.FILE: released}  # with it, notes on new records that are left are wrong
    if (dataset.root / CITATION).is_file():
        last[dataset.root / CITATION] = citation
    new_index = index if entry in index.releases else index.with_release(entry, name)
    last[dataset.root / INDEX_FILE] = index_text(new_index).encode()
    changes = Plan(_different(plan.write), plan.delete, _different(last))
    return Publication(entry, changes, list(_summary(changes, dataset)))


def _different(files: Mapping[Path, bytes]) -> dict[Path, bytes]:
    return {file: data for file, data in files.items() if read_if_present(file) != data}


def with_release_date(dataset: Dataset) -> Plan:
    """Set the release date of an unpublished version to today, unless the descriptor has a later one.

    Raises:
        ReleaseError: the version isn't that of a release, or the index is invalid.
    """
    entry = read_index(dataset.root).get(to_publish(about(dataset.descriptor).version))
    if entry or dataset.release_date == dataset.latest_day:
        return Plan()
    file = dataset.root / DESCRIPTOR
    created = f"{dataset.latest_day}T00:00:00Z"
    text = re.sub(
        r'("created"\s*:\s*")[^"]*', rf"\g<1>{created}", dataset.index.read_whole(file).decode("utf-8"), count=1
    )
    if json.loads(text) != dataset.descriptor | {"created": created}:
        raise ReleaseError(f"{user_text(file)} can't be changed; set `created` to {created}")
    return Plan({file: text.encode()})


def to_publish(version: str) -> Version:
    """Parse the version to publish.

    Raises:
        ReleaseError: it isn't the version of a release.
    """
    parsed = release_version(version)
    if parsed is None:
        raise ReleaseError(
            f"version {bare(version)} isn't of the form MAJOR.MINOR.PATCH; set `version` in datapackage.json, and "
            "build again"
        )
    return parsed


def _entry(new: PublishedRelease, old: PublishedRelease | None, zip: Path, url: str | None) -> PublishedRelease:
    """Return the entry of the release: the existing one if it is the same release, or else a new one."""
    digest = f"sha256:{file_sha256(zip)}"
    address = f"{url.rstrip('/')}/{zip.name}" if url else None
    if old is not None and old.content == new.content and old.sums != new.sums and old.created == new.created:
        raise ReleaseError(
            f"version {new.version} is published with these rows, but with other files: a text beside the tables was "
            "changed, or another SQLite, zlib, pyarrow or matplotlib wrote them; build with the Python of before, and "
            "give what was changed a new version"
        )
    if old is None or replace(old, url=None, zip=None) != new or address not in {None, old.url}:
        return replace(new, url=address, zip=digest) if address else new
    if old.zip not in {None, digest}:
        raise ReleaseError(
            f"{user_text(zip.name)} has other bytes than the published zip, though the same files: another version of "
            "zlib packed it; publish with the one of before, or take the published zip"
        )
    return old


def _summary(plan: Plan, dataset: Dataset) -> Iterator[str]:
    for file, data in {**plan.write, **plan.last}.items():
        before = read_if_present(file)
        more = data.count(b"\n") - (before or b"").count(b"\n")
        yield f"{dataset.index.display_path(file)}: {'new' if before is None else 'changes'}, {more:+d} lines"
    for file in plan.delete:
        yield f"{dataset.index.display_path(file)}: {'moves to its version' if file.exists() else 'goes'}"
