"""Resolve `part_of`: an incident that is part of another is counted in it, and in the incidents that contain that."""

from __future__ import annotations

from collections.abc import Callable

from conflict_incidents.dataset.index_rows import IndexRow

PART_OF = "part_of"
DUPLICATE_OF = "duplicate_of"
ACYCLIC = (DUPLICATE_OF, PART_OF)
"""The kinds of links that must not form a cycle."""


def wholes(incident: IndexRow, find: Callable[[str], IndexRow | None]) -> tuple[str, ...]:
    """Return the published incidents that contain an incident, from the nearest to the outermost.

    A withdrawn one is skipped, but followed: to the incident that it duplicates, and to those that contain it.

    Args:
        incident: the part.
        find: looks up an incident by id; None if missing.
    """
    visited = {incident.id}
    published: list[str] = []
    level = _above(incident)
    while level:
        rows = {id: row for id in sorted(level - visited) if (row := find(id))}
        visited |= level
        published += [id for id, row in rows.items() if row.status == "published"]
        level = {id for row in rows.values() for id in _above(row)}
    return tuple(published)


def _above(incident: IndexRow) -> set[str]:
    kinds = {PART_OF, DUPLICATE_OF} if incident.withdrawn else {PART_OF}
    return {link.incident for link in incident.links if link.kind in kinds}
