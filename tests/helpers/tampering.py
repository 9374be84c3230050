"""Flip every byte of a small release in turn, truncate its files, and check that `verify` detects it.

    ./scripts/tamper [EVERY]

tries every EVERYth byte of each file (all by default: about 200,000, at some hundred a second) and 100 truncations of
each; the tests run a short form. The exit code is 1 if a change wasn't detected.
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
    """A change to a file: a byte flipped at a position, or the file truncated there."""

    file: Path
    place: int
    cut: bool = False

    @contextmanager
    def apply(self) -> Iterator[None]:
        """Apply the change inside the block."""
        data = self.file.read_bytes()
        content = data[: self.place] + bytes([data[self.place] ^ 1]) + data[self.place + 1 :]
        self.file.write_bytes(data[: self.place] if self.cut else content)
        try:
            yield
        finally:
            self.file.write_bytes(data)


def flips(folder: Path, every: int) -> Iterator[Tampering]:
    """Yield flips of one in so many bytes of each file, including the one in the middle."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        size = file.stat().st_size
        yield from (Tampering(file, place) for place in range(size // 2 % every, size, every))


def cuts(folder: Path, number: int) -> Iterator[Tampering]:
    """Yield truncations of each file at up to so many evenly spread positions."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        size = file.stat().st_size
        yield from (Tampering(file, place, cut=True) for place in sorted({size * n // number for n in range(number)}))


def is_detected(folder: Path) -> bool:
    """Whether the release is refused by its hashes, which are checked first."""
    try:
        with open_release(folder):
            return False
    except ReleaseError:
        return True


def main(every: int) -> int:
    """Try all changes and print the undetected ones."""
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
