"""The number of originators of each estimate, sole originators, and agreement between several.

A dataset that coded a number from reports is one originator, and its sources are none; joint originators are one voice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from conflict_incidents.tables import contract

MANY = 3
"""The number of originators from which incidents are counted in one group."""
AGREEMENT = contract.tables()["estimates"].field("agreement")
"""The column of agreement, with its values."""

SINGLE, UNSTATED = "single_originator", ("implied", "unsourced")
"""Its values for a single voice, and for no originator."""


@dataclass(frozen=True, slots=True)
class Originators:
    """The originators of the numbers of incidents.

    `behind` counts the incidents by the number of originators of the killed, `sole` by the name of a sole originator,
    most frequent first. `agreement` counts, for each measure and group, the incidents by the values of `AGREEMENT`, and
    last those without an estimate.
    """

    behind: tuple[tuple[str, int], ...]
    sole: tuple[tuple[str, int], ...]
    agreement: tuple[tuple[str, tuple[int, ...]], ...]


def originators(incidents: pd.DataFrame, estimates: pd.DataFrame, organisations: pd.DataFrame) -> Originators:
    """Return the originators of the numbers of published rows of the table `incidents`."""
    rows = estimates[(estimates["scope"] == "incident") & estimates["incident_id"].isin(incidents["incident_id"])]
    killed = rows[(rows["measure"] == "killed") & (rows["group"] == "total")]
    names = dict(zip(organisations["organisation_id"].astype(str), organisations["name"].astype(str), strict=True))
    single = killed["agreement"] == SINGLE
    voices = killed["originators"].mask(single, 1).mask(killed["agreement"].isin(UNSTATED), 0)
    alone = Counter(killed.loc[single, "originator_ids"].astype(str))
    sole = [(" and ".join(names.get(id, id) for id in ids.split(";")), number) for ids, number in alone.items()]
    tally = Counter(zip(rows["measure"].astype(str), rows["group"].astype(str), rows["agreement"], strict=True))
    agreement = []
    for measure, group in sorted({(measure, group) for measure, group, _ in tally}):
        numbers = [tally[measure, group, value] for value in AGREEMENT.enum]
        name = measure if group == "total" else f"{measure} ({group})"
        agreement.append((name.replace("_", " "), (*numbers, len(incidents) - sum(numbers))))
    return Originators(
        behind=_behind(len(incidents), voices),
        sole=tuple(sorted(sole, key=lambda item: (-item[1], item[0]))),
        agreement=tuple(sorted(agreement, key=lambda item: (item[1][-1], item[0]))),
    )


def _behind(incidents: int, voices: pd.Series) -> tuple[tuple[str, int], ...]:
    """Count the incidents by the number of originators of the killed.

    A number implied by its parts, or given without a source, has no originator.
    """
    often = Counter(voices.fillna(0).clip(upper=MANY).astype(int))
    words = {1: "one originator", 2: "two", MANY: "three or more", 0: "no originator states it"}
    rows = [(label, often[number]) for number, label in words.items() if number or often[number]]
    return *rows, ("no number (unknown)", incidents - len(voices))
