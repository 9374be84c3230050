"""SRC, addresses: URLs and archived copies of reports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, Shown, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.core.urls import comparable, is_no_page, is_shortened, url_problem
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident, Record, Sourced
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Report
from conflict_incidents.records.vocabulary import URL_KEYS
from conflict_incidents.records.yaml.nodes import mark_of


@rule("SRC001", Severity.ERROR, on=(Violation, Record), needs=URL_KEYS)
def public_address(subject: Violation | Record, dataset: Dataset) -> Iterator[Problem]:
    """A URL is http or https, in normal form, without credentials or tracking, on a public host, once in a record.

    A shortened URL is a warning, and so is that of a home page or of search results in place of a report's page.

    Wrong:
        url: HTTPS://user:secret@Example.org:443/story?utm_source=x

    Right:
        url: https://example.org/story
    """
    if isinstance(subject, Violation):
        empty = Shown("is empty; write" if subject.empty else "is not an address; write")
        yield Problem(subject.at, f"{subject.name} {empty} one that begins with http:// or https://")
        return
    seen: dict[str, int] = {}
    for text, at in subject.texts_at(URL_KEYS):
        mark = mark_of(at)
        wrong = url_problem(text)
        if wrong:
            yield Problem(mark, wrong)
            continue
        if is_shortened(text):
            message = Shown("the address is a shortened one, which may end; write the address that it leads to")
            yield Problem(mark, message, Severity.WARNING)
        elif isinstance(subject, Sourced) and is_no_page(text):
            message = Shown("the address is that of a whole site or a search; write that of the page that was read")
            yield Problem(mark, message, Severity.WARNING)
        same = comparable(text)
        if same in seen:
            yield Problem(mark, f"duplicate address (first used on line {seen[same]}); one report has one address")
        seen.setdefault(same, mark.line)


_ARCHIVES = re.compile(
    r"//(?:web\.archive\.org|archive\.(?:today|ph|is|li|vn|md|fo)|perma\.cc|webcitation\.org|ghostarchive\.org)/"
)
"""URLs of archived copies."""
_ARCHIVED_URL = re.compile(
    r"//(?:web\.archive\.org/web|archive\.(?:today|ph|is|li|vn|md|fo))/[0-9.-]+[a-z_]*/(https?://.+)"
)
"""The URL of an archived copy with that of the page."""
_OF_NOTHING = ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0" * 64, "f" * 64)
"""The SHA-256 of an empty file, and placeholders."""


@rule("SRC003", Severity.WARNING, on=Sourced, needs=(*URL_KEYS, "sha256"))
def archived_before_published(subject: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """In a `published` record, each report with a URL has an archived copy and its SHA-256.

    Pages are changed and deleted; the copy and its hash prove what was read. Drafts and records from other datasets are
    exempt. One finding covers all reports of a record that lack the same keys. The address of a copy may name the page
    that was copied, which is that of the report; a reviewer checks other copies.

    Wrong:
        - {id: sohr, publisher: sohr, url: "https://example.org/1", language: en}

    Right:
        - id: sohr
          publisher: sohr
          url: "https://example.org/1"
          archived: 2022-09-10
          archive_url: "https://archive.example.net/1"
          sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
          language: en
    """
    yield from _hashes(subject)
    for report in subject.reports.values():
        copied = _ARCHIVED_URL.search(report.archive_url or "")
        if copied and report.url and comparable(copied[1].replace(":80/", "/")) != comparable(report.url):
            yield Problem(
                report.at("archive_url"),
                "the address is that of a copy of another page than `url`; correct one of them",
            )
    if subject.status != "published" or (isinstance(subject, Incident) and subject.external):
        return
    alike: dict[tuple[str, ...], list[Report]] = {}
    for report in subject.reports.values():
        addressed = report.url or report.archive_url or report.sha256
        lacks = _lacks(report) if addressed and not (report.url and url_problem(report.url)) else ()
        if lacks:
            alike.setdefault(lacks, []).append(report)
    for lacks, reports in alike.items():
        first, more = show(reports[0].id), len(reports) - 1
        which = f"the reports {first} and {more} more have" if more else f"the report {first} has"
        keys = " and no ".join([show(key) for key in lacks])
        message = f"{which} no {keys}; archive the page before the record is published"
        yield Problem(reports[0].at("url"), message)


def _lacks(report: Report) -> tuple[str, ...]:
    """Return the missing keys of the archived copy of a report."""
    copied = report.archive_url or (report.url and _ARCHIVES.search(report.url))
    return (*(() if copied else ("archive_url",)), *(() if report.sha256 else ("sha256",)))


def _hashes(subject: Sourced) -> Iterator[Problem]:
    first: dict[str, Report] = {}
    for report in subject.reports.values():
        if report.sha256 in _OF_NOTHING:
            yield Problem(
                report.at("sha256"),
                "the SHA-256 is that of an empty file or a placeholder; compute it of the archived copy",
            )
        elif report.sha256:
            before = first.setdefault(report.sha256, report)
            if before is not report:
                yield Problem(
                    report.at("sha256"),
                    f"the report {show(before.id)} has the same SHA-256; correct it, or keep one of the two reports",
                )
