"""DAT, wording: what a text says of the date. Prevents: a night on the wrong date, and a year that somebody guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, tzinfo

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity
from conflict_incidents.model import Incident
from conflict_incidents.rules.dates import WEEKDAYS, zone_of

DUSK, DAWN = 18, 6
"""The hours between which it is night."""
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_NIGHT = re.compile(
    r"(?i)\b(?:over|mid)?nights?\b|\bnight-?time\b|\b(?:early|small) hours\b|\bpre-?dawn\b|\bbefore dawn\b"
    r"|\bafter dark\b|(?<!\w)(?:ال)?ليلة?(?!\w)"
)
_MONTH = rf"(?:{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in map(str.capitalize, MONTHS))}|Sept)\b\.?"
_NUMBER = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_AND = r"\s*(?:(?:and )?(?:to|until|into|till)|and|[-\u2013\u2014/])\s*(?:the )?"
_TWO_DAYS = re.compile(
    rf"\b{_NUMBER}(?: (?:of )?{_MONTH})?{_AND}{_NUMBER} (?:of )?{_MONTH}"
    rf"|\b{_MONTH} {_NUMBER}{_AND}(?:{_MONTH} )?{_NUMBER}\b"
)
_TWO_WEEKDAYS = re.compile(rf"(?i)\b({'|'.join(WEEKDAYS)})(?: night)?{_AND}({'|'.join(WEEKDAYS)})\b")
_DAY_ALONE = re.compile(rf"\b{_NUMBER} (?:of )?({_MONTH})(?!,? ?[0-9]{{4}})|\b({_MONTH}) {_NUMBER}\b(?!,? ?[0-9]{{4}})")
_ON_THE_YEAR = re.compile(r"(?i)\byears?\b|\binferred\b|\b(?:19|20)[0-9]{2}\b")


@rule("DAT007", Severity.WARNING, on=Incident)
def night_on_one_date(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A night lies on two dates; the record says on which of them the incident was.

    What happened before midnight has the first date, what happened after it the second, and `time` says so. Where
    nobody knows, the date has both and `precision: days`. Whether a text without these words speaks of a night, a
    machine can't tell.

    Wrong:
        date: {from: 2022-09-08, to: 2022-09-09}
        time: "23:30+03:00"

    Right:
        date: 2022-09-08
        time: "23:30+03:00"
    """
    days = incident.date.days if incident.date else None
    if incident.date is None or days is None or (days[1] - days[0]).days > 1:
        return
    texts = [
        incident.title,
        incident.note,
        *(text for claim in incident.claims for text in (claim.excerpt, claim.note)),
    ]
    nightly = [text for text in texts if text and _NIGHT.search(text)]
    hour = _local_hour(incident.time, days[0], zone_of(incident, dataset))
    at_night = hour is not None and not DAWN <= hour < DUSK
    if days[0] != days[1]:
        if at_night or (nightly and hour is None and incident.date.precision is None):
            yield Problem(
                incident.date.at,
                f"two dates, {days[0]} and {days[1]}, for what happened in one night; keep the one on which it began, "
                "or say `precision: days` and no time if nobody knows",
            )
    elif hour is None and any(_names_both(text, days[0]) for text in nightly):
        yield Problem(
            incident.date.at,
            f"the text speaks of a night over two dates, the record of {days[0]}; give the `time`, or both dates with "
            "`precision: days` if it isn't known",
        )


def _local_hour(time: str | None, day: date, zone: tzinfo | None) -> int | None:
    """The hour of a time of day in the incident's zone, or as it stands where that isn't known."""
    if time is None:
        return None
    told = datetime.fromisoformat(f"{day}T{time}")
    return (told.astimezone(zone) if zone else told).hour


def _names_both(text: str, day: date) -> bool:
    """Whether a text names two dates or weekdays that follow each other, of which a day is one."""
    pairs = [[int(number) for number in found.groups() if number] for found in _TWO_DAYS.finditer(text)]
    if any(day.day in pair and (pair[1] == pair[0] + 1 or (pair[1] == 1 and pair[0] >= 28)) for pair in pairs):
        return True
    for found in _TWO_WEEKDAYS.finditer(text):
        one, other = (WEEKDAYS.index(word.lower()) for word in found.groups())
        if (one + 1) % 7 == other and day.weekday() in {one, other}:
            return True
    return False


@rule("DAT008", Severity.WARNING, on=Incident)
def inferred_year_noted(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A year that no report states is marked by `year_inferred: true`, and the note says from what it is known.

    Looked at are the words that a record quotes: a day without a year, in a record of which no report has a date. What
    the reports themselves say, the reviewer reads.

    Wrong:
        date: 2022-09-08
        year_inferred: true

    Right:
        date: 2022-09-08
        year_inferred: true
        note: The report names no year; it speaks of the week in which the crossing was closed in 2022.
    """
    noted = incident.note is not None and _ON_THE_YEAR.search(incident.note) is not None
    if incident.year_inferred and not noted:
        yield Problem(
            incident.at("year_inferred"), "nothing says from what the year is known; say it in the record's `note`"
        )
    days = incident.date.days if incident.date else None
    if incident.year_inferred or noted or days is None or incident.external or _dated(incident, days[0].year):
        return
    for claim in incident.claims:
        if any(_is_one_of(days, *found.groups()) for found in _DAY_ALONE.finditer(claim.excerpt or "")):
            yield Problem(
                claim.at("excerpt"),
                f"the words name no year, and no report has a date: from what is {days[0].year} known? Say "
                "`year_inferred: true`, and the reason in `note`",
            )
            return


def _dated(incident: Incident, year: int) -> bool:
    """Whether anything that was read has the year: the date of a report, its address, or other quoted words."""
    for report in incident.reports.values():
        if report.published or str(year) in (report.url or "") or str(year) in (report.archive_url or ""):
            return True
    return any(str(year) in (claim.excerpt or "") for claim in incident.claims)


def _is_one_of(days: tuple[date, date], *found: str | None) -> bool:
    """Whether a day and a month that a text names can be those of an incident."""
    number = next(int(one) for one in found if one and one.isdigit())
    month = next(one for one in found if one and not one.isdigit())[:3].lower()
    which = [name[:3] for name in MONTHS].index(month) + 1
    return (days[0].month, days[0].day) <= (which, number) <= (days[1].month, days[1].day)
