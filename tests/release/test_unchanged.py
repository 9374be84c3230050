"""`incidents build` where nothing changed: the release isn't made again, and is made wherever anything differs."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.release import ReleaseError, checks, unchanged
from conflict_incidents.release.build import Release
from samples import home, incident, skip_check

RECORD = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"


@contextmanager
def replace_content(file: Path, data: bytes | None) -> Iterator[None]:
    """A file that holds something else for a while, or is gone."""
    was, times = file.read_bytes() if file.exists() else None, file.parent.stat()
    file.unlink() if data is None else file.write_bytes(data)
    yield
    file.unlink() if was is None else file.write_bytes(was)
    os.utime(file.parent, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_release_is_made_again_where_anything_differs_and_nowhere_else(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "dataset"
    shutil.copytree(story, root, ignore=shutil.ignore_patterns("release"))
    draft = incident("SYR-20220908-u0kn", status="draft")
    (root / "data" / home("incident", draft["id"])).write_text(json.dumps(draft), "utf-8")
    build = ["build", "--root", str(root)]
    monkeypatch.setattr(checks, "check_frictionless", skip_check)
    assert main(build) == 0
    first = capsys.readouterr().out
    assert "\ndrafts left out: 1; " in first

    def fail_build(*_: object) -> None:
        raise ReleaseError("it is built")

    monkeypatch.setattr("conflict_incidents.release.build.build", fail_build)

    def builds(*options: str) -> bool:
        code = main([*build, *options])
        assert code == 0 or "it is built" in capsys.readouterr().err
        return code != 0

    assert not builds()
    assert capsys.readouterr().out == first.replace(": built,", ": already current,")
    current = (root / "release/current").resolve()
    edits = {
        root / RECORD: (root / RECORD).read_bytes() + b"# A comment.\n",
        root / "data/README.md": b"New.\n",
        root / "LICENSE-DATA": b"Another.\n",
        root / "datapackage.json": (root / "datapackage.json").read_bytes() + b"\n",
        current / "incidents.csv": b"a\n",
        current / "README.md": None,
        current / "more.csv": b"a\n",
        root / "release/0.0.1-000000000000.zip": b"a\n",
    }
    for file, data in edits.items():
        with replace_content(file, data):
            assert builds(), file
        assert not builds(), file
    for options in (
        ["--no-cache"],
        ["--out", str(tmp_path)],
        ["--pictures"],
        ["--formats", "hxl"],
        ["--previous", current.name],
    ):
        assert builds(*options), options
    with replace_content(current.with_name(f"{current.name}.zip"), b""):
        assert builds()
    (root / "release/current").unlink()
    assert builds()

    def fill_disk(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("conflict_incidents.release.build.build", lambda *_: Release(current, {"incidents": 2}, True))
    monkeypatch.setattr(unchanged, "overwrite", fill_disk)
    assert not builds(), "a release that was made is one, whatever became of the cache"
