"""What each picture says, in words: for its title, its notes, those who can't see it, and the page beside it.

Prevents: a picture that says more, or something else, than its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conflict_incidents.analysis import Total
from conflict_incidents.contract import About
from conflict_incidents.pages import Lines, Section, Table
from conflict_incidents.summary.completeness import Completeness, Row
from conflict_incidents.summary.districts import Districts
from conflict_incidents.summary.months import OverTime
from conflict_incidents.summary.originators import Agreement, Pairs
from conflict_incidents.summary.wording import count, gaps, share, toll

LISTED = 12
"""How many districts, numbers or years are told one by one; the page beside the picture has all."""
TALLIES = ("no originator, and so unknown", "one", "two", "three or more")


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a picture: `name` of its files; `lead` and `notes` are drawn as well, `details` aren't.

    `source` says which release it shows and how many incidents; `plain_source` the same without the dataset's title.
    """

    name: str
    title: str
    lead: str
    details: tuple[str, ...]
    notes: tuple[str, ...]
    source: str
    plain_source: str
    tables: tuple[Table, ...]

    @property
    def desc(self) -> str:
        """All of it, as a screen reader reads it."""
        return " ".join([self.lead, *self.details, *self.notes, self.source])

    def section(self) -> Section:
        """All of it, as a page has it."""
        return Section(self.title, [*self.words().blocks, *self.tables])

    def words(self) -> Section:
        """The same without the tables."""
        return Section(self.title, [Lines([self.lead, *self.details, *self.notes])])


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the pictures of one release: `incidents` stand, `withdrawn` are left out."""

    about: About
    incidents: int
    withdrawn: int

    def over_time(self, found: OverTime) -> Told:
        """Incidents and killed over time."""
        when = _when(found)
        lead = f"{count(self.incidents)}{when}. Killed, all together: {toll(found.all)}. {gaps(found.all)}".strip()
        notes = _emptiness(found)
        if found.unplaced:
            lie = f"{count(found.unplaced.incidents)}, not known to lie within one {found.unit}, "
            notes.append(f"Not drawn: {lie}with {toll(found.unplaced)} killed.")
        rows = [(found.name(number), *_numbers(total)) for number, total in found.stretches]
        rows += [("not known", *_numbers(found.unplaced))] if found.unplaced else []
        return self._told(
            "incidents",
            f"Incidents and people killed, {found.unit} by {found.unit}",
            lead,
            [*_extremes(found), *_years(found)],
            notes,
            [Table((found.unit, *_HEAD), rows)],
        )

    def districts(self, found: Districts) -> Told:
        """Incidents by district."""
        known = sum(one.total.incidents for one in found.districts)
        within = f" of {found.within[0]}" if len(found.within) == 1 and found.level > 1 else ""
        of = f"the district (administrative unit of level {found.level}) is known of {known:,}"
        lead = f"{count(self.incidents)}; {of}, in {count(len(found.districts), 'district')}{within}."
        if not found.level:
            lead = f"{count(self.incidents)}; the district is known of none."
        notes = []
        if any(one.lon is not None for one in found.districts):
            notes.append(
                "A circle stands at the mean position of its district's incidents; its area is in proportion to their "
                "number. No boundaries are drawn, as the release has none."
            )
        if found.dots:
            notes.append(f"Small dots: {count(len(found.dots), 'place')} at or near which incidents were.")
        if found.unplaced and self.incidents:
            notes.append(f"{count(found.unplaced)} not known to have been at or near one place: without a dot.")
        rows = [(one.name, *_numbers(one.total)) for one in found.districts]
        rows += [("not known", *_numbers(found.unknown))] if found.unknown else []
        details = [f"{name}: {count_of} incidents, killed {killed}." for name, count_of, killed, *_ in rows[:LISTED]]
        more = [f"{len(rows) - LISTED:,} more are in the table."] if len(rows) > LISTED else []
        table = [Table(("district", *_HEAD), rows)] if rows else []
        return self._told("districts", "Where: incidents by district", lead, details + more, notes, table)

    def originators(self, found: Agreement) -> Told:
        """Agreement between originators."""
        alone, more = found.behind[1], sum(found.behind[2:])
        lead = (
            f"Of {count(self.incidents)}, the number of killed rests on a single originator in {alone:,} "
            f"({share(alone, self.incidents)}), on two or more in {more:,}."
        )
        pairs = found.pairs
        given = "; ".join(f"by {what}: {number:,}" for number, what in zip(found.behind, TALLIES, strict=True))
        details = [f"Incidents whose number of killed is given {given}."]
        details += [f"Alone behind the number: {name}, in {number:,}." for name, number in found.sole[:3]]
        details += [f"{called(number)}: {_pairs(one)}." for number, one in found.numbers[:LISTED]]
        notes = [_compared(found)]
        if pairs.all:
            notes.append(
                "A pair: two originators who count the same thing in one incident. Same: they give the same number or "
                "range. Overlap: one number fits both. Conflict: none does."
            )
        tables = [Table(("number of killed is given by", "incidents"), _rows(zip(TALLIES, found.behind, strict=True)))]
        tables += [Table(("alone behind the killed", "incidents"), _rows(found.sole))] if found.sole else []
        if pairs.all:
            tables.append(Table(("number", *_PAIRS), [(called(number), *_of(one)) for number, one in found.numbers]))
            two = [(" and ".join(names), *_of(one)) for names, one in found.originators]
            tables.append(Table(("originators", *_PAIRS), two))
        return self._told("originators", "Who counts, and whether they agree", lead, details, notes, tables)

    def completeness(self, found: Completeness) -> Told:
        """Of how many incidents what is known."""
        lead = f"Of {count(self.incidents)}, {_known(found)}. What is unknown isn't zero."
        details = [f"{row.label}: {_row(row)}." for row in found.rows]
        notes = [
            "Zero: by every originator there were none. At least: a number of which one end isn't known. "
            "Unknown: no originator gives any."
        ]
        cells = [
            (
                f"{about}: {row.label}",
                f"{row.known:,}",
                *_own(row),
                f"{row.unknown:,}",
                share(row.all - row.unknown, row.all),
            )
            for about, rows in found.sections
            for row in rows
        ]
        table = Table(("what", "known", "at least", "zero", "unknown", "share known"), cells)
        return self._told("completeness", "What is known, and what isn't", lead, details, notes, [table])

    def _told(
        self,
        name: str,
        title: str,
        lead: str,
        details: Iterable[str],
        notes: Iterable[str],
        tables: Iterable[Table],
    ) -> Told:
        if not self.incidents:
            lead, details, notes, tables = "The release has no incident.", (), (), ()
        gone = f"; {count(self.withdrawn, 'withdrawn one')} left out" if self.withdrawn else ""
        n = f"n = {count(self.incidents)}{gone}."
        version = f"version {self.about.version} of {self.about.created[:10]}"
        return Told(
            name,
            title,
            lead,
            tuple(details),
            tuple(notes),
            f"{self.about.title}, {version}, {self.about.licence}. {n}",
            f"{self.about.name}, {version}. {n}",
            tuple(tables),
        )


LONG = 6
"""From so many months or years without an incident on, they are marked."""
_HEAD = ("incidents", "killed", "toll unknown", "at least")
_PAIRS = ("pairs", "same", "overlap", "conflict")


def called(number: tuple[str, str]) -> str:
    """What a measure of a group is called: `killed`, `killed (civilians)`."""
    measure, group = (part.replace("_", " ") for part in number)
    return measure if group == "total" else f"{measure} ({group})"


def _numbers(total: Total) -> tuple[str, str, str, str]:
    return f"{total.incidents:,}", toll(total), f"{total.unknown:,}", f"{total.open_ended:,}"


def _emptiness(found: OverTime) -> list[str]:
    """The stretches without incidents: the long ones by name, where these are few."""
    gaps = found.gaps()
    if not gaps:
        return []
    empty = sum(last - first + 1 for first, last in gaps)
    named = [f"{found.name(first)} to {found.name(last)}" for first, last in found.gaps(LONG)]
    which = f" ({'and ' if len(gaps) > len(named) else ''}{', '.join(named)})" if 0 < len(named) <= 3 else ""
    which = which.replace("(and", "(among them")
    return [f"{count(empty, found.unit)} without a recorded incident{which}, which doesn't mean that nothing happened."]


def _when(found: OverTime) -> str:
    """The time that the stretches span, in words to follow a number of incidents."""
    if not found.stretches:
        return ""
    first, last = map(found.name, found.span)
    return f" in {first}" if first == last else f" from {first} to {last}"


def _extremes(found: OverTime) -> list[str]:
    """The stretch with most incidents, and the one with the highest toll."""
    if len(found.stretches) < 2:
        return []
    said = []
    for what, peak in (("incidents", found.most), ("killed", found.worst)):
        if peak:
            names = ", ".join(found.name(number) for number, _ in peak[:LISTED])
            number = f"{peak[0][1].incidents:,}" if what == "incidents" else toll(peak[0][1])
            said.append(f"Most {what} in one {found.unit}: {number} ({names}).")
    return said


def _years(found: OverTime) -> list[str]:
    """Each year, where these aren't too many to be listened to."""
    if len(found.years) > LISTED:
        return [f"The table has each {found.unit}."]
    return [f"{year}: {count(total.incidents)}, killed {toll(total)}." for year, total in found.years]


def _compared(found: Agreement) -> str:
    if not found.pairs.all:
        return "No incident has a number that two originators give: nothing can be compared."
    few = " Too few to say how far originators agree in general." if found.compared < 20 else ""
    where = f"{count(found.pairs.all, 'pair')} of originators in {count(found.compared)}"
    return f"Compared: {where}: {_pairs(found.pairs)}.{few}"


def _pairs(pairs: Pairs) -> str:
    return f"{pairs.same:,} the same, {pairs.overlap:,} overlap, {pairs.conflict:,} in conflict"


def _of(pairs: Pairs) -> tuple[str, str, str, str]:
    return f"{pairs.all:,}", f"{pairs.same:,}", f"{pairs.overlap:,}", f"{pairs.conflict:,}"


def _rows(counts: Iterable[tuple[str, int]]) -> Sequence[tuple[str, str]]:
    return [(what, f"{number:,}") for what, number in counts]


def _row(row: Row) -> str:
    parts = [f"known {row.known:,}"]
    parts += [f"at least {row.open_ended:,}"] if row.open_ended else []
    parts += [f"zero {row.zero:,}"] if row.zero else []
    return ", ".join([*parts, f"unknown {row.unknown:,} (known of {share(row.all - row.unknown, row.all)})"])


def _known(found: Completeness) -> str:
    """The shares that readers ask for first."""
    asked = {"Day": "the day is known for", "Place, or near it": "the place for", "Killed": "the number of killed for"}
    said = [(asked.get(row.label), share(row.all - row.unknown, row.all)) for row in found.rows]
    return ", ".join(f"{words} {known}" for words, known in said if words)


def _own(row: Row) -> tuple[str, str]:
    """The cells that only counts have."""
    return ("" if row.open_ended is None else f"{row.open_ended:,}"), ("" if row.zero is None else f"{row.zero:,}")
