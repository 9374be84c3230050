"""Detect the capabilities of a stream: a movable cursor, and hyperlinks."""

from __future__ import annotations

import os
from typing import TextIO


def is_capable(stream: TextIO) -> bool:
    """Whether a stream is an interactive terminal with a movable cursor."""
    term = os.environ.get("TERM", "dumb")
    return stream.isatty() and term not in {"dumb", "unknown"} and not os.environ.get("CI")


def has_links(stream: TextIO) -> bool:
    """Whether text for a stream may have hyperlinks; FORCE_HYPERLINK, 0 or 1, overrides the detection."""
    forced = os.environ.get("FORCE_HYPERLINK", "")
    return forced != "0" if forced else is_capable(stream)
