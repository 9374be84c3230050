"""Explain how each estimate of an incident follows from its voices, states and forms (`incidents explain`).

The output, with the record, is sufficient to apply the method by hand.
"""

from __future__ import annotations

from conflict_incidents.core.findings import printable
from conflict_incidents.core.pages import aligned
from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import METHOD, Agreement, Basis, Estimate, LowFrom
from conflict_incidents.estimates.voices import Voice
from conflict_incidents.records.counts import INCIDENT_SCOPE, scope_label
from conflict_incidents.records.model import Incident

_BASES = {
    Basis.INTERSECTION: "the one number that fits all originators",
    Basis.SOLE_ORIGINATOR: "as its only originator states",
    Basis.EDITOR: "set by an editor",
}
_LOW_FROM = {
    LowFrom.PARTS: "no originator states it; the low comes from its parts",
    LowFrom.SITES: "no originator states it; the low comes from its sites",
}
_HEADS = ("", "form", "originator", "report", "state of", "")


def explain(incident: Incident) -> str:
    """Format every estimate of an incident, with its voices, the forms used, and those unused with the reasons."""
    found = estimates(incident)
    unknown = "What isn't listed" if found else "No counts recorded: all"
    lines = [f"{incident.id}  {printable(incident.title)}", f"Estimates by {METHOD}. {unknown} is unknown, not zero."]
    if found:
        lines += ["", *aligned([("", "estimate", "best", "agreement"), *map(_overview, found)])]
    sections = [(estimate, _rows(estimate)) for estimate in found]
    table = iter(aligned([row for _, rows in sections for row in rows]))
    for estimate, rows in sections:
        lines += ["", *_heading(estimate), *(f"  {next(table)}" for _ in rows)]
        lines += [f"  note: {printable(note)}" for note in estimate.notes]
    silent = [claim for claim in incident.claims if claim.no_information]
    lines += [""] if silent else []
    lines += [f"{claim.label}: no number of {', '.join(claim.no_information)} is given" for claim in silent]
    return "\n".join(lines)


def name_of(estimate: Estimate) -> str:
    """Format measure, group and scope, except for the default ones: `killed, civilians, site:quarry`."""
    group = "" if estimate.group == "total" else f", {estimate.group.replace('_', ' ')}"
    scope = "" if estimate.scope == INCIDENT_SCOPE else f", {scope_label(estimate.scope)}"
    return f"{estimate.measure}{group}{scope}"


def _overview(estimate: Estimate) -> tuple[str, ...]:
    best = "-" if estimate.best is None else str(estimate.best)
    return name_of(estimate), estimate.text, best, estimate.agreement.value.replace("_", " ")


def _heading(estimate: Estimate) -> list[str]:
    marks = [word for word in ("provisional", "approximate") if getattr(estimate, word)]
    best = f"best {estimate.best}, {_BASES[estimate.basis]}" if estimate.basis else "no best"
    lines = [f"{name_of(estimate)}: {estimate.text}" + (f" ({', '.join(marks)})" if marks else "")]
    lines.append(f"  {best}; {_agreement(estimate)}")
    if estimate.low_from in _LOW_FROM:
        lines.append(f"  {_LOW_FROM[estimate.low_from]}")
    if estimate.voices:
        lines.append(f"  voices: {'; '.join(map(_voice, estimate.voices))}")
    return lines


def _voice(voice: Voice) -> str:
    """Format a voice: `sohr 4-7`, `sohr and snhr 7`, `sohr unsettled, 4 or 9`, `a paper 40, unsourced`."""
    names = " and ".join(voice.originators)
    numbers = dict.fromkeys(str(interval) for interval in sorted(voice.value.intervals, key=lambda one: one.least))
    said = f"{names} {'' if voice.value.settled else 'unsettled, '}{' or '.join(numbers)}"
    return f"{said}, unsourced" if voice.unsourced else said


def _agreement(estimate: Estimate) -> str:
    words = estimate.agreement.value.replace("_", " ")
    if estimate.agreement is Agreement.CONFLICTING:
        return f"{words}, no number fits all originators"
    if estimate.agreement not in {Agreement.SINGLE, Agreement.COMPATIBLE}:
        return words
    low, high = estimate.common_min, estimate.common_max
    if low == high:
        return words
    common = f"at most {high}" if low is None else f"at least {low}" if high is None else f"{low}-{high}"
    return f"{words}, {common} fits all originators"


def _rows(estimate: Estimate) -> list[tuple[str, ...]]:
    """Return the forms of an estimate: those used, those of parts or sites of an implied number, and those unused."""
    states = {
        account.name: state.day or "unordered"
        for of_one in estimate.states.values()
        for state in of_one
        for account in state.accounts
    }
    used = [("used", *_cells(form, states), _via(form)) for form in estimate.used]
    part = "site" if estimate.low_from is LowFrom.SITES else "part"
    parts = [(part, *_cells(form, states), _via(form)) for form in estimate.derived_from]
    by_originator = sorted(estimate.left_out, key=lambda item: (item.form.claim.by, item.form.moment))
    left = [("left out", *_cells(item.form, states), printable(item.reason)) for item in by_originator]
    return [_HEADS, *used, *parts, *left]


def _cells(form: Form, states: dict[str, str]) -> tuple[str, ...]:
    provisional = ", provisional" if form.claim.provisional else ""
    own = " (own)" if form.own else ""
    originators = " and ".join((form.claim.by, *form.claim.jointly_with))
    state = states.get(form.account) or form.moment[:10] or "undated"
    return f"{form.count}{provisional}", originators, f"{form.claim.report}{own}", state


def _via(form: Form) -> str:
    return f"via {', '.join(form.claim.via)}" if form.claim.via else ""
