"""IDN, titles: what the title of an incident says, compared with the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from conflict_incidents.core.findings import Severity, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.cells import MONTHS
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import Incident
from conflict_incidents.records.schema import subschema_at

_DAY = re.compile(r"\b([0-9]{1,2}) ([A-Z][a-z]+)(?: ([0-9]{4}))?\b")
"""A day of a month; the year may be missing."""


@rule("IDN012", Severity.WARNING, on=Incident)
def title_agrees(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The day and the kind that a title names are those of the record.

    Read are days such as "2 January" and a kind of incident at the beginning, in English.

    Wrong:
        title: Airstrike on 3 September    # and the date is 2022-09-08

    Right:
        title: Airstrike on a stone quarry
    """
    title, days = incident.title, incident.days
    for day, month, year in _DAY.findall(title) if days else ():
        number = MONTHS.get(month[:3].lower())
        named = [as_day(f"{year or end.year}-{number:02}-{day:0>2}") for end in {*(days or ())} if number]
        if days and named and not any(one and days[0] <= one <= days[1] for one in named):
            yield Problem(
                incident.at("title"), f"the title has another day than the date ({days[0]}); correct one of them"
            )
    first = _kind_first().match(title)
    kind = re.sub("[ -]", "_", first[1].lower()) if first else incident.kind
    if kind != incident.kind != "unspecified":
        message = f"the kind is {show(incident.kind)}, and the title begins with {show(kind)}"
        yield Problem(incident.at("kind"), f"{message}; correct one of them")


@cache
def _kind_first() -> re.Pattern[str]:
    """Return the pattern of a title that begins with one kind of incident."""
    kinds = "|".join(kind.replace("_", "[ -]") for kind in subschema_at("incident/1", ["kind"])["enum"])
    return re.compile(rf"(?i)({kinds})s?\b(?! and )")
