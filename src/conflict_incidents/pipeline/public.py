"""Decide which parts of a record pages and lists may show: nothing that a privacy rule refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import REDACTED, Shown, release_text
from conflict_incidents.core.names import fold, fold_and_join
from conflict_incidents.core.redaction import is_personal
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.process import rules_on
from conflict_incidents.records.fields import once
from conflict_incidents.records.model import Incident, Named, Record
from conflict_incidents.records.parsing import parse
from conflict_incidents.records.yaml.raw_text import Unread
from conflict_incidents.validation.reports.difference import difference as as_difference
from conflict_incidents.validation.rules.waivers import PRIVACY, valid_waivers


@once
def is_public(record: Record, dataset: Dataset) -> bool:
    """Whether no privacy rule has a finding in a record that isn't waived."""
    return not _is_refused(record, record.path, record.id, dataset)


def _is_refused(subject: Record | Unread, path: str, id: str, dataset: Dataset) -> bool:
    accepted = valid_waivers(dataset.waivers)
    rules = (rule for rule in rules_on(subject) if rule.id.startswith(PRIVACY) and (id, rule.id) not in accepted)
    return any(rule.run(path, subject, dataset) for rule in rules)


def difference(path: str, old: bytes, new: bytes, dataset: Dataset) -> Shown:
    """Return a unified diff of a file; without content if a privacy rule refuses either version."""
    for content in (old, new):
        parsed = parse(content, path)
        subject = parsed.record or parsed.unread
        if subject and _is_refused(subject, path, parsed.record.id if parsed.record else "", dataset):
            return Shown(f"{path} would change; what is in it isn't shown, as it may lead to a person")
    return as_difference(path, old, new)


def title_of(record: Record, dataset: Dataset) -> Shown:
    """Return the title or name of a record, redacted unless it may be shown; empty if it has none.

    It may be shown if it names only the record itself, its places and its actors.
    """
    title = record.text("title") or record.text("name") or ""
    named = {word for name in _names(record, dataset) for word in fold(name).split()}
    return release_text(title) if is_public(record, dataset) and not is_personal(title, named) else REDACTED


def _names(record: Record, dataset: Dataset) -> Iterator[str]:
    """Yield the names of a record's subjects, including its own if its id is derived from the name or its initials."""
    yield record.id
    if isinstance(record, Named) and "".join(re.findall(r"\b[A-Z]", record.name)).casefold() == fold_and_join(
        record.id
    ):
        yield record.name
    if isinstance(record, Incident):
        actors = {*(one.actor for one in record.parties), *(one.actor for one in record.attributions)}
        about = [dataset.registry.actor(id) for id in actors]
        for one in (*about, *(dataset.registry.place(site.place) for site in record.sites)):
            if one and is_public(one, dataset):
                yield from (one.id, one.name, *(name.spelling for name in one.names))
