"""What a stream can show: whether it is a terminal that moves its cursor and follows links."""

from __future__ import annotations

import os
from typing import TextIO


def is_capable(stream: TextIO) -> bool:
    """Whether a stream is a terminal of a person, and not a dumb one."""
    term = os.environ.get("TERM", "dumb")
    return stream.isatty() and term not in {"dumb", "unknown"} and not os.environ.get("CI")


def has_links(stream: TextIO) -> bool:
    """Whether text for a stream may have hyperlinks; FORCE_HYPERLINK says 0 or 1 where that is decided otherwise."""
    forced = os.environ.get("FORCE_HYPERLINK", "")
    return forced != "0" if forced else is_capable(stream)
