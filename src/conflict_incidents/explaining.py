"""An incident's estimates as a person can follow them, claim by claim.

Prevents: a number that has to be believed. Whoever has the record and this page can do the method by hand.
"""

from __future__ import annotations

from conflict_incidents.counts import INCIDENT_SCOPE
from conflict_incidents.estimate import METHOD, Agreement, Basis, Estimate, estimates
from conflict_incidents.findings import printable
from conflict_incidents.model import Incident
from conflict_incidents.pages import aligned
from conflict_incidents.selection import Said

_BASES = {
    Basis.INTERSECTION: "the one number that fits all claims",
    Basis.SOLE_ORIGINATOR: "as its only originator says",
    Basis.EDITOR: "set by an editor",
}
_HEADS = ("", "count", "originator", "report", "as of", "")


def explain(incident: Incident) -> str:
    """Every estimate of an incident, with the claims used, those left out and why, as lines of text."""
    found = estimates(incident)
    unknown = "What isn't listed" if found else "Nobody counts anything: all"
    lines = [f"{incident.id}  {printable(incident.title)}", f"Estimates by {METHOD}. {unknown} is unknown, not zero."]
    if found:
        lines += ["", *aligned([("", "estimate", "best", "agreement"), *map(_overview, found)])]
    sections = {estimate: _rows(estimate) for estimate in found}
    table = iter(aligned([row for rows in sections.values() for row in rows]))
    for estimate, rows in sections.items():
        lines += ["", *_heading(estimate), *(f"  {next(table)}" for _ in rows)]
        lines += [f"  note: {printable(note)}" for note in estimate.notes]
    silent = [claim for claim in incident.claims if claim.no_information]
    lines += [""] if silent else []
    lines += [f"{claim.label}: no number of {', '.join(claim.no_information)} is given" for claim in silent]
    return "\n".join(lines)


def name_of(estimate: Estimate) -> str:
    """`killed, civilians, site:quarry`: measure, group where it isn't the total, scope where it isn't the incident."""
    group = "" if estimate.group == "total" else f", {estimate.group.replace('_', ' ')}"
    scope = "" if estimate.scope == INCIDENT_SCOPE else f", {estimate.scope}"
    return f"{estimate.measure}{group}{scope}"


def _overview(estimate: Estimate) -> tuple[str, ...]:
    best = "-" if estimate.best is None else str(estimate.best)
    return name_of(estimate), estimate.text, best, estimate.agreement.value.replace("_", " ")


def _heading(estimate: Estimate) -> list[str]:
    approximate = " (approximate)" if estimate.approximate else ""
    best = f"best {estimate.best}, {_BASES[estimate.basis]}" if estimate.basis else "no best"
    return [f"{name_of(estimate)}: {estimate.text}{approximate}", f"  {best}; {_agreement(estimate)}"]


def _agreement(estimate: Estimate) -> str:
    if estimate.agreement is Agreement.CONFLICTING:
        return "conflicting, no number fits all claims"
    words = estimate.agreement.value.replace("_", " ")
    low, high = estimate.common_min, estimate.common_max
    if low == high:
        return words
    common = f"at most {high}" if low is None else f"at least {low}" if high is None else f"{low}-{high}"
    return f"{words}, {common} fits all claims"


def _rows(estimate: Estimate) -> list[tuple[str, ...]]:
    """The claims of an estimate: those used, those of its parts where nobody counts the whole, those left out."""
    used = [("used", *_cells(said), _via(said)) for said in estimate.used]
    parts = [("part", *_cells(said), _via(said)) for said in estimate.derived_from]
    by_originator = sorted(estimate.left_out, key=lambda item: (item.said.claim.by, item.said.moment))
    left = [("left out", *_cells(item.said), printable(item.reason)) for item in by_originator]
    return [_HEADS, *used, *parts, *left]


def _cells(said: Said) -> tuple[str, ...]:
    provisional = ", provisional" if said.claim.provisional else ""
    own = " (its own)" if said.own else ""
    return f"{said.count}{provisional}", said.claim.by, f"{said.claim.report}{own}", said.moment or "undated"


def _via(said: Said) -> str:
    return f"via {', '.join(said.claim.via)}" if said.claim.via else ""
