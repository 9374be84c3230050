"""DAT, reports: dates of reports and of claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from conflict_incidents.core.findings import Severity, Shown, bare
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.calendars import ethiopian, gregorian
from conflict_incidents.records.dates import FIRST_YEAR, as_day, known_day
from conflict_incidents.records.fields import Part
from conflict_incidents.records.model import Aggregate, Incident, Sourced
from conflict_incidents.records.statements import Report
from conflict_incidents.validation.rules.dates import earliest
from conflict_incidents.validation.rules.dates_timezones import zone_of

_EASTERNMOST = timezone(timedelta(hours=14))
"""The zone in which each day begins first."""
_WESTERNMOST = timezone(timedelta(hours=-12))
"""The zone in which each day ends last."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATED = re.compile(rf"(?i)/((?:19|20)\d\d)/(0?[1-9]|1[0-2]|(?:{'|'.join(_MONTHS)})[a-z]*)/([0-3]?\d)(?:/|$)")
"""The day in the path of a page's address, as many sites write it."""
_NEAR = 7
"""The maximum number of days between it and the day of publication: pages are moved, corrected and dated ahead."""
_ARCHIVE_DATE = re.compile(
    r"//(?:web\.archive\.org/web|archive\.(?:today|ph|is|li|vn|md|fo))/([0-9]{4})\.?([0-9]{2})\.?([0-9]{2})"
)
"""The URL of an archived copy with its date: year, month, day."""


@rule("DAT003", Severity.ERROR, on=(Incident, Aggregate))
def published_after(subject: Incident | Aggregate, dataset: Dataset) -> Iterator[Problem]:
    """No report is published, accessed or archived before the incident, nor is `as_of` or a withdrawal, in local time.

    For an aggregate, the start of its period counts. If the incident's time of day is known, moments are compared too.
    If all reports are too early, the finding is on the date of the incident. For records from other datasets it is a
    warning: their dates can't be corrected here.

    Wrong:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-07}]

    Right:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-08}]
    """
    what, zone, milder = Shown("the period"), None, None
    if isinstance(subject, Incident):
        what, zone = Shown("the incident"), zone_of(subject, dataset)
        milder = Severity.WARNING if subject.external else None
    start = _start(subject)
    if start is None or dataset.is_future(start):
        return
    moment = _moment(subject, start, zone) if isinstance(subject, Incident) else None
    known = [(_local_day(text, zone), _at(text), part, key) for text, part, key in _known_days(subject)]
    days = [day for day, *_ in known if day]
    if len(days) > 1 and max(days) < start:
        at = subject.at("date" if isinstance(subject, Incident) else "period")
        yield Problem(at, f"all reports are before {what} ({start}), the last of {max(days)}; correct the date", milder)
        return
    for day, instant, part, key in known:
        if day and day < start and day.year >= FIRST_YEAR:
            night = start - day == timedelta(1) and instant is None
            hint = Shown(", or give the moment with its zone" if night and key == "published" else "")
            if (other := ethiopian(day)) - start <= timedelta(days=366) and other >= start:
                hint = f": {other} if it is of the Ethiopian calendar"
            message = f"{_VERBS[key]} {day}, before {what} ({start}); correct one of the dates{hint}"
            yield Problem(part.at(key), message, milder)
        elif moment and instant and instant < moment:
            here = instant.astimezone(moment.tzinfo)
            then = f"{here:%Y-%m-%d, %H:%M}, before the incident ({moment:%H:%M})"
            yield Problem(part.at(key), f"{_VERBS[key]} {then}; correct one of the times", milder)


def _start(subject: Incident | Aggregate) -> date | None:
    """Return the first day of an incident, or of the period of an aggregate."""
    if isinstance(subject, Aggregate):
        return earliest(subject.period[0])
    return subject.days[0] if subject.days else None


_VERBS = {
    "published": Shown("published on"),
    "accessed": Shown("accessed on"),
    "archived": Shown("archived on"),
    "as_of": Shown("the state of"),
    "date": Shown("withdrawn on"),
}
"""How a message names a day, by its key."""


def _known_days(subject: Sourced) -> Iterator[tuple[str, Part, str]]:
    """Yield the days and moments of a record that can't be before its incident or period: text, part and key."""
    for report in subject.reports.values():
        if report.published:
            yield report.published, report, "published"
            continue  # DAT009 compares the others with it
        for key, text in (("accessed", report.accessed), ("archived", report.archived)):
            if text:
                yield text, report, key
    for claim in subject.claims:
        if claim.as_of:
            yield claim.as_of, claim, "as_of"
        if claim.withdrawal:
            yield claim.withdrawal.date, claim.withdrawal, "date"


@lru_cache(maxsize=4096)
def _at(text: str) -> datetime | None:
    """Parse a moment with a zone; None if the text isn't one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _moment(incident: Incident, day: date, zone: tzinfo | None) -> datetime | None:
    """Return the moment of an incident of one day with a known time, in its zone if known.

    The time may be in another zone, in which it was the day before or after.
    """
    if incident.days != (day, day) or not incident.time:
        return None
    text = [_at(f"{day + timedelta(more)}T{incident.time}") for more in (-1, 0, 1)]
    local = [moment.astimezone(zone or moment.tzinfo) for moment in text if moment]
    return next((moment for moment in local if moment.date() == day), None)


def _local_day(text: str, zone: tzinfo | None) -> date | None:
    """Return the day in the incident's zone, the latest possible if that is unknown; a bare date is unchanged."""
    day, moment = known_day(text), _at(text)
    try:
        return moment.astimezone(zone or _EASTERNMOST).date() if day and moment else day
    except OverflowError:
        return None  # before the first year or after the last


@rule("DAT004", Severity.WARNING, on=Incident)
def published_in_time(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A report published more than a year after the incident has a note; otherwise its year may be mistyped.

    Inquiries and courts report that late. If all reports do, the incident's own year may be wrong, or of another
    calendar; the message then names the Gregorian day. Records from other datasets, which use books and archives,
    aren't checked.

    Wrong:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2023-12-08}]

    Right:
        date: 2022-09-08
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-12-08}]
    """
    if incident.days is None or incident.external:
        return
    last = incident.days[1]
    dated = [(report, day) for report in incident.reports.values() if (day := _day_out(report, dataset))]
    late = [
        (report, day) for report, day in dated if (day.year - last.year, day.month, day.day) > (1, last.month, last.day)
    ]
    other = gregorian(last.isoformat()).items() if late and len(late) == len(dated) else ()
    expected = [f"{day} if it is {bare(calendar)}" for calendar, day in other if not dataset.is_future(day)]
    if expected or len(late) == len(dated) > 1:
        hint = f": {' or '.join(expected)}" if expected else Shown("")
        message = f"all reports are published over a year after {last}; check the year of the incident{hint}"
        yield Problem(incident.at("date"), message)
        return
    for report, day in late:
        if not report.note:
            message = f"published on {day}, over a year after the incident ({last}); check the year of both, or say why"
            yield Problem(report.at("published"), f"{message} in a `note`")


def _day_out(report: Report, dataset: Dataset) -> date | None:
    """Return the day on which a report was published; None if unknown, or if DAT002 or REC008 reports it."""
    day = known_day(report.published)
    return day if day and not dataset.is_future(day) else None


@rule("DAT009", Severity.ERROR, on=Sourced, needs=("accessed", "archived", "archive_url", "url", "as_of"))
def read_after_published(subject: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A report is accessed and archived on or after the day on which it was published.

    A date in the address of an archived copy is checked as well. It is a warning if that is another one than
    `archived`, if the address of a page has a day far from `published`, and if a toll is the state of a day after its
    report was published: pages may be kept up to date.

    Wrong:
        - {id: a, publisher: sohr, published: 2022-09-08, accessed: 2022-09-07}

    Right:
        - {id: a, publisher: sohr, published: 2022-09-08, accessed: 2022-09-09}
    """
    for report in subject.reports.values():
        published = known_day(report.published)
        for key, verb, day, since in _read(report):
            if day and since and day < since:
                yield Problem(
                    report.at(key), f"{bare(verb)} on {day}, before it was published ({published}); correct one of them"
                )
        archived, copied = as_day(report.archived), _stamp(report.archive_url)
        if archived and copied and abs(archived - copied) > timedelta(1):
            message = f"archived on {archived}, and the address of the copy has {copied}; correct one of them"
            yield Problem(report.at("archived"), message, Severity.WARNING)
        named = _DATED.search(report.url or "")
        day = as_day(f"{named[1]}-{_month(named[2])}-{named[3]:0>2}") if named else None
        if day and published and published.year >= FIRST_YEAR and abs(day - published) > timedelta(_NEAR):
            message = f"published on {published}, and the address of the page has {day}; correct one of them"
            yield Problem(report.at("published"), message, Severity.WARNING)
    for claim in subject.claims:
        state = known_day(claim.as_of)
        last = known_day(subject.reports[claim.report].published) if claim.report in subject.reports else None
        if state and last and state - last > timedelta(1):
            message = f"the state of {state}, after its report was published ({last}); correct one of them"
            yield Problem(claim.at("as_of"), message, Severity.WARNING)


def _month(text: str) -> str:
    """Return the number of a month, in two digits, that is written as a number or an English word."""
    return text.zfill(2) if text.isdigit() else f"{_MONTHS.index(text[:3].lower()) + 1:02}"


def _read(report: Report) -> Iterator[tuple[str, str, date | None, date | None]]:
    """Yield when a report was accessed or archived: key, verb, day, and the first possible day.

    The reader's time zone may be a day behind, and archives use UTC.
    """
    published = known_day(report.published)
    westernmost = _local_day(report.published or "", _WESTERNMOST)
    yield "accessed", "accessed", as_day(report.accessed), westernmost
    yield "archived", "archived", as_day(report.archived), westernmost
    for key, address in (("archive_url", report.archive_url), ("url", report.url)):
        if copied := _stamp(address):
            yield key, "copied", copied, published and published - timedelta(1)


def _stamp(address: str | None) -> date | None:
    """Return the day in the URL of an archived copy; None if it has none."""
    stamp = _ARCHIVE_DATE.search(address or "")
    return as_day("-".join(stamp.groups())) if stamp else None


@rule("DAT011", Severity.WARNING, on=Sourced, needs=("provisional",))
def provisional_toll_dated(subject: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A provisional toll has `as_of`: the time that it describes.

    A reviewer checks whether the wording of a source ("so far", "may rise") makes a toll `provisional`.

    Wrong:
        - {by: sohr, in: sabah, provisional: true, killed: 5}

    Right:
        - {by: sohr, in: sabah, provisional: true, as_of: 2022-09-08, killed: 5}
    """
    for claim in subject.claims:
        if claim.provisional and claim.counts and claim.as_of is None and not claim.withdrawal:
            yield Problem(
                claim.at("provisional"),
                "the toll is provisional; say of which day or moment it is the state, by `as_of`",
            )
