"""Crosswalks of precision, clarity and kind to UCDP GED and ACLED, from `crosswalks.csv`."""

from __future__ import annotations

from collections.abc import Mapping

from conflict_incidents.core.resources import csv_rows

_ROWS = [tuple(row.values()) for row in csv_rows(__file__, "crosswalks.csv")]


def _theirs(of: str) -> dict[str, str]:
    """Return a column's codes by our words."""
    return {ours: theirs for column, ours, theirs in _ROWS if column == of}


def _ours(of: str) -> dict[str, str]:
    """Return our words by a column's codes; if two words share a code, the later one."""
    return {theirs: ours for column, ours, theirs in _ROWS if column == of}


UCDP_WHERE_PREC = _theirs("ucdp where_prec")
"""Precision of a site → `where_prec`; UCDP has no level below the second."""
UCDP_DATE_PREC = _theirs("ucdp date_prec")
"""Precision of a date → `date_prec`."""
UCDP_VIOLENCE = _theirs("ucdp type_of_violence")
"""Type of violence → `type_of_violence`."""
UCDP_NO_SOURCES = -1
"""The `number_of_sources` of a row without articles."""
UCDP_CLARITY = _theirs("ucdp event_clarity")
"""Clarity → `event_clarity`."""
ACLED_GEO_PRECISION = _theirs("acled geo_precision")
"""Precision of a site → `geo_precision`: the named place, around or near it, somewhere in its region."""
ACLED_TIME_PRECISION = _theirs("acled time_precision")
"""Precision of a date → `time_precision`; ACLED gives the middle day of a week or month."""
ACLED_KINDS = _ours("acled sub_event_type")
"""`sub_event_type` → kind; "Attack" doesn't specify the means."""
ACLED_EARLIER_KINDS = _ours("acled event_type")
"""`event_type` from before ACLED had sub-event types → kind."""
ACLED_ARMED = _ours("acled inter")
"""Types of armed actors, as numbers or in words → kind of an actor; rioters, protesters and civilians aren't armed."""


def words(table: Mapping[str, str]) -> dict[str, str]:
    """Invert a crosswalk: their code → our word; if two words share a code, the later one is used."""
    return {code: word for word, code in table.items()}
