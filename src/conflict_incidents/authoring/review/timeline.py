"""The claims of a record in order of time, with originator, report and state."""

from __future__ import annotations

from conflict_incidents.core.findings import Shown, bare, in_words
from conflict_incidents.core.pages import PageRow, PageTable
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.records.model import Incident, Sourced
from conflict_incidents.records.statements import Claim
from conflict_incidents.records.yaml.nodes import plain

_HEAD = tuple(map(Shown, ("as of", "originator", "report", "via", "says", "about", "standing")))


def timeline(record: Sourced, before: Sourced | None) -> PageTable:
    """Return a row for each claim, undated ones last; claims new or changed since `before` are marked."""
    left_out = _left_out(record) if isinstance(record, Incident) else {}
    earlier = {claim.key: plain(claim.node) for claim in before.claims} if before else None
    rows = [(record.moment(claim), _row(claim, record, _notes(claim, left_out, earlier))) for claim in record.claims]
    return PageTable(_HEAD, [row for _, row in sorted(rows, key=lambda one: (not one[0], one))], "Claims by time")


def _row(claim: Claim, record: Sourced, notes: list[Shown]) -> PageRow:
    report = record.reports.get(claim.report)
    label = report and report.publisher not in {claim.by, claim.report}
    publisher = f" ({bare(report.publisher)})" if report and label else Shown("")
    by = " with ".join(map(bare, [claim.by, *claim.jointly_with]))
    about = claim.scope.label
    return (
        bare(record.moment(claim) or "undated"),
        by,
        f"{bare(claim.report)}{publisher}",
        ", ".join(map(bare, claim.via)),
        _numbers(claim),
        Shown("") if about == "incident" else about,
        "; ".join(notes),
    )


def _numbers(claim: Claim) -> Shown:
    """Format counts: `killed 7, civilians at least 4; wounded 15`."""
    numbers: dict[str, list[Shown]] = {}
    for (measure, group), count in claim.counts.items():
        part = f"{count}" if group == "total" else f"{in_words(group)} {count}"
        numbers.setdefault(measure, []).append(part)
    counts = [f"{bare(measure)} {', '.join(parts)}" for measure, parts in numbers.items()]
    shares = [f"{bare(share.measure)} {share.percent} percent of {bare(share.whole)}" for share in claim.shares]
    silent = [f"no number of {', '.join(map(bare, claim.no_information))}"] if claim.no_information else []
    return "; ".join(counts + shares + silent)


def _left_out(incident: Incident) -> dict[tuple[str, str], Shown]:
    """Return why claims are not used, by claim and measure."""
    return {
        (left_claim.form.claim.key, estimate.measure): left_claim.reason
        for estimate in estimates(incident)
        for left_claim in estimate.left_out
    }


def _notes(claim: Claim, left_out: dict[tuple[str, str], Shown], earlier: dict[str, object] | None) -> list[Shown]:
    """Return whether a claim is new, and why it is not used, if so."""
    notes: list[Shown] = []
    if earlier is not None and earlier.get(claim.key) != plain(claim.node):
        notes.append(Shown("changed" if claim.key in earlier else "new"))
    measures = dict.fromkeys(measure for measure, _ in claim.counts)
    against = {measure: left_out[claim.key, measure] for measure in measures if (claim.key, measure) in left_out}
    if claim.provisional:
        notes.append(Shown("provisional"))
    for reason in dict.fromkeys(against.values()):
        of = [measure for measure in against if against[measure] == reason]
        notes.append(reason if len(of) == len(measures) else f"{', '.join(map(bare, of))}: {reason}")
    return notes
