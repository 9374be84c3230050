"""What keeps a release from being made; the message is for people, and says what to do."""

from __future__ import annotations


class ReleaseError(Exception):
    """The surroundings don't allow a release: a folder, a link, a lock, a descriptor. `exit_code` is 2."""

    exit_code = 2


class ReleaseDefect(ReleaseError):
    """A check found the data or the finished files wrong; nothing was released. `exit_code` is 1."""

    exit_code = 1
