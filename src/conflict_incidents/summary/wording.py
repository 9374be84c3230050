"""How numbers are said in pictures and beside them.

Prevents: "100%" of what isn't all, and "0%" of what is something.
"""

from __future__ import annotations

from conflict_incidents.analysis import Total

DASH = "\N{EN DASH}"


def count(number: int, noun: str = "incident") -> str:
    """A number with its noun: `1 incident`, `1,866 incidents`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def toll(total: Total) -> str:
    """The killed: `8,277-9,046 or more` (with an en dash), `at least 7`, `7`, `unknown`."""
    low, high = total.low, total.high
    if low is None and high is None:
        return "unknown"
    if low is None:
        return f"up to {high:,} or more" if total.high_open else f"at most {high:,}"
    if high is None or low == high:
        return f"at least {low:,}" if total.high_open or high is None else f"{low:,}"
    return f"{low:,}{DASH}{high:,}{' or more' if total.high_open else ''}"


def share(part: int, whole: int) -> str:
    """A share in whole percent; what is neither nothing nor all isn't rounded to that."""
    if not whole:
        return f"{DASH}"
    percent = round(100 * part / whole)
    if percent == 0 and part:
        return "<1%"
    if percent == 100 and part < whole:
        return ">99%"
    return f"{percent}%"


def gaps(total: Total) -> str:
    """What isn't known of a total, as a sentence; empty where everything is."""
    said = []
    if total.unknown:
        said.append(f"the toll of {count(total.unknown)} is unknown, which isn't zero")
    if total.open_ended:
        said.append(f'of {count(total.open_ended)} no upper end is known ("at least")')
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
