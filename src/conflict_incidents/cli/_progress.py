"""Show progress on standard error: on a terminal a bar, after two seconds; elsewhere a line every ten seconds.

A terminal that can't move its cursor (TERM=dumb), and one of a CI job, get lines.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from conflict_incidents.cli._terminal import is_capable
from conflict_incidents.core.findings import harmless, user_text
from conflict_incidents.core.progress import use_listener

if TYPE_CHECKING:
    from rich.progress import Progress

WAIT = 2.0
"""The seconds before a bar is shown."""
OFTEN, SELDOM = 0.1, 10.0
"""The seconds between two states of a bar, and between two lines."""


@contextmanager
def progress(quiet: bool = False) -> Iterator[None]:
    """Show the progress of the work in this context, unless `quiet`; a bar is removed at the end."""
    from importlib.util import find_spec

    has_bar = is_capable(sys.stderr) and find_spec("rich")
    display = None if quiet else Display(Bar(sys.stderr) if has_bar else Lines(sys.stderr))
    try:
        with use_listener(display):
            yield
    finally:
        if display:
            display.view.hide()


class Lines:
    """A line for each state, for logs."""

    first = every = SELDOM

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def show(self, text: str, share: float | None) -> None:  # noqa: ARG002 - lines have no bar
        """Print the state."""
        with suppress(OSError):
            print(harmless(user_text(text)), file=self.stream, flush=True)

    def hide(self) -> None:
        """Leave the lines as they are."""


class Bar:
    """A bar of rich, which is imported when it is first shown; it has no thread, since processes may be forked."""

    first, every = WAIT, OFTEN

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.bar: Progress | None = None

    def show(self, text: str, share: float | None) -> None:
        """Draw the bar in place of the last one."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        if self.bar is None:
            console = Console(file=self.stream, force_terminal=True)
            one_line = Column(no_wrap=True, overflow="ellipsis")
            self.bar = Progress(
                BarColumn(bar_width=24),
                TextColumn("{task.description}", markup=False, table_column=one_line),
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self.bar.add_task("", total=None)
        (task,) = self.bar.task_ids
        self.bar.update(task, description=harmless(text), completed=share or 0, total=None if share is None else 1)
        if not self.bar.live.is_started:
            self.bar.start()
            self.bar.console.show_cursor()  # a killed process couldn't bring it back
        self.bar.refresh()

    def hide(self) -> None:
        """Erase the bar."""
        bar, self.bar = self.bar, None
        if bar is not None:
            bar.stop()


class Display:
    """A listener that shows the state of a step when it is due."""

    def __init__(self, view: Bar | Lines, clock: Callable[[], float] = time.monotonic) -> None:
        self.view, self.clock = view, clock
        self.due = clock() + view.first
        self.what, self.start, self.before, self.count = "", 0.0, 0, 0

    def __call__(self, what: str, count: int, total: int | None, unit: str) -> None:
        """Show a state if it is time; a step that is done is removed."""
        now = self.clock()
        if what != self.what or count < self.count:
            self.what, self.start, self.before = what, now, count
        self.count = count
        if count == total:
            self.view.hide()
        elif now >= self.due:
            seconds = now - self.start
            pace = (count - self.before, seconds) if seconds >= 1 else ()
            self.view.show(state(what, count, total, unit, *pace), count / total if total else None)
            self.due = now + self.view.every


def state(what: str, done: int, total: int | None, unit: str, lately: int = 0, seconds: float = 0) -> str:
    """Describe the state of a step: `validating: 12,000 of 115,493 files, 2,310/s, 45 s left`.

    Args:
        what: the step.
        done: how much of it is done.
        total: how much there is; None if unknown.
        unit: of what.
        lately: how much was done lately.
        seconds: in how many seconds.
    """
    if not unit:
        return what
    rate = lately / seconds if seconds else 0
    if unit == "byte":
        parts = [f"{_size(done)} of {_size(total)}" if total else _size(done)]
        pace = f"{_size(rate)}/s"
    else:
        units = unit if (total or done) == 1 else f"{unit}s"
        parts = [f"{done:,} of {total:,} {units}" if total else f"{done:,} {units}"]
        pace = f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"
    if rate > 0:
        parts.append(pace)
        if total:
            parts.append(f"{_duration((total - done) / rate)} left")
    return f"{what}: {', '.join(parts)}"


def _size(count: float) -> str:
    return f"{count / 1e6:.1f} MB"


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
