"""Progress as a person sees it on a terminal, and as a log has it."""

import io

import pytest

from conflict_incidents.cli import _progress
from conflict_incidents.cli._progress import Bar, Display, Lines, progress, state
from conflict_incidents.core.progress import step, track, use_listener


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the lines that other tests do without."""
    monkeypatch.setattr(_progress, "Lines", Lines)


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that goes on by so many seconds whenever it is read."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


@pytest.mark.parametrize(
    ("expected_state", "text"),
    [
        (("validating", 12_000, 115_493, "file", 2_310, 1.0),
         "validating: 12,000 of 115,493 files, 2,310/s, 45 s left"),
        (("reading", 1, 600, "row", 1, 2.0), "reading: 1 of 600 rows, 0.5/s, 19 min 58 s left"),
        (("filling claims", 4_000, None, "row", 2_000, 1.0), "filling claims: 4,000 rows, 2,000/s"),
        (("fetching 0.2.0", 12_340_000, 45_600_000, "byte", 2_100_000, 1.0),
         "fetching 0.2.0: 12.3 MB of 45.6 MB, 2.1 MB/s, 16 s left"),
        (("validating", 0, 1, "file", 0, 0.0), "validating: 0 of 1 file"),
        (("validating", 1, 20_001, "file", 1, 1.0), "validating: 1 of 20,001 files, 1.0/s, 5 h 33 min left"),
        (("packing the zip", 0, 1, "", 0, 0.0), "packing the zip"),
    ],
)  # fmt: skip
def test_a_state_has_rate_and_time_left(
    expected_state: tuple[str, int, int | None, str, int, float], text: str
) -> None:
    assert state(*expected_state) == text


def test_a_log_gets_a_line_every_ten_seconds() -> None:
    log = io.StringIO()
    with use_listener(Display(Lines(log), Clock(1.0))):
        assert list(track(range(25), "validating", "file")) == list(range(25))
    assert log.getvalue().splitlines() == [
        "validating: 9 of 25 files, 1.0/s, 16 s left",
        "validating: 19 of 25 files, 1.0/s, 6 s left",
    ]


def test_no_rate_is_told_of_less_than_a_second() -> None:
    log = io.StringIO()
    with use_listener(Display(Lines(log), Clock(0.2))):
        list(track(range(46), "reading", "file"))
        list(track(range(9), "comparing records", "file"))
    assert log.getvalue() == "comparing records: 2 of 9 files\n"


def test_a_terminal_gets_a_bar_after_two_seconds_that_is_gone_in_the_end() -> None:
    terminal = Terminal()
    with use_listener(Display(Bar(terminal), Clock(0.5))):
        for item in track(range(10), "validating", "file"):
            assert (terminal.getvalue() == "") is (item < 3)
        output = terminal.getvalue()
        with step("packing [the] zip"):
            assert "packing [the] zip" in terminal.getvalue()
    assert "━" in output
    assert "validating: 8 of 10 files, 2.0/s, 1 s left" in output
    assert terminal.getvalue().endswith("\x1b[2K")
    assert terminal.getvalue().rfind("\x1b[?25h") > terminal.getvalue().rfind("\x1b[?25l"), "the cursor is shown"


def test_a_bar_is_removed_when_the_work_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(Bar, "first", 0.0)
    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(KeyboardInterrupt), progress(), step("validating"):
        raise KeyboardInterrupt
    assert "validating" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("CI", "true")])
def test_a_terminal_that_cannot_show_a_bar_gets_lines(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(Lines, "first", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    with progress():
        list(track(range(3), "validating", "file"))
    assert terminal.getvalue() == "validating: 0 of 3 files\n"


def test_without_colours_a_bar_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    bar = Bar(Terminal())
    bar.show("validating", 0.5)
    assert isinstance(bar.stream, Terminal)
    assert "\x1b[3" not in bar.stream.getvalue()
    bar.hide()


def test_quiet_is_quiet_and_a_closed_stream_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lines, "first", 0.0)
    log = io.StringIO()
    monkeypatch.setattr("sys.stderr", log)
    with progress(quiet=True):
        assert list(track("ab", "validating", "file")) == ["a", "b"]
    assert log.getvalue() == ""
    log.write = lambda _: (_ for _ in ()).throw(BrokenPipeError)  # type: ignore[method-assign] # a stream that is closed
    with progress():
        assert list(track("ab", "validating", "file")) == ["a", "b"]


def test_a_short_command_shows_nothing_and_imports_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(_progress.Bar, "show", lambda *_: pytest.fail("too early"))
    with progress():
        list(track(range(100), "validating", "file"))
    assert terminal.getvalue() == ""
