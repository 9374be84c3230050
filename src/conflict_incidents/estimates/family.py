"""The numbers of one measure in one scope by group, and the lows of wholes that no originator states.

Section 5 of the method, between voices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conflict_incidents.estimates.estimate import Implied, LowFrom
from conflict_incidents.estimates.group_sums import WHOLES, Low, lows, parts_of
from conflict_incidents.estimates.intervals import hull
from conflict_incidents.estimates.voices import Speaker, Speakers, Voice


@dataclass(slots=True)
class Family:
    """The numbers of one measure in one scope, by group."""

    scope: str
    measure: str
    speakers: Speakers
    conflicts: set[str] = field(default_factory=set)
    """Groups in conflict because parts or sites exceed their whole."""
    exceeded: set[str] = field(default_factory=set)
    """The wholes among them, which are open."""
    from_sites: dict[str, Implied] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def originators_of(self, group: str) -> list[Voice]:
        """Return the voices of a group that are originators."""
        return self.speakers.stated.get(group, [])

    def note(self, group: str, text: str) -> None:
        """Add a note on a group, once."""
        notes = self.notes.setdefault(group, [])
        if text not in notes:
            notes.append(text)

    def largest_end(self, group: str) -> int | None:
        """Return the highest end that originators state and that gives bounds; None if one is open or none exists."""
        firm = [voice for voice in self.originators_of(group) if not voice.value.added]
        return hull(interval for voice in firm for interval in voice.value.intervals).end

    def who_ends(self, group: str, end: int | None) -> list[str]:
        """Return the originators whose number of a group has an end."""
        ending = [
            voice for voice in self.originators_of(group) if any(each.end == end for each in voice.value.intervals)
        ]
        return [name for voice in ending for name in voice.originators]

    def combine_lows(self, speaker: Speaker) -> Mapping[str, Low]:
        """Return the lows of all groups, combining the parts that a speaker gives with the lows of all speakers."""
        least = {group: self.speakers.lows[group] for group in speaker.values}
        accounts = [
            {group: min(number, least[group]) for group, number in account.items()} for account in speaker.accounts
        ]
        return lows(least, accounts)

    def implied_lows(self) -> dict[str, Implied]:
        """Return the lows of wholes that no originator states, from their parts or from sites."""
        implied = {group: one for group, one in self.from_sites.items() if not self.originators_of(group)}
        unstated = [whole for whole in WHOLES if not self.originators_of(whole)]
        lows = [(one, self.combine_lows(one)) for one in self.speakers.originators] if unstated else []
        for whole in unstated:
            by = [(one, combined_lows.get(whole)) for one, combined_lows in lows]
            number = max((low.number for _, low in by if low), default=0)
            if number >= (implied[whole].number if whole in implied else 1):
                giving = [(one, low) for one, low in by if low and low.number == number]
                forms = [form for one, low in giving for group in low.of for form in one.values[group].forms]
                implied[whole] = Implied(number, LowFrom.PARTS, [one for one, _ in giving], forms)
        return implied

    def mark_exceeding_parts(self) -> None:
        """Mark the wholes and parts where the parts of one voice exceed every end of the stated whole."""
        stated = [whole for whole in WHOLES if self.originators_of(whole)]
        ends = {whole: end for whole in stated if (end := self.largest_end(whole)) is not None}
        for one in self.speakers.originators:
            for whole, end in ends.items():
                larger = [low for low in parts_of(whole, one.least, one.firm_accounts) if low.number > end]
                if larger:
                    self.conflicts |= {whole}.union(*(low.of for low in larger))
                    self.exceeded.add(whole)
                    number = max(low.number for low in larger)
                    self.note(whole, f"the parts by {one.name} come to at least {number}, more than any end stated")

    def parts_above(self, whole: str, number: int) -> tuple[int, str] | None:
        """Return the largest sum of parts above a number, and its originator, among those that don't give the whole."""
        if whole not in WHOLES:
            return None
        others = [one for one in self.speakers.originators if whole not in one.values]
        sums = [(low.number, one.name) for one in others for low in parts_of(whole, one.least, one.firm_accounts)]
        return max((each for each in sums if each[0] > number), default=None)
