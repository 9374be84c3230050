"""Format numbers, ranges and codes for pages."""

from __future__ import annotations

from conflict_incidents.core.countries import name_of
from conflict_incidents.estimates import explanation
from conflict_incidents.tables.contract import CellValue, Row

UNKNOWN = "unknown"
AGREEMENTS = {
    "single_originator": "one originator",
    "compatible": "the originators can all be right",
    "conflicting": "no number fits all originators",
    "unsettled": "the accounts of one originator contradict each other",
    "implied": "no originator gives the number; it follows from its parts",
    "unsourced": "only reports that name no source give the number",
}
"""Descriptions of the values of `agreement`."""
BASES = {basis.value: str(words) for basis, words in explanation.BASES.items()}
"""Descriptions of the values of `basis`."""


def agreement(code: CellValue) -> str:
    """Describe a value of `agreement`."""
    return AGREEMENTS.get(str(code), plain(code))


def killed(row: Row) -> str:
    """Format the estimate of the killed of an incident."""
    return estimate(row["killed_low"], row["killed_high"], row["killed_high_open"])


def plain(code: CellValue) -> str:
    """Format a code as words: `ground_to_ground_attack` as `ground to ground attack`, `al-ghafar` as it is."""
    return "" if code is None else str(code).replace("_", " ")


def capital(text: str) -> str:
    """Capitalise the first letter of a text."""
    return text[:1].upper() + text[1:]


def thousands(number: CellValue) -> str:
    """Format a whole number with thin spaces between its thousands."""
    return "" if number is None else f"{number:,}".replace(",", "\u202f")


def interval(low: CellValue, high: CellValue) -> str:
    """Format an interval of whole numbers, whose ends may be open."""
    if low is None and high is None:
        return UNKNOWN
    if high is None:
        return f"at least {thousands(low)}"
    if low is None:
        return f"at most {thousands(high)}"
    return thousands(low) if low == high else f"{thousands(low)}\u2013{thousands(high)}"


def estimate(low: CellValue, high: CellValue, high_open: CellValue) -> str:
    """Format the range of an estimate: `7`, `5-7`, `5-7 or more`, `at least 5`, `up to 7 or more`."""
    more = " or more" if high_open else ""
    if high is None:
        return interval(low, None)
    return f"up to {thousands(high)}{more}" if low is None and more else f"{interval(low, high)}{more}"


def count(row: Row) -> str:
    """Format the number of a claim: `7`, `at least 7`, `about 500`, `4-6, best 5`, `dozens (at least 24)`."""
    low, high, best, word = row["min"], row["max"], row["best"], row["word"]
    match row["bound"]:
        case "no_information":
            return "says that no number is known"
        case "about":
            return f"about {thousands(best)} ({interval(low, high)})"
        case "between" if best is not None and low != high:
            return f"{interval(low, high)}, best {thousands(best)}"
    return f"\u201c{word}\u201d ({interval(low, high)})" if word else interval(low, high)


def what(measure: CellValue, group: CellValue) -> str:
    """Format the measure and group of an estimate: `Killed`, `Killed: civilians`."""
    return capital(plain(measure)) + ("" if group == "total" else f": {plain(group)}")


def days(row: Row) -> str:
    """Format the days of an incident, with their precision."""
    first, last, precision = row["date_from"], row["date_to"], row["date_precision"]
    text = str(first) if first == last else f"{first} to {last}"
    if precision in {"day", "days", "span", None}:
        return text
    return f"{text} (known to the {plain(precision)})"


def country(code: CellValue) -> str:
    """Return the name of a country."""
    return "" if code is None else name_of(str(code))


def language(code: CellValue) -> str:
    """Return the English name of a language."""
    from langcodes import Language, tag_is_valid

    return Language.get(str(code)).display_name() if tag_is_valid(str(code)) else str(code)
