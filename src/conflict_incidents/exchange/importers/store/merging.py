"""Three-way merge of a record, key by key: the source now, the source before, and the record.

Items added to a list by a person, such as a claim from another report, aren't changes of the source's items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from operator import itemgetter
from typing import Any

from conflict_incidents.exchange.importers.store.ledger import OUTSIDE, fingerprint

EXTERNAL = "external"
_ABSENT = ""
_SHORT = 10
"""The maximum number of items of a list for which all selections are tried as the source's."""
_IDENTITY = {
    "sites": ("id",),
    "reports": ("id",),
    "claims": ("by", "in", "scope"),
    "attributions": ("by", "in", "actor"),
    "parties": ("by", "in", "actor", "side"),
    "weapons": ("by", "in", "kind"),
}
"""Keys with lists, and the keys that identify their items."""


@dataclass(slots=True)
class Merge:
    """The result of a merge: the record, the changed keys, the clashes, and the hashes for the ledger.

    A clash is a key changed by both the source and a person, with the value of the record and that of the source; None
    if one of them removed it.
    """

    record: dict[str, Any]
    changed_keys: set[str] = field(default_factory=set)
    clashes: list[tuple[str, Any, Any]] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)


def entry(record: dict[str, Any], scheme: str, foreign: str) -> Any:
    """Return a record's entry of `external` for a foreign id; None if missing."""
    listed = record.get(EXTERNAL)
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict) and item.get("scheme") == scheme and str(item.get("id")) == foreign:
            return item
    return None


def hashes(record: dict[str, Any], scheme: str, foreign: str) -> dict[str, str]:
    """Return the hash of each key of a record; of `external`, only that of the entry with this scheme and id."""
    by_key = {key: fingerprint(value) for key, value in record.items() if key not in (*OUTSIDE, EXTERNAL)}
    own = entry(record, scheme, foreign)
    return by_key | ({EXTERNAL: fingerprint(own)} if own is not None else {})


def merge(
    ours: dict[str, Any],
    theirs: dict[str, Any],
    before: dict[str, str] | None,
    identity: tuple[str, str],
    keep_edits: bool,
) -> Merge:
    """Merge the values of a source (`theirs`) into a record (`ours`).

    Args:
        ours: the record in the dataset.
        theirs: the record by the source.
        before: the hashes of the last values of the source; None if unknown.
        identity: scheme and foreign id.
        keep_edits: keep the person's value in clashes, and don't report them again.
    """
    lists = [key for key in _IDENTITY if isinstance(ours.get(key), list)]
    additions = {key: _items_added(key, ours[key], theirs.get(key), (before or {}).get(key, _ABSENT)) for key in lists}
    without_added = {key: [item for item in ours[key] if item not in more] for key, more in additions.items() if more}
    own = {key: value for key, value in (ours | without_added).items() if value or key not in without_added}
    now, here = hashes(theirs, *identity), hashes(own, *identity)
    merged = Merge(dict(ours))
    for key in {*now, *here, *(before or {})}:
        new, current = now.get(key, _ABSENT), here.get(key, _ABSENT)
        old = (before or {}).get(key, _ABSENT)
        last_hash = new
        if new == current or (before is not None and new == old):
            pass
        elif before is not None and current == old:
            _take(merged.record, theirs, key, identity)
            if additions.get(key):
                merged.record[key] = [*merged.record.get(key, ()), *additions[key]]
            merged.changed_keys.add(key)
        elif before is None and new == _ABSENT:
            pass  # a key never set by a source was set by a person
        elif not keep_edits:
            merged.clashes.append((key, _value(ours, key, identity), _value(theirs, key, identity)))
            last_hash = old
        if last_hash:
            merged.hashes[key] = last_hash
    merged.clashes.sort(key=itemgetter(0))
    return merged


def _items_added(key: str, ours: list[Any], theirs: Any, old: str) -> list[Any]:
    """Return the items that a person added to a list: all except the last ones of the source, or else those that the
    source doesn't have now.
    """
    for from_source in _parts(len(ours)):
        if fingerprint([ours[number] for number in from_source]) == old:
            return [item for number, item in enumerate(ours) if number not in from_source]
    identities = {_identity(key, item) for item in theirs or ()}
    return [item for item in ours if _identity(key, item) not in identities]


def _parts(length: int) -> Iterator[tuple[int, ...]]:
    """Yield the selections of items that may be those of the source, largest first; of a long list only its start."""
    for size in range(length, 0, -1):
        yield from combinations(range(length), size) if length <= _SHORT else [tuple(range(size))]


def _identity(key: str, item: Any) -> str:
    return fingerprint([item.get(part) for part in _IDENTITY[key]] if isinstance(item, dict) else item)


def _value(record: dict[str, Any], key: str, identity: tuple[str, str]) -> Any:
    return entry(record, *identity) if key == EXTERNAL else record.get(key)


def _take(record: dict[str, Any], theirs: dict[str, Any], key: str, identity: tuple[str, str]) -> None:
    """Set a key to the value of the source; of `external`, only the entry of the source."""
    new = _value(theirs, key, identity)
    if key == EXTERNAL:
        listed, old = record.get(EXTERNAL, []), entry(record, *identity)
        at = next((place for place, item in enumerate(listed) if item is old), len(listed))
        new = [*listed[:at], *([] if new is None else [new]), *listed[at + 1 :]]
    if new not in (None, []):
        record[key] = new
    else:
        record.pop(key, None)
