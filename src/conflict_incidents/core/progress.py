"""Progress of long work: the work tells how far it is, and whoever wants to know listens.

The command line shows it; a caller of the library hears nothing. Work in other processes is counted by the process that
waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


Listener = Callable[[str, int, int | None, str], object]
"""Hears how far a step is: its name, how much of it is done and how much there is (None while unknown), and of what: a
noun, or empty. At the end both are equal.
"""

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener | None) -> Iterator[None]:
    """Let a listener hear of what is done in this context; None for nobody."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def silence() -> None:
    """Let nobody hear of what this process does, as in a worker that was forked."""
    _LISTENER.set(None)


def tell(what: str, done: int = 0, total: int | None = None, unit: str = "") -> None:
    """Tell how far a step is."""
    if listener := _LISTENER.get():
        listener(what, done, total, unit)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Tell of a step that can't be divided."""
    tell(what, 0, 1)
    try:
        yield
    finally:
        tell(what, 1, 1)


def track(items: Iterable[T], what: str, unit: str, total: int | None = None) -> Iterator[T]:
    """Iterate over items, telling how many are done; `total` is their number, by default that of a collection."""
    listener = _LISTENER.get()
    if listener is None:
        return iter(items)
    return _tracked(items, what, unit, total if total is not None or not isinstance(items, Sized) else len(items))


def _tracked(items: Iterable[T], what: str, unit: str, total: int | None) -> Iterator[T]:
    done = 0
    try:
        tell(what, 0, total, unit)
        for item in items:
            yield item
            done += 1
            tell(what, done, total, unit)
    finally:
        tell(what, done, done, unit)
