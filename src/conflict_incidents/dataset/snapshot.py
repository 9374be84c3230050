"""A snapshot of a dataset: the ids, statuses and coordinate precision of its records at an earlier state.

The ledger of releases and the records of a revision give the same type, so that rules that compare (REV003, PRV005) are
written once: `Snapshot.of(records, "revision main")`, or `Dataset.ledger.earlier`. A dataset is compared with its
ledger, and with the snapshots in `Dataset(root, since=[snapshot])`; `pipeline.missing_records` returns the findings on
records that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conflict_incidents.core.findings import Mark, Shown
from conflict_incidents.records.model import Incident, Place, Record, Sourced, kind_of

OWN = ""
"""The key of a place's own position; incidents use the ids of their sites."""
_FULL = 4


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A record's identity, status and coordinate precision at a past release.

    `status` is `draft`, `published` or `withdrawn`. `positions` has the number of decimals of each public position by
    the id of the site, None for a site without one; a place's own is under `OWN`. `path` and `at` are where a finding
    on it belongs.
    """

    kind: str
    id: str
    status: str
    positions: Mapping[str, int | None]
    path: str
    at: Mark

    @staticmethod
    def of(record: Record) -> SnapshotRecord:
        """Return the snapshot of a record now."""
        return SnapshotRecord(
            kind=kind_of(record),
            id=record.id,
            status=status_of(record),
            positions=positions_of(record),
            path=record.path,
            at=record.at("status") if isinstance(record, Sourced) else record.at("id"),
        )


class Snapshot:
    """An earlier state; `name` follows "in" in messages: `the last release`, `revision main`."""

    def __init__(self, name: str, records: Iterable[SnapshotRecord]) -> None:
        self.name = name
        self._records = {(one.kind, one.id): one for one in records}

    @staticmethod
    def of(records: Iterable[Record], name: str) -> Snapshot:
        """Make a snapshot of records, drafts included; records without an id, such as waivers, are skipped."""
        return Snapshot(name, (SnapshotRecord.of(record) for record in records if record.id))

    @property
    def label(self) -> Shown:
        """The name as `Shown`: `revision …`, or that of a release."""
        return Shown(self.name)

    def had(self, kind: str, id: str) -> bool:
        """Whether this state has a record of a kind with an id."""
        return (kind, id) in self._records

    def get(self, kind: str, id: str) -> SnapshotRecord | None:
        """Look up a record by kind and id; None if missing."""
        return self._records.get((kind, id))

    def __iter__(self) -> Iterator[SnapshotRecord]:
        """Iterate over all records, by kind and id."""
        yield from (self._records[key] for key in sorted(self._records))


def status_of(record: Record) -> str:
    """Return `draft`, `published` or `withdrawn`, for registries as well; empty if invalid."""
    if isinstance(record, Sourced):
        return record.status
    return "withdrawn" if record.withdrawal else "published"


def positions_of(record: Record) -> dict[str, int | None]:
    """Return the decimals of a record's public positions, as in `SnapshotRecord`; none for a tombstone."""
    if status_of(record) == "withdrawn":
        return {}
    if isinstance(record, Incident):
        return {site.id: decimals(site.lat, site.lon) for site in record.sites}
    if isinstance(record, Place):
        digits = decimals(record.lat, record.lon)
        # a 4th decimal may be a zero, which a number doesn't show: 3 count as 4
        return {} if digits is None else {OWN: _FULL if digits == _FULL - 1 else digits}
    return {}


def decimals(*values: float | None) -> int | None:
    """Return the number of decimals of the most precise number; None if there is none."""
    fractions = [repr(value).partition(".")[2] for value in values if value is not None]
    return max((len(digits) if digits != "0" else 0 for digits in fractions), default=None)
