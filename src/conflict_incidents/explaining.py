"""An incident's estimates as a person can follow them, claim by claim.

Prevents: a number that has to be believed. Whoever has the record and this page can do the method by hand.
"""

from __future__ import annotations

from conflict_incidents.counts import INCIDENT_SCOPE
from conflict_incidents.estimate import METHOD, Basis, Estimate, estimates
from conflict_incidents.findings import printable
from conflict_incidents.model import Incident
from conflict_incidents.selection import LeftOut, Said

_BASES = {
    Basis.INTERSECTION: "the one number that fits all claims",
    Basis.SOLE_ORIGINATOR: "as its only originator says",
    Basis.EDITOR: "set by an editor",
}


def explain(incident: Incident) -> str:
    """Every estimate of an incident, with the claims used, those left out and why, as lines of text."""
    found = estimates(incident)
    lines = [f"{incident.id}  {printable(incident.title)}", f"method {METHOD}", ""]
    rows = {estimate: _rows(estimate) for estimate in found}
    widths = [max((len(row[column]) for each in rows.values() for row in each), default=0) for column in range(4)]
    for estimate in found:
        lines.append(_heading(estimate))
        for row in rows[estimate]:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            lines.append(("  " + "  ".join([*cells, row[4]])).rstrip())
        lines += [f"  note: {printable(note)}" for note in estimate.notes]
        lines.append("")
    for claim in incident.claims:
        for measure in claim.no_information:
            lines.append(f"{measure}: {claim.label} says that nothing was known; unknown is not zero")
    if not found:
        lines.append("no claims: every measure is unknown, which is not zero")
    return "\n".join(lines).rstrip()


def _heading(estimate: Estimate) -> str:
    group = "" if estimate.group == "total" else f" {estimate.group.replace('_', ' ')}"
    scope = "" if estimate.scope == INCIDENT_SCOPE else f" at {estimate.scope}"
    best = f"best {estimate.best}, {_BASES[estimate.basis]}" if estimate.basis else "no best"
    approximate = ", approximate" if estimate.approximate else ""
    agreement = estimate.agreement.value.replace("_", " ")
    return f"{estimate.measure}{group}{scope}: {estimate.text}{approximate}; {best}; {agreement}"


def _rows(estimate: Estimate) -> list[tuple[str, str, str, str, str]]:
    used = [("used", *_cells(said), _via(said)) for said in estimate.used]
    left = [("left out", *_cells(item.said), _reason(item)) for item in estimate.left_out]
    return used + left


def _cells(said: Said) -> tuple[str, str, str]:
    provisional = " (provisional)" if said.claim.provisional else ""
    return said.claim.by, f"in {said.claim.report}", f"{said.count}{provisional}"


def _via(said: Said) -> str:
    return f"via {', '.join(said.claim.via)}" if said.claim.via else ""


def _reason(item: LeftOut) -> str:
    return printable(item.reason)
