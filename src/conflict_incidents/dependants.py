"""Which files a change may have made wrong: those changed, and all that are judged by one of them.

A file is judged by another where its text names it, directly or by way of others, or where its kind is compared with
it: registries each with themselves, incidents with those of the same days, aggregates with all incidents. All of this
is found in the texts, without reading them as records. Whoever adds a rule that looks at more of the dataset adds it
here; `tests/branches.py` compares with a validation of everything.

Prevents: a finding in a record that nobody changed and that nobody judged, and a check of one change that has to read
the whole dataset.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from conflict_incidents.dataset import IMPORTS, OTHER_FILES, Dataset, folded
from conflict_incidents.history import Changes
from conflict_incidents.likeness import NEAR
from conflict_incidents.model import FOLDERS, WAIVERS
from conflict_incidents.records import bytes_of, parse

_REGISTRIES = frozenset(FOLDERS[kind] for kind in ("organisation", "place", "actor"))
_WAIVERS = f"data/{WAIVERS}"
_WORDS = bytes(code if chr(code).isalnum() and code < 128 else ord(" ") for code in range(256))
"""For `bytes.translate`: letters and digits of ASCII as they are, everything else a space."""


def to_judge(changes: Changes, dataset: Dataset) -> list[Path]:
    """The files that a change may have made wrong, those changed among them, sorted.

    Raises:
        OSError: a folder can't be listed.
    """
    files = dataset.files()
    if any(_judges_all(path, dataset) for path in changes.paths):
        return files
    changed = {path: one.old for one in changes.files for path in one.paths if is_record(path, dataset)}
    if not changed:
        return []
    return _Texts(dataset, files).judged_by(changed)


def is_record(path: str, dataset: Dataset) -> bool:
    """Whether a path below the dataset's root is one where only a record may lie."""
    return path.startswith("data/") and dataset.is_meant(dataset.root / path)


def name_of(path: str) -> bytes:
    """What others call the record in a file, as `spaced` has it: the file's name."""
    return spaced(os.fsencode(folded(path.rpartition("/")[2].partition(".")[0])))


def spaced(text: bytes) -> bytes:
    """The words of a text in lower case, with a space before and after each."""
    words = text.decode("utf-8", "replace").lower().encode().translate(_WORDS).split()
    return b" %s " % b" ".join(words)


def _judges_all(path: str, dataset: Dataset) -> bool:
    """Whether all records may be judged by a file: a schema, the descriptor, and whatever in `data/` is no record."""
    aside = PurePosixPath(path).name in OTHER_FILES or path.startswith(f"data/{IMPORTS}/")
    return not aside and not is_record(path, dataset)


class _Texts:
    """What stands in the files of a dataset, as far as one names another.

    A name is found in any case and whatever stands between its words, as the rules find the name of a place in a text.
    """

    def __init__(self, dataset: Dataset, files: list[Path]) -> None:
        self._files = {PurePosixPath(file.relative_to(dataset.root)).as_posix(): file for file in files}
        self._raw = {path: _text(file) for path, file in self._files.items()}
        self._spaced = {path: spaced(text) for path, text in self._raw.items()}

    def judged_by(self, changed: dict[str, bytes | None]) -> list[Path]:
        """The files to judge for a change of these, each with what it held."""
        found = self._naming(changed)
        found |= {path for path in self._files if _is_compared(path, changed)}
        if _WAIVERS in changed:
            found |= self._waived(changed[_WAIVERS])
        found |= self._of_same_days([*changed, *found])
        # Whether a waiver is needed shows only where all records of its id are judged, be it a place's and an actor's.
        names = set(map(name_of, found))
        return sorted(file for path, file in self._files.items() if path in changed or name_of(path) in names)

    def _naming(self, changed: dict[str, bytes | None]) -> set[str]:
        """The files whose text names a changed one, or one that names it, and so on.

        Where a backslash stands, any name may be spelt: such a file counts as naming all.
        """
        known = _by_last_word(map(name_of, [*changed, *self._files]))
        naming: dict[bytes, set[str]] = {}
        for path, text in self._spaced.items():
            for name in _named_in(text, known):
                naming.setdefault(name, set()).add(path)
        found = {path for path, text in self._raw.items() if b"\\" in text}
        todo = [name_of(path) for path in [*changed, *found]]
        todo += [spaced(id.encode()) for path, old in changed.items() for id in _ids(path, old, self._raw.get(path))]
        while todo:
            fresh = naming.get(todo.pop(), set()) - found
            found |= fresh
            todo += map(name_of, fresh)
        return found

    def _waived(self, old: bytes | None) -> set[str]:
        """The records that the waivers name, and those that they named."""
        known = _by_last_word(map(name_of, self._files))
        texts = (spaced(old or b""), self._spaced.get(_WAIVERS, b""))
        named = {name for text in texts for name in _named_in(text, known)}
        return {path for path in self._files if name_of(path) in named}

    def _of_same_days(self, paths: Iterable[str]) -> set[str]:
        """The incidents whose text has a day so near that in the ids of others that they are compared with these."""
        folder = f"data/{FOLDERS['incident']}/"
        known = _by_last_word({day for path in paths if path.startswith(folder) for day in _days_about(path)})
        texts = self._spaced.items()
        return {path for path, text in texts if path.startswith(folder) and any(_named_in(text, known))}


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


def _days_about(path: str) -> Iterator[bytes]:
    """The days about the one in an incident's id, as they stand in a text."""
    with suppress(ValueError, OverflowError):
        day = date.fromisoformat(path.rpartition("/")[2][4:12])
        for number in range(-NEAR.days, NEAR.days + 1):
            yield spaced((day + timedelta(days=number)).isoformat().encode())


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


def _by_last_word(names: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    """Names by their last words, which tell them apart better than their first."""
    found: dict[bytes, set[bytes]] = {}
    for name in names:
        for word in name.split()[-1:]:
            found.setdefault(word, set()).add(name)
    return found


def _named_in(text: bytes, known: dict[bytes, set[bytes]]) -> Iterator[bytes]:
    """Which of the known names stand in a text."""
    for word in known.keys() & set(text.split()):
        yield from (name for name in known[word] if name in text)
