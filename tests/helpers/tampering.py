"""Flips every byte of a small release in turn, cuts its files, and asks whether `verify` sees it.

    ./scripts/tamper [EVERY]

tries every EVERYth byte of each file (all by default: about 200,000, at some hundred a second) and 100 cuts of each;
the tests run a short form. Ends with 1 where a change passed unseen.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.reader import open_release


@dataclass(frozen=True)
class Tampering:
    """A change to a file: a byte flipped at a place, or the file cut off there."""

    file: Path
    place: int
    cut: bool = False

    @contextmanager
    def apply(self) -> Iterator[None]:
        """The change is there for as long as this lasts."""
        data = self.file.read_bytes()
        content = data[: self.place] + bytes([data[self.place] ^ 1]) + data[self.place + 1 :]
        self.file.write_bytes(data[: self.place] if self.cut else content)
        try:
            yield
        finally:
            self.file.write_bytes(data)


def flips(folder: Path, every: int) -> Iterator[Tampering]:
    """Every so many bytes of each file one flipped, the one in its middle among them."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        size = file.stat().st_size
        yield from (Tampering(file, place) for place in range(size // 2 % every, size, every))


def cuts(folder: Path, number: int) -> Iterator[Tampering]:
    """Each file cut off at up to so many places, evenly spread."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        size = file.stat().st_size
        yield from (Tampering(file, place, cut=True) for place in sorted({size * n // number for n in range(number)}))


def is_detected(folder: Path) -> bool:
    """Whether the release is refused; by its hashes alone, which everything else comes after."""
    try:
        with open_release(folder):
            return False
    except ReleaseError:
        return True


def main(every: int) -> int:
    """Try all changes and say which passed."""
    from samples import build_release

    with tempfile.TemporaryDirectory() as temporary:
        folder = build_release(Path(temporary)).folder
        trials, failures = 0, []
        for tampering in [*flips(folder, every), *cuts(folder, 100)]:
            with tampering.apply():
                trials += 1
                if not is_detected(folder):
                    failures.append(
                        f"{tampering.file.name}, {'cut' if tampering.cut else 'flipped'} at {tampering.place}"
                    )
    print(f"{trials} changes tried, {len(failures)} passed unseen", *failures[:20], sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
