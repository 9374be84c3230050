"""Crosswalks of precision, clarity and kind to UCDP GED and ACLED, for importers and exporters."""

from __future__ import annotations

from collections.abc import Mapping

UCDP_WHERE_PREC = {
    "exact": "1",
    "near": "2",
    "adm3": "3",  # UCDP has no level below the second
    "adm2": "3",
    "adm1": "4",
    "area": "5",
    "country": "6",
    "airspace": "7",
}
"""Precision of a site → `where_prec`."""
UCDP_DATE_PREC = {"day": "1", "days": "2", "week": "3", "month": "4", "year": "5"}
"""Precision of a date → `date_prec`."""
UCDP_VIOLENCE = {"state_based": "1", "non_state": "2", "one_sided": "3"}
"""Type of violence → `type_of_violence`."""
UCDP_NOT_LISTED = -1
"""The `number_of_sources` of a row without articles."""
UCDP_CLARITY = {"clear": "1", "summary": "2"}
"""Clarity → `event_clarity`."""

ACLED_GEO_PRECISION = {"exact": "1", "near": "2", "adm1": "3"}
"""Precision of a site → `geo_precision`: the named place, around or near it, somewhere in its region."""
ACLED_TIME_PRECISION = {"day": "1", "week": "2", "month": "3"}
"""Precision of a date → `time_precision`; ACLED gives the middle day of a week or month."""
ACLED_KINDS = {
    "Government regains territory": "clash",
    "Non-state actor overtakes territory": "clash",
    "Armed clash": "clash",
    "Chemical weapon": "chemical_attack",
    "Air/drone strike": "airstrike",
    "Suicide bomb": "suicide_bombing",
    "Shelling/artillery/missile attack": "ground_to_ground_attack",
    "Remote explosive/landmine/IED": "bombing",
    "Abduction/forced disappearance": "abduction",
    "Arrests": "detention",
    "Grenade": "other",
    "Sexual violence": "other",
    "Excessive force against protesters": "other",
    "Protest with intervention": "other",
    "Peaceful protest": "other",
    "Violent demonstration": "other",
    "Mob violence": "other",
    "Agreement": "other",
    "Change to group/activity": "other",
    "Disrupted weapons use": "other",
    "Headquarters or base established": "other",
    "Looting/property destruction": "other",
    "Non-violent transfer of territory": "other",
    "Other": "other",
    "Attack": "unspecified",
}
"""`sub_event_type` → kind; "Attack" doesn't specify the means."""

ACLED_EARLIER_KINDS = {
    "Battle-No change of territory": "clash",
    "Battle-Government regains territory": "clash",
    "Battle-Non-state actor overtakes territory": "clash",
    "Headquarters or base established": "other",
    "Non-violent transfer of territory": "other",
    "Strategic development": "other",
    "Riots/Protests": "other",
    "Remote violence": "unspecified",
    "Violence against civilians": "unspecified",
}
"""`event_type` from before ACLED had sub-event types → kind."""


def words(table: Mapping[str, str]) -> dict[str, str]:
    """Invert a crosswalk: their code → our word; if two words share a code, the later one is used."""
    return {code: word for word, code in table.items()}
