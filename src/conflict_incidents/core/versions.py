"""Versions of the data: format, order, and the smallest increment that a change of the data requires.

The increments follow the recipe "Data Package Version" of the Data Package standard
(https://datapackage.org/recipes/data-package-version/). MAJOR breaks a reader's code or joins: a table or column
renamed or removed, a column added or moved, another type, a tighter constraint, a removed row that others refer to.
MINOR adds: a new table, new rows, a looser constraint such as one more value in a list. PATCH repairs: a corrected
cell, a withdrawn record, another title or description.

The recipe starts an unstable dataset at 0.1.0, calls its first stable release 1.0.0, and leaves the increments before
that undefined. As with semver.org and package managers, a MAJOR change increments MINOR there (0.1.4 → 0.2.0), and
every other change increments PATCH: users of 0.1 get only corrections, never another table.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

from conflict_incidents.core.findings import Shown

_NUMBER = r"(0|[1-9][0-9]{0,8})"
_DEVELOPMENT = re.compile(r"(?P<version>[0-9A-Za-z][0-9A-Za-z.+-]*)\.dev0\+(?P<hash>[0-9a-f]{12,64})")
_FORM = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


class Bump(IntEnum):
    """The part of a version to increment; the larger one wins."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Version(NamedTuple):
    """A version of a release as defined by semver.org, without pre-releases, which are not published."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> Shown:
        return f"{self.major}.{self.minor}.{self.patch}"


def release_version(text: str) -> Version | None:
    """Parse the version of a release, MAJOR.MINOR.PATCH; None for anything else."""
    match = _FORM.fullmatch(text)
    return Version(*map(int, match.groups())) if match else None


def development(version: str, content: str) -> str:
    """Return the version of an unpublished build, with the hash of its rows: `0.1.0.dev0+8ea52257478d`."""
    return f"{version}.dev0+{content.removeprefix('sha256:')[:12]}"


def is_development(text: str, version: str, content: str) -> bool:
    """Whether a text is the development version of the build with this `version` and content hash."""
    match = _DEVELOPMENT.fullmatch(text)
    return bool(match and match["version"] == version and content.removeprefix("sha256:").startswith(match["hash"]))


def least(previous: Version, bump: Bump) -> Version:
    """Return the smallest version that may follow `previous` after a change that requires `bump`."""
    major, minor, patch = previous
    if bump is Bump.NONE:
        return previous
    if bump is Bump.MAJOR and major:
        return Version(major + 1, 0, 0)
    return Version(major, minor, patch + 1) if bump is Bump.PATCH else Version(major, minor + 1, 0)
