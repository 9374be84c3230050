"""The codebook: the description of every column."""

from __future__ import annotations

from conflict_incidents.release.formats.content import Content
from conflict_incidents.tables import codebook as whole

FILE = "codebook.md"
BESIDE = {FILE: "what every column and every key of a record means, with its unit and source, in one document"}


def files(content: Content) -> dict[str, bytes]:
    """The codebook."""
    return {FILE: whole.markdown().encode()}
