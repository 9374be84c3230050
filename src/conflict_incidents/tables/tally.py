"""Count the rows that tables must have for a record, from its tree, independently of the code that fills tables.

Prevents: a record, or an item of one of its lists, that is lost or released twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.records.counts import COMPLETE, MEASURES, Bound
from conflict_incidents.records.model import KINDS, Aggregate, Incident, Record
from conflict_incidents.records.yaml.nodes import MappingNode, Node, SequenceNode

TABLES: dict[type[Record], str] = {kind.record: kind.folder for kind in KINDS.values() if kind.folder}
"""The table that has one row for each record of a kind."""
LISTS = {
    **{name: name for name in ("sites", "attributions", "parties", "weapons", "conditions", "caveats", "overrides")},
    "external": "external_ids",
}
"""Lists of an incident with one row per item, and their tables."""
CLAIMS = {Incident: "", Aggregate: "aggregate_"}
"""The kinds of records with reports and claims, and the prefixes of their tables."""


def tally(record: Record) -> Iterator[tuple[str, str, int]]:
    """Yield the name of a table (or of a count within it), the id of the record, and the required number of rows."""
    if type(record) in TABLES:
        yield TABLES[type(record)], record.id, 1
    if not isinstance(record, (Incident, Aggregate)) or record.withdrawn:
        return
    for key, table in LISTS.items() if isinstance(record, Incident) else ():
        yield table, record.id, len(_items(record.node, key))
    prefix = CLAIMS[type(record)]
    for name in ("reports", "claims"):
        yield f"{prefix}{name}", record.id, len(_items(record.node, name))
    yield numbers(prefix), record.id, sum(map(_numbers, _items(record.node, "claims")))


def numbers(prefix: str) -> str:
    """Return the name of the count for a table of claims, which may have several rows per claim."""
    return f"numbers in {prefix}claims"


def _items(node: Node | None, key: str) -> list[Node]:
    child = node.items.get(key) if isinstance(node, MappingNode) else None
    return child.items if isinstance(child, SequenceNode) else []


_BOUNDS = {*(bound.value for bound in Bound), "word"}


def _numbers(claim: Node) -> int:
    """Return the number of counts and shares of a claim, and of measures that it states to be unknown."""
    count = len({getattr(item, "value", None) for item in _items(claim, "no_information")})
    count += len(_items(claim, "shares"))
    for measure in MEASURES:
        node = claim.items.get(measure) if isinstance(claim, MappingNode) else None
        if isinstance(node, MappingNode) and not _BOUNDS & node.items.keys():
            count += len(node.items.keys() - set(COMPLETE))
        elif node is not None:
            count += 1
    return count
