"""The table contract: tables, columns, keys and metadata, as declared in `datapackage.json`.

`datapackage.json` is the only place that declares a column's name and type; the Arrow schema, the pandas types and the
pandera checks are generated from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.findings import Shown, bare, show
from conflict_incidents.core.resources import resource

RELEASES = "release"
"""The folder of releases in a dataset."""
CURRENT = "current"
"""The link in the folder of releases to the latest one."""
CHANGES = "changes"
"""The table of changes since the previous release; it depends on two releases, has no key, and no record fills it."""
TYPES = ("string", "integer", "number", "boolean", "date")
"""The types of Table Schema that the contract uses."""
CellValue = str | int | float | bool | None
Row = dict[str, CellValue]
"""A row by column: None for unknown, ISO 8601 for a day."""
Cells = Sequence[CellValue]
"""A row as values in the order of the columns."""
_VERSION = re.compile(r"[0-9](?:[.+-]?(?:[0-9]|alpha|beta|rc|dev|pre))*(?:\+[0-9a-f]{12,64})?")
"""A version, which names files and is printed: no words but those of pre-releases."""


class ContractError(UserError, ValueError):
    """A descriptor isn't a valid contract, or code doesn't fill its tables; the message says where."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: name, type (one of `TYPES`), description and constraints.

    `source` is the origin of its values: a key of a record (`incident: sites.kind`), a code list, or the derivation.
    `unit` is that of its numbers, empty for other types; `crosswalk` has the corresponding columns of other datasets,
    by their schemes in `external_ids`.
    """

    name: Shown
    type: Shown
    description: str
    source: str = ""
    unit: str = ""
    crosswalk: tuple[tuple[str, str], ...] = ()
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    ordered: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key: a combination of columns that must exist in another table; not checked if one is empty."""

    fields: tuple[str, ...]
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, its primary key (may be empty) and its foreign keys."""

    name: Shown
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [field.name for field in self.fields]

    @property
    def free_text(self) -> frozenset[str]:
        """The names of the columns in which anything may be written: no keys, ids or values of a list."""
        keys = {*self.key, *(name for one in self.foreign_keys for name in one.fields)}
        free = {one.name for one in self.fields if one.type == "string" and not one.enum and not one.pattern}
        return frozenset(free - keys)

    def field(self, name: str) -> Field:
        """Return the column `name`.

        Raises:
            KeyError: the table has none.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source to credit: a code list, or another dataset with its publications.

    Each of `references` has `authors` (a list), `year` and `title`, and optionally `journal`, `volume`, `issue`,
    `publisher` and `url`.
    """

    title: str
    name: str = ""
    version: str = ""
    licence: str = ""
    attribution: str = ""
    url: str = ""
    references: tuple[Mapping[str, Any], ...] = ()

    def __str__(self) -> str:
        """The source as part of a sentence, with its publications."""
        version = f", version {self.version}" if self.version else ""
        text = ". ".join(filter(None, [f"{self.title}{version}", self.attribution, self.licence]))
        return ": ".join(filter(None, [text, "; ".join(map(reference_text, self.references))]))


def reference_text(one: Mapping[str, Any]) -> str:
    """Format a publication for a bibliography: `Sundberg and Melander (2013), Title, Journal 50(4)`."""
    *first, last = one["authors"]
    authors = f"{', '.join(first)} and {last}" if first else last
    number = f" {one['volume']}" + (f"({one['issue']})" if one.get("issue") else "") if one.get("volume") else ""
    where = f"{one['journal']}{number}" if one.get("journal") else one.get("publisher", "")
    return ", ".join(filter(None, [f"{authors} ({one['year']})", one["title"], where, one.get("url", "")]))


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of a dataset; `created` is the date of the release, ISO 8601, `sources` are those to credit.

    `citation` includes the version, the content hash (of a release) and the sources, as required by their licences.
    """

    name: str
    title: str
    description: str
    version: str
    created: str
    licence: str
    citation: str
    authors: tuple[str, ...] = ()
    sources: tuple[CitedSource, ...] = ()
    content_hash: str = ""


@cache
def package() -> dict[str, Any]:
    """Return the packaged descriptor, `datapackage.json`, as parsed JSON."""
    loaded: dict[str, Any] = json.loads(resource("datapackage.json").read_text("utf-8"))
    return loaded


@cache
def tables() -> dict[str, Table]:
    """Return the tables of the contract by name, in the order of the descriptor."""
    return read(package())


@contextmanager
def _as_contract() -> Iterator[None]:
    """Convert the errors of reading a descriptor of another form."""
    try:
        yield
    except (LookupError, TypeError, AttributeError) as error:
        raise ContractError(f"the descriptor isn't one of a dataset of incidents: {bare(repr(error))}") from error


@_as_contract()
def read(descriptor: Mapping[str, Any]) -> dict[str, Table]:
    """Parse the tables of a descriptor, by name; a release is read with its own descriptor.

    Raises:
        ContractError: it has no tables, or invalid ones.
    """
    tables_read: dict[str, Table] = {_text(one["name"]): _table(one) for one in descriptor["resources"]}
    if not tables_read or len(tables_read) < len(descriptor["resources"]):
        raise ContractError("the descriptor needs tables, each with a name of its own")
    return tables_read


@_as_contract()
def about(descriptor: Mapping[str, Any]) -> About:
    """Parse the metadata of a descriptor.

    Raises:
        ContractError: `name`, `version` or `created` is missing or invalid, or a publication of a source.
    """
    texts = {key: str(descriptor.get(key, "")) for key in ("name", "title", "description", "version", "created")}
    for key in ("name", "version", "created"):
        if not texts[key]:
            raise ContractError(f"the descriptor has no `{key}`")
    if not _VERSION.fullmatch(texts["version"]):
        raise ContractError("the `version` of the descriptor must be of numbers, such as `1.2.0` or `1.2.0-rc.1`")
    texts["title"] = texts["title"] or texts["name"]
    licences = descriptor.get("licenses") or [{}]
    licence = str(licences[0].get("name") or licences[0].get("title") or "no licence stated")
    people = [str(person.get("title")) for person in descriptor.get("contributors") or [] if person.get("title")]
    authors = ", ".join(people) or "Unnamed contributors"
    sources = tuple(_source(one) for one in descriptor.get("sources") or [] if one.get("title"))
    content_hash = str(descriptor.get("contentHash", ""))
    content = f", content {content_hash}" if content_hash else ""
    citation = f"{authors} ({texts['created'][:4]}): {texts['title']}, version {texts['version']}{content}. {licence}."
    citation += f" With data from: {'; '.join(map(str, sources))}." if sources else ""
    return About(
        **texts, licence=licence, citation=citation, authors=tuple(people), sources=sources, content_hash=content_hash
    )


def _source(described: Mapping[str, Any]) -> CitedSource:
    references = described.get("references") or ()
    if not isinstance(references, list | tuple) or not all(map(_is_reference, references)):
        raise ContractError("each of the `references` of a source has a list of `authors`, a `year` and a `title`")
    texts = {key: str(described.get(key) or "") for key in ("title", "name", "version", "licence", "attribution")}
    return CitedSource(**texts, url=str(described.get("path") or ""), references=tuple(references))


def _is_reference(one: Any) -> bool:
    authors = one.get("authors") if isinstance(one, Mapping) else None
    has_authors = isinstance(authors, list) and authors and all(isinstance(author, str) for author in authors)
    return bool(has_authors and one.get("year") and isinstance(one.get("title"), str))


def drift(descriptor: Mapping[str, Any]) -> list[Shown]:
    """Compare the tables of a dataset's descriptor with the package's; empty if they are equal.

    A dataset has its own metadata (title, version, licences …), but its `resources` must equal the package's.
    """
    resources = descriptor.get("resources")
    if not isinstance(resources, list):
        return [Shown("the descriptor has no list of `resources`")]
    theirs = {str(one.get("name")): one for one in resources if isinstance(one, dict)}
    ours = {str(one["name"]): one for one in package()["resources"]}
    differences = [f"the table {show(name)} is missing" for name in ours if name not in theirs]
    differences += [f"the table {show(name)} isn't one of the package's" for name in theirs if name not in ours]
    differing = (name for name in ours if theirs.get(name, ours[name]) != ours[name])
    differences += [f"the table {show(name)} isn't described as in the package" for name in differing]
    if not differences and resources != package()["resources"]:
        differences.append(Shown("the tables are out of order or duplicated"))
    return differences


def _table(described: Mapping[str, Any]) -> Table:
    schema = described["schema"]
    fields = tuple(_field(one, described["name"]) for one in schema["fields"])
    foreign = tuple(
        ForeignKey(_texts(key["fields"]), _text(key["reference"]["resource"]), _texts(key["reference"]["fields"]))
        for key in schema.get("foreignKeys", [])
    )
    title, description = (_text(described.get(key, "")) for key in ("title", "description"))
    table = Table(described["name"], title, description, fields, _texts(schema.get("primaryKey", [])), foreign)
    if not set(table.key) <= set(_texts(table.names)):
        raise KeyError(*table.key)
    return table


def _field(described: Mapping[str, Any], table: str) -> Field:
    if described["type"] not in TYPES:
        raise ContractError(f"the column {show(described['name'])} of {show(table)} has a type that we don't use")
    rules = described.get("constraints", {})
    own: dict[str, Any] = {key: _text(described.get(key, "")) for key in ("description", "source", "unit")}
    own |= {key: _typed(rules[key], kind) for key, kind in _CONSTRAINTS.items() if key in rules}
    own |= {"enum": _texts(rules.get("enum", [])), "ordered": _typed(described.get("categoriesOrdered", False), bool)}
    crosswalk = tuple((key, _text(name)) for key, name in described.get("crosswalk", {}).items())
    return Field(_text(described["name"]), described["type"], crosswalk=crosswalk, **own)


_CONSTRAINTS = {"required": bool, "unique": bool, "minimum": int | float, "maximum": int | float, "pattern": str}


def _typed(value: Any, kind: Any) -> Any:
    """Return a value of a descriptor, checked to be of a type."""
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} isn't of the type {kind}")
    return value


def _text(value: Any) -> Shown:
    return Shown(_typed(value, str))


def _texts(values: Any) -> tuple[str, ...]:
    """Return a list of distinct texts of a descriptor."""
    if len(set(map(_text, _typed(values, list)))) < len(values):
        raise TypeError(f"{values!r} has a text twice")
    return tuple(values)
