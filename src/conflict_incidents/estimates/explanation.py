"""Explain how each estimate of an incident follows from its voices, states and forms (`incidents explain`).

The output, with the record, is sufficient to apply the method by hand.
"""

from __future__ import annotations

from conflict_incidents.core.findings import Shown, bare, in_words, release_text
from conflict_incidents.core.pages import PageRow, align
from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import METHOD, Agreement, Basis, Estimate, LowFrom
from conflict_incidents.estimates.voices import Voice
from conflict_incidents.records.counts import INCIDENT_SCOPE, scope_label
from conflict_incidents.records.model import Incident

BASES: dict[Basis, Shown] = {
    Basis.INTERSECTION: Shown("the one number that fits all originators"),
    Basis.SOLE_ORIGINATOR: Shown("as its only originator states"),
    Basis.EDITOR: Shown("set by an editor"),
}
_LOW_FROM: dict[LowFrom | None, Shown] = {
    LowFrom.PARTS: Shown("no originator states it; the low comes from its parts"),
    LowFrom.SITES: Shown("no originator states it; the low comes from its sites"),
}
_EMPTY = Shown("")
_OVERVIEW = tuple(map(Shown, ("", "estimate", "best", "agreement")))
_HEADS = tuple(map(Shown, ("", "form", "originator", "report", "state of", "")))


def explain(incident: Incident) -> Shown:
    """Format every estimate of an incident, with its voices, the forms used, and those unused with the reasons.

    Its title and the reasons of editors are repeated: the record is one that validation accepts.
    """
    all_estimates = estimates(incident)
    unknown = Shown("What isn't listed" if all_estimates else "No counts recorded: all")
    lines = [
        f"{bare(incident.id)}  {release_text(incident.title)}",
        f"Estimates by {bare(METHOD)}. {unknown} is unknown, not zero.",
    ]
    if all_estimates:
        lines += [_EMPTY, *align([_OVERVIEW, *map(_overview, all_estimates)])]
    sections = [(estimate, _rows(estimate)) for estimate in all_estimates]
    table = iter(align([row for _, rows in sections for row in rows]))
    for estimate, rows in sections:
        lines += [_EMPTY, *_heading(estimate), *(f"  {next(table)}" for _ in rows)]
        lines += [f"  note: {release_text(note)}" for note in estimate.notes]
    silent = [claim for claim in incident.claims if claim.no_information]
    lines += [_EMPTY] if silent else []
    lines += [
        f"{bare(claim.by)} in {bare(claim.report)}: no number of {', '.join(map(bare, claim.no_information))} is given"
        for claim in silent
    ]
    return "\n".join(lines)


def name_of(estimate: Estimate) -> Shown:
    """Format measure, group and scope, except for the default ones: `killed, civilians, site:quarry`."""
    group = _EMPTY if estimate.group == "total" else f", {in_words(estimate.group)}"
    scope = _EMPTY if estimate.scope == INCIDENT_SCOPE else f", {scope_label(estimate.scope)}"
    return f"{bare(estimate.measure)}{group}{scope}"


def _overview(estimate: Estimate) -> PageRow:
    best = Shown("-") if estimate.best is None else f"{estimate.best}"
    return name_of(estimate), estimate.text, best, in_words(estimate.agreement)


def _heading(estimate: Estimate) -> list[Shown]:
    marks = [bare(word) for word in ("provisional", "approximate") if getattr(estimate, word)]
    best = f"best {estimate.best}, {BASES[estimate.basis]}" if estimate.basis else Shown("no best")
    qualifiers = f" ({', '.join(marks)})" if marks else _EMPTY
    lines = [f"{name_of(estimate)}: {estimate.text}{qualifiers}"]
    lines.append(f"  {best}; {_agreement(estimate)}")
    if estimate.low_from in _LOW_FROM:
        lines.append(f"  {_LOW_FROM[estimate.low_from]}")
    if estimate.voices:
        lines.append(f"  voices: {'; '.join(map(_voice, estimate.voices))}")
    return lines


def _voice(voice: Voice) -> Shown:
    """Format a voice: `sohr 4-7`, `sohr and snhr 7`, `sohr unsettled, 4 or 9`, `a paper 40, unsourced`."""
    names = " and ".join(map(bare, voice.originators))
    numbers = dict.fromkeys(f"{interval}" for interval in sorted(voice.value.intervals, key=lambda one: one.least))
    settled = _EMPTY if voice.value.settled else Shown("unsettled, ")
    unsourced = Shown(", unsourced" if voice.unsourced else "")
    return f"{names} {settled}{' or '.join(map(bare, numbers))}{unsourced}"


def _agreement(estimate: Estimate) -> Shown:
    words = in_words(estimate.agreement)
    if estimate.agreement is Agreement.CONFLICTING:
        return f"{words}, no number fits all originators"
    if estimate.agreement not in {Agreement.SINGLE, Agreement.COMPATIBLE}:
        return words
    low, high = estimate.common_min, estimate.common_max
    if low == high:
        return words
    common = f"at most {high}" if low is None else f"at least {low}" if high is None else f"{low}-{high}"
    return f"{words}, {common} fits all originators"


def _rows(estimate: Estimate) -> list[PageRow]:
    """Return the forms of an estimate: those used, those of parts or sites of an implied number, and those unused."""
    states = {
        account.name: state.day or "unordered"
        for of_one in estimate.states.values()
        for state in of_one
        for account in state.accounts
    }
    used = [(Shown("used"), *_cells(form, states), _via(form)) for form in estimate.used_forms]
    part = Shown("site" if estimate.low_from is LowFrom.SITES else "part")
    parts = [(part, *_cells(form, states), _via(form)) for form in estimate.source_forms]
    by_originator = sorted(estimate.left_out, key=lambda item: (item.form.claim.by, item.form.moment))
    unused = [(Shown("left out"), *_cells(item.form, states), item.reason) for item in by_originator]
    return [_HEADS, *used, *parts, *unused]


def _cells(form: Form, states: dict[str, str]) -> PageRow:
    provisional = Shown(", provisional" if form.claim.provisional else "")
    own = Shown(" (own)" if form.own else "")
    originators = " and ".join(map(bare, (form.claim.by, *form.claim.jointly_with)))
    state = states.get(form.account) or form.moment[:10] or "undated"
    return f"{form.count}{provisional}", originators, f"{bare(form.claim.report)}{own}", bare(state)


def _via(form: Form) -> Shown:
    return f"via {', '.join(map(bare, form.claim.via))}" if form.claim.via else _EMPTY
