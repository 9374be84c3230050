"""CLM: claims, with their originators, reports and scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.suggestions import reference_error
from conflict_incidents.records.counts import GROUPS, Count, Scope
from conflict_incidents.records.dates import as_day, is_later
from conflict_incidents.records.model import Incident, Place, Sourced
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Claim
from conflict_incidents.records.yaml.nodes import MappingNode, SequenceNode, plain

STATEMENT_LISTS = ("weapons", "attributions", "parties", "conditions", "caveats")
"""The lists of statements other than claims."""
_ORGANISATIONS = ("via", "jointly_with", "based_on")
"""The keys of a claim with lists of organisations."""
PRESS = ("news_agency", "newspaper", "broadcaster", "news_site", "aggregator")
"""The kinds of organisations that pass on what others count."""
COUNTING = ("monitor", "civil_defence", "medical_body", "government", "armed_forces", "armed_group")
"""The kinds of organisations that count, and seldom quote the press."""


@rule("CLM001", Severity.ERROR, on=Sourced)
def known_originator(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Every originator is in the registry of organisations, and every report that is cited is in the record.

    A withdrawn organisation is invalid.

    Wrong:
        - {by: SOHR, in: the-paper, killed: 7}

    Right:
        - {by: sohr, in: sabah, killed: 7}
    """
    reports = incident.written_ids("reports")
    references = incident.names_all("reports")
    for statement in incident.statements():
        if wrong := reference_error("the originator", statement.by, "organisations", incident, dataset):
            yield Problem(statement.at("by"), wrong)
        if references and statement.report not in reports:
            theirs = [report.id for report in incident.reports.values() if report.publisher == statement.report]
            hint = suggestion(statement.report, reports if len(theirs) != 1 else theirs)
            yield Problem(statement.at("in"), f"the record has no report {show(statement.report)}{hint}")
    for claim in incident.claims:
        for key in _ORGANISATIONS:
            for number, name in enumerate(claim.texts(key)):
                if wrong := reference_error("the organisation", name, "organisations", incident, dataset):
                    yield Problem(claim.at(key, number), wrong)


@rule("CLM002", Severity.ERROR, on=Violation)
def one_bound(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A count has one bound, that of its source: `at_least` has no end, and "more than 7" is `at_least: 8`.

    A bound beside groups belongs to the total: `killed: {total: {at_least: 5}, children: 1}`.

    Wrong:
        killed: {at_least: 7, at_most: 9}

    Right:
        killed: {between: [7, 9]}
    """
    assert isinstance(violation.value, MappingNode), "the schema gives this rule the keys of a count"
    keys = list(violation.value.items)
    groups = [key for key in keys if key in GROUPS]
    if groups:
        bounds = ", ".join([f"{bare(key)}: …" for key in keys if key not in GROUPS])
        forms = ", ".join([f"{bare(key)}: …" for key in groups])
        wrong = f"has a bound beside groups; it is the total's: write `{{total: {{{bounds}}}, {forms}}}`"
    else:
        wrong = Shown("mixes bounds; give one: `at_least`, `at_most`, `about`, or `between` for two ends")
    yield Problem(violation.at, f"{violation.name} {wrong}")


@rule("CLM003", Severity.ERROR, on=Sourced)
def counted_once(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """An originator gives one number of a kind in one report, at one time.

    Relays of one originator count once; two numbers of the same originator, report, scope and day can't both be valid.
    A later state has its own `as_of`, or `supersedes` the earlier one; a headline that differs from the text below it
    has `locator: headline`. `by`, `via`, `jointly_with` and `based_on` name each organisation once, `via` without the
    publisher of the report, and no statement is repeated.

    Wrong:
        - {by: sohr, in: sabah, killed: 7}
        - {by: sohr, in: sabah, killed: 9}

    Right:
        - {by: sohr, in: sabah, killed: 7, as_of: 2022-09-08}
        - {by: sohr, in: sabah, killed: 9, as_of: 2022-09-09}
    """
    yield from _duplicate_organisations(incident)
    if isinstance(incident, Incident):
        yield from _duplicate_statements(incident)
    if not incident.intact("claims"):
        return  # a scope or a day that was refused may tell them apart
    counted: dict[tuple[object, ...], dict[tuple[str, ...], tuple[int, Count]]] = {}
    superseded = {id for claim in incident.claims for id in claim.supersedes}
    for claim in incident.claims:
        if claim.withdrawal or claim.id in superseded:
            continue
        numbers = [((measure, group, ""), count, count.at) for (measure, group), count in claim.counts.items()]
        numbers += [((share.measure, share.group, share.whole), share.percent, share.mark) for share in claim.shares]
        alike = (claim.by, claim.report, str(claim.scope), claim.as_of, claim.provisional, claim.in_headline)
        seen = counted.setdefault(alike, {})
        repeated: dict[int, list[tuple[Shown, Mark, bool]]] = {}
        for key, count, at in numbers:
            line, before = seen.setdefault(key, (claim.mark.line, count))
            if before is not count:
                name = f"{bare(key[0])} ({bare(key[1])})"
                repeated.setdefault(line, []).append((name, at, str(count) == str(before)))
        for line, found in repeated.items():
            names = ", ".join([name for name, *_ in found])
            twice = len(found) == len(numbers) and all(same for *_, same in found)
            yield Problem(
                claim.mark if twice else found[0][1],
                f"{show(claim.by)} gives {names} in this report already, in the claim on line {line}; keep one, or say "
                "what is later by `as_of` or `supersedes`",
            )


def _duplicate_organisations(incident: Sourced) -> Iterator[Problem]:
    """Yield the organisations that a claim names twice: as originator, within a list, or as relay of itself."""
    for claim in incident.claims:
        publisher = report.publisher if (report := incident.reports.get(claim.report)) else ""
        for key in _ORGANISATIONS:
            names = claim.texts(key)
            for number, name in enumerate(names):
                if name == claim.by or name in names[:number]:
                    where = show("by" if name == claim.by else key)
                    yield Problem(claim.at(key, number), f"{show(name)} is already under {where}; delete it here")
                elif key == "via" and name == publisher:
                    yield Problem(claim.at(key, number), f"{show(name)} publishes the report itself; delete it here")


def _duplicate_statements(incident: Incident) -> Iterator[Problem]:
    """Yield the statements that a list of the incident, or of one of its sites, has twice."""
    lists = [incident.node.items.get(key) for key in (*STATEMENT_LISTS, "links")]
    lists += [site.node.items.get("reported") for site in incident.sites]
    for statements in lists:
        first: dict[str, int] = {}
        for one in statements.items if isinstance(statements, SequenceNode) and len(statements.items) > 1 else ():
            line = first.setdefault(str(plain(one)), one.mark.line)
            if line != one.mark.line:
                yield Problem(one.mark, f"the same is stated on line {line}; keep one")


@rule("CLM013", Severity.ERROR, on=Sourced)
def not_by_an_aggregator(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A map or a digest of others' reports isn't an originator; the originator is whoever it relays.

    The organisation's record has the kind `aggregator`. If it doesn't name its source, `sourcing` is `unstated`. A
    number with `unstated` sourcing is the publisher's or that of an agency or aggregator whose text it prints; one of
    another organisation is a warning, since the report then names its source.

    Wrong:
        - {by: liveuamap, in: the-map, killed: 7}

    Right:
        - {by: sohr, in: the-map, killed: 7}
        - {by: liveuamap, in: the-map, sourcing: unstated, killed: 7}
    """
    for claim in incident.claims:
        aggregators: list[tuple[tuple[str | int, ...], str]] = [] if claim.unsourced else [(("by",), claim.by)]
        aggregators += [(("jointly_with", number), name) for number, name in enumerate(claim.jointly_with)]
        for path, name in aggregators:
            organisation = dataset.registry.organisation(name)
            if organisation and organisation.kind == "aggregator":
                yield Problem(
                    claim.at(*path),
                    f"{show(name)} relays what others report; name whom it relays, or say `sourcing: unstated` where "
                    "it names no one else",
                )
        report, originator = incident.reports.get(claim.report), dataset.registry.organisation(claim.by)
        printed = originator is None or originator.kind in {"news_agency", "aggregator"}
        if claim.unsourced and report and report.publisher != claim.by and not printed:
            yield Problem(
                claim.at("sourcing"),
                f"`unstated`, yet {show(claim.by)} is named as the source; delete `sourcing`, or name the publisher "
                f"{show(report.publisher)} under `by`",
                Severity.WARNING,
            )


@rule("CLM005", Severity.ERROR, on=Sourced, needs=("supersedes",))
def supersedes_earlier(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A claim supersedes earlier claims of its own originator and scope, without cycles.

    A claim made jointly by several originators may supersede a claim of any of them.

    Wrong:
        - {id: a, by: sohr, in: sabah, killed: 7, supersedes: [a]}

    Right:
        - {id: a, by: sohr, in: sabah, killed: 7}
        - {id: b, by: sohr, in: later, killed: 9, supersedes: [a]}
    """
    by_id = {claim.id: claim for claim in reversed(incident.claims) if claim.id}  # of a duplicate id, the first
    known = incident.written_ids("claims")
    for claim in incident.claims:
        circular = claim.id in _replaced_ids(claim, by_id)
        for number, name in enumerate(claim.supersedes):
            at = claim.at("supersedes", number)
            earlier = by_id.get(name)
            if earlier is None:
                if name not in known:
                    yield Problem(at, f"the record has no claim with the id {show(name)}{suggestion(name, by_id)}")
            elif not {earlier.by, *earlier.jointly_with} & {claim.by, *claim.jointly_with}:
                yield Problem(
                    at, f"{show(name)} is a claim of {show(earlier.by)}; an originator supersedes its own claims"
                )
            elif name == claim.id:
                yield Problem(at, "the claim supersedes itself; name the earlier one, or delete the key")
            elif circular:
                yield Problem(at, f"it and {show(name)} supersede each other; delete the key of the earliest claim")
            elif is_later(incident.moment(earlier), incident.moment(claim)):
                yield Problem(at, f"{show(name)} is the later of the two; swap them, or correct `as_of`")


def _replaced_ids(claim: Claim, by_id: dict[str, Claim]) -> set[str]:
    """Return the ids of all claims that a claim replaces, also indirectly."""
    found: set[str] = set()
    todo = set(claim.supersedes)
    while todo:
        found |= todo
        todo = {name for id in todo & by_id.keys() for name in by_id[id].supersedes} - found
    return found


@rule("CLM008", Severity.ERROR, on=Incident, needs=("scope",))
def separate_scopes(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The tolls of sites, of the incident and of wider scopes are separate claims that are consistent.

    In one report, the count of an originator for a site, or the sum for disjoint sites, is at most its count for the
    incident, which is at most that for the area and days of a wider scope. Over several reports it is a warning, as the
    wider one may have grown. A wider scope contains the incident's days or is within those of a long one, where an
    overlap is a warning, and contains one of its sites, by administrative unit; a superseding claim has the scope of
    the one that it replaces.

    Wrong:
        - {by: sohr, in: sabah, scope: quarry, wounded: 15}
        - {by: sohr, in: sabah, wounded: 10}

    Right:
        - {by: sohr, in: sabah, scope: quarry, wounded: 10}
        - {by: sohr, in: sabah, wounded: 15}
    """
    yield from _outside_days(incident)
    yield from _outside_area(incident, dataset)
    by_id = {claim.id: claim for claim in incident.claims}
    for claim in incident.claims:
        for number, name in enumerate(claim.supersedes):
            if name in by_id and str(by_id[name].scope) != str(claim.scope):
                yield Problem(
                    claim.at("supersedes", number),
                    f"{show(name)} has another scope; a claim supersedes claims of its own scope",
                )
    if len({claim.scope for claim in incident.claims}) < 2:
        return
    superseded = {name for claim in incident.claims for name in claim.supersedes}
    comparable = [claim for claim in incident.claims if _shared_days(incident, claim.scope) in {"all", None}]
    found: dict[Mark, Problem] = {}
    for severity in (None, Severity.WARNING) if incident.intact("claims") else (None,):
        tolls: dict[tuple[tuple[str | None, ...], str, str], list[tuple[Claim, Count]]] = {}
        for claim in comparable:
            of = (claim.by,) if severity else (claim.by, claim.report, claim.as_of)
            for (measure, group), count in claim.counts.items():
                if not claim.withdrawal and not (severity and claim.id in superseded):
                    tolls.setdefault((of, measure, group), []).append((claim, count))
        for (_, measure, group), narrow in tolls.items():
            counted = f"{bare(measure)} ({bare(group)})"
            for one in list(_narrower_has_more(counted, narrow)) or _sites_have_more(counted, narrow):
                found.setdefault(one.at, Problem(one.at, one.message, severity))
    yield from found.values()


def _outside_days(incident: Incident) -> Iterator[Problem]:
    for claim in incident.claims:
        shared = _shared_days(incident, claim.scope)
        if shared in {"none", "some"}:
            yield Problem(
                claim.at("scope"),
                f"the scope {bare(claim.scope.first)} to {bare(claim.scope.last)} has {Shown(shared)} of the "
                f"incident's days; correct one of them",
                Severity.WARNING if shared == "some" else None,
            )


def _shared_days(incident: Incident, scope: Scope) -> Literal["all", "within", "some", "none"] | None:
    """Return which of an incident's days a wider scope has, `within` if it has no others; None if unknown."""
    days = incident.date.days if incident.date else None
    first, last = as_day(scope.first), as_day(scope.last)
    if not (days and first and last and first <= last):
        return None
    if first <= days[0] and days[1] <= last:
        return "all"
    if last < days[0] or days[1] < first:
        return "none"
    return "within" if days[0] <= first and last <= days[1] else "some"


def _outside_area(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """Yield wider scopes that are an administrative unit or a country without any of the sites."""
    places = [dataset.registry.place(site.place) for site in incident.sites]
    for claim in incident.claims:
        area = dataset.registry.place(claim.scope.area) if claim.scope.area else None
        if area is None:
            continue
        own, *where = (_unit(place, area.level) for place in (area, *places))
        if own and where and None not in where and own not in where:
            yield Problem(
                claim.at("scope"),
                f"no site of the incident is in {show(area.id)} ({show(own)}); name an area that contains one, or "
                "record what was there as an incident of its own",
            )


def _unit(place: Place | None, level: str) -> str | None:
    """Return the unit of a level that contains a place; None if unknown."""
    if place is None:
        return None
    return place.country if level == "country" else place.admin.get(level)


def _narrower_has_more(name: Shown, claimed: list[tuple[Claim, Count]]) -> Iterator[Problem]:
    """Yield narrower scopes above the end of a wider one; `claimed` are the counts of a source in one report."""
    closed = [(count.max, claim, count) for claim, count in claimed if count.max is not None]
    least_of: dict[Scope, tuple[int, Claim, Count]] = {}
    for end in sorted(closed, key=lambda end: end[0]):
        least_of.setdefault(end[1].scope, end)
    by_width: list[list[tuple[int, Claim, Count]]] = [[], [], []]
    for end in least_of.values():
        by_width[_width(end[1].scope)].append(end)
    sites = {id(claim): frozenset(claim.scope.sites) for claim, _ in claimed}
    for claim, count in claimed:
        own = sites[id(claim)]
        wider = [end for ends in by_width[_width(claim.scope) + 1 :] for end in ends[:1] if end[0] < count.least]
        if own:
            wider += [end for end in by_width[0] if end[0] < count.least and own < sites[id(end[1])]]
        for _, other, whole in wider:
            yield Problem(
                count.at,
                f"{name} {count} for {claim.scope.label} exceeds {whole} for the wider {other.scope.label} (line "
                f"{other.mark.line}); correct one of the scopes",
            )


def _sites_have_more(name: Shown, claimed: list[tuple[Claim, Count]]) -> Iterator[Problem]:
    """Yield disjoint sites whose sum starts above the end of the incident, in one report of one source."""
    seen: set[str] = set()
    parts: list[Count] = []
    for claim, count in claimed:
        if claim.scope.sites and seen.isdisjoint(claim.scope.sites):
            seen.update(claim.scope.sites)
            parts.append(count)
    least = sum(part.least for part in parts)
    for claim, whole in claimed:
        if _width(claim.scope) == 1 and whole.max is not None and least > whole.max:
            yield Problem(
                parts[-1].at,
                f"{name}: the sites come to at least {least}, more than {whole} for the incident (line "
                f"{claim.mark.line}); correct one of them",
            )
            return


def _width(scope: Scope) -> int:
    return 2 if scope.area else 0 if scope.sites else 1


@rule("CLM010", Severity.WARNING, on=Incident, needs=("based_on", "via"))
def coded_by_dataset(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A dataset is the originator of the numbers that it coded, `based_on` the sources that it cites, not a relay.

    Its sources may give another number, other groups or none: a coded 0 may come from the dataset only. An agency or
    a newspaper `via` a monitor or an authority is probably the relay, and the other the originator.

    Wrong:
        - {by: sohr, in: its-table, via: [ucdp], killed: 7}

    Right:
        - {by: ucdp, in: its-table, based_on: [sohr], killed: 7}
    """
    for claim in incident.claims:
        by = dataset.registry.organisation(claim.by)
        if claim.based_on and by and by.kind in (*PRESS, *COUNTING):
            message = f"`based_on` has the sources of a dataset's coding, and {show(claim.by)} is none; delete it"
            yield Problem(claim.at("based_on"), f"{message}, or write `via` for who passed it on")
        for number, name in enumerate(claim.via):
            organisation = dataset.registry.organisation(name)
            if organisation is not None and organisation.kind == "dataset":
                yield Problem(
                    claim.at("via", number),
                    f"{show(name)} is a dataset, and the originator of what it coded; "
                    f"write {show(f'by: {name}')} and {show(f'based_on: [{claim.by}]')}",
                )
            if by and organisation and by.kind in PRESS and organisation.kind in COUNTING:
                yield Problem(
                    claim.at("via", number),
                    f"{show(claim.by)} is quoted {show('via')} {show(name)}, which seldom passes on the press; "
                    f"if it passes on {show(name)}, swap them",
                )
