"""What a branch's changes are worth: the findings of what was changed, and what that breaks elsewhere.

Judged are the changed files and every file that depends on one: whose text names it, directly or by way of others, or
whose kind is compared with it. Of files that weren't changed only those findings are told that they didn't have before.
What was there before must be there still, and no position may have got finer.

Prevents: a place or a link taken away under records that nobody looked at, a record that vanishes between two releases,
and a change held up by what was wrong before it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from conflict_incidents.dataset import IMPORTS, OTHER_FILES, Dataset, DatasetError
from conflict_incidents.earlier import Earlier
from conflict_incidents.findings import Finding, shown
from conflict_incidents.history import Changes
from conflict_incidents.model import FOLDERS, WAIVERS
from conflict_incidents.records import bytes_of, parse
from conflict_incidents.released import FILE as LEDGER
from conflict_incidents.validation import Outcome, lost, validate_paths

_REGISTRIES = frozenset(FOLDERS[kind] for kind in ("organisation", "place", "actor"))
_WAIVERS = f"data/{WAIVERS}"
_WORDS = bytes(code if chr(code).isalnum() and code < 128 else ord(" ") for code in range(256))
"""For `bytes.translate`: letters and digits of ASCII as they are, everything else a space."""


def validate_changes(changes: Changes, dataset: Dataset, step: Callable[[int, int], None] | None = None) -> Outcome:
    """Check what was changed in a dataset, and what depends on it. `step` is told how many files of how many are done.

    Raises:
        DatasetError: what describes the dataset can't be read.
        OSError: a folder can't be listed, or the dataset as it was can't be written to a temporary one.
    """
    files = to_judge(changes, dataset)
    earlier = _earlier(changes, dataset)
    dataset = Dataset(dataset.root, since=[earlier])
    outcome = validate_paths(files, dataset, step) if files else Outcome()
    changed = {dataset.shown(dataset.root / path) for change in changes.files for path in change.paths}
    elsewhere = {finding for finding in outcome.findings if finding.path not in changed}
    if elsewhere and not any(path.startswith("schemas/") for path in _paths(changes)):
        known = elsewhere & _before(changes, dataset, _concerned(elsewhere, dataset, files))
        outcome.findings = [finding for finding in outcome.findings if finding not in known]
    gone = [finding for state in (earlier, _released(changes, earlier, dataset)) for finding in lost(state, dataset)]
    outcome.findings = sorted([*outcome.findings, *gone])
    return outcome


def to_judge(changes: Changes, dataset: Dataset) -> list[Path]:
    """The files that a change may have made wrong, those changed among them, sorted.

    Raises:
        OSError: a folder can't be listed.
    """
    files = dataset.files()
    if any(_rules_over_all(path, dataset) for path in _paths(changes)):
        return files
    changed = {path: one.old for one in changes.files for path in one.paths if _is_record(path, dataset)}
    if not changed:
        return []
    paths = {PurePosixPath(file.relative_to(dataset.root)).as_posix(): file for file in files}
    found = (changed.keys() & paths.keys()) | _naming(changed, paths)
    found |= {path for path in paths if _is_compared(path, changed)}
    # Whether a waiver is needed shows only where all records of its id are judged: a place and an actor may share one.
    names = set(map(_name, found))
    return sorted(file for path, file in paths.items() if _name(path) in names)


def _earlier(changes: Changes, dataset: Dataset) -> Earlier:
    """The records that were changed or deleted, as they were at the base; of the others, that they were there."""
    there = [(one.before, one.old) for one in changes.files if one.before and _is_record(one.before, dataset)]
    records = [parse(old, dataset.shown(dataset.root / path)).record for path, old in there if old]
    changed = {dataset.root / path for path in _paths(changes)}
    kinds = {dataset.root / "data" / folder: kind for kind, folder in FOLDERS.items()}
    unchanged = [
        (kind, file.stem)
        for file in dataset.files()
        if file not in changed
        for folder, kind in kinds.items()
        if folder in file.parents
    ]
    return Earlier.of([record for record in records if record], f"revision {shown(changes.revision)}", unchanged)


def _released(changes: Changes, earlier: Earlier, dataset: Dataset) -> Earlier:
    """What was released of the changed records that the base hadn't; all of it, where the list of it was changed."""
    released = dataset.ledger.earlier
    if f"data/{LEDGER}" in _paths(changes):
        return released
    names = {_name(path) for path in _paths(changes)}
    touched = (one for one in released if _spaced(one.id.encode()) in names and not earlier.get(one.kind, one.id))
    return Earlier(released.name, touched)


def _paths(changes: Changes) -> Iterator[str]:
    """Where each changed file was and is."""
    return (path for change in changes.files for path in change.paths)


def _is_record(path: str, dataset: Dataset) -> bool:
    return path.startswith("data/") and dataset.is_meant(dataset.root / path)


def _rules_over_all(path: str, dataset: Dataset) -> bool:
    """Whether all records may be judged by a file: a schema, the descriptor, and whatever in `data/` is no record."""
    aside = PurePosixPath(path).name in OTHER_FILES or path.startswith(f"data/{IMPORTS}/")
    return not aside and not _is_record(path, dataset)


def _is_compared(path: str, changed: Collection[str]) -> bool:
    """Whether a file is judged by all others of a kind, so that no name leads to it from the one that was changed.

    Records of a registry are compared with each other, an aggregate with the incidents that it covers; a waiver is
    needed or not.
    """
    kinds = {one.split("/")[1] for one in changed}
    kind = path.split("/")[1]
    if kind == FOLDERS["aggregate"]:
        return bool(kinds & {FOLDERS["incident"], FOLDERS["place"]})
    return kind == WAIVERS or kind in kinds & _REGISTRIES


def _naming(changed: dict[str, bytes | None], paths: dict[str, Path]) -> set[str]:
    """The files whose text names a changed one, or one that names it, and so on; of a changed waiver, its record.

    A name is found in any case and whatever stands between its words, as the rules find the name of a place in a text.
    Where a backslash stands, any name may be spelt: such a file counts as naming all.
    """
    texts = {path: _text(file) for path, file in paths.items()}
    known = _by_last_word(map(_name, [*changed, *paths]))
    naming: dict[bytes, set[str]] = {}
    for path, data in texts.items():
        for name in _named_in(data, known):
            naming.setdefault(name, set()).add(path)
    found = {path for path, data in texts.items() if b"\\" in data}
    todo = [_name(path) for path in [*changed, *found]]
    todo += [_spaced(id.encode()) for path, old in changed.items() for id in _ids(path, old, texts.get(path))]
    while todo:
        fresh = naming.get(todo.pop(), set()) - found
        found |= fresh
        todo += map(_name, fresh)
    if _WAIVERS in changed:
        waived = {name for data in (changed[_WAIVERS], texts.get(_WAIVERS)) for name in _named_in(data or b"", known)}
        found |= {path for path in paths if _name(path) in waived}
    return found


def _ids(path: str, *texts: bytes | None) -> Iterator[str]:
    """The ids that a file gives itself, or gave, which others may have as well: not always that of its name."""
    for text in texts:
        record = parse(text, path).record if text else None
        if record and record.id:
            yield record.id


def _text(file: Path) -> bytes:
    """What a file holds; nothing where it can't be read, for then it names nobody."""
    try:
        data = bytes_of(file)
    except OSError:
        return b""
    return data if isinstance(data, bytes) else b""


def _spaced(data: bytes) -> bytes:
    """The words of a text in lower case, with a space before and after each."""
    words = data.decode("utf-8", "replace").lower().encode().translate(_WORDS).split()
    return b" %s " % b" ".join(words)


def _name(path: str) -> bytes:
    """What others call a record: its file's name."""
    return _spaced(os.fsencode(path.rpartition("/")[2].partition(".")[0]))


def _by_last_word(names: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    """Names by their last words, which tell them apart better than their first."""
    found: dict[bytes, set[bytes]] = {}
    for name in names:
        for word in name.split()[-1:]:
            found.setdefault(word, set()).add(name)
    return found


def _named_in(data: bytes, known: dict[bytes, set[bytes]]) -> Iterator[bytes]:
    text = _spaced(data)
    for word in known.keys() & set(text.split()):
        yield from (name for name in known[word] if name in text)


def _concerned(findings: Collection[Finding], dataset: Dataset, files: list[Path]) -> list[Path]:
    """The files that findings are in. Whether a waiver is needed shows only in the record that it is for: then all."""
    paths = {finding.path for finding in findings}
    if dataset.shown(dataset.root / _WAIVERS) in paths:
        return files
    return [file for file in files if dataset.shown(file) in paths]


def _before(changes: Changes, dataset: Dataset, files: list[Path]) -> set[Finding]:
    """What was found at the base in these files, and in those that were changed."""
    with tempfile.TemporaryDirectory(prefix="incidents-") as name:
        earlier = Dataset(Path(name).resolve())
        changes.restore(earlier.root)
        there = {earlier.root / file.relative_to(dataset.root) for file in files}
        there |= {earlier.root / one.before for one in changes.files if one.before and _is_record(one.before, dataset)}
        there = {file for file in there if os.path.lexists(file)}
        try:
            found = validate_paths(sorted(there), earlier).findings if there else []
        except DatasetError:
            return set()
        then, now = _prefix(earlier), _prefix(dataset)
        return {replace(one, path=one.path.replace(then, now), message=one.message.replace(then, now)) for one in found}


def _prefix(dataset: Dataset) -> str:
    """What messages put before the paths of a dataset."""
    return dataset.shown(dataset.root / "data").removesuffix("data")
