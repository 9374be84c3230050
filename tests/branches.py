"""Branches without end, of which what `--changed-since` finds is compared with a validation of everything.

Run it for a number of branches, with a seed that repeats a run (both optional):

    python tests/branches.py [NUMBER] [SEED]

It ends with exit code 1 at the first branch of which a finding is missing or too many. `test_branch.py` runs a few.
"""

import csv
import io
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from conflict_incidents.branch import validate_changes
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Finding
from conflict_incidents.history import changes_since
from conflict_incidents.validation import validate_dataset
from repositories import Repository
from rule_cases import HOMES, edited, lay_out

FOUND = frozenset({"REV003", "PRV005"})
"""Rules that compare with the state before, which a validation of everything doesn't know."""
_WORD = re.compile(r"(?<=: )[A-Za-z][A-Za-z0-9-]+(?=[,}\]\n])")
_NUMBER = re.compile(r"(?<=: )[0-9]+(?:\.[0-9]+)?\b")


NOTE = "note: Near Hafsarjah the road to Armanaz was cut, as Ahmad Example, 9, said.\n"


def laid_out(folder: Path) -> Repository:
    """A small dataset in which records of every kind refer to each other, some wrongly, committed; a branch `work`."""
    made = Repository.made(folder)
    lay_out(folder)
    for base in ("incident", "place", "actor", "organisation", "aggregate"):
        made.write(HOMES[base], edited(base))
    made.write(HOMES["waivers"], edited("waivers", {"PLC013": "DAT003", "SYR-20220908-k2fd": "SYR-20220909-aaaa"}))
    chain = "SYR-20220909-aaaa", "SYR-20220910-bbbb", "SYR-20220911-cccc"
    for number, id in enumerate(chain):
        day = f"{id[4:8]}-{id[8:10]}-{id[10:12]}"
        text = edited("incident", {"SYR-20220908-7q4m": id, "date: 2022-09-08": f"date: {day}"})
        after = chain[number + 1 :][:1]
        links = f"links: [{{kind: part_of, incident: {after[0]}}}]\n" if after else ""
        made.write(f"data/incidents/SYR/2022/{id}.yaml", text + (links + NOTE * (number == 1)).encode())
    made.commit()
    made.git("checkout", "--quiet", "-b", "work")
    return made


class Edits:
    """Changes at random to the dataset at a folder, such as people make, rightly or not."""

    def __init__(self, root: Path, dice: random.Random) -> None:
        self.root = root
        self.dice = dice

    def make(self, number: int) -> None:
        """Make a number of changes."""
        kinds: list[Callable[[Path], None]] = [
            self.name_another,
            self.name_another,
            self.change_number,
            self.change_number,
            self.delete,
            self.rename,
            self.copy,
            self.break_off,
            self.withdraw,
            self.move_unit,
            self.waive,
        ]
        for kind in self.dice.choices(kinds, k=number):
            kind(self.dice.choice(self.files()))

    def files(self) -> list[Path]:
        return sorted((self.root / "data").rglob("*.yaml"))

    def _replace(self, file: Path, pattern: re.Pattern[str], by: Callable[[str], str]) -> None:
        text = file.read_text("utf-8")
        found = list(pattern.finditer(text))
        if found:
            one = self.dice.choice(found)
            file.write_text(text[: one.start()] + by(one[0]) + text[one.end() :], "utf-8")

    def name_another(self, file: Path) -> None:
        self._replace(file, _WORD, lambda _: self.dice.choice(self.files()).stem)

    def change_number(self, file: Path) -> None:
        self._replace(file, _NUMBER, lambda seen: str(self.dice.choice([0, 1, 8, 200, float(seen) + 3])))

    def delete(self, file: Path) -> None:
        if len(self.files()) > 1:
            file.unlink()

    def rename(self, file: Path) -> None:
        stem = self.dice.choice([file.stem.upper(), f"{file.stem}x", f"{file.stem[:-1]}q", "renamed"])
        file.rename(file.with_name(f"{stem}.yaml"))
        if self.dice.random() < 0.5:
            own = re.compile(rf"(?<=\nid: ){re.escape(file.stem)}")
            self._replace(file.with_name(f"{stem}.yaml"), own, lambda _: stem)

    def copy(self, file: Path) -> None:
        stem = f"{file.stem[:-1]}z"
        text = file.read_text("utf-8").replace(f"id: {file.stem}", f"id: {self.dice.choice([stem, file.stem])}")
        file.with_name(f"{stem}.yaml").write_text(text, "utf-8")

    def break_off(self, file: Path) -> None:
        text = file.read_text("utf-8")
        file.write_text(text[: self.dice.randrange(len(text))], "utf-8")

    def withdraw(self, file: Path) -> None:
        self._replace(file, re.compile("(?<=status: )published"), lambda _: "withdrawn")

    def move_unit(self, _: Path) -> None:
        units = self.root / "data/codelists/admin_units.csv"
        rows = list(csv.reader(io.StringIO(units.read_text("utf-8"))))
        row = self.dice.choice(rows[1:])
        row[7 + self.dice.randrange(2) * 2] = "41.5"  # `south` or `north`
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        units.write_text(text.getvalue(), "utf-8")

    def waive(self, file: Path) -> None:
        waivers = self.root / "data/waivers.yaml"
        text = waivers.read_text("utf-8") if waivers.exists() else edited("waivers").decode()
        rule = self.dice.choice(["DAT003", "IDN005", "SRC002", "PLC002"])
        entry = f"  - {{rule: {rule}, record: {file.stem}, reason: It is so., date: 2023-01-10, by: reviewers}}\n"
        waivers.write_text(text if self.dice.random() < 0.5 else text + entry, "utf-8")


def mistakes(repository: Repository, before: set[Finding]) -> list[str]:
    """How what `--changed-since` finds differs from what a validation of everything finds more than at the base.

    Args:
        repository: the dataset, changed since its last commit.
        before: what a validation of everything found then.
    """
    dataset = Dataset(repository.folder)
    changes = changes_since(repository.folder, "HEAD")
    changed = {dataset.shown(repository.folder / path) for one in changes.files for path in one.paths}
    everything = set(validate_dataset(dataset).findings)
    expected = {one for one in everything if one.path in changed or one not in before}
    told = {one for one in validate_changes(changes, Dataset(repository.folder)).findings if one.rule not in FOUND}
    # A message on a name that is unknown suggests others: a new one elsewhere changes it, and makes nothing worse.
    missing = [one for one in expected - told if one.path in changed or not _was_there(one, before)]
    return [f"missing: {one}" for one in sorted(missing)] + [f"too many: {one}" for one in sorted(told - expected)]


def _was_there(finding: Finding, before: set[Finding]) -> bool:
    return any(
        (one.path, one.mark, one.rule, one.severity) == (finding.path, finding.mark, finding.rule, finding.severity)
        and one.message.partition(";")[0] == finding.message.partition(";")[0]
        for one in before
    )


def compared(number: int, dice: random.Random) -> tuple[int, list[str]]:
    """How many branches were compared, and what was wrong with the last of them; ends at the first that is wrong."""
    with tempfile.TemporaryDirectory() as name:
        repository = laid_out(Path(name).resolve() / "dataset")
        kept = Path(name) / "kept"
        shutil.copytree(repository.folder / "data", kept)
        before = set(validate_dataset(Dataset(repository.folder)).findings)
        for count in range(1, number + 1):
            Edits(repository.folder, dice).make(dice.randint(1, 4))
            wrong = mistakes(repository, before)
            if wrong:
                return count, [*wrong, repository.git("diff", "HEAD"), repository.git("status", "--short")]
            shutil.rmtree(repository.folder / "data")
            shutil.copytree(kept, repository.folder / "data")
    return number, []


def main(number: int = 1000, seed: int | None = None) -> int:
    """Compare a number of branches; 1 where one is wrong."""
    seed = random.randrange(10**9) if seed is None else seed
    count, wrong = compared(number, random.Random(seed))
    print("\n".join(wrong) if wrong else f"{count} branches of seed {seed}: all as a validation of everything has it")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
