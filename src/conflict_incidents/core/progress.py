"""Progress of long work: functions report how far they are to a listener, if there is one.

The command line sets a listener that shows it; a caller of the library sees nothing. Work in other processes is
counted by the process that waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


Listener = Callable[[str, int, int | None, str], object]
"""Is called with the name of a step, how much is done, the total (None while unknown), and the unit: a noun in the
singular, or empty. Done and total are equal at the end of a step, also of one that failed.
"""

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def use_listener(listener: Listener | None) -> Iterator[None]:
    """Set the listener in this context; None for no listener."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def silence() -> None:
    """Remove the listener in this process, as in a worker that was forked."""
    _LISTENER.set(None)


def report(what: str, done: int = 0, total: int | None = None, unit: str = "") -> None:
    """Report how far a step is."""
    if listener := _LISTENER.get():
        listener(what, done, total, unit)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Report the begin and end of a step that can't be divided."""
    report(what, 0, 1)
    try:
        yield
    finally:
        report(what, 1, 1)


def track(items: Iterable[T], what: str, unit: str, total: int | None = None) -> Iterator[T]:
    """Iterate over items and report how many are done; `total` is their number, by default that of a collection."""
    if _LISTENER.get() is None:
        yield from items
        return
    total = len(items) if total is None and isinstance(items, Sized) else total
    done = 0
    try:
        report(what, 0, total, unit)
        for item in items:
            yield item
            done += 1
            report(what, done, total, unit)
    finally:
        report(what, done, done, unit)
