"""The checks that only a reviewer can make.

`incidents review` prints them with every record; a test compares them with the list in CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Shown, bare, in_words, shown
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident, Named, Place, Record, Sourced, Waivers
from conflict_incidents.records.vocabulary import SITES_WITHOUT_POSITION

POINTS: dict[type[Record], tuple[str, ...]] = {
    Sourced: (
        "Is `by` really who the number comes from? Do two originators perhaps quote a third?",
        "Is the scope right: the site, the incident, or the day?",
        'Do the words give each number, with its bound ("at least", "more than", "including") and of whom it is?',
        'Is a word such as "dozens" kept as a word, and "22 killed and wounded" as casualties?',
        "Are strikes, bombs and aircraft each counted as what they are?",
        "Is an excerpt that is a translation said to be one, by `excerpt_original`?",
        "Does the title or a note give a toll that no claim has? Was a total divided over sites, days or records?",
        "Are the attackers' own dead out of the toll? Are people trapped or missing, or may it rise, by the words?",
        "Does a report say that it could not verify something? Is that kept as a caveat, `about` the right thing?",
        "Does a report name the year, the weekday, and for a night which of its dates? Is a late one of this incident?",
        "Are the positions right on a map, and the names of a place in the language that the record says?",
        "Is the archived copy that of the report?",
    ),
    Named: ("Is a new place, organisation or actor really not in the registry yet, under another name?",),
    Waivers: ("Does the reason of each waiver hold, and is it the rule that is wrong here, not the record?",),
    Record: (
        "Could anything in the text lead to a living person? Is a cited post an organisation's, or a witness's?",
        "Does a text, a name of a place or a kept column name a person? The rules miss one in five: read each.",
    ),
    Incident: ("How was a site's own position made coarse? It is rounded, never moved at random.",),
}
"""The questions for each kind of record."""


def listed() -> str:
    """Format the questions on every record as a list in Markdown."""
    return "\n".join(f"- {point}" for questions in POINTS.values() for point in questions)


def points(record: Record, dataset: Dataset) -> list[Shown]:
    """Return the questions on a record: first those specific to it, then those on its kind."""
    specific: list[Shown] = []
    if isinstance(record, Incident):
        specific += _incident(record)
    if isinstance(record, Place) and record.lat is not None:
        specific.append(Shown("May the position be known so closely, and does it come from where the record says?"))
    accepted = [*dataset.waivers.waivers, *dataset.waivers.privacy] if dataset.waivers else []
    specific += [
        f"{bare(one.rule)} is waived for it: does the reason still hold?" for one in accepted if one.record == record.id
    ]
    return [
        *specific,
        *(Shown(point) for kind, questions in POINTS.items() if isinstance(record, kind) for point in questions),
    ]


def _incident(incident: Incident) -> Iterator[Shown]:
    for site in incident.sites:
        if site.kind in SITES_WITHOUT_POSITION:
            kind = in_words(site.kind)
            yield f"The site {shown(site.id)} is a {kind}: does anything say more of where it is than its place does?"
    originators = sorted({name for claim in incident.claims for name in (claim.by, *claim.jointly_with)})
    if len(originators) == 1:
        yield f"All numbers come from {shown(originators[0])}: is there no other account?"
    if incident.year_inferred and incident.date:
        yield f"No report states the year: does everything fit {bare(incident.date.first[:4])}?"
    stances: dict[tuple[str, str], list[str]] = {}
    for attribution in incident.attributions:
        stances.setdefault((attribution.actor, attribution.stance), []).append(attribution.by)
    for (actor, stance), by in stances.items():
        who = ", ".join(map(shown, dict.fromkeys(by)))
        yield (
            f"{shown(actor)} is named as having done it ({bare(stance)}, by {who}): is that what is said, and by whom?"
        )
    for override in incident.overrides:
        of = override.measure if override.group == "total" else f"{override.measure}, {override.group}"
        yield (
            f"An editor sets the best of {bare(of)} to {override.best}: does the reason hold, and would you set it so?"
        )
