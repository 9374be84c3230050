"""Work on several cores: the same findings for any number of workers, and nothing that outlives an interruption."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conflict_incidents.core.findings import Finding
from conflict_incidents.core.progress import use_listener
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.pipeline import driver, results, validate_dataset, validate_paths, workers

TOP = Path(__file__).parents[2]
RECORD = "data/incidents/SYR/2022/SYR-20220908-k2fd.yaml"
BATCH_SIZE = workers.BATCH
"""Of how many files a batch is."""
BATCH = 15
"""And of how many here."""
MANY = 3 * BATCH
"""Enough files for several workers to have something to do."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start workers for few files, but for tests that run the command."""
    monkeypatch.setattr(driver, "MAX_SERIAL_FILES", MANY)
    monkeypatch.setattr(workers, "BATCH", BATCH)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with records enough for several workers, of which many are wrong, alike or refer to nothing."""
    return laid_out(tmp_path_factory.mktemp("some") / "dataset", MANY)


def laid_out(root: Path, records: int) -> Path:
    """The same with so many records."""
    shutil.copytree(TOP / "tests/validation/rules/dataset", root)
    text = (root / RECORD).read_text("utf-8")
    for number in range(records):
        id = f"SYR-20220908-{number:04}"
        wrong = text.replace("SYR-20220908-k2fd", id)
        wrong += f"links: [{{kind: part_of, incident: SYR-20220908-{number + 1:04}}}]\n" if number % 3 else "nte: a\n"
        wrong = wrong.replace("place: hafsarjah", "place: hafsarja") if number % 7 == 0 else wrong
        (root / RECORD).with_name(f"{id}.yaml").write_text(wrong, "utf-8")
    return root


@pytest.fixture(scope="module")
def serial_findings(root: Path) -> list[Finding]:
    """What one process finds."""
    findings = validate_dataset(Dataset(root), jobs=1).findings
    assert len({finding.rule for finding in findings}) > 3
    return findings


@pytest.mark.parametrize("jobs", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_findings_are_independent_of_number_of_workers(root: Path, serial_findings: list[Finding], jobs: int) -> None:
    events: list[tuple[str, int, int | None, str]] = []
    with use_listener(lambda *event: events.append(event)):
        outcome = validate_dataset(Dataset(root), jobs=jobs)
    assert outcome.findings == serial_findings
    files = outcome.files + 1  # and the code list
    states = [count for what, count, total, _ in events if (what, total) == ("validating", files)]
    assert sorted(set(states)) == list(range(files + 1))


@pytest.mark.slow
def test_workers_that_share_nothing_find_the_same(
    root: Path, serial_findings: list[Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert validate_dataset(Dataset(root), jobs=2).findings == serial_findings


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_an_ended_command_leaves_no_worker_behind(how: signal.Signals, tmp_path: Path) -> None:
    root = laid_out(tmp_path / "many", 3 * BATCH_SIZE)
    program = [sys.executable, "-m", "conflict_incidents", "validate", "--jobs", "2", "--no-cache"]
    program += ["--root", str(root)]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    while len(group := _group(process.pid)) < 3 and process.poll() is None:
        time.sleep(0.01)
    assert len(group) >= 3, "there are workers"
    process.send_signal(how)
    _, output = process.communicate()
    assert process.returncode == (130 if how is signal.SIGINT else -how)
    assert b"Traceback" not in output
    for _ in range(1000):
        if not _group(process.pid):
            break
        time.sleep(0.01)
    assert _group(process.pid) == set()


def _group(leader: int) -> set[int]:
    """The processes of a session that are still there."""
    processes = set()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                fields = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[3] == str(leader) and fields[0] != "Z":
                processes.add(int(entry.name))
    return processes


def test_a_worker_that_is_ended_from_outside_is_no_success(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(results, "process", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(DatasetError, match="--jobs 1"):
        validate_dataset(Dataset(root), jobs=2)


def test_only_the_files_that_are_named_are_judged_however_many_are_near(root: Path) -> None:
    file, other = root / RECORD, (root / RECORD).with_name("SYR-20220908-0001.yaml")
    serial = validate_paths([file], Dataset(root), jobs=2)
    assert (serial.files, {finding.path for finding in serial.findings} - {RECORD}) == (1, set())
    assert validate_paths([file, other], Dataset(root), jobs=2).files == 2
