"""Sums over disjoint sites (section 5 of the method)."""

from __future__ import annotations

from typing import NamedTuple

from conflict_incidents.estimates.estimate import Implied, LowFrom
from conflict_incidents.estimates.family import Family
from conflict_incidents.estimates.group_sums import Low, lows
from conflict_incidents.estimates.voices import Speaker
from conflict_incidents.records.counts import Scope

MAX_OVERLAPPING = 12
"""Scopes of overlapping sites that are tried in all combinations; of more, the largest numbers are taken first."""


class _SiteLow(NamedTuple):
    """The low of a group at a site or several, by one originator."""

    scope: Scope
    number: int
    family: Family
    speaker: Speaker
    low: Low


def add_sites(whole: Family, sites: list[tuple[Scope, Family]]) -> None:
    """Add to an incident the lows that its disjoint sites imply, and the conflicts where they exceed its numbers."""
    names = dict.fromkeys(one.name for _, family in sites for one in family.speakers.originators)
    silent = set(names) - {one.name for one in whole.speakers.originators if one.values}
    for name in sorted(names):
        combined: dict[str, list[_SiteLow]] = {}
        stated_lows: dict[str, list[_SiteLow]] = {}
        for scope, family in sites:
            for one in (one for one in family.speakers.originators if one.name == name):
                for group, low in family.combine_lows(one).items():
                    combined.setdefault(group, []).append(_SiteLow(scope, low.number, family, one, low))
                for group, low in lows(one.least, one.firm_accounts).items():
                    stated_lows.setdefault(group, []).append(_SiteLow(scope, low.number, family, one, low))
        for group, site_lows in combined.items():
            disjoint = _disjoint(site_lows)
            number = sum(one.number for one in disjoint)
            implied = whole.from_sites.get(group)
            if name in silent and number > 0 and (implied is None or number >= implied.number):
                forms = [form for one in disjoint for part in one.low.of for form in one.speaker.values[part].forms]
                same = implied if implied and implied.number == number else Implied(number, LowFrom.SITES, [], [])
                same.speakers.append(disjoint[0].speaker)
                same.forms.extend(forms)
                whole.from_sites[group] = same
        for group, site_lows in stated_lows.items():
            disjoint = _disjoint(site_lows)
            number, end = sum(one.number for one in disjoint), whole.largest_end(group)
            if end is not None and number > end:
                whole.conflicts.add(group)
                whole.exceeded.add(group)
                whole.note(group, f"the sites by {name} come to at least {number}, more than any end stated")
                for part in disjoint:
                    part.family.conflicts |= {group, *part.low.of}


def _disjoint(site_lows: list[_SiteLow]) -> list[_SiteLow]:
    """Return the lows above 0 of which no two share a site, with the largest sum."""
    largest = sorted((one for one in site_lows if one.number), key=lambda one: (-one.number, str(one.scope)))
    if len(largest) > MAX_OVERLAPPING or all(len(one.scope.sites) == 1 for one in largest):
        selected: list[_SiteLow] = []
        for one in largest:
            if not any(set(one.scope.sites) & set(other.scope.sites) for other in selected):
                selected.append(one)
        return selected
    first, rest = largest[0], largest[1:]
    with_first = _disjoint([one for one in rest if not set(one.scope.sites) & set(first.scope.sites)])
    without = _disjoint(rest)
    return (
        [first, *with_first]
        if first.number + sum(one.number for one in with_first) >= sum(one.number for one in without)
        else without
    )
