"""PRV, names: personal names.

No message repeats a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from conflict_incidents.core.findings import Severity, Shown
from conflict_incidents.core.persons.names import is_bare_name, is_named_by, may_name, names_thing, persons_in
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Actor, Named, Place, Record
from conflict_incidents.records.yaml.nodes import KEY, mark_of

UNSEARCHED_KEYS = frozenset(
    {
        *("editor", "by", "reviewer", "attribution", "licence", "authors", "journal", "coordinates_from", "agreement"),
        *("id", "schema", "url", "archive_url", "sha256"),
    }
)
"""Keys whose text names those who work on this dataset or wrote what it cites, and addresses, which others made."""
NAME_KEYS = frozenset({"name", "names", "text", "value"})
"""Keys whose text is the name of a place, an organisation or a group, or what another dataset says."""


@rule("PRV001", Severity.ERROR, on=Record)
def no_names(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """A record names no one: no victim, witness, relative or owner, and no minor.

    The schema has no field for a person's name, and the names of the dead stay in the reports that published them. Free
    text is searched, also names of places ("House of …") and what an import kept, in the Latin, the Arabic and the
    Cyrillic script: for common given names, and for the words around a name in English, French, Spanish, Turkish,
    Arabic, Persian, Ukrainian and Russian (a title, a kinship, an age, a deed). Names of the registries are no persons,
    nor are streets and brigades that are called after one; but an organisation whose own name is a common given name
    and others is refused, and an actor of such a name gets a warning, since armed groups are often called after
    persons. The same holds of their ids. It can't know a rare given name that stands alone, a nickname, a name in
    another script, or a person whom a role and a place single out: the review checklist asks for them. A false alarm is
    answered by a waiver under `privacy` in `data/waivers.yaml`. The value is not repeated here: logs are public. The
    dataset's descriptor is searched as well, but for its contributors and sources, who are named by choice.

    Wrong:
        note: Ahmad Example, 9, was wounded.

    Right:
        note: A child was wounded.
    """
    for key, text, at in record.everything:
        names = names_in(key, text)
        if names and not all(map(dataset.registry.is_called, names)):
            yield Problem(mark_of(at), "the text looks as if it named a person; take the name out")
    if isinstance(record, Named) and not isinstance(record, Place):
        yield from _bare_names(record)


def _bare_names(record: Named) -> Iterator[Problem]:
    """Yield a problem for the id and each name of a registry's record that is a person's by itself.

    The name of a group named after a person is accepted if another spelling includes a word for a kind of group.
    """
    names = any(key == "text" and names_thing(text) for key, text, _ in record.everything)
    severity = Severity.WARNING if isinstance(record, Actor) else None
    if not names and not names_thing(record.name) and is_named_by(record.id):
        repair = Shown("take another, with a word for what the organisation or the group is")
        yield Problem(record.at("id"), f"the id is like a person's name; {repair}", severity)
    for key, text, at in record.everything:
        if (key == "text" or (key == "name" and not names)) and is_bare_name(text):
            yield Problem(
                mark_of(at),
                "the name is like a person's; name the organisation or the group, with a word for what it is",
                severity,
            )


@lru_cache(maxsize=65536)
def names_in(key: str, text: str) -> tuple[str, ...]:
    """What looks like the names of people in the text of a key."""
    is_foreign_id = key == "id" and " " in text
    if (key in UNSEARCHED_KEYS and not is_foreign_id) or not may_name(text):
        return ()
    if key in NAME_KEYS or is_foreign_id:
        return persons_in(text, strict=key not in {"value", "id"}, cell=True)
    return persons_in(f"{'name' if key == KEY else key.replace('_', ' ')}: {text}")
