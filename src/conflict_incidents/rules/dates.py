"""DAT: days and times. Prevents: an incident on a day that doesn't exist, or reported before it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Actor, Aggregate, Incident, Place, Record
from conflict_incidents.parts import as_day, is_sentinel
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
        moment = judged.key in {"published", "as_of"}
        form = "`2022-09-08T21:10:00+03:00`" if moment else "`{from: …, to: …}`"
        if judged.keyword == "required":
            yield Problem(judged.at, f"{judged.name} lacks the key `{judged.expected}`; a span has `from` and `to`")
        elif judged.empty:
            yield Problem(judged.at, f"{judged.name} is empty; write the day, as 2022-09-08")
        else:
            yield Problem(judged.at, f"{judged.name} is {judged.seen}, not a date; write it as 2022-09-08, or {form}")
        return
    for text, mark in judged.texts_at(*DAYS):
        if not _exists(text) and not is_sentinel(text):
            yield Problem(mark, f"{shown(text)} does not exist; correct the date")
    if isinstance(judged, Incident):
        yield from _span(judged)
    if isinstance(judged, Actor) and judged.since and judged.until and judged.until < judged.since:
        yield Problem(judged.at("to"), f"active until {judged.until}, before it began ({judged.since}); swap them")
    if isinstance(judged, Aggregate):
        first, last = judged.period
        length = min(len(first), len(last or first))  # 2011 to 2011-03 runs forwards: as closely as both are stated
        if last and last[:length] < first[:length]:
            yield Problem(judged.at("period"), f"the period ends ({last}) before it begins ({first}); swap them")


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
    first, last = (as_day(span.first), as_day(span.last)) if span else (None, None)
    if span and first and last:
        length = (last - first).days + 1
        longest = LONGEST.get(span.precision or "")
        if length < 1:
            yield Problem(span.at, f"the span ends ({span.last}) before it begins ({span.first}); swap them")
        elif longest is not None and length > longest:
            yield Problem(
                span.at,
                f"{length} days are more than the precision `{span.precision}` allows ({longest}); narrow the span, "
                "take a coarser precision, or leave `precision` out if the incident lasted so long",
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
        if day and day > dataset.release_date and not is_sentinel(text):
            yield Problem(
                mark,
                f"{shown(text)} lies after the day of the release ({dataset.release_date}); correct the date, or move "
                "`created` in datapackage.json",
            )


@rule("DAT003", Severity.ERROR, on=Incident)
def published_after(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """No report is published, and no toll is the state of a time, before the incident's first day, in local time.

    Wrong:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-07}]

    Right:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-08}]
    """
    days = incident.date.days if incident.date else None
    if days is None or days[0] > dataset.release_date:
        return
    zone = _zone(incident, dataset)
    told = [(report.published, "published on", report.at("published")) for report in incident.reports.values()]
    told += [(claim.as_of, "the state of", claim.at("as_of")) for claim in incident.claims]
    for text, what, at in told:
        day = _local_day(text, zone)
        if day and day < days[0]:
            yield Problem(
                at,
                f"{what} {day}, before the incident ({days[0]}); correct one of the dates",
                Severity.WARNING if incident.external else None,
            )


def _zone(incident: Incident, dataset: Dataset) -> ZoneInfo | None:
    place = dataset.place(incident.primary.place) if incident.primary else None
    name = incident.timezone or (place.timezone if place else None)
    return _known_zone(name) if name else None


def _known_zone(name: str) -> ZoneInfo | None:
    if name.startswith(("posix/", "right/")) or name in {"localtime", "posixrules", "Factory"}:
        return None  # some systems have these, others don't
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _local_day(text: str | None, zone: tzinfo | None) -> date | None:
    """The day in the incident's zone, the latest that it can be where that isn't known; a bare date stands as it is."""
    if text is None or is_sentinel(text):
        return None
    if "T" in text:
        try:
            return datetime.fromisoformat(text).astimezone(zone or timezone(timedelta(hours=14))).date()
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
            incident.at("weekday"),
            f"{days[0]} was a {WEEKDAYS[days[0].weekday()].capitalize()}; check the date against the report",
        )


@rule("DAT006", Severity.ERROR, on=(Violation, Incident, Place))
def time_has_zone(judged: Violation | Incident | Place, dataset: Dataset | None = None) -> Iterator[Problem]:
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
        published = as_day(report.published) if not is_sentinel(report.published or "") else None
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
