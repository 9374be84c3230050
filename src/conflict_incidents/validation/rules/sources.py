"""SRC: reports and their publishers.

The rules on addresses and archived copies are in `sources_urls.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.names import fold_and_join, guess_language, language_hint, only_latin, scripts
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.core.urls import path_of
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.suggestions import reference_error
from conflict_incidents.records.fields import Part
from conflict_incidents.records.model import Incident, Organisation, Sourced
from conflict_incidents.records.schema import Violation


@rule("SRC002", Severity.ERROR, on=(Violation, Incident))
def has_report(subject: Violation | Incident, dataset: Dataset) -> Iterator[Problem]:
    """An incident has at least one report, and says so if it has a single originator.

    The originators of a dataset's coding are those under `based_on`; without these, their number is unknown.

    Wrong:
        reports: []

    Right:
        reports: [{id: sabah, publisher: daily-sabah, published: 2022-09-08}]
    """
    if isinstance(subject, Violation):
        yield Problem(subject.at, "an incident has at least one report; add what was read under `reports`")
        return
    if not subject.intact("claims"):
        return
    counting = [claim for claim in subject.claims if claim.counts and not claim.withdrawal]
    originators = {name for claim in counting for name in claim.based_on or (claim.by, *claim.jointly_with)}
    coders = {
        name for name in originators if (known := dataset.registry.organisation(name)) and known.kind == "dataset"
    }
    if len(originators) == 1 and not coders and subject.verification in {None, "confirmed", "provisional"}:
        yield Problem(
            subject.at("claims"),
            f"the counts rest on a single originator, {show(next(iter(originators)))}; look for an independent "
            "one, or say `verification: single_source`",
            Severity.WARNING,
        )


@rule("SRC005", Severity.ERROR, on=(Sourced, Organisation))
def known_publisher(subject: Sourced | Organisation, dataset: Dataset) -> Iterator[Problem]:
    """A publisher is in the registry of organisations, under one id for all spellings.

    A withdrawn one is invalid. Two organisations with one name are a warning: they are the same, or the name is
    ambiguous.

    Wrong:
        - {id: a, publisher: SOHR}

    Right:
        - {id: a, publisher: sohr}
    """
    if isinstance(subject, Organisation):
        for other in () if subject.withdrawal else dataset.registry.namesakes(subject):
            same = _same_name(subject, other)
            if same:
                yield Problem(
                    same,
                    f"{show(other.id)} has the same name; keep one record if they are one organisation",
                    Severity.WARNING,
                )
        return
    for report in subject.reports.values():
        name = report.publisher
        if name and (wrong := reference_error("the publisher", name, "organisations", subject, dataset)):
            yield Problem(report.at("publisher"), wrong)


def _same_name(subject: Organisation, other: Organisation) -> Mark | None:
    """Return the position of a name shared with another organisation; None otherwise. Variants alone don't count."""
    if fold_and_join(subject.name) in other.spellings:
        return subject.at("name")
    return next(
        (name.at("text") for name in subject.names if fold_and_join(name.spelling) == fold_and_join(other.name)), None
    )


@rule("SRC006", Severity.WARNING, on=(Violation, Sourced))
def has_language(subject: Violation | Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A report has the language in which it was read; records from other datasets are exempt.

    An address that names another language (`/ar/`), or is written in the letters of another, makes it doubtful.
    The code is that of ISO 639, the short one if there is one: `uk` for Ukrainian, not `ua` or `ukr`. A value without
    the form of a code is an error.

    Wrong:
        - {id: a, publisher: sohr}

    Right:
        - {id: a, publisher: sohr, language: en}
    """
    if isinstance(subject, Violation):
        yield Problem(subject.at, no_language(subject), Severity.ERROR)
        return
    if isinstance(subject, Incident) and subject.external:
        return
    for report in subject.reports.values():
        if "language" not in report.node.keys:
            yield Problem(report.mark, f"the report {show(report.id)} has no `language`; add it, as `en` or `ar`")
        slip = language_hint(report.language) if report.language else None
        if slip:
            yield Problem(report.at("language"), f"{show(report.language, 'language')} is not a language code; {slip}")
        elif report.url and report.language and (other := _language_in(report.url, report.language)):
            message = f"the address is that of a page in {show(other)}, not {show(report.language, 'language')}"
            yield Problem(report.at("language"), f"{message}; check the language")


def _language_in(url: str, language: str) -> str | None:
    """Return another language that the path of an address names, or that is written in its script; None if none is."""
    path = path_of(url)
    named = _PATH_LANGUAGE.match(path)
    if named and named[1] != language.partition("-")[0]:
        return named[1]
    other = not path.isascii() and only_latin(language) and next((x for x in scripts(path) if x != "Latn"), None)
    return other or None


_PATH_LANGUAGE = re.compile("/(ar|de|en|es|fa|fr|he|it|pt|ru|tr|uk|ur|zh)/")
"""A language at the beginning of a path; other codes of two letters are those of countries and subjects, too."""


def no_language(violation: Violation) -> Shown:
    """Return the message for a value without the form of a language code."""
    seen = Shown("empty") if violation.empty else violation.shown_value
    language = guess_language(violation.text)
    repair = f"write {show(language)}" if language else Shown("write the code of one, as `en` or `ar`")
    return f"{violation.name} is {seen}, no code of a language; {repair}"


@rule("SRC007", Severity.ERROR, on=Sourced)
def report_ids_unique(subject: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """The ids of reports, of claims and of sites are unique within a record.

    A claim that cites a duplicate id has two possible sources.

    Wrong:
        reports: [{id: a, publisher: sohr}, {id: a, publisher: ogn}]

    Right:
        reports: [{id: a, publisher: sohr}, {id: b, publisher: ogn}]
    """
    for key in ("reports", "sites", "claims"):
        seen: dict[str, Part] = {}
        for part in subject.parts_at(key):
            id = part.text("id")
            if id in seen:
                first = f"first used by the {bare(key[:-1])} on line {seen[id].at('id').line}"
                yield Problem(part.at("id"), f"duplicate id {show(id)} ({first}); give this one another")
            elif id is not None:
                seen[id] = part


@rule("SRC008", Severity.ERROR, on=Incident, needs=("external",))
def known_dataset(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A dataset that a record refers to is in the registry of datasets.

    An id that a spreadsheet made a decimal number is a warning.
    Version, licence and attribution are stored once, in `data/datasets/`, so that a release credits its sources. An
    import creates the record of its dataset.

    Wrong:
        external: [{scheme: UCDP, id: "240986"}]

    Right:
        external: [{scheme: ucdp-ged, id: "240986"}]
    """
    for one in incident.external:
        if one.scheme and (wrong := reference_error("the dataset", one.scheme, "datasets", incident, dataset)):
            yield Problem(one.at("scheme"), wrong)
        number = (one.text("id") or "").removesuffix(".0")
        if number.isdigit() and number != one.text("id"):
            message = f"the id is a decimal number, as a spreadsheet makes it; write {show(number)}"
            yield Problem(one.at("id"), message, Severity.WARNING)
