"""IDN: ids, links between incidents, and duplicates."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from conflict_incidents.core.findings import Severity, Shown, bare, placeholder, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import incident_folder
from conflict_incidents.dataset.index_rows import IndexRow, LinkRow, Others, stem_of
from conflict_incidents.dataset.nesting import ACYCLIC, DUPLICATE_OF, PART_OF, wholes
from conflict_incidents.dataset.similarity import alike
from conflict_incidents.dataset.suggestions import FILE, KINDS_BY_FOLDER, REGISTRY_OF, SHOWN_FILE, reference_error
from conflict_incidents.records.counts import whom
from conflict_incidents.records.dates import as_day, span_apart
from conflict_incidents.records.model import Aggregate, Collection, Incident, Named, Record
from conflict_incidents.records.schema import document, subschema_at
from conflict_incidents.records.yaml.nodes import scalars


@rule("IDN001", Severity.ERROR, across=Record)
def id_unique(record: IndexRow, others: Others) -> Iterator[Problem]:
    """An id belongs to one record, including withdrawn ones, and is never reused.

    Wrong:
        two files with the id SYR-20220908-7q4m

    Right:
        a new id from `incidents new`
    """
    repair = Shown("create another, or delete the file if it is a copy")
    for other in _same_id(record, others) if record.id else ():
        yield Problem(record.at, f"{show(record.id)} is also the id of {placeholder(FILE, other)}; {repair}")
    for earlier in others.earlier:
        was = earlier.get(record.kind, record.id)
        if was and was.status == "withdrawn" and record.status not in {"withdrawn", ""}:
            yield Problem(
                record.at,
                f"{show(record.id)} was withdrawn in {earlier.label}, and no id is used again; create another, and "
                "leave the withdrawn record as it was",
            )
            return


def _same_id(record: IndexRow, others: Others) -> list[str]:
    """Return the other files with the id of a record: in the dataset, or among those validated with it."""
    files = others.files(record.kind, record.id) if record.inside else others.outside_paths(stem_of(record.path))
    namesakes = [file for file in files if stem_of(file) == record.id] if record.inside else files
    return [file for file in namesakes if file != record.path]


@rule("IDN002", Severity.WARNING, across=Incident)
def no_near_duplicate(incident: IndexRow, others: Others) -> Iterator[Problem]:
    """An incident within a day and 5 km of another with a similar toll is linked to it, as a duplicate or not.

    At any distance, two incidents for which one article gives the same number of the same originator are compared too.
    Tolls are similar if both can be right, or if they differ by at most a fifth. Not compared are places known only by
    their district, and events that another dataset lists under different ids. Candidates are found by the day in their
    ids; of more than forty, those with the nearest tolls and the same titles are compared. `incidents duplicates`
    searches further, and ranks pairs by similarity.

    Wrong:
        two records of the strike at Hafsarjah on 2022-09-08 with 7 killed, by two recorders

    Right:
        links: [{kind: not_duplicate_of, incident: SYR-20220908-k2fd}]
    """
    for other in others.near(incident):
        one, another = incident.facts, other.facts
        if one and another and other.id not in {"", incident.id} and (how := alike(one, another)):
            yield Problem(
                incident.at,
                f"{show(other.id)} may be the same incident ({how}); if it is, withdraw one of them as "
                "`duplicate_of` the other, if not, link it as `not_duplicate_of`",
            )


@rule("IDN003", Severity.ERROR, across=Incident)
def links_resolve(incident: IndexRow, others: Others) -> Iterator[Problem]:
    """A link points to a record other than its own; `duplicate_of` and `part_of` form no cycle.

    Days that contradict the link are a warning: `same_day` and `part_of` share a day, `follows` names no later one. So
    is a link to a withdrawn record, but as a duplicate.

    Wrong:
        id: SYR-20220908-7q4m
        links: [{kind: part_of, incident: SYR-20220908-7q4m}]

    Right:
        id: SYR-20220908-7q4m
        links: [{kind: part_of, incident: SYR-20220908-k2fd}]
    """
    for link in incident.links:
        if link.incident == incident.id:
            yield Problem(link.at, "the link points to its own record; name the other one")
        elif link.incident and others.incident(link.incident) is None:
            near = placeholder(str(incident_folder(link.incident)), link.incident)
            yield Problem(link.at, f"there is no incident {show(link.incident)}{near}")
        elif link.kind in ACYCLIC and _leads_back(incident, link.incident, link.kind, others):
            yield Problem(
                link.at, f"{show(link.kind)} leads back to this record through {show(link.incident)}; break the cycle"
            )
        elif wrong := _contradicting_days(incident, link, others):
            yield Problem(link.at, wrong, Severity.WARNING)
        elif link.kind not in {DUPLICATE_OF, "not_duplicate_of"} and incident.status == "published":
            other = others.incident(link.incident)
            if other and other.status == "withdrawn":
                message = f"{show(other.id)} was withdrawn; link the record in its place, or remove the link"
                yield Problem(link.at, message, Severity.WARNING)


def _contradicting_days(incident: IndexRow, link: LinkRow, others: Others) -> Shown | None:
    """Return why the days of two incidents contradict their link; None if they don't, or if one is unknown."""
    other = others.incident(link.incident)
    if incident.facts is None or other is None or other.facts is None:
        return None
    own, its = incident.facts.event, other.facts.event
    days = own.last < its.first or its.last < own.first
    wrong = own.last < its.first if link.kind == "follows" else days and link.kind in {PART_OF, "same_day"}
    first = date.fromordinal(its.first)
    return f"{show(link.kind)}, yet {show(other.id)} began on {first}; correct the link, or a date" if wrong else None


def _leads_back(start: IndexRow, first: str, kind: str, others: Others) -> bool:
    seen: set[str] = set()
    todo = [first]
    while todo:
        id = todo.pop()
        if id == start.id:
            return True
        other = others.incident(id) if id not in seen else None
        seen.add(id)
        if other:
            todo += [link.incident for link in other.links if link.kind == kind]
    return False


@rule("IDN004", Severity.ERROR, across=Incident)
def duplicate_is_withdrawn(incident: IndexRow, others: Others) -> Iterator[Problem]:
    """A record that is `duplicate_of` a published one is withdrawn, so that totals count it once.

    Every table of a release has a row for each published record; two records of one strike count its dead twice.

    Wrong:
        status: published
        links: [{kind: duplicate_of, incident: SYR-20220908-7q4m}]

    Right:
        status: withdrawn
        withdrawn: {date: 2023-01-10, reason: The strike is recorded as SYR-20220908-7q4m.}
        links: [{kind: duplicate_of, incident: SYR-20220908-7q4m}]
    """
    if incident.status != "published":
        return
    for link in incident.links:
        other = others.incident(link.incident) if link.kind == DUPLICATE_OF else None
        if other and other.status == "published" and other.id != incident.id:
            yield Problem(
                link.kind_at,
                f"{show(other.id)} is published too, so that what both count is added twice; withdraw this record, "
                "with its reason",
            )


@rule("IDN007", Severity.WARNING, across=Incident)
def parts_within_whole(incident: IndexRow, others: Others) -> Iterator[Problem]:
    """The sum of the parts of an incident is at most the whole.

    The toll of an incident includes those of the incidents that are `part_of` it, and sums count only the whole. If the
    sum of the parts' lows exceeds the high of the whole, its originators count less, a part belongs to another whole,
    or the parts overlap. The finding is on the last part.

    Wrong:
        an offensive with 20 killed, and as parts of it two shellings with 12 killed each

    Right:
        an offensive with at least 20 killed, and the same parts
    """
    if incident.status != "published" or not incident.intact:
        return
    for link in incident.links:
        whole = others.incident(link.incident) if link.kind == PART_OF else None
        if whole is None or whole.status != "published" or whole.id == incident.id:
            continue
        parts = others.parts_of(whole.id)
        if incident.id not in {part.id for part in parts[-1:]}:
            continue
        for (measure, group), estimate in whole.headline.items():
            lows = {part.id: one.low for part in parts if (one := part.headline.get((measure, group))) and one.low}
            if estimate.high is not None and not estimate.high_open and sum(lows.values()) > estimate.high:
                yield Problem(
                    link.at,
                    f"{whom(measure, group)}: the parts of {show(whole.id)} "
                    f"({', '.join([bare(id) for id in sorted(lows)])}) come to at least {sum(lows.values())}, more "
                    f"than its {bare(estimate.text)}; count the whole as at least that, or correct the links",
                )


@rule("IDN008", Severity.ERROR, across=Incident)
def one_whole(incident: IndexRow, others: Others) -> Iterator[Problem]:
    """The incidents that an incident is `part_of` are nested, so that sums count it once.

    Wrong:
        links:
          - {kind: part_of, incident: SYR-20220901-sieg}
          - {kind: part_of, incident: SYR-20220901-camp}    # and neither is part of the other

    Right:
        links:
          - {kind: part_of, incident: SYR-20220901-sieg}    # which is itself part of SYR-20220901-camp
    """
    if incident.status != "published":
        return
    links = [link for link in incident.links if link.kind == PART_OF and link.incident != incident.id]
    wholes = {link.incident: {link.incident, *_wholes_of(link.incident, others)} for link in links}
    for number, link in enumerate(links):
        for other in links[:number]:
            if link.incident not in wholes[other.incident] and other.incident not in wholes[link.incident]:
                yield Problem(
                    link.at,
                    f"it is part of {show(other.incident)} and of {show(link.incident)}, which aren't part of each "
                    "other, so that its toll is added twice; link them as `part_of`, or keep one",
                )
                return


def _wholes_of(id: str, others: Others) -> tuple[str, ...]:
    other = others.incident(id)
    return wholes(other, others.incident) if other else ()


@rule("IDN006", Severity.ERROR, across=Record)
def file_name_unique(record: IndexRow, others: Others) -> Iterator[Problem]:
    """File names are in NFC, and unique regardless of case.

    On file systems that ignore case or composition, a copy of the dataset would silently lose a record.

    Wrong:
        SYR-20220908-7q4m.yaml and SYR-20220908-7Q4M.yaml

    Right:
        SYR-20220908-7q4m.yaml
    """
    name = record.path.rpartition("/")[2]
    if not unicodedata.is_normalized("NFC", name):
        yield Problem(record.at, "the name of the file isn't composed (NFC); rename the file after its id")
    for other in others.files(record.kind, stem_of(name)) if record.inside else ():
        if stem_of(other) != stem_of(name):
            yield Problem(
                record.at,
                f"{show(name)} and {placeholder(SHOWN_FILE, other)} are the same file on many computers; "
                "rename one of them",
            )


@rule("IDN005", Severity.WARNING, across=Aggregate)
def aggregate_covers_incidents(aggregate: IndexRow, others: Others) -> Iterator[Problem]:
    """An aggregate is at least the sum of the incidents that it covers.

    The sum is that of the lows of the published incidents in the area and period, without duplicates and parts of other
    incidents. If an aggregate is less, its originator counts fewer people or a smaller area, or an incident is recorded
    twice.

    Wrong:
        killed: 7    # in the area and year of two incidents with 7 and 4 killed

    Right:
        killed: {at_least: 11}
    """
    covered = [one for one in others.within(aggregate) if _covers(aggregate, one)] if aggregate.claimed else []
    for claim in aggregate.claimed:
        lows = [toll.low or 0 for one in covered if (toll := one.headline.get((claim.measure, claim.group)))]
        if sum(lows) > claim.max:
            yield Problem(
                claim.at,
                f"{bare(claim.measure)} ({bare(claim.group)}) {bare(claim.text)} is below the sum of {len(lows)} "
                f"recorded incidents, at least {sum(lows)}; check area and period, and look for duplicates",
            )


def _covers(aggregate: IndexRow, incident: IndexRow) -> bool:
    """Whether a counted incident is in the area and period of an aggregate."""
    whole, part = aggregate.extent, incident.extent
    if whole is None or part is None:
        return False
    in_time = part.since >= whole.since and part.until[: len(whole.until)] <= whole.until
    return in_time and part.country == whole.country and set(whole.units[-1:]) <= set(part.units)


@rule("IDN010", Severity.WARNING, on=Incident)
def id_has_its_date(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The day in the id of an incident is one of its days.

    Ids never change: if the date was corrected after publication, the warning is waived.

    Wrong:
        id: SYR-20220908-7q4m
        date: 2022-08-09

    Right:
        id: SYR-20220908-7q4m
        date: 2022-09-08
    """
    day = as_day(f"{incident.id[4:8]}-{incident.id[8:10]}-{incident.id[10:12]}")
    if incident.days and day and not incident.days[0] <= day <= incident.days[1]:
        yield Problem(
            incident.at("date"),
            f"the id has the day {day}, which is not in the date ({incident.days[0]}); correct the date, or take a new "
            "id if the record was never published",
        )


@rule("IDN011", Severity.WARNING, across=Incident)
def listed_once(incident: IndexRow, others: Others) -> Iterator[Problem]:
    """An id of another dataset is in one incident, unless links say how those that have it belong together.

    Two records of one event that lie apart, by a slip in the day or the place, would be added twice. Any link between
    them is an answer, as is a whole that both are `part_of`; a row that was split into several records may be linked
    in a chain. Of more than forty incidents with one id, those most alike are compared. If single files are validated,
    only incidents with ids of about the same days are; the whole dataset and `--changed-since` compare all.

    Wrong:
        external: [{scheme: ucdp-ged, id: "285001"}]    # in SYR-20220908-7q4m and in SYR-20221020-k2fd

    Right:
        external: [{scheme: ucdp-ged, id: "285001"}]
        links: [{kind: follows, incident: SYR-20220908-7q4m}]
    """
    for foreign in incident.external:
        same = [one for one in others.rows_with_foreign_id(foreign, incident) if one.id not in {"", incident.id}]
        if apart := _unlinked(incident, same, others) if same else []:
            have = f"and {len(apart) - 1} more have" if len(apart) > 1 else Shown("has")
            yield Problem(
                foreign.at,
                f"{show(apart[0].id)} {have} the same id in {bare(foreign.scheme)}, so that one event may be "
                "counted twice; withdraw one record as `duplicate_of` the other, correct the id, or link the records: "
                "`part_of`, `follows` or `same_day` if they share what it lists, `not_duplicate_of` if not",
            )


def _unlinked(incident: IndexRow, same: list[IndexRow], others: Others) -> list[IndexRow]:
    """Return the incidents that no link to an incident, no whole, and no chain of links among them joins with it."""
    ids = {incident.id, *(one.id for one in same)}
    joined = {one.id: {one.id, *wholes(one, others.incident)} for one in (incident, *same)}
    for one in (incident, *same):
        joined[one.id] |= ids & {link.incident for link in one.links if link.kind != "not_duplicate_of"}
    group, rest = joined[incident.id], same
    while near := [one for one in rest if not group.isdisjoint(joined[one.id])]:
        group = group.union(*(joined[one.id] for one in near))
        rest = [one for one in rest if one not in near]
    answered = {link.incident for link in incident.links}
    return [one for one in rest if one.id not in answered and all(to.incident != incident.id for to in one.links)]


@rule("IDN009", Severity.ERROR, on=Incident)
def known_collection(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The collection of an incident is in the registry.

    If a dataset has collections, a published incident without one is a warning: the coverage of sums that include it is
    unknown. So is one in a collection that covers a dataset, of which it has no id, or other days.

    Wrong:
        collection: idlib

    Right:
        collection: ucdp-idlib
    """
    id = incident.collection
    if id is None and incident.status == "published" and dataset.registry.is_kept("collections"):
        yield Problem(incident.at("status"), "the incident belongs to no collection; add one", Severity.WARNING)
    yield from _outside_collection(incident, dataset)
    if id and (wrong := reference_error("the collection", id, "collections", incident, dataset)):
        yield Problem(incident.at("collection"), wrong)


@rule("IDN013", Severity.ERROR, on=Named, needs=REGISTRY_OF)
def known_references(record: Named, dataset: Dataset) -> Iterator[Problem]:
    """The ids that a record of a registry refers to are in the registries, and aren't withdrawn.

    Rules on claims, reports, sites and attributions check those of incidents.

    Wrong:
        parent: rusia

    Right:
        parent: russia
    """
    name = record.text("schema") or ""
    slug = document(name)["$defs"].get("slug")
    for path, scalar in scalars(record.node):
        key = next(step for step in reversed(path) if isinstance(step, str))
        if key in REGISTRY_OF and subschema_at(name, path) is slug:
            folder, id = REGISTRY_OF[key], str(scalar.value)
            what = f"the {bare(KINDS_BY_FOLDER[folder])}"
            if wrong := reference_error(what, id, folder, record, dataset):
                yield Problem(scalar.mark, wrong)


def _outside_collection(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """Yield the collection of an incident if it covers a dataset that doesn't list it, or other days."""
    collection = dataset.registry.lookup("collections", incident.collection or "")
    complete = collection.complete if isinstance(collection, Collection) else None
    if complete is None or not incident.intact("external"):
        return
    scheme = complete.text("dataset")
    covered = span_apart(incident.days, complete.text("from"), complete.text("to"))
    schemes = {one.scheme for one in incident.external}
    if scheme and scheme not in schemes and all(dataset.registry.lookup("datasets", one) for one in schemes):
        why = f"has what {show(scheme)} lists, and the record has no id of it"
    elif covered and incident.days:
        why = f"covers {covered}, and not {incident.days[0]}"
    else:
        return
    message = f"the collection {show(incident.collection or '')} {why}; name another"
    yield Problem(incident.at("collection"), message, Severity.WARNING)
