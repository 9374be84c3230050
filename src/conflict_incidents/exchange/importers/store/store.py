"""Write imported records into a dataset: create, update, or leave unchanged.

An incident is matched by its foreign id (`external: {scheme, id}`), whatever its date or title is now, and keeps its
id and file. Incidents are written in a fixed order, each after what it refers to, the ledger last; each write is
atomic. The next run completes an interrupted one.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conflict_incidents.core.files import delete_leftovers, read_whole, write_all
from conflict_incidents.core.findings import REDACTED, Shown, bare, errors, printable, show
from conflict_incidents.core.ids import ALPHABET
from conflict_incidents.core.progress import track
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.resources import resource
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import record_file, schema_path
from conflict_incidents.dataset.suggestions import KINDS_BY_FOLDER, REGISTRY_OF, render
from conflict_incidents.exchange.importers.store import ledger
from conflict_incidents.exchange.importers.store.files import (
    Existing,
    existing_incidents,
    read_record,
    write,
)
from conflict_incidents.exchange.importers.store.merging import hashes, merge
from conflict_incidents.exchange.importers.store.rewriting import replace_keys
from conflict_incidents.pipeline.process import process
from conflict_incidents.pipeline.public import difference, is_public
from conflict_incidents.records.formatting import inline, text_of
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.records.parsing import parse_file

_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record from an importer, as a plain tree (keys in any order; dates as text).

    `kind` is that of the schema: `incident`, `dataset`, `organisation`, `place`, `actor`. An incident has no `id` yet,
    but an entry in `external` with the scheme and the foreign id; `country` is ISO 3166-1 alpha-3. A registry record
    has its `id`.
    """

    kind: str
    record: dict[str, Any]
    country: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key changed by both the source and a person: the record keeps `ours`, the source has `theirs`; None for
    nothing.
    """

    foreign: str
    path: str
    key: str
    ours: Any
    theirs: Any


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do. Paths are relative to the dataset's root.

    `created`, `updated`, `unchanged` are paths; `refused` has foreign ids with the reason; `vanished` has the paths of
    records whose row isn't in this file, though it covers their country and day; `diffs` are unified and safe to
    print.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    diffs: list[Shown] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether no decision by a person is needed."""
        return not self.conflicts and not self.refused


def store(
    incoming: Sequence[Incoming],
    dataset: Dataset,
    *,
    scheme: str,
    out: Path | None = None,
    dry_run: bool = False,
    complete: bool = True,
    covers: tuple[str, str] | None = None,
    refused_ids: Collection[str] = (),
    keep_edits: bool = False,
) -> ImportReport:
    """Store records in a dataset; idempotent.

    Args:
        incoming: the records of the importer.
        dataset: the dataset, whose registries the records refer to.
        scheme: the foreign dataset's name, the `scheme` of each incident's entry in `external`.
        out: the root to write to, where it isn't the dataset's.
        dry_run: only report what would be done, with the first new incident as an example.
        complete: the whole source was read, so that a row which isn't there has vanished, if its country is and its day
            is between those of the rows.
        covers: the first and last day that the source covers, if stated.
        refused_ids: foreign ids of rows that the importer refused, which haven't vanished.
        keep_edits: keep the person's value in conflicts, and don't report them again.

    Raises:
        DatasetError: the ledger of this import, or that of the releases, can't be read.
        PartialWriteError: a file can't be written, or the import was interrupted; the next run completes it.
        OSError: a file can't be read, or would be written through a link to a folder.
    """
    root = out or dataset.root
    work = _Plan(root, scheme, keep_edits)
    for one in incoming:
        if one.kind != "incident":
            work.registry(one, dataset)
    present = work.incidents([one for one in incoming if one.kind == "incident"])
    work.drop_invalid(dataset)
    if complete:
        work.report_vanished({*present, *refused_ids}, _days_by_country(incoming, covers))
    work.report_plan(dataset, dry_run)
    if not dry_run:
        work.write()
    return work.report


@dataclass(frozen=True, slots=True)
class _PlannedFile:
    """A file to write: the record, its text, and the text that it replaces; `name` is its name in refusals."""

    kind: str
    name: str
    record: dict[str, Any]
    text: str
    old: str | None = None

    @property
    def data(self) -> bytes:
        return self.text.encode("utf-8")


class _Plan:
    """What an import writes; `before` are the lines of the ledger, `lines` those to write."""

    def __init__(self, root: Path, scheme: str, keep_edits: bool) -> None:
        self.root, self.scheme, self.keep_edits = root, scheme, keep_edits
        self.report = ImportReport()
        self.before = ledger.load(ledger.ledger_file(root, scheme))
        self.lines = dict(self.before)
        self.plan: dict[Path, _PlannedFile] = {}

    def drop_invalid(self, dataset: Dataset) -> None:
        """Remove records with errors by the rules on one record from the plan, and those that refer to them."""
        unfit: dict[tuple[str, str], str] = {}
        dropped: list[_PlannedFile] = []
        for is_incident in (False, True):
            remaining = [file for file, one in self.plan.items() if (one.kind == "incident") == is_incident]
            while remaining:
                planned = dataset.from_root(replaced={self.name(file): one.data for file, one in self.plan.items()})
                files = track(remaining, "validating", "record")
                wrong = {file: why for file in files if (why := self._wrong_with(file, unfit, planned, dataset))}
                for file, why in wrong.items():
                    dropped.append(self.plan[file])
                    unfit[self.plan[file].kind, self.plan[file].name] = why
                    self._drop(file, why)
                remaining = [file for file in remaining if file not in wrong] if wrong and not is_incident else []
        while dropped:  # new records that only refused ones refer to
            used = {key for one in self.plan.values() for key in references(one.record)}
            lost = {key for one in dropped for key in references(one.record)} - used
            unused = [file for file, one in self.plan.items() if one.old is None and (one.kind, one.name) in lost]
            dropped = [self.plan.pop(file) for file in unused]

    def _wrong_with(
        self, file: Path, unfit: dict[tuple[str, str], str], planned_dataset: Dataset, dataset: Dataset
    ) -> str:
        """Return why a planned file is refused, in a line; empty without new errors."""
        planned, path = self.plan[file], self.name(file)
        for kind, id in references(planned.record) if unfit else ():
            if (kind, id) in unfit:
                return f"the {kind} {refused_id(id, unfit[kind, id])} is refused: {unfit[kind, id]}"
        findings = errors(process(path, planned.data, planned_dataset).findings)
        if findings and planned.old is not None:
            before = {(one.rule, one.message) for one in process(path, planned.old.encode("utf-8"), dataset).findings}
            findings = [one for one in findings if (one.rule, one.message) not in before]
        lines = planned.text.split("\n")
        keys = [re.sub("^[ -]*([a-z_]+: )?.*", r"\1", lines[one.mark.line - 1]) for one in findings]
        messages = [f"{one.rule} {printable(render(one, planned_dataset, is_public).message)}" for one in findings]
        return "; ".join(map("".join, zip(keys, messages, strict=True)))

    def _drop(self, file: Path, why: str) -> None:
        planned = self.plan.pop(file)
        self.report.refused.append((planned.name, why))
        if planned.kind == "incident":
            self.lines.pop(planned.name, None)
            if planned.name in self.before:
                self.lines[planned.name] = self.before[planned.name]

    def report_plan(self, dataset: Dataset, dry_run: bool) -> None:
        """Report each planned file, with diffs of existing ones, and in a dry run of the first new incident."""
        for file, one in self.plan.items():
            (self.report.created if one.old is None else self.report.updated).append(self.name(file))
        new = sorted(file for file, one in self.plan.items() if one.old is None and FOLDERS["incident"] in file.parts)
        examples = new[:1] if dry_run else []
        self.report.diffs += [
            difference(self.name(file), (one.old or "").encode("utf-8"), one.data, dataset)
            for file, one in self.plan.items()
            if file in examples or one.old is not None
        ]

    def registry(self, one: Incoming, dataset: Dataset) -> None:
        """Plan a registry record if it is missing; existing ones are never changed by imports."""
        id = str(one.record["id"])
        file = record_file(self.root, one.kind, id)
        existing = [place for place in (file, record_file(dataset.root, one.kind, id)) if place.exists()]
        if one.kind == "dataset" and existing:
            self._renew_dataset(one.record, existing[0], file)
        elif existing or file in self.plan:
            self.report.unchanged.append(self.name(file))
        else:
            self._create(file, one.record, one.kind, id)

    def _renew_dataset(self, theirs: dict[str, Any], here: Path, file: Path) -> None:
        """Update the `version` of the source's own dataset record, and nothing else."""
        existing, name = read_record(here), self.name(file)
        if existing is None:
            self.report.refused.append((str(theirs["id"]), f"{name} can't be read; repair that first"))
            return
        version = theirs.get("version")
        if version is None or version == existing.record.get("version"):
            self.report.unchanged.append(name)
            return
        record = {**existing.record, "version": version}
        self._update(file, "dataset", str(theirs["id"]), record, existing.text, {"version"})

    def incidents(self, incoming: Iterable[Incoming]) -> Collection[str]:
        """Plan each incident, as an update or a new file, in the order of foreign ids; return these."""
        by_id = {_foreign(one.record, self.scheme): one for one in incoming}  # each id once, by `Batch.take`
        existing = existing_incidents(self.root, self.scheme)
        existing.ids |= Dataset(self.root).ledger.ids("incident")
        for foreign in track(ledger.in_order(by_id), "merging", "incident"):
            one, line = by_id[foreign], self.lines.get(foreign)
            here = _record_of(existing.by_foreign_id.get(foreign, []), line) or self._unlinked_record(line)
            if here is not None:
                self._merge(one, foreign, here, line)
                continue
            expected = line.incident if line else _new_id(one, self.scheme, foreign, ())
            if record_file(self.root, "incident", expected) in existing.unreadable:  # no second one is created
                self.report.refused.append((foreign, "its record can't be read; repair that first"))
            else:
                id = line.incident if line else _new_id(one, self.scheme, foreign, existing.ids)
                existing.ids.add(id.casefold())
                record = {**one.record, "id": id}
                self._create(record_file(self.root, "incident", id), record, "incident", foreign)
                self.lines[foreign] = ledger.Line(id, hashes(record, self.scheme, foreign))
        names = sorted(self.name(file) for file in existing.unreadable)
        self.report.refused += [(name, "can't be read; `incidents validate` says why") for name in names]
        return by_id

    def report_vanished(self, present: Collection[str], covered: dict[str, tuple[str, str]]) -> None:
        """Report rows of an earlier import that aren't `present`; their records are kept for a person to decide.

        `covered` has the first and last day of each country in the file; other countries aren't covered.
        """
        for foreign in ledger.in_order(self.lines.keys() - present):
            id = self.lines[foreign].incident
            country, _, day = id.partition("-")
            first, last = covered.get(country, ("9", "0"))
            if first <= f"{day[:4]}-{day[4:6]}-{day[6:8]}" <= last:
                self.report.vanished.append(self.name(record_file(self.root, "incident", id)))

    def write(self) -> None:
        """Write everything that is planned, the ledger last.

        Raises:
            PartialWriteError: not all files were written.
            OSError: a file would be written through a link to a folder; nothing was written.
        """
        files = {file: self.plan[file].data for file in self._in_order()}
        sheet, text = ledger.ledger_file(self.root, self.scheme), ledger.text_of(self.lines).encode("utf-8")
        if self.lines and (not sheet.exists() or read_whole(sheet) != text):
            files[sheet] = text

        def after_write(file: Path, data: bytes) -> None:
            if file == sheet and hasattr(os, "sync"):
                os.sync()  # syncing each file takes four times as long
            write(self.root, file, data)

        delete_leftovers(self.root)
        write_all(self.root, files, after_write)

    def _in_order(self) -> Iterable[Path]:
        """Return the planned files, each incident directly after the records that only it refers to.

        The next run after an interruption then finds the same places.
        """
        files = {(planned.kind, planned.name): file for file, planned in self.plan.items()}
        files_in_order: dict[Path, None] = {}
        for file, _ in sorted(self.plan.items(), key=lambda item: item[1].kind != "incident"):
            queue, visited = [file], {file}
            for one in queue:
                more = {files[key] for key in references(self.plan[one].record) if key in files} - visited
                queue += sorted(more)
                visited |= more
            files_in_order |= dict.fromkeys(one for one in reversed(queue) if one not in files_in_order)
        return files_in_order

    def _create(self, file: Path, record: dict[str, Any], kind: str, name: str) -> None:
        record = {"schema": f"{kind}/1", **record}
        text = text_of(record, schema_path(self.root, file, record["schema"]))
        self.plan[file] = _PlannedFile(kind, name, record, text)

    def _update(
        self, file: Path, kind: str, name: str, record: dict[str, Any], old: str, changed: Collection[str]
    ) -> None:
        self.plan[file] = _PlannedFile(kind, name, record, replace_keys(old, record, changed), old)

    def _merge(self, one: Incoming, foreign: str, here: Existing, line: ledger.Line | None) -> None:
        theirs = {"schema": "incident/1", **one.record, "id": str(here.record.get("id"))}
        merged = merge(here.record, theirs, line.hashes if line else None, (self.scheme, foreign), self.keep_edits)
        name = self.name(here.file)
        if (merged.changed_keys or merged.clashes) and not parse_file(here.file, name).sound:
            self.report.refused.append((foreign, f"{name} isn't valid; repair that first"))
            return
        if merged.changed_keys:
            self._update(here.file, "incident", foreign, merged.record, here.text, merged.changed_keys)
        else:
            self.report.unchanged.append(name)
        self.report.conflicts += [Conflict(foreign, name, *clash) for clash in merged.clashes]
        self.lines[foreign] = ledger.Line(theirs["id"], merged.hashes)

    def _unlinked_record(self, line: ledger.Line | None) -> Existing | None:
        """Return the record of a row whose foreign id was removed by a person."""
        file = record_file(self.root, "incident", line.incident) if line else None
        return read_record(file) if file and file.exists() else None

    def name(self, file: Path) -> str:
        """Return the path of a file below the root."""
        return file.relative_to(self.root).as_posix()


def packaged_record(kind: str, id: str) -> Incoming:
    """Return a packaged registry record, for a dataset that lacks it.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    one = read_record(resource(f"data/{FOLDERS[kind]}/{id}.yaml"))
    assert one is not None, "what the package ships has been validated"
    return Incoming(kind, {key: value for key, value in one.record.items() if key != "schema"})


def _record_of(records: list[Existing], line: ledger.Line | None) -> Existing | None:
    """Return, of several records with one foreign id (after a split), the one made for it, else the first."""
    return next((one for one in records if line and one.file.stem == line.incident), records[0] if records else None)


def _foreign(record: dict[str, Any], scheme: str) -> str:
    return next(str(item["id"]) for item in record["external"] if item["scheme"] == scheme)


def _days_by_country(incoming: Iterable[Incoming], covers: tuple[str, str] | None) -> dict[str, tuple[str, str]]:
    """Return the first and last day of the incidents of each country, limited to the coverage of the source."""
    days_of_countries: dict[str, tuple[str, str]] = {}
    for one in incoming:
        if one.kind == "incident":
            date = one.record["date"]
            days = (str(date["from"]), str(date["to"])) if isinstance(date, dict) else (str(date), str(date))
            first, last = days_of_countries.get(one.country, days)
            days_of_countries[one.country] = min(first, days[0]), max(last, days[1])
    start, end = covers or ("0", "9")
    return {country: (max(first, start), min(last, end)) for country, (first, last) in days_of_countries.items()}


def _new_id(one: Incoming, scheme: str, foreign: str, used: Collection[str]) -> str:
    """Derive an id from country, first day and foreign id: reproducible, with a fallback if it is in use."""
    date = one.record["date"]
    day = str(date["from"] if isinstance(date, dict) else date).replace("-", "")
    for attempt in range(len(used) + 1):
        number = int.from_bytes(hashlib.sha256(f"{scheme}\n{foreign}\n{attempt}".encode()).digest()[:8], "big")
        tail = ""
        for _ in range(_LENGTH):
            number, digit = divmod(number, len(ALPHABET))
            tail += ALPHABET[digit]
        if f"{one.country}-{day}-{tail}".casefold() not in used:
            return f"{one.country}-{day}-{tail}"
    raise ValueError(f"no id is free for {scheme} {foreign}")


def refused_id(id: str, why: str) -> Shown:
    """Return the id of a refused record; redacted if a rule on privacy refused it, as an id is made of the name."""
    return REDACTED if "PRV" in why else show(id)


def references(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield kind and id of every registry record that a record refers to, at any depth."""
    for item in tree if isinstance(tree, list) else ():
        yield from references(item)
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if folder := REGISTRY_OF.get(key):
            ids = value if isinstance(value, list) else [value]
            yield from ((KINDS_BY_FOLDER[folder], id) for id in ids if isinstance(id, str))
        yield from references(value)


def format_conflict(conflict: Conflict) -> Shown:
    """Format a conflict in a line that is safe to print."""
    values = (conflict.ours, conflict.theirs)
    ours, theirs = (Shown("nothing") if value is None else show(inline(value)) for value in values)
    return printable(f"{redact_path(conflict.path)}: {bare(conflict.key)}: the record says {ours}, the source {theirs}")
