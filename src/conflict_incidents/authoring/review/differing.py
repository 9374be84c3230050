"""How a record differs from what it was, one thing a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conflict_incidents.core.redaction import REDACTED, redacted
from conflict_incidents.records.model import Record
from conflict_incidents.records.yaml.nodes import plain

_NAMING = ("rule", "record", "measure", "kind", "actor", "incident", "scheme", "by", "in", "text")
"""The keys that tell the items of a list apart where they have no `id`."""
_FEW = 6
"""How many keys a mapping may have that is told in a line."""


def differences(before: Record, now: Record) -> Iterator[str]:
    """What was added, removed or changed, as `claims sohr in sabah, killed: 7 → 8`."""
    return _mapping(plain(before.raw), plain(now.raw), ())


def _mapping(before: dict[str, Any], now: dict[str, Any], where: tuple[str, ...]) -> Iterator[str]:
    for key in dict.fromkeys([*now, *before]):
        yield from _value(before.get(key), now.get(key), (*where, key), key)


def _value(before: Any, now: Any, where: tuple[str, ...], key: str) -> Iterator[str]:
    name = ", ".join(where)
    if before == now:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        yield from _mapping(before, now, where)
    elif _is_pieces(before) and _is_pieces(now):
        yield from _pieces(_named(before), _named(now), where)
    elif before is None or now is None:
        value = _brief(now if before is None else before, key)
        yield f"{name}: {'added' if before is None else 'removed'}{value and f' {value}'}"
    else:
        values = [_brief(before, key), _brief(now, key)]
        yield f"{name}: {' → '.join(values) if all(values) and REDACTED not in values else 'changed'}"


def _pieces(before: dict[str, Any], now: dict[str, Any], where: tuple[str, ...]) -> Iterator[str]:
    """Of a list of mappings, each by its name."""
    *outer, key = where
    for name in dict.fromkeys([*now, *before]):
        yield from _value(before.get(name), now.get(name), (*outer, f"{key} {name}"), key)


def _is_pieces(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _named(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The items of a list by what tells them apart: their id, or who says what, in which report."""
    found: dict[str, Any] = {}
    for item in items:
        words = [str(item[key]) for key in _NAMING if isinstance(item.get(key), str | int)]
        name = redacted(str(item["id"])) if "id" in item else " ".join(map(redacted, words)) or "item"
        number = 1 + sum(known == name or known.startswith(f"{name} (") for known in found)
        found[name if number == 1 else f"{name} ({number})"] = item
    return found


def _brief(value: Any, key: str) -> str:
    """A value as it fits into a line; empty where it doesn't."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        text = redacted(str(value), key)
        return text if isinstance(value, str) else text.strip("`")
    if isinstance(value, list):
        parts = [_brief(item, key) for item in value if not isinstance(item, dict)]
        return ", ".join(parts) if len(parts) == len(value) else ""
    parts = [f"{name.replace('_', ' ')} {_brief(item, name)}" for name, item in value.items() if _brief(item, name)]
    return ", ".join(parts) if len(parts) == len(value) <= _FEW else ""
