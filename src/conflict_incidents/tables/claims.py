"""Rows of claims and of estimates."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.envelope import estimates as estimates_of
from conflict_incidents.estimates.estimate import METHOD, Estimate
from conflict_incidents.estimates.intervals import Interval
from conflict_incidents.records.counts import Count, Scope
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import Claim
from conflict_incidents.tables.contract import CellValue, Row
from conflict_incidents.tables.row import Lookup, day_and_time, fills, join_ids, stated_columns, withdrawal

NO_INFORMATION = "no_information"
"""The bound of a claim that states a measure to be unknown."""


@fills("claims", Incident)
def claims(incident: Incident, look: Lookup) -> Iterator[Row]:
    """One row per number that an originator gives in a report, or states to be unknown."""
    for number, claim in enumerate(incident.claims, start=1):
        for row in count_rows(number, claim):
            yield {"incident_id": incident.id, **row, **_scope(claim.scope)}


def count_rows(number: int, claim: Claim) -> Iterator[Row]:
    """Yield the counts of a claim and what it states to be unknown, in the columns common to all tables of claims."""
    shared = claim_columns(number, claim)
    for (measure, group), count in claim.counts.items():
        yield {**shared, **_claim_key(claim, measure, group), **bound_columns(count)}
    for measure in dict.fromkeys(claim.no_information):
        nothing: Row = {"bound": NO_INFORMATION, "min": None, "max": None, "best": None, "word": None}
        yield {**shared, **_claim_key(claim, measure, "total"), **nothing}


def claim_columns(number: int, claim: Claim) -> Row:
    """Return the columns that all numbers of a claim share."""
    as_of, as_of_time = day_and_time(claim.as_of)
    return {
        "claim_id": claim.key,
        "number": number,
        "originator_id": claim.by,
        "report_id": claim.report,
        "via": join_ids(claim.via),
        "jointly_with": join_ids(claim.jointly_with),
        "based_on": join_ids(claim.based_on),
        "sourcing": claim.text("sourcing"),
        "as_of": as_of,
        "as_of_time": as_of_time,
        "provisional": claim.provisional if "provisional" in claim.node.items else None,
        "supersedes": join_ids(claim.supersedes),
        **withdrawal(claim),
        **stated_columns(claim, "revision", "locator", "excerpt", "excerpt_original", "note"),
    }


def _scope(scope: Scope) -> Row:
    return {
        "scope": str(scope),
        "scope_kind": "area" if scope.area else "sites" if scope.sites else "incident",
        "scope_sites": join_ids(scope.sites),
        "scope_area": scope.area,
        "scope_from": scope.first,
        "scope_to": scope.last,
    }


def _claim_key(claim: Claim, measure: str, group: str) -> Row:
    return {
        "measure": measure,
        "group": group,
        "statuses_complete": claim.says_complete(measure, "statuses_complete"),
        "sexes_complete": claim.says_complete(measure, "sexes_complete"),
        "group_complete": group in claim.says_all(measure),
    }


def bound_columns(count: Count) -> Row:
    """Return the columns of a number with its bound."""
    return stated_columns(count, "bound", "min", "max", "best", "word")


def _estimate_key(incident: Incident, estimate: Estimate) -> Row:
    """Return the columns that identify an estimate."""
    return {"incident_id": incident.id, **stated_columns(estimate, "scope", "measure", "group")}


@fills("estimates", Incident)
def estimates(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The estimates of each scope, measure and group."""
    method, _, version = METHOD.partition("/")
    for estimate in estimates_of(incident):
        yield {
            **_estimate_key(incident, estimate),
            **stated_columns(estimate, "low", "best", "high", "high_open", "common_min", "common_max"),
            **stated_columns(estimate, "provisional", "approximate", "reports", "agreement", "basis", "low_from"),
            "originators": len(estimate.originators),
            "originator_ids": join_ids(estimate.originators),
            "claims_used": len(estimate.used_forms),
            "claims_of_parts": len(estimate.source_forms),
            "claims_left_out": len(estimate.left_out),
            "notes": "\n".join(estimate.notes) or None,
            "method": method,
            "method_version": int(version),
        }


@fills("estimate_claims", Incident)
def estimate_claims(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The claims that an estimate uses, and unused ones with the reason."""
    for estimate in estimates_of(incident):
        forms: list[tuple[Form, CellValue]] = [(one, None) for one in (*estimate.used_forms, *estimate.source_forms)]
        forms += [(unused.form, unused.reason) for unused in estimate.left_out]
        for form, reason in forms:
            yield {
                **_estimate_key(incident, estimate),
                "claim_id": form.claim.key,
                "claim_group": form.group,
                "used": reason is None,
                "reason": reason,
            }


@fills("voices", Incident)
def voices(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The values of each voice of an estimate: one row, or one per form if its forms contradict each other."""
    for estimate in estimates_of(incident):
        for voice in estimate.voices:
            value = voice.value
            for number, interval in enumerate(sorted(set(value.intervals), key=_by_ends), start=1):
                yield {
                    **_estimate_key(incident, estimate),
                    "originator_ids": join_ids(voice.originators),
                    "unsourced": voice.unsourced,
                    "settled": value.settled,
                    "interval_number": number,
                    "min": interval.start,
                    "max": interval.end,
                    "provisional": value.provisional,
                    "approximate": any(form.approximate for form in value.forms),
                }


def _by_ends(interval: Interval) -> tuple[int, bool, int]:
    return interval.least, interval.end is None, interval.end or 0
