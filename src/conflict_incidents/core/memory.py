"""Return freed memory to the system.

Prevents: a process that keeps the memory of its largest step, also in its forks.
"""

from __future__ import annotations

from contextlib import suppress


def trim() -> None:
    """Return freed memory to the system, if the C library supports it (glibc)."""
    import ctypes  # which takes long to import

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
