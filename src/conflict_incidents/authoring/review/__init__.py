"""A review page of one record, or of all records that a branch changed.

`subjects` finds the records; `differing`, `timeline`, `numbers` and `checklist` are the sections.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from conflict_incidents.authoring.review import checklist
from conflict_incidents.authoring.review.numbers import arrow, estimate_lines
from conflict_incidents.authoring.review.subjects import Subject
from conflict_incidents.authoring.review.timeline import timeline
from conflict_incidents.core.findings import Finding, Severity, Shown, bare, in_words, number, show, worst_first
from conflict_incidents.core.pages import Lines, PageRow, PageTable, Section, SectionMaker
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.snapshot import status_of
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.pipeline.public import title_of
from conflict_incidents.records.model import Aggregate, Incident, Named, Record, Sourced
from conflict_incidents.validation.reports.text import line as text_line

_OVERVIEW_MEASURES = (Shown("killed"), Shown("wounded"))
"""The measures in the overview."""


def overview(
    subjects: Sequence[Subject], others: Sequence[Shown], elsewhere: Sequence[Finding]
) -> Iterator[SectionMaker]:
    """Yield tables of all changes, and of the findings they cause in unchanged records.

    Args:
        subjects: the changed records.
        others: the changed files that aren't records.
        elsewhere: the findings in unchanged files.
    """
    counts = [f"{measure}, before → after" for measure in _OVERVIEW_MEASURES]
    head = (Shown("record"), Shown("what happened"), *counts, Shown("findings"))
    blocks: list[PageTable | Lines] = [PageTable(head, [_summary_row(one) for one in subjects])] if subjects else []
    blocks += [Lines(others, "Changed, and no records")] if others else []
    blocks += [] if blocks else [Lines(["nothing"])]
    yield partial(Section, f"{number(len(subjects), Shown('record'))} changed", blocks)
    if elsewhere:
        yield partial(Section, Shown("What the change breaks elsewhere"), [_findings_list(elsewhere, "")])


def page(subject: Subject, dataset: Dataset) -> Section:
    """Return the page of a record for a reviewer."""
    now, before = subject.now, subject.before
    blocks: list[PageTable | Lines] = [Lines(list(_facts(subject, dataset)))]
    if isinstance(now, Sourced) and now.claims:
        blocks.append(timeline(now, before if isinstance(before, Sourced) and subject.has_earlier_state else None))
    if isinstance(now, Incident):
        blocks.append(estimate_lines(before if isinstance(before, Incident) else None, now, subject.has_earlier_state))
    if subject.findings:
        blocks.append(_findings_list(subject.findings, "Findings"))
    if now:
        blocks.append(Lines(checklist.points(now, dataset), "What no machine can check", boxes=True))
    return Section(f"{subject.name} {subject.date}" if subject.date else subject.name, blocks)


def _summary_row(subject: Subject) -> PageRow:
    tolls = [arrow(_toll(subject.before, measure), _toll(subject.now, measure)) for measure in _OVERVIEW_MEASURES]
    if not any(isinstance(record, Incident) for record in (subject.now, subject.before)):
        tolls = [Shown("")] * len(_OVERVIEW_MEASURES)
    return subject.name, subject.date, *tolls, _number_of_findings(subject.findings)


def _toll(record: Record | None, measure: str) -> Shown:
    """Return the headline numbers of an incident, or `none`."""
    if not isinstance(record, Incident) or record.withdrawn:
        return Shown("none")
    estimate = headline(record).get((measure, "total"))
    return estimate.text if estimate else Shown("unknown")


def _number_of_findings(findings: Sequence[Finding]) -> Shown:
    wrong = sum(finding.severity is Severity.ERROR for finding in findings)
    parts = [(wrong, Shown("error")), (len(findings) - wrong, Shown("warning"))]
    return ", ".join(number(count, noun) for count, noun in parts if count) or Shown("none")


def _findings_list(findings: Sequence[Finding], title: Shown) -> Lines:
    return Lines([text_line(finding) for finding in worst_first(findings)], title)


def _facts(subject: Subject, dataset: Dataset) -> Iterator[Shown]:
    """Yield the facts about the record, one per line."""
    record = subject.now or subject.before
    if record is None:
        yield f"{subject.path} can't be read"
        return
    if subject.now and (title := title_of(subject.now, dataset)):  # deleted records: may be for the title
        yield title
    yield subject.path
    if isinstance(record, Incident):
        yield from _incident(record, dataset)
    elif isinstance(record, Aggregate):
        since, until = record.period
        yield f"{bare(record.area)}, {bare(since)} to {bare(until or 'the day of the report')}, {bare(record.status)}"
    elif isinstance(record, Named):
        yield _join_words(record.text("kind") or record.text("level"), record.country, status_of(record))
    if isinstance(record, Sourced):
        yield _holdings(record)


def _incident(incident: Incident, dataset: Dataset) -> Iterator[Shown]:
    date = incident.date
    if date:
        coarse = date.precision and date.precision != "day"
        precision = f", known to the {bare(date.precision)}" if coarse else Shown("")
        span = bare(date.first) if date.first == date.last else f"{bare(date.first)} to {bare(date.last)}"
        yield f"{span}{precision}{', the year inferred' if incident.year_inferred else ''}"
    yield _join_words(incident.kind, incident.status, incident.verification)
    for id in dict.fromkeys(site.place for site in incident.sites):
        place = dataset.registry.place(id)
        units = place.admin.values() if place else ()
        label = f"{show(id)}, not in the registry"
        if place:
            label = f"{title_of(place, dataset)} ({', '.join(map(bare, [id, *units]))})"
        here = [f"{bare(site.id)} ({in_words(site.kind)})" for site in incident.sites if site.place == id]
        yield f"at {label}: {', '.join(here)}"


def _holdings(record: Sourced) -> Shown:
    """Count the claims and originators of a record."""
    by = len({claim.by for claim in record.claims})
    claims = f"{number(len(record.claims), 'claim')} by {number(by, 'originator')}" if by else Shown("no claim")
    text = f"{claims} in {number(len(record.reports), 'report')}"
    is_valid = record.intact("claims") and record.intact("reports")
    return text if is_valid else f"{text}; what is invalid in them is left out"


def _join_words(*words: str | None) -> Shown:
    return ", ".join(map(in_words, filter(None, words)))
