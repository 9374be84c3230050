"""IDN, titles: what the title of an incident says, compared with the record."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import Severity
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.cells import MONTHS
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import Incident

_DAY = re.compile(r"\bon ([0-9]{1,2}) ([A-Z][a-z]+)(?: ([0-9]{4}))?\b")
"""The day of an incident; the year may be missing. "Two days before 4 April" is another day."""


@rule("IDN012", Severity.WARNING, on=Incident)
def title_agrees(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The day that a title names is in the date.

    Read are days such as "on 2 January".

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
