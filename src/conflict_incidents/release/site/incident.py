"""Make the view of an incident's page from its rows: estimates with their voices, and all other rows by kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conflict_incidents.release.site import words
from conflict_incidents.release.site.data import Data
from conflict_incidents.release.site.figure import Scale
from conflict_incidents.release.site.rows import ReleaseTables, TableRows
from conflict_incidents.tables.contract import CellValue, Row

_ESTIMATE = ("scope", "measure", "group")
_SEPARATOR = ";"
View = dict[str, Any]
"""What a template shows of an incident, an estimate, a voice or an account."""
_BY = re.compile(r"(?<= by )[\w-]+(?:, [\w-]+)*")
"""The ids of originators in a note of the method."""


class Names:
    """The names of organisations, actors, places, collections and incidents of a release by id."""

    def __init__(self, tables: ReleaseTables) -> None:
        self.organisations = {row["organisation_id"]: str(row["name"]) for row in tables.rows("organisations")}
        self.actors = {row["actor_id"]: str(row["name"]) for row in tables.rows("actors")}
        self.places = {row["place_id"]: row for row in tables.rows("places")}
        self.collections = {row["collection_id"]: row for row in tables.rows("collections")}
        self.incidents = {row["incident_id"]: str(row["title"] or "") for row in tables.rows("incidents")}
        self.other_names: dict[CellValue, list[Row]] = {}
        for row in tables.rows("place_names"):
            self.other_names.setdefault(row["place_id"], []).append(row)

    def originators(self, ids: CellValue, *others: CellValue) -> list[str]:
        """Return the names of originators from cells of ids."""
        all_ids = [id for cell in (ids, *others) for id in items(cell)]
        return [self.organisations.get(id) or self.actors.get(id) or id for id in all_ids]


def items(cell: CellValue) -> list[str]:
    """Return the items of a cell, which semicolons separate."""
    return [item.strip() for item in str(cell).split(_SEPARATOR)] if cell else []


def view(row: Row, rows: TableRows, names: Names, changes: Sequence[Row] = ()) -> View:
    """Make the view of an incident from its rows."""
    estimates = [_estimate(one, rows, names) for one in rows["estimates"]]
    own = [one for one in estimates if one["row"]["scope"] == "incident"]
    collection = names.collections.get(row["collection"])
    return {
        "id": str(row["incident_id"]),
        "row": row,
        "rows": rows,
        "names": names,
        "days": words.days(row),
        "collection": str(collection["name"]) if collection else words.plain(row["collection"]),
        "withdrawn": row["status"] == "withdrawn",
        "headline": next((one for one in own if one["row"]["measure"] == "killed"), None),
        "estimates": own,
        "other_estimates": [one for one in estimates if one["row"]["scope"] != "incident"],
        "silent": [_account(one, {}, {}, names) for one in rows["claims"] if one["bound"] == "no_information"],
        "changes": changes,
    }


def voices_of(voices: Sequence[Row], scale: Scale, names: Names) -> list[View]:
    """Return the voices of an estimate, each with its originators, its number in words, and its intervals."""
    by_originators: dict[tuple[CellValue, CellValue], list[Row]] = {}
    for one in voices:
        by_originators.setdefault((one["originator_ids"], one["unsourced"]), []).append(one)
    return [
        {
            **{name: rows[0][name] for name in ("unsourced", "settled", "provisional", "approximate")},
            "names": names.originators(ids),
            "words": " or ".join(words.interval(one["min"], one["max"]) for one in rows),
            "bars": [scale.bar(one["min"], one["max"]) for one in rows],
            "left_out": False,
        }
        for (ids, _), rows in sorted(by_originators.items(), key=lambda one: bool(one[0][1]))
    ]


def _estimate(row: Row, rows: TableRows, names: Names) -> View:
    """Make the view of an estimate: its scale, voices and accounts."""
    key = [row[name] for name in _ESTIMATE]
    voices = [one for one in rows["voices"] if [one[name] for name in _ESTIMATE] == key]
    accounts = list(_accounts(row, rows, names))
    left_out = [one for one in accounts if not one["used"] and one["claim"]["bound"] != "no_information"]
    intervals = [*voices, *(one["claim"] for one in left_out)]
    scale = Scale.of([row["low"], row["high"], row["best"], *(one[end] for one in intervals for end in ("min", "max"))])
    is_known = row["low"] is not None or row["high"] is not None
    return {
        "anchor": "-".join(str(part) for part in key if part not in {"incident", "total"}),
        "title": words.what(row["measure"], row["group"]) + _scope(str(row["scope"])),
        "row": row,
        "words": words.estimate(row["low"], row["high"], row["high_open"]),
        "scale": scale,
        "bar": scale.bar(row["low"], None if row["high_open"] else row["high"]) if is_known else None,
        "best": scale.at(float(row["best"])) if row["best"] is not None else None,
        "voices": [*voices_of(voices, scale, names), *(_unused_voice(one, scale) for one in left_out)],
        "accounts": accounts,
        "notes": [_originator_names(note, names) for note in str(row["notes"] or "").splitlines()],
    }


def _unused_voice(account: View, scale: Scale) -> View:
    claim = account["claim"]
    return {
        **account,
        "bars": [scale.bar(claim["min"], claim["max"])],
        "unsourced": False,
        "settled": True,
        "provisional": claim["provisional"],
        "approximate": claim["bound"] == "about",
        "left_out": True,
    }


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


def _accounts(estimate: Row, rows: TableRows, names: Names) -> Iterator[View]:
    """Yield the claims that an estimate judged: the used ones first, each group by originator."""
    claims = {(one["claim_id"], one["measure"], one["group"]): one for one in rows["claims"]}
    reports = {one["report_id"]: one for one in rows["reports"]}
    own = [one for one in rows["estimate_claims"] if all(one[name] == estimate[name] for name in _ESTIMATE)]
    for one in sorted(own, key=lambda one: not one["used"]):
        claim = claims.get((one["claim_id"], one["measure"], one["claim_group"]))
        if claim is not None:
            yield _account(claim, one, reports, names)


def _account(claim: Row, use: Row, reports: Mapping[CellValue, Row], names: Names) -> View:
    """Make the view of a claim as an estimate judged it."""
    return {
        "names": names.originators(claim["originator_id"], claim["jointly_with"]),
        "claim": claim,
        "words": words.count(claim),
        "used": use.get("used"),
        "reason": use.get("reason") or "",
        "via": names.originators(claim["via"]),
        "based_on": names.originators(claim["based_on"]),
        "report": reports.get(claim["report_id"]) or {"published": None, "language": None},
    }


def as_data(view: View) -> Data:
    """Return the rows of an incident by table, without those that are empty and without empty cells."""
    tables = {name: [_drop_empty(row) for row in rows] for name, rows in view["rows"].items() if rows}
    return {"incident": _drop_empty(view["row"]), **tables}


def _drop_empty(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}
