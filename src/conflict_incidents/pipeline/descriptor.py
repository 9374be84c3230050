"""PRV on the dataset's own descriptor, `datapackage.json`: its texts go into the citation and the README of a release.

Who contributed, and who made a source, is named by choice, so only contacts are looked for there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conflict_incidents.core.findings import Finding, Mark, Shown
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.rule import Problem, Rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.validation.rules.privacy_contacts import contacts, no_contacts
from conflict_incidents.validation.rules.privacy_names import names_in, no_names

_TABLES = "resources"
"""The key of the tables: a release is built only if they are the package's."""
_CREDITS = frozenset({"contributors", "sources", "licenses"})


def findings_on_descriptor(dataset: Dataset) -> list[Finding]:
    """Return the findings on names and contacts in the descriptor of a dataset.

    Raises:
        DatasetError: it can't be read.
    """
    path = dataset.index.display_path(dataset.root / DESCRIPTOR)
    return [*_NAMES.run(path, dataset), *_CONTACTS.run(path, dataset)]


def _names(dataset: Dataset) -> Iterator[Problem]:
    for top, key, text in _texts(dataset):
        names = () if top in _CREDITS else names_in(key, text)
        if names and not all(map(dataset.registry.is_called, names)):
            yield Problem(_mark(text, dataset), "the text looks as if it named a person; take the name out")


def _contacts(dataset: Dataset) -> Iterator[Problem]:
    for _, key, text in _texts(dataset):
        for what in contacts(key, text, None):
            yield Problem(_mark(text, dataset), f"the text contains what looks like {Shown(what)}; remove it")


_NAMES = Rule(no_names.id, no_names.severity, _names, ())
_CONTACTS = Rule(no_contacts.id, no_contacts.severity, _contacts, ())


def _texts(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Yield each text, and each key, with the key at the top that it is under, and its own."""
    stack = [(top, top, value) for top, value in dataset.descriptor.items() if top != _TABLES]
    yield from ((top, "", top) for top, _, _ in stack)
    while stack:
        top, key, value = stack.pop()
        if isinstance(value, dict):
            yield from ((top, "", name) for name in value)
            stack += [(top, name, node) for name, node in value.items()]
        elif isinstance(value, list):
            stack += [(top, key, node) for node in value]
        elif value is not None:
            text = str(value)
            yield top, "url" if text.startswith(("https://", "http://")) else key, text


def _mark(text: str, dataset: Dataset) -> Mark:
    """Return the position of a text in the file; the first line if it is written with other escapes."""
    lines = dataset.index.read_whole(dataset.root / DESCRIPTOR).decode("utf-8").split("\n")
    written = {json.dumps(text, ensure_ascii=ascii) for ascii in (False, True)}
    at = ((n, line.find(one)) for n, line in enumerate(lines, 1) for one in written)
    return next((Mark(n, column + 1) for n, column in at if column >= 0), Mark())
