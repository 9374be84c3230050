"""Write CHANGELOG.md from the change notes: one section per version; the notes are stored with the version.

Until a version is published, each change has a file of its own in `data/changes/`, so that two branches never edit the
same list. On publication the texts become a section of CHANGELOG.md, and the files move to `data/changes/1.2.0/`, so
that the release can be built again with the same table of changes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conflict_incidents.core.files import delete_leftovers, overwrite, read_whole, refuse_links, write_all
from conflict_incidents.core.findings import bare, errors, markdown, user_text
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.versions import release_version
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records.model import NOTES, ChangeNote
from conflict_incidents.release.errors import ReleaseError

FILE: Final = "CHANGELOG.md"
"""The path of the change log below the root of a dataset."""
HEADINGS = {
    "new": "New incidents",
    "correction": "Corrections",
    "withdrawn": "Withdrawn",
    "schema": "Schema",
    "code": "Code",
}
"""The headings of a section by kind of note, in order."""
OPENING = """# Changelog

Versions follow the Data Package recipe: MAJOR for a changed table contract, MINOR for added data, PATCH for
corrections.
"""
"""The beginning of a new change log."""
NOTHING = "No change was noted."
MAX_LISTED = 20
"""The maximum number of ids in an item."""
_SECTION = re.compile(r"^## (.+)$", re.M)
_EDITORS_LINE = re.compile(rb"\A(# yaml-language-server: \$schema=)(?=\.\./\.\./schemas/)")


@dataclass(frozen=True, slots=True)
class Plan:
    """Pending changes to a dataset, in this order: files to write, to delete, and to write after that."""

    write: Mapping[Path, bytes] = field(default_factory=dict)
    delete: tuple[Path, ...] = ()
    last: Mapping[Path, bytes] = field(default_factory=dict)

    def carry_out(self, root: Path) -> None:
        """Apply the plan to the dataset at `root`; after an interruption it can be planned and applied again.

        Raises:
            Halted: a file can't be written, or the work was interrupted.
            OSError: a file can't be deleted, or a folder on the way to one is a link.
        """
        refuse_links(root, self.delete)
        delete_leftovers(root)

        def write(file: Path, data: bytes) -> None:
            if file in self.last:
                self._delete()
            overwrite(file, data, root)

        write_all(root, {**self.write, **self.last}, write)
        self._delete()

    def _delete(self) -> None:
        for file in self.delete:
            file.unlink(missing_ok=True)


def section(notes: Iterable[ChangeNote], version: str, day: str) -> str:
    """Format the section of CHANGELOG.md for a version: an item per note, under its heading, by date and text.

    Args:
        notes: the notes of the version, in any order.
        version: the version.
        day: the day of the release, ISO 8601.
    """
    ordered = sorted(notes, key=lambda note: (note.date, note.wording, note.records, note.columns))
    lines = [f"## {version} ({day})"]
    for kind, heading in HEADINGS.items():
        if items := [_item(note) for note in ordered if note.kind == kind]:
            lines += ["", f"### {heading}", *items]
    return "\n".join([*lines, *(["", NOTHING] if len(lines) == 1 else []), ""])


def _item(note: ChangeNote) -> str:
    """Format a note as one list item; unwrapped, as a continuation line could begin with markup."""
    more = f" and {len(note.records) - MAX_LISTED} more" if len(note.records) > MAX_LISTED else ""
    ids = ", ".join(f"`{id}`" for id in note.records[:MAX_LISTED])
    return f"- {markdown(note.wording)}" + (f" ({ids}{more})" if ids else "")


def plan_changelog(root: Path, version: str, day: str) -> Plan:
    """Plan the changes to notes and CHANGELOG.md for publishing a version; empty if already done.

    Args:
        root: the dataset.
        version: the version, MAJOR.MINOR.PATCH.
        day: the day of the release, ISO 8601.

    Raises:
        ReleaseError: a note can't be used, or the section of the version was written and there are more notes now.
    """
    if release_version(version) is None:
        raise ReleaseError(f"the version {bare(version)} isn't of the form MAJOR.MINOR.PATCH; nothing was assembled")
    dataset = Dataset(root)
    target = root / "data" / NOTES / version
    files = sorted((root / "data" / NOTES).glob("*.yaml"))
    _refuse_wrong(files, dataset)
    by_target = {target / file.name: _EDITORS_LINE.sub(rb"\1../", read_whole(file)) for file in files}
    present = {file: read_whole(file) for file in sorted(target.glob("*.yaml"))}
    new = {file: data for file, data in by_target.items() if present.get(file) != data}
    if clashing := sorted(new.keys() & present.keys()):
        raise ReleaseError(
            f"{redact_path(dataset.index.display_path(clashing[0]))} already exists with other content; "
            "rename one of the two"
        )
    log = root / FILE
    before = _read(log)
    if version in sections(before):
        if new:
            raise ReleaseError(
                f"version {bare(version)} is already in {FILE}, and a section is never rewritten; give what "
                f"{redact_path(dataset.index.display_path(files[0]))} says a version of its own"
            )
        return Plan({}, tuple(files))
    if late := [note for note in dataset.notes() if note.date > day]:
        raise ReleaseError(
            f"{redact_path(late[0].path)}:{late[0].at('date').line}: {bare(late[0].date)} is after the day of the "
            f"release ({bare(day)}); correct one of them"
        )
    names = {file.name for file in new}
    notes = [*(note for note in dataset.notes() if Path(note.path).name in names), *dataset.notes(version)]
    return Plan({**new, log: _with(before, section(notes, version, day)).encode()}, tuple(files))


def _refuse_wrong(files: Iterable[Path], dataset: Dataset) -> None:
    for file in files:
        for wrong in errors(validate_parsed(dataset.index.parse_file(file), dataset)):
            raise ReleaseError(
                f"{redact_path(wrong.path)}:{wrong.mark.line}:{wrong.mark.column}: {bare(wrong.rule)} {wrong.message}"
            )


def _read(log: Path) -> str:
    """Return the current change log, or the beginning of a new one."""
    try:
        return read_whole(log).decode("utf-8") if os.path.lexists(log) else OPENING
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{user_text(log)} can't be read: {user_text(error)}") from error


def sections(log: str) -> list[str]:
    """Return the versions with a section in a change log, in order."""
    return [match[1].split(" ")[0] for match in _SECTION.finditer(log)]


def _with(log: str, added: str) -> str:
    """Insert a section before the existing ones of a change log."""
    first = _SECTION.search(log)
    at = first.start() if first else len(log)
    parts = (part.strip("\n") for part in (log[:at], added, log[at:]))
    return "\n\n".join(filter(None, parts)) + "\n"
