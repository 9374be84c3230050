"""Make the view of an incident's page from its rows: estimates with their voices, and all other rows by kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conflict_incidents.release.site import words
from conflict_incidents.release.site.data import Data
from conflict_incidents.release.site.figure import Bar, Scale
from conflict_incidents.release.site.rows import Rows, Tables
from conflict_incidents.tables.contract import Row, Value

_ESTIMATE = ("scope", "measure", "group")
_SEPARATOR = ";"
_BY = re.compile(r"(?<= by )[\w-]+(?:, [\w-]+)*")
"""The ids of originators in a note of the method."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of organisations, actors, places, collections and incidents by id."""

    organisations: Mapping[Value, str]
    actors: Mapping[Value, str]
    places: Mapping[Value, Row]
    other_names: Mapping[Value, Sequence[Row]]
    collections: Mapping[Value, Row]
    incidents: Mapping[Value, str]

    @classmethod
    def of(cls, tables: Tables) -> Names:
        """Return the names in a release."""
        others: dict[Value, list[Row]] = {}
        for row in tables.rows("place_names"):
            others.setdefault(row["place_id"], []).append(row)
        return cls(
            {row["organisation_id"]: str(row["name"]) for row in tables.rows("organisations")},
            {row["actor_id"]: str(row["name"]) for row in tables.rows("actors")},
            {row["place_id"]: row for row in tables.rows("places")},
            others,
            {row["collection_id"]: row for row in tables.rows("collections")},
            {row["incident_id"]: str(row["title"] or "") for row in tables.rows("incidents")},
        )

    def originators(self, ids: Value, *others: Value) -> list[str]:
        """Return the names of originators from cells of ids."""
        all_ids = [id for cell in (ids, *others) for id in items(cell)]
        return [self.organisations.get(id) or self.actors.get(id) or id for id in all_ids]


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """A voice, or an unused account: its originators, its number in words, and its intervals."""

    names: Sequence[str]
    words: str
    bars: Sequence[Bar]
    unsourced: bool = False
    settled: bool = True
    provisional: bool = False
    approximate: bool = False
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A claim as an estimate judged it."""

    names: Sequence[str]
    claim: Row
    words: str
    used: bool
    reason: str
    via: Sequence[str]
    based_on: Sequence[str]
    report: Row


@dataclass(frozen=True, slots=True)
class EstimateView:
    """An estimate with its scale, voices and accounts."""

    anchor: str
    title: str
    row: Row
    words: str
    scale: Scale
    bar: Bar | None
    best: float | None
    voices: Sequence[VoiceRow]
    accounts: Sequence[Account]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The content of an incident's page."""

    row: Row
    rows: Rows
    names: Names
    days: str
    estimates: Sequence[EstimateView]
    other_estimates: Sequence[EstimateView]
    """Estimates of its sites, and of wider areas."""
    silent: Sequence[Account]
    """Claims that state a number to be unknown."""
    changes: Sequence[Row] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The incident's id."""
        return str(self.row["incident_id"])

    @property
    def collection(self) -> str:
        """The name of its collection."""
        own = self.names.collections.get(self.row["collection"])
        return str(own["name"]) if own else words.plain(self.row["collection"])

    @property
    def withdrawn(self) -> bool:
        """Whether it is a tombstone."""
        return self.row["status"] == "withdrawn"

    @property
    def headline(self) -> EstimateView | None:
        """The estimate of the killed; None if no source gives a number."""
        return next((one for one in self.estimates if one.row["measure"] == "killed"), None)


def items(cell: Value) -> list[str]:
    """Return the items of a cell, which semicolons separate."""
    return [item.strip() for item in str(cell).split(_SEPARATOR)] if cell else []


def view(row: Row, rows: Rows, names: Names, changes: Sequence[Row] = ()) -> IncidentView:
    """Make the view of an incident from its rows."""
    estimates = [_estimate(one, rows, names) for one in rows["estimates"]]
    return IncidentView(
        row,
        rows,
        names,
        words.days(row),
        [one for one in estimates if one.row["scope"] == "incident"],
        [one for one in estimates if one.row["scope"] != "incident"],
        [_account(one, None, {}, names) for one in rows["claims"] if one["bound"] == "no_information"],
        changes,
    )


def voices_of(voices: Sequence[Row], scale: Scale, names: Names) -> list[VoiceRow]:
    """Return the voices of an estimate, one row each."""
    by_originators: dict[tuple[Value, Value], list[Row]] = {}
    for one in voices:
        by_originators.setdefault((one["originator_ids"], one["unsourced"]), []).append(one)
    return [
        VoiceRow(
            names.originators(ids),
            " or ".join(words.interval(one["min"], one["max"]) for one in rows),
            [scale.bar(one["min"], one["max"]) for one in rows],
            bool(unsourced),
            bool(rows[0]["settled"]),
            bool(rows[0]["provisional"]),
            bool(rows[0]["approximate"]),
        )
        for (ids, unsourced), rows in sorted(by_originators.items(), key=lambda one: bool(one[0][1]))
    ]


def _estimate(row: Row, rows: Rows, names: Names) -> EstimateView:
    key = [row[name] for name in _ESTIMATE]
    voices = [one for one in rows["voices"] if [one[name] for name in _ESTIMATE] == key]
    accounts = list(_accounts(row, rows, names))
    left_out = [one for one in accounts if not one.used and one.claim["bound"] != "no_information"]
    ends = [
        row["low"],
        row["high"],
        row["best"],
        *(one[end] for one in (*voices, *(unused.claim for unused in left_out)) for end in ("min", "max")),
    ]
    scale = Scale.of(ends)
    open_high = None if row["high_open"] else row["high"]
    is_known = row["low"] is not None or row["high"] is not None
    return EstimateView(
        anchor="-".join(str(part) for part in key if part not in {"incident", "total"}),
        title=words.what(row["measure"], row["group"]) + _scope(str(row["scope"])),
        row=row,
        words=words.estimate(row["low"], row["high"], row["high_open"]),
        scale=scale,
        bar=scale.bar(row["low"], open_high) if is_known else None,
        best=scale.at(float(row["best"])) if row["best"] is not None else None,
        voices=[
            *voices_of(voices, scale, names),
            *(
                VoiceRow(
                    one.names,
                    one.words,
                    [scale.bar(one.claim["min"], one.claim["max"])],
                    provisional=bool(one.claim["provisional"]),
                    approximate=one.claim["bound"] == "about",
                    left_out=True,
                )
                for one in left_out
            ),
        ],
        accounts=accounts,
        notes=[_originator_names(note, names) for note in str(row["notes"] or "").splitlines()],
    )


def _originator_names(note: str, names: Names) -> str:
    return _BY.sub(lambda ids: " and ".join(names.originators(ids[0].replace(",", _SEPARATOR))), note, count=1)


def _scope(scope: str) -> str:
    if scope == "incident":
        return ""
    kind, _, of = scope.partition(":")
    area, _, span = of.partition("@")
    if kind == "site":
        return f" at {' and '.join(map(words.plain, of.split('+')))}"
    return f" in the area {words.plain(area)}" + (f", {span}" if span else "")


def _accounts(estimate: Row, rows: Rows, names: Names) -> Iterator[Account]:
    """Yield the claims that an estimate judged: the used ones first, each group by originator."""
    claims = {(one["claim_id"], one["measure"], one["group"]): one for one in rows["claims"]}
    reports = {one["report_id"]: one for one in rows["reports"]}
    own = [one for one in rows["estimate_claims"] if all(one[name] == estimate[name] for name in _ESTIMATE)]
    for one in sorted(own, key=lambda one: not one["used"]):
        claim = claims.get((one["claim_id"], one["measure"], one["claim_group"]))
        if claim is not None:
            yield _account(claim, one, reports, names)


def _account(claim: Row, use: Row | None, reports: Mapping[Value, Row], names: Names) -> Account:
    report = reports.get(claim["report_id"]) or {"published": None, "language": None}
    return Account(
        names.originators(claim["originator_id"], claim["jointly_with"]),
        claim,
        words.count(claim),
        bool(use and use["used"]),
        str(use["reason"] or "") if use else "",
        names.originators(claim["via"]),
        names.originators(claim["based_on"]),
        report,
    )


def as_data(view: IncidentView) -> Data:
    """Return the rows of an incident by table, without those that are empty and without empty cells."""
    tables = {name: [_drop_empty(row) for row in rows] for name, rows in view.rows.items() if rows}
    return {"incident": _drop_empty(view.row), **tables}


def _drop_empty(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}
