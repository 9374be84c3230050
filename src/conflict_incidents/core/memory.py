"""Return freed memory to the system.

Prevents: a process that keeps what its largest step needed, and forked ones that have it as well.
"""

from __future__ import annotations

from contextlib import suppress


def trim() -> None:
    """Return what was freed, where the C library has a function for it (glibc)."""
    import ctypes  # which takes long to import

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
