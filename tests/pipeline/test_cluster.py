"""Work on a Dask cluster: the same findings, rows and releases as of this machine, whoever is killed."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from distributed import Client, LocalCluster
from fsspec.core import url_to_fs

from conflict_incidents.cli import main
from conflict_incidents.core.progress import use_listener
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.pipeline import Outcome, cluster, validate_dataset
from conflict_incidents.pipeline import workers as workers_module
from conflict_incidents.pipeline.cluster import Cluster
from conflict_incidents.pipeline.remote import fetch
from conflict_incidents.records.yaml.decoding import MAX_BYTES
from conflict_incidents.tables.contract import tables
from samples import EVERYTHING, STORY, bytes_of, dataset, incident


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with a record of each kind, some of which are wrong."""
    root = tmp_path_factory.mktemp("cluster") / "dataset"
    wrong = [incident(f"SYR-20220908-{number:04}", title="") for number in range(4)]
    dataset(root, [*EVERYTHING, *wrong])
    return root


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Two workers with two threads each, all in this process."""
    with LocalCluster(n_workers=2, threads_per_worker=2, processes=False, dashboard_address=":0") as workers:
        yield workers.scheduler_address


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two validations found the same, and made the same rows."""
    rows = all(list(one.rows(table)) == list(other.rows(table)) for table in tables() if table != "changes")
    return rows and (one.findings, one.files, one.state) == (other.findings, other.files, other.state)


def test_cluster_gives_the_same_findings_and_rows(root: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "BATCH", 3)
    monkeypatch.setattr(cluster, "LEAST_AHEAD", 2)
    serial = validate_dataset(Dataset(root), jobs=1, with_rows=True)
    assert {finding.rule for finding in serial.findings}
    progress: list[int] = []
    with use_listener(lambda _what, done_count, _total, _unit: progress.append(done_count)):
        remote = validate_dataset(Dataset(root), jobs=Cluster(address), with_rows=True)
    assert same(remote, serial)
    assert set(progress) >= set(range(remote.files + 1))


def test_a_worker_with_another_program_is_refused(
    root: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = cluster.program() | {"pandas": "0.1"}
    monkeypatch.setattr(Client, "run", lambda *_: {"tcp://one:1": other})
    assert main(["validate", "--root", str(root), "--no-cache", "--scheduler", address]) == 2
    error = capsys.readouterr().err
    assert "the worker tcp://one:1 has pandas 0.1 and not" in error
    assert "install the same on all machines" in error
    with pytest.raises(DatasetError, match="has pandas"):
        cluster._batch([], b"", other, with_rows=False)  # of one that came later


def test_the_libraries_that_validate_are_part_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    requirements = ["pandas>=2.2.2", "pyyaml>=6.0.3; extra == 'validate'", "none[data]>=1; extra == 'polars'"]
    monkeypatch.setattr(metadata, "requires", lambda _: requirements)
    assert set(cluster.program.__wrapped__()) == {"Python", "pandas", "pyyaml", "the code of conflict-incidents"}


@pytest.mark.parametrize(
    ("address", "words"),
    [("tcp://127.0.0.1:1", "start one by `dask scheduler`"), ("nowhere://x", "start one by `dask scheduler`")],
)
def test_a_scheduler_that_does_not_answer_is_named_with_the_repair(
    address: str, words: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    assert main(["validate", "--root", str(root), "--no-cache", "--scheduler", address]) == 2
    error = capsys.readouterr().err
    assert (address in error, words in error, "Traceback" in error) == (True, True, False)


def test_a_cluster_without_workers_is_named_with_the_repair(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    with LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as none:
        assert main(["validate", "--root", str(root), "--no-cache", "--scheduler", none.scheduler_address]) == 2
    assert "start one by `dask worker" in capsys.readouterr().err


def test_a_cluster_that_has_lost_all_workers_is_not_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original_check = cluster.Cluster._check
    with LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as workers:

        def end_workers(self: Cluster, client: Client) -> None:
            original_check(self, client)
            client.retire_workers()
            monkeypatch.setattr(cluster, "PATIENCE", 0.2)

        monkeypatch.setattr(cluster.Cluster, "_check", end_workers)
        assert main(["validate", "--root", str(root), "--no-cache", "--scheduler", workers.scheduler_address]) == 2
    assert "has lost all its workers; is their memory short?" in capsys.readouterr().err


def test_a_cluster_is_for_the_whole_dataset(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--root", str(root), "--scheduler", "tcp://x:1", "--changed-since", "HEAD"]) == 2
    assert "leave out PATH" in capsys.readouterr().err


def test_neither_dask_nor_a_store_is_imported_without_a_scheduler() -> None:
    code = "import sys, conflict_incidents.cli.build, conflict_incidents.cli.validate as v, conflict_incidents.pipeline"
    code += "; print({'dask', 'distributed', 'fsspec', 'conflict_incidents.pipeline.cluster'} & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output == "set()\n"


@pytest.fixture(scope="module", params=["memory", pytest.param("s3", marks=pytest.mark.slow)])
def bucket(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a folder in a store of its own: one in memory, and one that speaks S3, whose libraries import long."""
    if request.param == "memory":
        yield "memory://bucket/war"
        return
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        for name, value in {**dict.fromkeys(keys, "test"), "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
            patch.setenv(name, value)
        s3fs.S3FileSystem().mkdir("bucket")
        yield "s3://bucket/war"
    server.stop()


def put(root: Path, url: str) -> str:
    """Put a dataset into a store."""
    store, top = url_to_fs(url)
    files = [file for file in root.rglob("*") if file.is_file() and "release" not in file.parts]
    for file in files:
        store.pipe_file(f"{top}/{file.relative_to(root).as_posix()}", file.read_bytes())
    return url


def test_incidents_are_read_from_a_store_by_the_workers(root: Path, address: str, bucket: str, tmp_path: Path) -> None:
    odd = shutil.copytree(root, tmp_path / "odd") / "data/incidents/SYR/2022"
    (odd / "SYR-20220908-0001.yaml").write_bytes(b"")
    (odd / "SYR-20220908-0002.yaml").write_bytes(b"a" * (MAX_BYTES + 2))
    (odd / "README.md").write_text("no record", "utf-8")
    serial = validate_dataset(Dataset(tmp_path / "odd"), jobs=1, with_rows=True)
    with fetch(put(tmp_path / "odd", bucket)) as (dataset, far):
        assert not list(dataset.root.glob("data/incidents"))
        assert same(validate_dataset(dataset, jobs=Cluster(address, bucket, far), with_rows=True), serial)


@pytest.mark.parametrize(("url", "words"), [("", "is not a dataset"), ("s4://x/y", "can't be read")])
def test_a_url_without_a_dataset_is_named(
    url: str, words: str, address: str, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = url or f"{bucket}/none"
    assert main(["validate", "--root", url, "--scheduler", address]) == 2
    assert words in capsys.readouterr().err
    assert main(["validate", "--root", url]) == 2
    assert "give --scheduler" in capsys.readouterr().err


def test_a_key_that_leads_out_of_the_dataset_is_refused(
    address: str, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store, top = url_to_fs(f"{bucket}/odd")
    store.pipe_file(f"{top}/data/places/../../../x.yaml", b"a")
    assert main(["validate", "--root", f"{bucket}/odd", "--scheduler", address]) == 2
    assert "no path of a file in a dataset" in capsys.readouterr().err


@pytest.mark.slow
def test_a_build_from_a_store_is_that_of_this_machine(address: str, bucket: str, tmp_path: Path) -> None:
    dataset(tmp_path / "here", STORY)
    assert main(["build", "--root", str(tmp_path / "here"), "--no-cache", "--partitions", str(tmp_path / "parts")]) == 0
    here = (tmp_path / "here/release/current").resolve()
    url = put(tmp_path / "here", f"{bucket}/build")
    options = ["--scheduler", address, "--out", str(tmp_path / "there"), "--partitions", f"{bucket}/parts"]
    assert main(["build", "--root", url, *options]) == 0
    remote_release = (tmp_path / "there/current").resolve()
    assert (remote_release.name, bytes_of(remote_release)) == (here.name, bytes_of(here))
    parts = bytes_of(tmp_path / "parts" / here.name)
    store, top = url_to_fs(f"{bucket}/parts/{here.name}")
    assert {name: store.cat_file(f"{top}/{name}") for name in parts} == parts
    assert len(store.find(top)) == len(parts)


@pytest.mark.slow
def test_workers_that_are_killed_cost_time_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "dataset"
    sample = dataset(root, [*EVERYTHING, *(incident(f"SYR-20220908-{number:04}") for number in range(300))])
    serial = validate_dataset(sample, jobs=1, with_rows=True)
    monkeypatch.setattr(workers_module, "BATCH", 5)
    monkeypatch.setattr(cluster, "LEAST_AHEAD", 8)
    killed = []

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as workers:

        def kill(what: str, count: int, _total: int | None, _unit: str) -> None:
            for number in {20: [0], 150: [0, 1]}.get(count, []) if what == "validating" else []:
                os.kill(pid := workers.workers[number].pid, signal.SIGKILL)
                killed.append(pid)

        with use_listener(kill):
            remote = validate_dataset(Dataset(root), jobs=Cluster(workers.scheduler_address), with_rows=True)
    assert len(set(killed)) == 3
    assert same(remote, serial)


@pytest.mark.slow
def test_what_ends_every_worker_is_reported_and_a_scheduler_that_is_lost(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers_module, "BATCH", 3)
    monkeypatch.setattr(cluster, "LEAST_AHEAD", 2)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as workers:
        command = ["validate", "--root", str(root), "--no-cache", "--scheduler", workers.scheduler_address]
        with monkeypatch.context() as patch:
            patch.setattr(cluster, "_batch", lambda *_: os._exit(1))
            assert main(command) == 2
            assert "is their memory short?" in capsys.readouterr().err
        original_check = cluster.Cluster._check
        monkeypatch.setattr(cluster.Cluster, "_check", lambda *args: (original_check(*args), workers.close()))
        assert main(command) == 2
    assert "was lost" in capsys.readouterr().err
