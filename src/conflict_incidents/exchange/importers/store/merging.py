"""Three-way merge of a record, key by key: the source now, the source before, and the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conflict_incidents.exchange.importers.store.ledger import OUTSIDE, fingerprint

EXTERNAL = "external"
_ABSENT = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """A key that both the source and a person changed; None where one of them has taken it out."""

    key: str
    ours: Any
    theirs: Any


@dataclass(slots=True)
class Merge:
    """What became of a record: the record, the keys that changed, the clashes, and the hashes for the ledger."""

    record: dict[str, Any]
    changed: set[str] = field(default_factory=set)
    clashes: list[Clash] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)


def entry(record: dict[str, Any], scheme: str, foreign: str) -> Any:
    """The entry of a record's `external` for one foreign id, None where it has none."""
    listed = record.get(EXTERNAL)
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict) and item.get("scheme") == scheme and str(item.get("id")) == foreign:
            return item
    return None


def hashes(record: dict[str, Any], scheme: str, foreign: str) -> dict[str, str]:
    """The hash of each key of a record; of `external`, only the entry of this scheme and id counts."""
    found = {key: fingerprint(value) for key, value in record.items() if key not in (*OUTSIDE, EXTERNAL)}
    own = entry(record, scheme, foreign)
    return found | ({EXTERNAL: fingerprint(own)} if own is not None else {})


def merge(
    ours: dict[str, Any], theirs: dict[str, Any], before: dict[str, str] | None, identity: tuple[str, str], settle: bool
) -> Merge:
    """Merge what a source says (`theirs`) into a record (`ours`).

    Args:
        ours: the record as it is in the dataset.
        theirs: the record as the source gives it.
        before: the hashes of what the source last gave; None where unknown.
        identity: scheme and foreign id.
        settle: take note of what the source says and keep the person's value: no clash from now on.
    """
    now, here = hashes(theirs, *identity), hashes(ours, *identity)
    done = Merge(dict(ours))
    for key in {*now, *here, *(before or {})}:
        said, kept = now.get(key, _ABSENT), here.get(key, _ABSENT)
        known = (before or {}).get(key, _ABSENT)
        noted = said
        if said == kept or (before is not None and said == known):
            pass
        elif before is not None and kept == known:
            _take(done.record, theirs, key, identity)
            done.changed.add(key)
        elif before is None and said == _ABSENT:
            pass  # a key of which no source is known to have spoken is a person's own
        elif not settle:
            values = [_value(record, key, identity) for record in (ours, theirs)]
            done.clashes.append(Clash(key, *values))
            noted = known
        if noted:
            done.hashes[key] = noted
    done.clashes.sort(key=lambda clash: clash.key)
    return done


def _value(record: dict[str, Any], key: str, identity: tuple[str, str]) -> Any:
    return entry(record, *identity) if key == EXTERNAL else record.get(key)


def _take(record: dict[str, Any], theirs: dict[str, Any], key: str, identity: tuple[str, str]) -> None:
    new = _value(theirs, key, identity)
    if key == EXTERNAL:
        old = entry(record, *identity)
        listed = [item for item in record.get(EXTERNAL, []) if item is not old]
        at = next((place for place, item in enumerate(record.get(EXTERNAL, [])) if item is old), len(listed))
        record[EXTERNAL] = [*listed[:at], *([new] if new is not None else []), *listed[at:]]
    elif new is None:
        record.pop(key, None)
    else:
        record[key] = new
    if key == EXTERNAL and not record[EXTERNAL]:
        del record[EXTERNAL]
