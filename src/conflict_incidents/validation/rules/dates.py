"""DAT: dates and times.

The rules on the days of reports and of tolls are in `dates_reports.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.calendars import gregorian
from conflict_incidents.records.cells import MONTHS
from conflict_incidents.records.dates import FIRST_YEAR, as_day, is_sentinel, known_day
from conflict_incidents.records.days import possible_days
from conflict_incidents.records.model import Actor, Aggregate, ChangeNote, Collection, Incident, Place, Record
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.vocabulary import MAX_SPANS
from conflict_incidents.records.yaml.nodes import mark_of
from conflict_incidents.validation.rules.dates_timezones import is_foreign, other_zones, zone_names, zone_of, zones_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ON_WEEKDAY = re.compile(rf"(?:^|[.,;] )(?:said )?o[nf] (?:the )?({'|'.join(WEEKDAYS)})\b")
_WEEKDAY_AND_DATE = re.compile(
    rf"\b({'|'.join(WEEKDAYS)}),? (?:the )?(?:([0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? )?([a-z]{{3,9}})"
    r"(?: ([0-9]{1,2})(?:st|nd|rd|th)?)?,? ([0-9]{4})\b"
)
"""A weekday with its date in full: "Friday, 18 April 1996", "Friday, April 18, 1996"."""
_QUOTED_WEEKDAY = re.compile(rf"\bon ({'|'.join(WEEKDAYS)})\b")
DUSK, DAWN = 18, 6
"""The hours at which night begins and ends."""

_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9][0-9]?:[0-9]{2}[0-9:.]*")

_DAY_WITH_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]")
"""A day with an hour: no span such as `2022-09-08..09`, whose last day the repair would drop."""

_SWAP: Final = "swap them, or correct one"

_A_ZONE: Final = "write one like `Asia/Damascus`"


@rule("DAT001", Severity.ERROR, on=(Violation, Record))
def valid_dates(subject: Violation | Record, dataset: Dataset) -> Iterator[Problem]:
    """Dates are valid ISO dates, spans end after they begin, and the length of a span fits its precision.

    Wrong:
        date: {from: 2022-09-30, to: 2022-09-01, precision: month}

    Right:
        date: {from: 2022-09-01, to: 2022-09-30, precision: month}
    """
    if isinstance(subject, Violation):
        if lacks_zone(subject) and time_has_zone.id in subject.rules:
            return
        if subject.keyword == "required":
            yield Problem(
                subject.at, f"{subject.name} is missing the key `{subject.expectation}`; a span has `from` and `to`"
            )
        elif subject.empty:
            yield Problem(subject.at, f"{subject.name} is empty; write the day, as YYYY-MM-DD")
        else:
            yield Problem(subject.at, f"{subject.name} is {subject.shown_value}, not a date; {_to_write(subject)}")
        return
    for text, at in subject.dates:
        if earliest(text) is None and not is_sentinel(text):
            yield Problem(mark_of(at), f"{show(text)} does not exist; correct the date")
    if isinstance(subject, Incident):
        yield from _span(subject)
    if isinstance(subject, Actor) and subject.since and subject.until and subject.until < subject.since:
        yield Problem(
            subject.at("to"), f"active until {bare(subject.until)}, before it began ({bare(subject.since)}); {_SWAP}"
        )
    if isinstance(subject, Collection) and (covered := subject.complete):
        since, until = covered.text("from"), covered.text("to")
        if since and until and until < since:
            yield Problem(covered.at("to"), f"it ends ({bare(until)}) before it begins ({bare(since)}); {_SWAP}")
    if isinstance(subject, Aggregate):
        first, last = subject.period
        if last and last < first[: len(last)]:  # compared as precisely as both are stated: 2011-03 to 2011 is valid
            yield Problem(
                subject.at("period"), f"the period ends ({bare(last)}) before it begins ({bare(first)}); {_SWAP}"
            )


def _to_write(violation: Violation) -> Shown:
    """Return how to write a date: what the text may mean, else the form required at its key."""
    spans = violation.name == "date"
    read = [day for day in possible_days(violation.text) if spans or isinstance(day, str)]
    days = [show(day) if isinstance(day, str) else _span_text(day) for day in read]
    if days:
        return f"write {' or '.join(days)}{Shown(', whichever is meant') if len(days) > 1 else Shown('')}"
    day = as_day(violation.text)
    takes_moment = violation.key in {"published", "as_of"}
    if day and not takes_moment and _DAY_WITH_TIME.match(violation.text):
        return f"write {show(day)}{Shown('; its hour belongs in `time`') if spans else Shown('')}"
    if spans:
        return Shown("write YYYY-MM-DD, or `{from: …, to: …}`")
    return Shown(f"write YYYY-MM-DD{', or a moment as YYYY-MM-DDThh:mm:ss+hh:mm' if takes_moment else ''}")


def _span_text(span: dict[str, str]) -> Shown:
    parts = ", ".join([f"{bare(key)}: {bare(value)}" for key, value in span.items()])
    return f"`{{{parts}}}`"


def earliest(text: str) -> date | None:
    """Return the first possible day of a day, a month or a year."""
    return as_day(f"{text}-01-01")


def _span(incident: Incident) -> Iterator[Problem]:
    span = incident.date
    if span and (first := known_day(span.first)) and (last := known_day(span.last)):
        length = (last - first).days + 1
        if last < first:
            yield Problem(span.at, f"the span ends ({bare(span.last)}) before it begins ({bare(span.first)}); {_SWAP}")
        elif span.precision in MAX_SPANS and length > (longest := MAX_SPANS[span.precision]):
            yield Problem(
                span.at,
                f"{length} days are more than the precision {show(span.precision)} allows ({longest}); narrow the "
                "span, take a coarser precision, or leave `precision` out if the incident lasted so long",
            )
    for claim in incident.claims:
        first, last = known_day(claim.scope.first), known_day(claim.scope.last)
        if first and last and last < first:
            yield Problem(claim.at("scope"), f"the scope's span ends before it begins; {_SWAP}")


@rule("DAT002", Severity.ERROR, on=Record)
def plausible_date(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """No date is in the future, or before 1800.

    A date is in the future if it is after today and after the date of the next release (`created` in datapackage.json).
    The first day of a month or a year counts. A change note is compared with the date of its release on publication. An
    actor may be older than 1800.

    Wrong:
        date: 2202-09-08

    Right:
        date: 2022-09-08
    """
    for text, at in record.dates if not isinstance(record, ChangeNote) else ():
        day = earliest(text)
        if day is None or is_sentinel(text):
            continue
        if dataset.is_future(day):
            buddhist = as_day(f"{day.year - 543}{text[4:]}")
            is_buddhist = buddhist and day.year > 2400 and not dataset.is_future(buddhist)
            hint = f", as {buddhist} if it is of the Buddhist era" if is_buddhist else Shown("")
            yield Problem(mark_of(at), f"{show(text)} is in the future; correct the date{hint}")
        elif day.year < FIRST_YEAR and not isinstance(record, Actor):
            days = [(of, day) for of, day in gregorian(text).items() if not dataset.is_future(day)]
            written = [f"{day} if it is {calendar}" for calendar, day in days]
            hint = f"write {' or '.join(written)}, or " if written else Shown("")
            yield Problem(mark_of(at), f"{show(text)} is before {FIRST_YEAR}; {hint}correct the year")


@rule("DAT005", Severity.WARNING, on=Incident)
def weekday_agrees(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The weekday stated by a report is that of the date, or of one of its days.

    So is that in the note of a claim ("on Sunday") that of the day of its `as_of`, that in an excerpt that of a day
    from the incident to the report, and that beside a date in full ("Sunday, 8 January 2012") that of this date.

    Wrong:
        date: 2022-09-08
        weekday: friday

    Right:
        date: 2022-09-08
        weekday: thursday
    """
    for _, text, at in incident.values:
        for weekday, before, month, after, year in _WEEKDAY_AND_DATE.findall(text.lower()) if "day" in text else ():
            if day := as_day(f"{year}-{MONTHS.get(month[:3], 0):02}-{before or after:0>2}"):
                yield from _wrong_weekday(Shown("the text"), [weekday], (day, day), mark_of(at))
    for claim in incident.claims:
        if day := as_day(claim.as_of):
            named = _ON_WEEKDAY.findall((claim.note or "").lower())
            yield from _wrong_weekday(Shown("the note"), named, (day, day), claim.at("as_of"))
        report = incident.reports.get(claim.report)
        known = [one for one in (day, known_day(report.published) if report else None) if one]
        if incident.days and known:
            named = _QUOTED_WEEKDAY.findall((claim.excerpt or "").lower())
            yield from _wrong_weekday(Shown("the excerpt"), named, (incident.days[0], max(known)), claim.at("excerpt"))
    if incident.weekday and incident.days:
        yield from _wrong_weekday(Shown("the record"), [incident.weekday], incident.days, incident.at("weekday"))


def _wrong_weekday(what: Shown, named: list[str], days: tuple[date, date], at: Mark) -> Iterator[Problem]:
    """Yield a weekday that is that of no day in a span, if it is the only one that is named."""
    (first, last), weekday = days, named[0] if len(set(named)) == 1 else None
    if weekday and first <= last and (WEEKDAYS.index(weekday) - first.weekday()) % 7 > (last - first).days:
        is_a = f"{first} was a {bare(WEEKDAYS[first.weekday()].capitalize())}"
        seen = is_a if first == last else f"no day from {first} to {last} was one"
        message = f"{what} says {bare(weekday.capitalize())}, and {seen}; check the date against the report"
        yield Problem(at, message)


def lacks_zone(violation: Violation) -> bool:
    """Whether an invalid date is a date with a time of day but without a zone."""
    return _CLOCK.fullmatch(violation.text) is not None


@rule("DAT006", Severity.ERROR, on=(Violation, Incident, Place), needs=("timezone", "time"))
def time_has_zone(subject: Violation | Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """A time of day has an offset from UTC, and a time zone is an IANA name.

    This includes times in `published` and `as_of`. An offset that is neither that of the incident's zone on that day
    nor UTC is a warning, and so is a zone of other countries, or one whose offset no zone of the place has.

    Wrong:
        time: "13:40"

    Right:
        time: "13:40+03:00"
    """
    if isinstance(subject, Violation):
        if subject.key == "time":
            form = Shown(
                'write hours, minutes and offset in quotes, "13:40+03:00", or leave it out if no hour is given'
            )
            yield Problem(subject.at, f"{subject.name} is {subject.shown_value}; {form}")
        elif subject.key == "timezone":
            yield Problem(subject.at, f"{subject.name} is {subject.shown_value}, not an IANA time zone; {_A_ZONE}")
        elif lacks_zone(subject):
            form = Shown("write the moment as YYYY-MM-DDThh:mm:ss+hh:mm, or the day alone")
            yield Problem(
                subject.at, f"{subject.name} is {subject.shown_value}, a time without its offset from UTC; {form}"
            )
    elif subject.timezone and subject.timezone not in zone_names():
        name, like = show(subject.timezone, "timezone"), Shown((*zones_of(subject.country or ""), "Asia/Damascus")[0])
        yield Problem(subject.at("timezone"), f"{name} is not an IANA time zone; write one like `{like}`")
    elif subject.timezone and (wrong := _foreign_zone(subject, subject.timezone, dataset)):
        yield Problem(subject.at("timezone"), wrong, Severity.WARNING)
    elif isinstance(subject, Incident) and subject.time and subject.days:
        yield from _foreign_offset(subject, subject.time, subject.days, dataset)


_HALF_YEARS = tuple(datetime(2020, month, 1) for month in (1, 7))
"""The moments at which the zones of a place are compared, for those with a summer time."""


def _foreign_zone(subject: Incident | Place, zone: str, dataset: Dataset) -> Shown | None:
    """Return why a zone can't be that of the place, or of the incident's place on its first day; None if it can."""
    moments: tuple[datetime, ...] = _HALF_YEARS
    country = subject.country or ""
    known = zones_of(country)
    if isinstance(subject, Incident):
        place = dataset.registry.place(subject.primary.place) if subject.primary else None
        if subject.days is None or place is None or place.country != country:
            return None
        moments = (datetime.combine(subject.days[0], time(12)),)
        own = place.timezone or ""
        if own in zone_names() and not other_zones(own, known, _HALF_YEARS):
            known = (own,)
    instead = known if is_foreign(zone, country) else other_zones(zone, known, moments)
    if not instead:
        return None
    few = Shown("one of its own, as " if len(instead) > 1 else "")
    return f"the place has another zone than `{Shown(zone)}`; write {few}{show(instead[0])}, or correct the place"


def _foreign_offset(incident: Incident, clock: str, days: tuple[date, date], dataset: Dataset) -> Iterator[Problem]:
    """Yield a problem if the offset of a time is neither UTC nor that of the incident's zone on its days."""
    zone = zone_of(incident, dataset)
    offset = time.fromisoformat(clock).utcoffset()
    clocks = (datetime.fromisoformat(f"{day}T{clock}") for day in days)
    local = [moment.replace(tzinfo=zone, fold=fold) for moment in clocks for fold in (0, 1)]  # an hour may be twice
    if zone and offset and offset not in {moment.utcoffset() for moment in local}:
        local_offset = f"{local[0]:%z}"
        yield Problem(
            incident.at("time"),
            f"{show(clock)} has another offset from UTC than {show(zone.key)} on {days[0]} "
            f"({Shown(f'{local_offset[:3]}:{local_offset[3:5]}')}); correct the time, or its zone",
            Severity.WARNING,
        )


@rule("DAT007", Severity.WARNING, on=Incident, needs=("time",))
def night_on_one_date(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An incident at night has the date on which it happened, not both dates of the night.

    Before midnight that is the first date, after midnight the second, according to `time`. If the time is unknown, the
    date has both days and `precision: days`.

    Wrong:
        date: {from: 2022-09-08, to: 2022-09-09}
        time: "23:30+03:00"

    Right:
        date: 2022-09-08
        time: "23:30+03:00"
    """
    if incident.days is None or incident.time is None or incident.days[1] - incident.days[0] != timedelta(1):
        return
    first, last = incident.days
    dates = datetime.fromisoformat(f"{first}T{incident.time}")
    zone = zone_of(incident, dataset)
    if not DAWN <= (dates.astimezone(zone) if zone else dates).hour < DUSK:
        yield Problem(
            incident.at("date"),
            f"two dates, {first} and {last}, for what happened in one night; keep the one on which it began, or say "
            "`precision: days` and no time if it is unknown",
        )


@rule("DAT008", Severity.WARNING, on=Incident, needs=("year_inferred",))
def inferred_year_noted(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """If no report states the year (`year_inferred: true`), the `note` says how it was inferred.

    Wrong:
        date: 2022-09-08
        year_inferred: true

    Right:
        date: 2022-09-08
        year_inferred: true
        note: The report names no year; it speaks of the week in which the crossing was closed in 2022.
    """
    if incident.year_inferred and not incident.note:
        yield Problem(
            incident.at("year_inferred"), "the basis of the inferred year is missing; give it in the record's `note`"
        )


@rule("DAT010", Severity.WARNING, on=Incident, needs=("to",))
def long_span(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An incident seldom spans more than 31 days; a longer one may be several.

    A span with a `precision` isn't checked: it gives how closely the date is known, not how long the incident lasted.

    Wrong:
        date: {from: 2022-01-01, to: 2022-06-30}

    Right:
        date: {from: 2022-01-01, to: 2022-01-03}
    """
    if incident.days is None or incident.precision:
        return
    first, last = incident.days
    if (last - first).days >= 31:
        yield Problem(
            incident.at("date"), f"the incident spans {(last - first).days + 1} days; check whether it is one incident"
        )
