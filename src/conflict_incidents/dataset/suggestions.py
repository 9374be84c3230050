"""Suggestions for unresolved references: the probable record, or the command that creates one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from conflict_incidents.core.findings import (
    REDACTED,
    SHOWN_LENGTH,
    Finding,
    Shown,
    bare,
    fill_placeholders,
    placeholder,
    printable,
    show,
)
from conflict_incidents.core.names import fold, fold_and_join
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.core.rule import MAX_WORD_LENGTH, suggestion
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index_rows import stem_of
from conflict_incidents.records.model import FOLDERS, Place, Record

REGISTRY_OF = {row["key"]: row["folder"] for row in csv_rows(__file__, "references.csv")}
"""The keys with the id of a registry entry, and the registry's folder below `data/`."""
MAX_SUGGESTED = 3
"""The maximum number of records suggested in a message."""
_LIKE = 72
"""The minimum similarity of two spellings of one name, of 100 (rapidfuzz's `ratio`)."""
_ALIKE = 90
"""The minimum similarity at which two spellings match however their words are divided."""
_SAME_START = 60
"""The minimum similarity of names that begin with the same word, where nothing else matches."""
_AS_LIKE = 5
"""The maximum difference from the best similarity for another suggestion."""
KINDS_BY_FOLDER = {folder: kind for kind, folder in FOLDERS.items()}
"""The kind of the records in a folder below `data/`."""
_SAFE = re.compile(r"\w[\w .-]*")
"""Names that are safe in double quotes in a shell."""
_Names = dict[str, frozenset[str]]
_INDEX: WeakKeyDictionary[Dataset, dict[str, _Names]] = WeakKeyDictionary()
"""Cached names by registry, gathered only if a reference is missing."""


def reference_error(what: Shown, id: str, folder: str, referrer: Record, dataset: Dataset) -> Shown | None:
    """Return the message for an id that no record of a registry has, or whose record was withdrawn; None if valid.

    Args:
        what: the role of the id: "the place", "the originator".
        id: the id as written.
        folder: the registry's folder below `data/`.
        referrer: the record with the reference; a withdrawn record isn't checked.
        dataset: the dataset of the registry.
    """
    record = dataset.registry.lookup(folder, id)
    if record is None:
        return _missing(what, id, folder, dataset)
    if record.withdrawal and not referrer.withdrawal:
        return f"{what} {show(id)} was withdrawn; name the one that its record gives in its place, or what is right"
    return None


def _missing(what: Shown, id: str, folder: str, dataset: Dataset) -> Shown:
    if dataset.root / "data" / folder / f"{id}.yaml" in map(Path, dataset.index.resolve(folder, id)):
        file = f"data/{bare(folder)}/{bare(id)}.yaml"
        return f"{what} {show(id)} can't be used, as {file} is not a valid record; repair that file"
    return f"{what} {show(id)} is not in data/{bare(folder)}/{placeholder(folder, id)}"


FILE, SHOWN_FILE = "file", "file shown"
"""Placeholders of file names by path below the root; other placeholders are folders to look for suggestions in."""


IsPublic = Callable[[Record, Dataset], bool]
"""Whether a record may be shown: no privacy rule has a finding in it."""


def render(finding: Finding, dataset: Dataset, is_public: IsPublic) -> Finding:
    """Resolve the file names and suggestions of a finding."""

    def word(what: str, text: str) -> Shown:
        if what in {FILE, SHOWN_FILE}:
            path = printable(redact_path(dataset.index.display_path(dataset.root / text))).replace("`", "'")
            return Shown(path if what == FILE else f"`{path}`")  # unquoted, as in front of each finding
        if what in KINDS_BY_FOLDER:
            return suggest(text, what, dataset, is_public)
        ids = {*dataset.index.ids(what)}
        if text in ids:
            return Shown(" that can be used, as its file is not a valid record; repair that file")
        return suggestion(text, ids - {stem_of(finding.path)})

    path = dataset.index.display_path(dataset.root / finding.path)
    return replace(finding, path=path, message=fill_placeholders(finding.message, word))


def suggest(seen: str, folder: str, dataset: Dataset, is_public: IsPublic) -> Shown:
    """Return the end of a message: similar records of a registry, or else the command that creates one."""
    if folder == "organisations" and dataset.registry.actor(seen):
        return Shown("; it is an actor: name the organisation that says so, here for the actor or about it")
    meant_ids, within_ids = candidates(seen, folder, dataset)
    records = [_describe_id(id, folder, dataset, is_public) for id in meant_ids or within_ids]
    listed = " or ".join(filter(None, [", ".join(records[:-1]), *records[-1:]]))
    if meant_ids:
        return f"; did you mean {listed}?"
    if records:
        kind = bare(KINDS_BY_FOLDER[folder])
        return f"; if {listed} is meant, write that, else record it by `incidents new --kind {kind}`"
    return f"; record it by `{_command(seen, folder)}`, or correct it"


def candidates(seen: str, folder: str, dataset: Dataset) -> tuple[list[str], list[str]]:
    """Return the most similar ids of a registry, at most `MAX_SUGGESTED`.

    The first list has those with the same name, or else those whose words are each similar to one of it. The second is
    filled only if the first is empty: ids whose names contain all its words, or are contained in it ("Syrian
    Observatory" may be the Syrian Observatory for Human Rights, and "Ariha city" Ariha), or else those that begin with
    the same word and are similar ("Russian air force" may be the Russian Aerospace Forces).
    """
    names = _names(folder, dataset)
    folded = fold(seen)
    exact = frozenset(id for name in names if fold_and_join(name) == fold_and_join(seen) for id in names[name])
    if exact or not folded or len(seen) > 2 * MAX_WORD_LENGTH:
        return sorted(exact)[:MAX_SUGGESTED], []
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract

    like = [(name, score) for name, score, _ in extract(folded, list(names), scorer=ratio, limit=None)]
    same = [(name, score) for name, score in like if score >= _LIKE and _word_for_word(folded, name)]
    best = max((score for _, score in same), default=0.0)
    near = [name for name, score in same if score >= best - _AS_LIKE]
    words = set(folded.split())
    within = [name for name, _ in like if words <= (own := set(name.split())) or own <= words] if not near else []
    return _ids(near, names), _ids(within or ([] if near else _with_same_start(folded, like)), names)


def _with_same_start(folded: str, like: list[tuple[str, float]]) -> list[str]:
    """Return the names that begin with the same word and are similar, most similar first."""
    first = folded.split()[0]
    alike = [(name, score) for name, score in like if name.split()[0] == first and score >= _SAME_START]
    return [name for name, _ in sorted(alike, key=lambda each: -each[1])] if len(first) > 3 else []


def _ids(similar: list[str], names: _Names) -> list[str]:
    return list(dict.fromkeys(id for name in similar for id in sorted(names[name])))[:MAX_SUGGESTED]


def _word_for_word(one: str, other: str) -> bool:
    """Whether the words of two names are pairwise similar, or the names are similar when written as one word."""
    from rapidfuzz.fuzz import ratio

    def covers(words: list[str], others: list[str]) -> bool:
        return all(any(one == word or like(one, word) for one in others) for word in words)

    def like(word: str, another: str) -> bool:  # in three letters one edit is too much: SNA and SANA differ
        return min(len(word), len(another)) > 3 and ratio(word, another) >= _LIKE

    mine, theirs = one.split(), other.split()
    as_one = ratio("".join(mine), "".join(theirs)) >= _ALIKE
    return as_one or (covers(mine, theirs) and covers(theirs, mine))


def _names(folder: str, dataset: Dataset) -> _Names:
    """Map a registry's ids by folded id, by the records' names, and by other spellings of these."""
    known = _INDEX.setdefault(dataset, {})
    if folder not in known:
        ids_by_name: dict[str, set[str]] = {}
        for id in dataset.index.ids(folder):
            record = dataset.registry.lookup(folder, id)
            if record is None or not record.withdrawal:
                names = (record.name, *(one.spelling for one in record.names)) if record else ()
                code = (record.country,) if isinstance(record, Place) and record.level == "country" else ()
                for name in filter(None, (id, *names, *code)):
                    ids_by_name.setdefault(fold(name), set()).add(id)
        if folder == "actors":
            _add_spokesmen(ids_by_name, dataset)
        there = {id for ids in ids_by_name.values() for id in ids}
        for spelling, id in _aliases(folder, dataset):
            if id in there:
                ids_by_name.setdefault(spelling, set()).add(id)
        known[folder] = {name: frozenset(ids) for name, ids in sorted(ids_by_name.items()) if name}
    return known[folder]


def _add_spokesmen(ids_by_name: dict[str, set[str]], dataset: Dataset) -> None:
    """Add the names of organisations that speak for an actor: "Syrian army" means the actor that it speaks for."""
    for id in dataset.index.ids("organisations"):
        voice = dataset.registry.organisation(id)
        if voice and voice.actor and not voice.withdrawal and dataset.registry.actor(voice.actor):
            for name in (id, voice.name, *(one.spelling for one in voice.names)):
                ids_by_name.setdefault(fold(name), set()).add(voice.actor)


def _aliases(folder: str, dataset: Dataset) -> list[tuple[str, str]]:
    """Return the alias table of a registry; empty if it can't be read, as a hint must not fail the run."""
    try:
        return [(key[-1], id) for key, id in aliases(dataset, f"{KINDS_BY_FOLDER[folder]}_aliases").items()]
    except DatasetError:
        return []


def _describe_id(id: str, folder: str, dataset: Dataset, is_public: IsPublic) -> Shown:
    """Return an id, with the record's name if it adds to the id and may be shown."""
    record = dataset.registry.lookup(folder, id)
    name = printable(record.name)[:SHOWN_LENGTH] if record and is_public(record, dataset) else ""
    return f"{show(id)} ({Shown(name)})" if name and fold_and_join(name) != fold_and_join(id) else show(id)


def _command(seen: str, folder: str) -> Shown:
    """Return the command that creates a record, with the value seen if it is safe to repeat."""
    start = f"incidents new --kind {bare(KINDS_BY_FOLDER[folder])}"
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", seen) and show(seen) != REDACTED:
        return f"{start} --id {bare(seen)}"
    safe = show(seen) != REDACTED and _SAFE.fullmatch(seen) and len(seen) <= MAX_WORD_LENGTH
    if not safe:
        return start
    own = Shown("" if seen.isascii() else " --id ID")  # letters not allowed in ids
    return f'{start} --name "{bare(seen)}"{own}'
