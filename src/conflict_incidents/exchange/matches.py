"""The result of matching two datasets, as sentences and as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from conflict_incidents.core.csv_injection import escape_formula
from conflict_incidents.core.findings import Shown, bare, printable
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import Facts
from conflict_incidents.dataset.matching import Matching, Verdict
from conflict_incidents.exchange.importers.store.batch import Batch
from conflict_incidents.exchange.sides import ForeignSide
from conflict_incidents.pipeline.public import title_of
from conflict_incidents.records.model import Incident

COLUMNS = (
    *("status", "verdict", "by", "clear", "incident_id", "their_id", "their_row", "km", "days", "score"),
    *("our_low", "our_best", "our_high", "our_high_open"),
    *("their_low", "their_best", "their_high", "their_high_open"),
    *("our_from", "our_to", "their_from", "their_to"),
    *("our_country", "our_lat", "our_lon", "their_country", "their_lat", "their_lon"),
    *("our_title", "their_title", "why"),
)
_Cell = str | int | float | bool | None
_Row = dict[str, _Cell]


@dataclass(frozen=True, slots=True)
class MatchReport:
    """A comparison of the incidents of `dataset`, by id, with those of a file, read by an importer as `batch`."""

    matching: Matching
    incidents: Mapping[str, Incident]
    dataset: Dataset
    theirs: ForeignSide
    batch: Batch

    def as_text(self) -> Shown:
        """Format the summary as sentences."""
        matching = self.matching
        counts = Counter(one.verdict for one in matching.matches)
        clear = [one.verdict for one in matching.matches if one.is_clear]
        spans = [
            f"{bare(one.country)} from {date.fromordinal(one.first)} to {date.fromordinal(one.last)}"
            for one in matching.common
        ]
        verdicts = ", ".join(f"{counts[verdict]:,} {verdict.value}" for verdict in Verdict)
        lines: list[Shown] = [
            f"both cover: {'; '.join(spans) or 'no country and day'}; where both have incidents near",
            f"matched: {len(matching.matches):,}; their number of killed and our range: {verdicts}",
            f"clear pairs, to which no other comes close: {len(clear):,}; inside: {clear.count(Verdict.INSIDE):,}",
            f"only ours: {self._by_country(matching.only_ours)}{self._lacking()}",
            f"only theirs: {self._by_country(matching.only_theirs)}",
            f"not compared, outside of what both cover: {matching.outside[0]:,} of ours, "
            f"{matching.outside[1]:,} of theirs",
        ]
        if any(matching.shared_ids):
            lines.append(
                f"further records of a matched row: {matching.shared_ids[0]:,}; further rows of a matched record: "
                f"{matching.shared_ids[1]:,}"
            )
        lines.append(Shown(""))
        return "\n".join(lines)

    def _country(self, one: Facts) -> Shown:
        return bare(self.theirs.side.countries.get(one.id, one.id[:3]))

    def _by_country(self, missing: Sequence[Facts]) -> Shown:
        """Return the number of incidents, in total and by country, the most first."""
        each: list[Shown] = [f"{name} {count:,}" for name, count in Counter(map(self._country, missing)).most_common()]
        return f"{len(missing):,} ({', '.join(each)})" if each else Shown("0")

    def _lacking(self) -> Shown:
        """Return under which condition our unmatched incidents are missing from the file."""
        if not self.matching.only_ours:
            return Shown("")
        identified = sum(self.batch.scheme in one.external for one in self.matching.only_ours)
        note = Shown(", which the file lacks if it is complete: no sample, and no selection by --where")
        if not identified:
            return note
        return f"{note}; of these {identified:,} have an id of {bare(self.batch.scheme)} that isn't in the file"

    def as_csv(self) -> str:
        """Format all rows as CSV; an empty cell is unknown."""
        stream = io.StringIO()
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in self._rows())
        return stream.getvalue()

    def _rows(self) -> Iterator[_Row]:
        """Yield the rows of pairs, then of our unmatched incidents, then of theirs."""
        for one in self.matching.matches:
            yield self._row("matched", one.ours, one.theirs) | {
                "verdict": one.verdict.value,
                "by": "id" if one.by_id else "place and days",
                "clear": one.is_clear,
                "km": None if one.km is None else round(one.km, 1),
                "days": one.days,
                "score": one.score,
                "why": "; ".join(one.why),
            }
        yield from (self._row("only_ours", one, None) for one in self.matching.only_ours)
        yield from (self._row("only_theirs", None, one) for one in self.matching.only_theirs)

    def _row(self, status: str, ours: Facts | None, theirs: Facts | None) -> _Row:
        row: _Row = {**dict.fromkeys(COLUMNS), "status": status}
        if ours:
            row |= {"incident_id": ours.id, "our_title": printable(title_of(self.incidents[ours.id], self.dataset))}
            row |= self._side_columns("our", ours)
        if theirs:
            id = theirs.id.removeprefix(f"{self.batch.scheme}:")
            row |= {"their_id": bare(id), "their_row": self.batch.numbers[id]}
            row |= {"their_title": printable(title_of(self.theirs.incidents[theirs.id], self.theirs.dataset))}
            row |= self._side_columns("their", theirs)
        return row

    def _side_columns(self, whose: str, facts: Facts) -> _Row:
        """Return the days, the country, the first position and the number of killed of one side."""
        first, last = (str(date.fromordinal(day)) for day in (facts.event.first, facts.event.last))
        columns: _Row = {f"{whose}_from": first, f"{whose}_to": last, f"{whose}_country": self._country(facts)}
        for lat, lon in facts.event.positions[:1]:
            columns |= {f"{whose}_lat": round(lat, 2), f"{whose}_lon": round(lon, 2)}  # finer ones may be refused
        if toll := facts.toll:
            columns |= {f"{whose}_low": toll.low, f"{whose}_best": toll.best, f"{whose}_high": toll.high}
            columns[f"{whose}_high_open"] = toll.high_open
        return columns


def _cell(value: _Cell) -> _Cell:
    """Escape a value for spreadsheets."""
    if isinstance(value, bool):
        return str(value).lower()
    return escape_formula(value) if isinstance(value, str) else value
