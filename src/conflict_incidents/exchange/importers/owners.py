"""Remove names of people from names of places, such as the owner of a house."""

from __future__ import annotations

import re

from conflict_incidents.records.cells import tidy

_DWELLING = "house|home|residence|farm|compo?und|villa|mansion|apartment|flat|estate|property"
_OWNABLE = f"{_DWELLING}|shop|store|car|vehicle|office|family|tomb|grave|funeral|wedding"
_OWNED_PLACE = re.compile(
    rf"(?i)\b(?:{_OWNABLE})\s+(?:of|belonging to|owned by)\s+"
    r"(?!representatives\b|parliament\b|commons\b|lords\b|assembly\b|culture\b)"
    rf"|['\u2019]s?\s+(?:\w+\s+)?(?:{_OWNABLE}|place)\b"
    r"|\b(?:mr|mrs|ms|dr)\.?\s+[a-z]"
)
_NAMED_DWELLING = re.compile(
    r"(?:[^\W\d_][\w.'\u2019-]*\s+){2,}(?i:house|home|residence|compo?und|villa|mansion|apartment|flat)\Z"
)
"""`Jane Doe residence`: two or more words before a kind of dwelling."""
_WHERE = re.compile(rf"(?i)\b({_DWELLING})\b.*?\s((?:outside|near|in|at)\s+.+)")
NAMES_OWNER = "the name of the place may say whose house it is; call the place by its village"


def without_owner(name: str) -> str:
    """Remove the owner's name from a place's name; empty if nothing remains."""
    name = tidy(re.sub(r"\([^()]*\)", lambda match: "" if _is_owned(match[0].strip("() ")) else match[0], name))
    match = _WHERE.search(name)
    if match and (match.start() or _OWNED_PLACE.match(name)):
        if _is_owned(match[2]):
            return ""
        return f"{'Compound' if match[1].lower().startswith('comp') else match[1].capitalize()} {match[2]}"
    if not _is_owned(name):
        return name
    behind = re.search(r"(?i)\s(?:outside|near|in|at)\s+(.+)", name)
    return behind[1] if behind and not _is_owned(behind[1]) else ""


def _is_owned(name: str) -> bool:
    return bool(_OWNED_PLACE.search(name) or _NAMED_DWELLING.match(name))


def names_owner(name: str) -> bool:
    """Whether a place's name contains its owner's."""
    return without_owner(name) != tidy(name)
