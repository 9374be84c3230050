"""Restore records from tables, to test that the tables lose nothing.

A record's own tree (`normal_form`) and its rows (`restore`) become the same form: short forms are expanded, and values
that aren't stated are absent.
"""

from typing import Any

import pandas as pd

from conflict_incidents.records.counts import MEASURES

Tree = dict[str, Any]
Frames = dict[str, pd.DataFrame]
_BOUNDS = ("at_least", "at_most", "between", "about", "word")
_LISTS = ("attributions", "parties", "weapons", "conditions", "caveats", "overrides", "links")
_COLUMN_KEYS = {
    "originator_id": "by",
    "report_id": "in",
    "actor_id": "actor",
    "organisation_id": "organisation",
    "origin_id": "origin",
    "linked_incident_id": "incident",
    "external_id": "id",
    "site_id": "id",
    "place_id": "place",
    "publisher_id": "publisher",
    "parent_id": "parent",
    "since": "from",
    "active_from": "from",
    "active_to": "to",
    "record_schema": "schema",
}


def normal_form(tree: Tree) -> Tree:
    """Return a record's tree with every short form expanded."""
    tree_copy = dict(tree)
    if "claims" in tree_copy:
        tree_copy["claims"] = [_plain_claim(claim) for claim in tree_copy["claims"]]
    if tree_copy["schema"].startswith("incident"):
        date = tree_copy["date"]
        tree_copy["date"] = date if isinstance(date, dict) else {"from": date, "to": date, "precision": "day"}
        sites = [site for site in tree_copy["sites"] if site.get("primary")] or tree_copy["sites"]
        tree_copy["sites"] = [_plain_site(site, site is sites[0]) for site in tree_copy["sites"]]
    if "overrides" in tree_copy:
        tree_copy["overrides"] = [{"group": "total", **one} for one in tree_copy["overrides"]]
    return tree_copy


def _plain_site(site: Tree, primary: bool) -> Tree:
    damage = site.get("damage")
    site_copy = (
        {**site, "primary": True} if primary else {key: value for key, value in site.items() if key != "primary"}
    )
    return {**site_copy, "damage": {"level": damage}} if isinstance(damage, str) else site_copy


def _plain_claim(claim: Tree) -> Tree:
    claim_copy = dict(claim)
    if isinstance(scope := claim_copy.get("scope"), str):
        claim_copy["scope"] = [scope]
    for measure in MEASURES:
        if measure in claim_copy:
            count = claim_copy[measure]
            whole = isinstance(count, int) or any(bound in count for bound in _BOUNDS)
            claim_copy[measure] = {"total": count} if whole else count
    if "shares" in claim_copy:
        claim_copy["shares"] = [{"group": "total", **share} for share in claim_copy["shares"]]
    if "no_information" in claim_copy:
        claim_copy["no_information"] = sorted(set(claim_copy["no_information"]))
    return claim_copy


def restore(frames: Frames, kind: str, id: str) -> Tree:
    """Return the tree of one record, from the tables alone."""
    if kind == "waivers":
        return _waivers(frames)
    special = {"incident": _incident, "aggregate": _aggregate}
    return special[kind](frames, id) if kind in special else _registry_tree(frames, kind, id)


def _rows(frame: pd.DataFrame, **where: Any) -> list[Tree]:
    """Return the rows with these values, in the order of the record, without empty cells."""
    if "number" in frame:
        frame = frame.sort_values("number", kind="stable")
    for name, value in where.items():
        frame = frame[(frame[name] == value).to_numpy(dtype=bool, na_value=False)]
    rows = frame.to_dict("records")
    return [{str(k): _value(v) for k, v in row.items() if v is not None and not pd.isna(v)} for row in rows]


def _value(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _statement(row: Tree, *without: str) -> Tree:
    omitted = {"number", "incident_id", *without}
    return {_COLUMN_KEYS.get(key, key): value for key, value in row.items() if key not in omitted}


def _with(tree: Tree, **more: Any) -> Tree:
    """Return the tree with the stated values of `more`."""
    return tree | {key: value for key, value in more.items() if value not in (None, [], {})}


def _split(row: Tree, *keys: str) -> Tree:
    return {key: value.split(";") if key in keys else value for key, value in row.items()}


def _moment(row: Tree, key: str) -> Tree:
    time = row.pop(f"{key}_time", "")
    return {**row, key: row[key] + time} if key in row else row


def _withdrawal(row: Tree) -> Tree | None:
    if "withdrawn_date" not in row:
        return None
    return {"date": row["withdrawn_date"], "reason": row["withdrawn_reason"]}


def _without(row: Tree, *keys: str) -> Tree:
    return {key: value for key, value in row.items() if key not in keys}


def _incident(frames: Frames, id: str) -> Tree:
    (row,) = _rows(frames["incidents"], incident_id=id)
    keys = (
        "status",
        "collection",
        "title",
        "kind",
        "type_of_violence",
        "clarity",
        "verification",
        "note",
        *("time", "timezone", "weekday", "year_inferred"),
    )
    tree: Tree = {"schema": row["record_schema"], "id": id, **{key: row[key] for key in keys if key in row}}
    tree["date"] = {"from": row["date_from"], "to": row["date_to"], "precision": row["date_precision"]}
    if row["date_precision"] == "span":
        del tree["date"]["precision"]
    tree["sites"] = [_site(frames, site) for site in _rows(frames["sites"], incident_id=id)]
    tree["reports"] = _reports(_rows(frames["reports"], incident_id=id))
    for key in _LISTS:
        tree = _with(tree, **{key: [_statement(one) for one in _rows(frames[key], incident_id=id)]})
    external = [_external(frames, one) for one in _rows(frames["external_ids"], incident_id=id)]
    return _with(
        tree, withdrawn=_withdrawal(row), claims=_claims(_rows(frames["claims"], incident_id=id)), external=external
    )


def _aggregate(frames: Frames, id: str) -> Tree:
    (row,) = _rows(frames["aggregates"], aggregate_id=id)
    tree = {"schema": row["record_schema"], "id": id, "area": row["place_id"]}
    tree |= {key: row[key] for key in ("status", "title", "note") if key in row}
    claims = _rows(frames["aggregate_claims"].sort_values("share_number", kind="stable"), aggregate_id=id)
    return _with(
        tree,
        period=_with({"from": row["period_from"]}, to=row.get("period_to")),
        reports=_reports(_rows(frames["aggregate_reports"], aggregate_id=id)),
        claims=_claims(claims),
        withdrawn=_withdrawal(row),
    )


def _waivers(frames: Frames) -> Tree:
    rows = _rows(frames["waivers"])
    signatures = [{"by": row["accepted_by"], **_without(row, "number", "accepted_by", "record_schema")} for row in rows]
    private = [row for row in signatures if "reviewer" in row]
    return _with(
        {"schema": rows[0]["record_schema"], "waivers": [row for row in signatures if row not in private]},
        privacy=private or None,
    )


def _reports(rows: list[Tree]) -> list[Tree]:
    reports = [_statement(_moment(row, "published"), "aggregate_id") for row in rows]
    return [{"id": one["in"], **_without(one, "in")} for one in reports]


def _external(frames: Frames, row: Tree) -> Tree:
    values = _rows(frames["external_values"], incident_id=row["incident_id"], number=row["number"])
    sorted_values = sorted(values, key=lambda one: one["value_number"])
    foreign = ("conflict_id", "conflict_name", "dyad_id", "dyad_name", "side_a_id", "side_b_id")
    counts = {
        key: {part: row[name] for part, name in parts.items() if name in row}
        for key, parts in {
            "conflict": {"id": "conflict_id", "name": "conflict_name"},
            "dyad": {"id": "dyad_id", "name": "dyad_name"},
            "sides": {"a": "side_a_id", "b": "side_b_id"},
        }.items()
    }
    tree = _with(_statement(row, *foreign), **counts)
    return _with(tree, values=[{"name": one["name"], "value": one["value"]} for one in sorted_values])


def _site(frames: Frames, row: Tree) -> Tree:
    of = {"incident_id": row["incident_id"], "site_id": row["site_id"]}
    statements = {
        says: [_statement(one, "site_id", "says") for one in _rows(frames["site_reports"], says=says, **of)]
        for says in ("struck", "damage")
    }
    levels = ("adm1", "adm2", "adm3")
    site = _statement(row, *(f"{level}_name" for level in levels))
    site = _with(site, units={level: row[f"{level}_name"] for level in levels if f"{level}_name" in row})
    if not site["primary"]:
        del site["primary"]
    if "damage" in site:
        site["damage"] = {"level": site["damage"], **(statements["damage"][0] if statements["damage"] else {})}
    return _with(site, reported=statements["struck"])


def _claims(rows: list[Tree]) -> list[Tree]:
    claims: dict[str, Tree] = {}
    for row in rows:
        claim = claims.setdefault(row["claim_id"], _claim(row))
        if row["bound"] == "no_information":
            claim["no_information"] = sorted([*claim.get("no_information", []), row["measure"]])
            continue
        if row.get("unit") == "percent":
            share = {"measure": row["measure"], "group": row["group"], "percent": _count(row), "of": row["share_of"]}
            claim.setdefault("shares", []).append(share)
            continue
        counts = claim.setdefault(row["measure"], {})
        counts[row["group"]] = _count(row)
        for key in ("statuses_complete", "sexes_complete"):
            if row[key]:
                counts[key] = True
        if row["group_complete"]:
            counts["complete"] = [*counts.get("complete", []), row["group"]]
    return list(claims.values())


def _claim(row: Tree) -> Tree:
    keys = (
        *("by", "in", "via", "jointly_with", "based_on", "sourcing", "as_of", "provisional", "supersedes", "revision"),
        *("locator", "excerpt", "excerpt_original", "note"),
    )
    fields = _split(_statement(_moment(row, "as_of")), "via", "jointly_with", "based_on", "supersedes")
    claim = {key: fields[key] for key in keys if key in fields}
    if "." not in row["claim_id"]:
        claim["id"] = row["claim_id"]
    scope: Any = row["scope_sites"].split(";") if "scope_sites" in row else None
    if "scope_area" in row:
        scope = {"area": row["scope_area"], "from": row["scope_from"], "to": row["scope_to"]}
    return _with(claim, scope=scope, withdrawn=_withdrawal(row))


def _count(row: Tree) -> Any:
    if "word" in row:
        return {"word": row["word"]}
    match row["bound"]:
        case "exact":
            return row["best"]
        case "between":
            return _with({"between": [row["min"], row["max"]]}, best=row.get("best"))
        case bound:
            return {bound: row["max"] if bound == "at_most" else row["min"]}


def _registry_tree(frames: Frames, kind: str, id: str) -> Tree:
    of = {f"{kind}_id": id}
    (row,) = _rows(frames[f"{kind}s"], **of)
    omitted = ["withdrawn_date", "withdrawn_reason", f"{kind}_id", "is_complete"]
    omitted += [name for name in row if name.startswith(("adm", "complete_"))]
    tree = _split(_statement(_without(row, *omitted)), "allies")
    admin = {level: row[f"{level}_pcode"] for level in ("adm1", "adm2", "adm3") if f"{level}_pcode" in row}
    names = [
        {"text": one["name"], **_without(one, "name", "number", f"{kind}_id")}
        for one in (_rows(frames[f"{kind}_names"], **of) if f"{kind}_names" in frames else ())
    ]
    references = [
        _split(_without(one, "number", "dataset_id"), "authors")
        for one in (_rows(frames["dataset_references"], **of) if kind == "dataset" else ())
    ]
    complete = {name.removeprefix("complete_"): row[name] for name in row if name.startswith("complete_")}
    context = _rows(frames["place_context"], **of) if kind == "place" else []
    conditions = [_split(_statement(_without(one, "place_id")), "parties") for one in context]
    return _with(
        {"id": id, **tree},
        names=names,
        admin=admin,
        context=conditions,
        references=references,
        complete=complete,
        withdrawn=_withdrawal(row),
    )
