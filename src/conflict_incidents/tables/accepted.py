"""Rows of waivers."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.records.model import Waivers
from conflict_incidents.tables.dtypes import Row
from conflict_incidents.tables.row import Lookup, fills


@fills("waivers", Waivers)
def waivers(accepted: Waivers, look: Lookup) -> Iterator[Row]:
    """The findings that reviewers accepted, those on privacy last."""
    for number, waiver in enumerate([*accepted.waivers, *accepted.privacy], start=1):
        yield {
            "number": number,
            "rule": waiver.rule,
            "record": waiver.record,
            "reason": waiver.reason,
            "date": waiver.date,
            "accepted_by": waiver.by,
            "reviewer": waiver.reviewer or None,
            "record_schema": accepted.text("schema"),
        }
