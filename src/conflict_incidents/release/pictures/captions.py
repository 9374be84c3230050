"""The pictures of a release as text and tables, also as alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conflict_incidents.core.findings import release_text
from conflict_incidents.core.pages import Lines, PageTable, Section
from conflict_incidents.release.pictures.completeness import KnownCounts
from conflict_incidents.release.pictures.districts import Districts
from conflict_incidents.release.pictures.groups import HEAD, IncidentGroup, count, killed_phrase, share
from conflict_incidents.release.pictures.matched import STATUS_LABELS, MatchNumbers
from conflict_incidents.release.pictures.months import Months
from conflict_incidents.release.pictures.originators import AGREEMENT, Originators

READ_ALOUD = 24
"""The maximum number of rows of the first table in the alternative text."""
_GAPS = ("toll unknown", "open-ended", "zero")
"""Columns to leave out of the alternative text if they are 0."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the `name` of its files, its texts and tables, and the numbers to draw.

    The most important table is the first. The numbers are None if there is nothing to draw.
    """

    name: str
    title: str
    lead: str
    notes: Sequence[str]
    tables: Sequence[PageTable]
    numbers: Months | Districts | Originators | MatchNumbers | Sequence[KnownCounts] | None

    @property
    def lines(self) -> list[str]:
        """Return the content of the picture as sentences."""
        sentences = [self.lead]
        for table in self.tables[:1]:
            for name, *cells in table.rows[:READ_ALOUD]:
                pairs = zip(table.head[1:], cells, strict=True)
                facts = [f"{what} {cell}" for what, cell in pairs if not (cell == "0" and what in _GAPS)]
                sentences.append(f"{name}: {', '.join(facts)}.")
            if len(table.rows) > READ_ALOUD:
                sentences.append(f"{len(table.rows) - READ_ALOUD:,} more are in the table.")
        return [*sentences, *self.notes]

    def words(self) -> Section:
        """Return the picture as text."""
        return Section(release_text(self.title), [Lines([*map(release_text, self.lines)])])

    def section(self) -> Section:
        """Return the picture as text and tables."""
        lines = map(release_text, (self.lead, *self.notes))
        return Section(release_text(self.title), [Lines([*lines]), *(table for table in self.tables if table.rows)])


def over_time(all: IncidentGroup, months: Months) -> Picture:
    """Describe incidents and killed over time."""
    groups = [(months.name(group.key), group) for group in months.groups]
    groups += [("not known", months.unplaced)] if months.unplaced else []
    years = [(str(group.key), *group.cells) for group in months.years]
    tables = [_table(("year", *HEAD), years)] if months.unit == "month" else []
    tables.append(_table((months.unit, *HEAD), [(name, *group.cells) for name, group in groups]))
    lead = f"{count(all.incidents)}{months.span}. {killed_phrase(all)}"
    title = f"Incidents and people killed, {months.unit} by {months.unit}"
    return Picture("incidents", title, lead, months.notes(), tables, months if months.groups else None)


def districts(all: IncidentGroup, numbers: Districts) -> Picture:
    """Describe incidents by district."""
    number_known = sum(one.group.incidents for one in numbers.districts)
    of = f"of {number_known:,}, in {count(len(numbers.districts), 'district')}" if numbers.level else "of none"
    unit = f"the district (administrative unit of level {numbers.level})" if numbers.level else "the district"
    groups = [(one.group.key, one.group) for one in numbers.districts]
    groups += [("not known", numbers.unknown)] if numbers.unknown else []
    notes = [
        "A circle is at the mean position of its district's incidents, its area in proportion to their number. A "
        "release has no boundaries.",
        f"Small dots: {count(len(numbers.dots), 'place')} at or near which incidents were. "
        f"{count(numbers.unplaced)} not known to have been at or near one place: without a dot.",
    ]
    table = _table(("district", *HEAD), [(name, *group.cells) for name, group in groups])
    lead = f"{count(all.incidents)}; {unit} is known {of}. {killed_phrase(all)}"
    return Picture("districts", "Where: incidents by district", lead, notes, [table], numbers)


def originators(data: Originators) -> Picture:
    """Describe the originators of the numbers, and their agreement."""
    incidents, alone = sum(number for _, number in data.behind), dict(data.behind)["one originator"]
    several = sum(number for words, number in data.behind if words in {"two", "three or more"})
    lead = (
        f"Of {count(incidents)}, the number of killed rests on a single originator in {alone:,} "
        f"({share(alone, incidents)}), on two or more in {several:,}."
    )
    if data.sole:
        lead += f" Most often alone: {data.sole[0][0]}, in {data.sole[0][1]:,}."
    notes = [
        "A number that a dataset coded from reports counts as the dataset's own; the sources that it cites aren't "
        "counted. Originators that give a number jointly count as one.",
        f"Agreement: {AGREEMENT.description.replace('`', '')}",
    ]
    head = ("number", *(value.replace("_", " ") for value in AGREEMENT.enum), "unknown")
    tables = [
        _table(("killed rests on", "incidents"), [(words, f"{number:,}") for words, number in data.behind]),
        _table(
            ("the one originator of the killed", "incidents"), [(name, f"{number:,}") for name, number in data.sole]
        ),
        _table(head, [(name, *(f"{number:,}" for number in numbers)) for name, numbers in data.agreement]),
    ]
    return Picture("originators", "Who counts, and whether they agree", lead, notes, tables, data)


def completeness(rows: Sequence[KnownCounts]) -> Picture:
    """Describe the number of incidents with each fact."""
    cells = []
    for row in rows:
        numbers = (row.known, row.open_ended, row.zero, row.unknown)
        cells.append(
            (row.label, share(sum(numbers) - row.unknown, sum(numbers)), *(f"{number:,}" for number in numbers))
        )
    table = _table(("what", "known of", "known", "open-ended", "zero", "unknown"), cells)
    incidents = rows[0].known + rows[0].unknown
    shares = {row.label: cell[1] for row, cell in zip(rows, cells, strict=True)}
    lead = (
        f"Of {count(incidents)}, the day is known for {shares['day']}, the place for {shares['place, or near it']}, "
        f"the number of killed for {shares['killed']}. What is unknown isn't zero."
    )
    notes = [
        "Zero: the number given is 0. Open-ended: one end of the number isn't known, as of “at least 7”. "
        "Unknown: no number is given."
    ]
    return Picture("completeness", "What is known, and what isn't", lead, notes, [table], rows)


def describe_match(numbers: MatchNumbers) -> Picture:
    """Describe the result of matching two datasets."""
    head, verdicts = ("incidents", "number"), [(name, f"{number:,}") for name, number in numbers.verdicts]
    counts = [(STATUS_LABELS[status], f"{number:,}") for status, number in numbers.counts]
    lead = f"{', '.join(f'{number} {name}' for name, number in counts)}."
    notes = [
        "Missing on the other side is only what it would have if it had all of its countries, days and places.",
        "Unknown is not zero. Across is a range of theirs that reaches over an end of ours.",
    ]
    tables = [_table(head, counts), _table(("their number and our range", "pairs"), verdicts)]
    return Picture("matched", "Two datasets, incident by incident", lead, notes, tables, numbers)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> PageTable:
    return PageTable(tuple(map(release_text, head)), [tuple(map(release_text, row)) for row in rows])
