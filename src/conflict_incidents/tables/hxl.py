"""The column names and hashtags of HXL files."""

from __future__ import annotations

from conflict_incidents.core.resources import csv_rows
from conflict_incidents.records.counts import DECLARED_MEASURES

COLUMNS = {row["heading"]: (row["tag"], row["column"]) for row in csv_rows(__file__, "hxl.csv")}
"""Heading → hashtag, and the column of `incidents` with the values, if any."""

SERIES = {
    measure.hxl if group == "total" else f"{measure.hxl}_{group}": (
        measure.name,
        group,
        f"#affected+{measure.hxl}" + ("" if group == "total" else f"+{group}"),
    )
    for measure in DECLARED_MEASURES
    if measure.unit == "people"
    for group in ("total", *measure.columns)
}
"""Prefix of the heading → measure, group, and the hashtag without the bound."""

BOUNDS = ("min", "best", "max")

TAGS: dict[str, str] = {
    **{heading: tag for heading, (tag, _) in COLUMNS.items()},
    **{f"{name}_{bound}": f"{tag}+{bound}" for name, (_, _, tag) in SERIES.items() for bound in BOUNDS},
    "sources": "#meta+source",
}
"""The hashtag of each heading, in the order of the columns."""
