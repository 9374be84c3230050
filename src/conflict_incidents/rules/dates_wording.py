"""DAT, wording: what a text says of the date. Prevents: a night on the wrong date, and a year that somebody guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity
from conflict_incidents.model import Incident
from conflict_incidents.rules.dates import WEEKDAYS
from conflict_incidents.rules.zones import zone_of
from conflict_incidents.spelling import MONTHS

DUSK, DAWN = 18, 6
"""The hours between which it is night."""

_NIGHT = re.compile(
    r"(?i)\b(?:(?:over|mid)?nights?|night-?time|(?:early|small) hours|pre-?dawn|before dawn|after dark)\b"
    r"|(?<!\w)(?:ال)?ليلة?(?!\w)"
)
_MONTH = rf"(?:{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in MONTHS)}|Sept)\b\.?"
_NUMBER = "([0-9]{1,2})(?:st|nd|rd|th)?"
_AND = "\\s*(?:(?:and )?(?:to|until|into|till)|and|[-\u2013\u2014/])\\s*(?:the )?"
_TWO_DAYS = (
    re.compile(rf"\b{_NUMBER}(?: (?:of )?{_MONTH})?{_AND}{_NUMBER} (?:of )?{_MONTH}"),
    re.compile(rf"\b{_MONTH} {_NUMBER}{_AND}(?:{_MONTH} )?{_NUMBER}\b"),
    re.compile(rf"(?i)\b({'|'.join(WEEKDAYS)})(?: night)?{_AND}({'|'.join(WEEKDAYS)})\b"),
)
"""Two days that a text names together, by number or by name."""
_DAY_ALONE = (
    re.compile(rf"\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})(?!,? ?[0-9]{{4}})"),
    re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?!,? ?[0-9]{{4}})"),
)
"""A day that a text names without its year."""
_ON_THE_YEAR = re.compile(r"(?i)\b(?:years?|inferred|(?:19|20)[0-9]{2})\b")


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
    if incident.days is None or incident.days[1] - incident.days[0] > timedelta(1):
        return
    first, last = incident.days
    texts = [
        incident.title,
        incident.note,
        *(text for claim in incident.claims for text in (claim.excerpt, claim.note)),
    ]
    nightly = [text for text in texts if text and _NIGHT.search(text)]
    hour = _local_hour(incident.time, first, zone_of(incident, dataset))
    lasted = incident.precision is None
    if first == last:
        if hour is None and any(_names_both(text, first) for text in nightly):
            yield Problem(
                incident.at("date"),
                f"the text speaks of a night over two dates, the record of {first}; give the `time`, or both dates "
                "with `precision: days` if it isn't known",
            )
    elif (nightly and lasted) if hour is None else not DAWN <= hour < DUSK:
        yield Problem(
            incident.at("date"),
            f"two dates, {first} and {last}, for what happened in one night; keep the one on which it began, or say "
            "`precision: days` and no time if nobody knows",
        )


def _local_hour(time: str | None, day: date, zone: tzinfo | None) -> int | None:
    """The hour of a time of day in the incident's zone, or as it stands where that isn't known."""
    if time is None:
        return None
    told = datetime.fromisoformat(f"{day}T{time}")
    return (told.astimezone(zone) if zone else told).hour


def _names_both(text: str, day: date) -> bool:
    """Whether a text names a day, by its number or its weekday, together with the one before or after it."""
    around = [day + timedelta(more) for more in (-1, 0, 1)]
    pairs = {*pairwise(str(one.day) for one in around), *pairwise(WEEKDAYS[one.weekday()] for one in around)}
    named = (found for pattern in _TWO_DAYS for found in pattern.finditer(text))
    return any(tuple(one.lower().removeprefix("0") for one in found.groups()) in pairs for found in named)


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
    noted = incident.note and _ON_THE_YEAR.search(incident.note)
    if noted or incident.days is None:
        return
    first, last = incident.days
    quoting = [claim for claim in incident.claims if claim.excerpt and _names_day(claim.excerpt, first, last)]
    if incident.year_inferred:
        message = "nothing says from what the year is known; say it in the record's `note`"
        yield Problem(incident.at("year_inferred"), message)
    elif quoting and not incident.external and not _dated(incident, str(first.year)):
        yield Problem(
            quoting[0].at("excerpt"),
            f"the words name no year, and no report has a date: from what is {first.year} known? Say "
            "`year_inferred: true`, and the reason in `note`",
        )


def _dated(incident: Incident, year: str) -> bool:
    """Whether a report has a date, or its address or other quoted words the year."""
    reports = incident.reports.values()
    read = [text for report in reports for text in (report.url, report.archive_url)]
    quoted = [claim.excerpt for claim in incident.claims]
    return any(report.published for report in reports) or any(text and year in text for text in (*read, *quoted))


def _names_day(text: str, first: date, last: date) -> bool:
    """Whether a text names a day, without its year, that lies in a span."""
    short = [month[:3] for month in MONTHS]
    found = [one for pattern in _DAY_ALONE for one in pattern.finditer(text)]
    named = [(short.index(one["month"][:3]) + 1, int(one["day"])) for one in found]
    since, until = (first.month, first.day), (last.month, last.day)
    within = all if first.year == last.year else any  # from December to January: one of the two is enough
    return any(within((since <= day, day <= until)) for day in named)
