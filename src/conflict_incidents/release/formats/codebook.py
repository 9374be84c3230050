"""The codebook: the description of every column."""

from __future__ import annotations

from conflict_incidents.release.formats.content import ReleaseContent
from conflict_incidents.tables import codebook as whole

FILE = "codebook.md"
FILES = {FILE: "what every column and every key of a record means, with its unit and source, in one document"}


def files(content: ReleaseContent) -> dict[str, bytes]:
    """Return the codebook."""
    return {FILE: whole.markdown().encode()}
