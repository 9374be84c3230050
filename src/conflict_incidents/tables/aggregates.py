"""Rows of aggregates, the tolls of whole periods and areas."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.records.model import Aggregate
from conflict_incidents.tables.claims import bound_columns, claim_columns, count_rows
from conflict_incidents.tables.contract import Row, tables
from conflict_incidents.tables.row import Lookup, fills, withdrawal
from conflict_incidents.tables.statements import report_columns


@fills("aggregates", Aggregate, tombstones=True)
def aggregates(aggregate: Aggregate, look: Lookup) -> Iterator[Row]:
    """The measures, area and period of an aggregate, or its tombstone."""
    tombstone: Row = {
        "aggregate_id": aggregate.id,
        "status": aggregate.status,
        **withdrawal(aggregate),
        "record_schema": aggregate.text("schema"),
    }
    if aggregate.withdrawn:
        yield dict.fromkeys(tables()["aggregates"].names) | tombstone
        return
    since, until = aggregate.period
    yield {
        **tombstone,
        "title": aggregate.title,
        "place_id": aggregate.area,
        "period_from": since,
        "period_to": until,
        "reports": len(aggregate.reports),
        "claims": len(aggregate.claims),
        "note": aggregate.note,
    }


@fills("aggregate_reports", Aggregate)
def aggregate_reports(aggregate: Aggregate, look: Lookup) -> Iterator[Row]:
    """The documents used as sources."""
    for number, report in enumerate(aggregate.reports.values(), start=1):
        yield {"aggregate_id": aggregate.id, **report_columns(number, report)}


@fills("aggregate_claims", Aggregate)
def aggregate_claims(aggregate: Aggregate, look: Lookup) -> Iterator[Row]:
    """One row per number or share that an originator gives in a report, or states to be unknown."""
    for number, claim in enumerate(aggregate.claims, start=1):
        no_share: Row = {"aggregate_id": aggregate.id, "share_number": 0, "unit": "count", "share_of": None}
        for row in count_rows(number, claim):
            yield {**no_share, **row}
        for share_number, share in enumerate(claim.shares, start=1):
            yield {
                "aggregate_id": aggregate.id,
                **claim_columns(number, claim),
                "measure": share.measure,
                "group": share.group,
                "share_number": share_number,
                "unit": "percent",
                "share_of": share.whole,
                "statuses_complete": False,
                "sexes_complete": False,
                "group_complete": False,
                **bound_columns(share.percent),
            }
