"""DAT: days and times. Prevents: an incident on a day that doesn't exist, or reported before it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Mark, Severity, shown
from conflict_incidents.model import Incident, Record
from conflict_incidents.parts import as_day
from conflict_incidents.schema import Violation

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = {"day": 1, "days": 6, "week": 7, "month": 31, "year": 366}
"""How many days a span of each precision may have."""
DAYS = ("date", "from", "to", "published", "accessed", "archived", "as_of")
"""The keys that hold dates."""


@rule("DAT001", Severity.ERROR, on=(Violation, Record))
def real_days(judged: Violation | Record, dataset: Dataset | None = None) -> Iterator[Problem]:
    """Dates are ISO dates that exist, spans run forwards, and a span fits its precision.

    Wrong:
        date: {from: 2022-09-30, to: 2022-09-01, precision: month}

    Right:
        date: {from: 2022-09-01, to: 2022-09-30, precision: month}
    """
    if isinstance(judged, Violation):
        yield Problem(
            judged.at, f"{judged.name} is {judged.seen}, not a date; write it as 2022-09-08, or `{{from: …, to: …}}`"
        )
        return
    for text, mark in judged.texts_at(*DAYS):
        if not _exists(text):
            yield Problem(mark, f"{shown(text)} does not exist; correct the date")
    if isinstance(judged, Incident):
        yield from _span(judged)


def _exists(text: str) -> bool:
    if len(text) in {4, 7}:  # a year or a month
        return as_day(f"{text}-01-01"[:10]) is not None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _span(incident: Incident) -> Iterator[Problem]:
    span = incident.date
    days = span.days if span else None
    if span and days:
        length = (days[1] - days[0]).days + 1
        longest = LONGEST.get(span.precision or "")
        if length < 1:
            yield Problem(span.at, f"the span ends ({span.last}) before it begins ({span.first}); swap them")
        elif longest is not None and length > longest:
            yield Problem(
                span.at,
                f"{length} days are more than the precision `{span.precision}` allows ({longest}); narrow the span, take a "
                "coarser precision, or leave `precision` out if the incident lasted so long",
            )
    for claim in incident.claims:
        if claim.scope.first and claim.scope.last and claim.scope.last < claim.scope.first:
            yield Problem(claim.at("scope"), "the scope's span ends before it begins; swap them")


@rule("DAT002", Severity.ERROR, on=Record)
def not_in_future(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """No date lies after the day of the release in the making (`created` in datapackage.json).

    The clock of whoever runs the check has no say: the same record gets the same answer on every day.

    Wrong:
        date: 2202-09-08

    Right:
        date: 2022-09-08
    """
    for text, mark in record.texts_at(*DAYS):
        day = as_day(text)
        if day and day > dataset.release_date:
            yield Problem(
                mark,
                f"{shown(text)} lies after the day of the release ({dataset.release_date}); correct the date, or move "
                "`created` in datapackage.json",
            )


@rule("DAT003", Severity.ERROR, on=Incident)
def published_after(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A report is not published before the incident's first day, in the incident's local time.

    Wrong:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-07}]

    Right:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-08}]
    """
    days = incident.date.days if incident.date else None
    zone = _zone(incident, dataset)
    for report in incident.reports.values():
        published = _local_day(report.published, zone)
        if days and published and published < days[0]:
            yield Problem(
                report.at("published"),
                f"published on {published}, before the incident ({days[0]}); correct one of the dates",
                Severity.WARNING if incident.external else None,
            )


def _zone(incident: Incident, dataset: Dataset) -> ZoneInfo | None:
    place = dataset.place(incident.primary.place) if incident.primary else None
    name = incident.timezone or (place.timezone if place else None)
    return _known_zone(name) if name else None


def _known_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _local_day(text: str | None, zone: ZoneInfo | None) -> date | None:
    """The day in the incident's zone; a bare date is taken as it stands."""
    if text and "T" in text and zone:
        try:
            return datetime.fromisoformat(text).astimezone(zone).date()
        except (ValueError, OverflowError):
            return None
    return as_day(text)


@rule("DAT005", Severity.WARNING, on=Incident)
def weekday_agrees(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The weekday that a report states is the weekday of the date.

    Wrong:
        date: 2022-09-08
        weekday: friday

    Right:
        date: 2022-09-08
        weekday: thursday
    """
    days = incident.date.days if incident.date else None
    if incident.weekday and days and days[0] == days[1] and WEEKDAYS[days[0].weekday()] != incident.weekday:
        yield Problem(
            incident.at("weekday"), f"{days[0]} was a {WEEKDAYS[days[0].weekday()]}; check the date against the report"
        )


@rule("DAT006", Severity.ERROR, on=(Violation, Incident))
def time_has_zone(judged: Violation | Incident, dataset: Dataset | None = None) -> Iterator[Problem]:
    """A time of day has its offset from UTC, and a time zone is one of the IANA list.

    Wrong:
        time: "13:40"

    Right:
        time: "13:40+03:00"
    """
    if isinstance(judged, Violation):
        yield Problem(
            judged.at, f'{judged.name} is {judged.seen}; write hours, minutes and offset in quotes: "13:40+03:00"'
        )
    elif judged.timezone and _known_zone(judged.timezone) is None:
        yield Problem(
            judged.at("timezone"), f"{shown(judged.timezone)} is no time zone of the IANA list; write `Asia/Damascus`"
        )


@rule("DAT009", Severity.ERROR, on=Incident)
def read_after_published(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A report is read and archived on or after the day it was published.

    Wrong:
        - {id: a, publisher: sohr, published: 2022-09-08, accessed: 2022-09-07}

    Right:
        - {id: a, publisher: sohr, published: 2022-09-08, accessed: 2022-09-09}
    """
    for report in incident.reports.values():
        published = as_day(report.published)
        for key, text in (("accessed", report.accessed), ("archived", report.archived)):
            day = as_day(text)
            # A moment's day may be the next one in the reader's zone: a day of grace for these alone.
            grace = 1 if report.published and "T" in report.published else 0
            if day and published and (published - day).days > grace:
                yield Problem(
                    report.at(key), f"{key} on {day}, before it was published ({published}); correct one of them"
                )


@rule("DAT010", Severity.WARNING, on=Incident)
def long_span(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An incident seldom spans more than 31 days; several incidents may be meant.

    Wrong:
        date: {from: 2022-01-01, to: 2022-06-30}

    Right:
        date: {from: 2022-01-01, to: 2022-01-03}
    """
    days = incident.date.days if incident.date else None
    if incident.date and days and (days[1] - days[0]).days >= 31:
        yield Problem(incident.date.at, f"the incident spans {(days[1] - days[0]).days + 1} days; is it one incident?")
