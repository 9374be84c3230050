"""The ledger of releases, `data/released.csv`: one row per record of a published release.

It is written when a release is published; later states of the dataset must keep these records. A dataset without the
file has published nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from conflict_incidents.core.findings import Finding, Mark, Shown, bare, reason, show
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.rule import MAX_FINDINGS_PER_RULE
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.snapshot import Snapshot, SnapshotRecord
from conflict_incidents.records.model import FOLDERS, Record
from conflict_incidents.records.parsing import Content
from conflict_incidents.records.yaml.parser import unreadable

FILE = "released.csv"
"""The name of the ledger in `data/`."""
STATE = "the last release"
HEADER = "kind,id,status,positions"
_POSITION = "[a-z0-9-]*:(?:[0-9]{1,2}|-)"
_ROW = re.compile(
    rf"(?P<kind>{'|'.join(FOLDERS)}),(?P<id>[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*),(?P<status>published|withdrawn),"
    rf"(?P<positions>(?:{_POSITION}(?:;{_POSITION})*)?)"
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The released records, and the findings on a ledger that can't be read."""

    earlier: Snapshot = field(default_factory=lambda: Snapshot(STATE, ()))
    findings: list[Finding] = field(default_factory=list)

    def ids(self, kind: str) -> frozenset[str]:
        """Return the released ids of a kind, in lower case; they can't be reused.

        Raises:
            DatasetError: the ledger can't be read.
        """
        if self.findings:
            first = self.findings[0]
            raise DatasetError(
                f"{redact_path(first.path)}:{first.mark.line}: {first.message}; no id can be given before that"
            )
        return frozenset(one.id.casefold() for one in self.earlier if one.kind == kind)


def read(content: Content | None, path: str) -> Ledger:
    """Read the ledger from a file; errors are findings.

    Args:
        content: the content of the file; None if missing.
        path: the file's name in findings.
    """
    if content is None:
        return Ledger()
    if isinstance(content, bytes):
        try:
            return parse_ledger(content.decode("utf-8"), path)
        except UnicodeDecodeError as error:
            why = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
    else:
        why = Shown(content) if isinstance(content, str) else reason(content)
    return Ledger(findings=unreadable.run(path, Mark(), why))


def parse_ledger(text: str, path: str) -> Ledger:
    """Parse the text of a ledger, named `path` in findings; invalid rows are findings."""
    first, *rows = text.split("\n")
    findings: list[Finding] = []
    records: dict[tuple[str, str], SnapshotRecord] = {}
    if first != HEADER:
        findings += unreadable.run(path, Mark(), f"the first line is {show(first)}, not {show(HEADER)}")
    if rows.pop() if rows else True:
        findings += unreadable.run(path, Mark(text.count("\n") + 1), "the last line isn't complete")
    for line, row in enumerate(rows, start=2):
        match = _ROW.fullmatch(row)
        key = (match["kind"], match["id"]) if match else ("", "")
        if len(findings) >= MAX_FINDINGS_PER_RULE:
            break
        if match is None:
            findings += unreadable.run(path, Mark(line), f"{show(row)} is not a row of {show(HEADER)}")
        elif key in records:
            findings += unreadable.run(
                path, Mark(line), f"{bare(key[0])} {show(key[1])} is already on line {records[key].at.line}"
            )
        else:
            where = _positions(match["positions"])
            records[key] = SnapshotRecord(*key, match["status"], where, path, Mark(line))
    return Ledger(Snapshot(STATE, records.values()), findings)


def update_ledger(ledger: Ledger, released: Iterable[Record]) -> str:
    """Return the text of the ledger after a release: the current state of its records, and all earlier rows.

    Args:
        ledger: the current ledger, without findings.
        released: the records of the release, without drafts.

    Raises:
        DatasetError: the current ledger has findings, so that rows would be lost.
    """
    if ledger.findings:
        raise DatasetError(f"{redact_path(ledger.findings[0].path)} can't be read; correct it before you publish")
    rows = {(one.kind, one.id): one for one in ledger.earlier}
    rows |= {(one.kind, one.id): one for one in Snapshot.of(released, STATE)}
    return "\n".join([HEADER, *(_row(rows[key]) for key in sorted(rows)), ""])


def _row(record: SnapshotRecord) -> str:
    where = ";".join(
        f"{site}:{'-' if closeness is None else closeness}" for site, closeness in record.positions.items()
    )
    return f"{record.kind},{record.id},{record.status},{where}"


def _positions(text: str) -> dict[str, int | None]:
    parts = (part.split(":") for part in text.split(";") if part)
    return {site: None if closeness == "-" else int(closeness) for site, closeness in parts}
