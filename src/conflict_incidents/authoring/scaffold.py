"""Create a new dataset from the shipped templates, and refresh it after an upgrade.

To add a file to new datasets, add it to `templates/dataset/`: `dot-` is replaced by a leading dot, and `@TITLE@` and
the like by the answers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.files import (
    create_folder,
    delete_leftovers,
    folder_aside,
    overwrite,
    read_if_present,
    read_whole_or_reason,
    write_into,
)
from conflict_incidents.core.findings import Shown, bare, show, user_text
from conflict_incidents.core.ids import slug
from conflict_incidents.core.resources import DESCRIPTOR, csv_rows, resource
from conflict_incidents.core.rule import suggestion
from conflict_incidents.core.version import __version__
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.records.schema import document, schema_versions
from conflict_incidents.records.yaml.decoding import character_error
from conflict_incidents.tables import contract

LICENCES = {row["id"]: row for row in csv_rows(__file__, "licences.csv")}
"""The licences available to a new dataset, by SPDX id: title and address."""
ALLOWED_FILES = {".git"}
"""The files allowed in a folder that counts as empty: those of a new repository."""
REQUIREMENTS = "requirements.txt"
_PIN = re.compile(r"^(conflict-incidents(?:\[[\w,]+\])?)==\S+$", re.M)


class ScaffoldError(UserError, ValueError):
    """The dataset can't be created or updated; the message says what to change."""


def create_dataset(
    folder: Path, title: str | None = None, licence: str = "CC-BY-4.0", today: date | None = None
) -> None:
    """Create an empty dataset in a new or empty folder, atomically.

    Args:
        folder: an absolute path; it may contain `.git`, and what an interrupted run with the same arguments left.
        title: the dataset's title; by default derived from the folder's name.
        licence: the licence of the data, one of `LICENCES`.
        today: the date of creation.

    Raises:
        ScaffoldError: the folder isn't empty, or the title or the licence is invalid.
        OSError: it can't be written.
    """
    files = _files(_metadata(folder, title, licence, today or date.today()))
    if not os.path.lexists(folder):
        create_folder(folder, files)
        return
    delete_leftovers(folder)
    _require_empty(folder, files)
    with folder_aside(folder / "dataset") as temporary:
        write_into(temporary, files)
        _move_up(temporary, folder)


def update_dataset(dataset: Dataset) -> list[str]:
    """Update a dataset's schemas, tables and pinned version to the installed package; metadata are unchanged.

    Returns:
        A line per change; empty if there are none.

    Raises:
        ScaffoldError: the dataset is of a later version of the package.
        DatasetError: its descriptor can't be read.
        OSError: something can't be written.
    """
    schemas = dataset.root / "schemas"
    ours = {file.name: file.read_bytes() for file in _schemas()}
    unknown = sorted({file.name for file in schemas.glob("*-[0-9]*.json")} - set(ours))
    if unknown:
        raise ScaffoldError(
            f"{user_text(schemas / unknown[0])} is unknown to version {bare(__version__)} of the package; upgrade "
            "that, or delete the file; nothing was changed"
        )
    descriptor = dict(dataset.descriptor)
    reasons = contract.drift(descriptor)
    lines: list[str] = []
    for name, data in ours.items():
        lines += _replace(dataset.root, f"schemas/{name}", data)
    if reasons:
        descriptor["resources"] = contract.package()["resources"]
        _replace(dataset.root, DESCRIPTOR, _as_json(descriptor))
        lines += [f"{DESCRIPTOR}: taken from the package, since {why}" for why in reasons]
    return lines + _raise_pin(dataset.root)


def _metadata(folder: Path, title: str | None, licence: str, today: date) -> dict[str, Any]:
    """Return the descriptor of a new dataset.

    Raises:
        ScaffoldError: the title or the licence can't be used.
    """
    licence = next((name for name in LICENCES if name.casefold() == licence.casefold()), licence)
    if licence not in LICENCES:
        raise ScaffoldError(f"the licence {show(licence)} is not one of those offered{suggestion(licence, LICENCES)}")
    title = re.sub(r"[-_]+", " ", folder.name).strip().capitalize() if title is None else title.strip()
    problem = "it is empty" if not title else "it has more than one line" if "\n" in title else character_error(title)
    if problem:
        raise ScaffoldError(f"the title can't be used: {Shown(problem)}; give another by --title")
    package = contract.package()
    return {
        "$schema": package["$schema"],
        "name": slug(folder.name) or slug(title) or "incidents",
        "title": title,
        "description": package["description"],
        "version": "0.1.0",
        "created": f"{today.isoformat()}T00:00:00Z",
        "licenses": [{"name": licence, "title": LICENCES[licence]["title"], "path": LICENCES[licence]["address"]}],
        "resources": package["resources"],
    }


def _files(descriptor: Mapping[str, Any]) -> dict[str, bytes]:
    """Return every file of a new dataset by its path."""
    licence = descriptor["licenses"][0]
    marks = {
        "@TITLE@": descriptor["title"],
        "@LICENCE@": licence["name"],
        "@LICENCE_TITLE@": licence["title"],
        "@LICENCE_PATH@": licence["path"],
        "@PACKAGE_VERSION@": __version__,
    }
    files = {DESCRIPTOR: _as_json(descriptor), **{f"schemas/{file.name}": file.read_bytes() for file in _schemas()}}
    templates = resource("authoring/templates") / "dataset"
    for file in sorted(path for path in templates.rglob("*") if path.is_file()):
        name = re.sub(r"(^|/)dot-", r"\1.", file.relative_to(templates).as_posix())
        text = re.sub("@[A-Z_]+@", lambda mark: marks[mark[0]], file.read_text("utf-8"))
        files[name] = text.encode("utf-8")
    for kind, below in FOLDERS.items():
        files.setdefault(f"data/{below}/README.md", _folder_readme(kind, below).encode("utf-8"))
    return files


def _folder_readme(kind: str, below: str) -> str:
    """Return the README of a folder of records without a template."""
    newest = f"{kind}/{schema_versions()[kind][-1]}"
    return f"# {below.capitalize()}\n\n{document(newest)['description']} One file each, which follows `{newest}`.\n"


def _schemas() -> list[Path]:
    return sorted(resource("schemas").glob("*.json"))


def _as_json(descriptor: Mapping[str, Any]) -> bytes:
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _require_empty(folder: Path, files: Mapping[str, bytes]) -> None:
    """Refuse a folder that isn't empty; delete in it what an interrupted run left, the `files` but the descriptor."""
    if not folder.is_dir():
        raise ScaffoldError(f"{user_text(folder)} is not a folder; name one that is empty, or that doesn't exist yet")
    names = sorted({path.name for path in folder.iterdir()} - ALLOWED_FILES)
    if names and all(_is_leftover(folder / name, folder, files) for name in names):
        for name in names:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return
    if names:
        more = f" and {len(names) - 1} more" if names[1:] else Shown("")
        raise ScaffoldError(
            f"{user_text(folder)} isn't empty: it contains {show(names[0])}{more}; name an empty folder. For an "
            "existing dataset, `--update` refreshes schemas and tables"
        )


def _is_leftover(path: Path, root: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a file, or each file in a folder, is one of the `files` but the descriptor, byte for byte."""
    name = path.relative_to(root).as_posix()
    if path.is_symlink() or name == DESCRIPTOR:
        return False
    if path.is_dir():
        ours = any(one.startswith(f"{name}/") for one in files)
        return ours and all(_is_leftover(one, root, files) for one in path.iterdir())
    expected = files.get(name)
    return expected is not None and read_whole_or_reason(path, len(expected)) == expected


def _move_up(temporary: Path, folder: Path) -> None:
    """Move everything in `temporary` to `folder`, or nothing; last the descriptor, which makes it a dataset."""
    targets: list[Path] = []
    try:
        for path in sorted(temporary.iterdir(), key=lambda path: (path.name == DESCRIPTOR, path)):
            target = folder / path.name
            if os.path.lexists(target):
                raise ScaffoldError(f"{user_text(target)} has appeared; nothing was created")
            path.rename(target)
            targets.append(target)
    except BaseException:
        for path in targets:
            path.rename(temporary / path.name)
        raise


def _replace(root: Path, name: str, data: bytes) -> list[str]:
    """Rewrite the file `name` below `root` if it differs; return the message on it."""
    file = root / name
    before = read_if_present(file)
    if before == data:
        return []
    overwrite(file, data, root)
    return [f"{name}: {'added' if before is None else 'replaced'}"]


def _raise_pin(root: Path) -> list[str]:
    """Update the version of the package in the requirements, if the line is as `init` wrote it."""
    file = root / REQUIREMENTS
    before = (read_if_present(file) or b"").decode("utf-8", "surrogateescape")
    after = _PIN.sub(rf"\g<1>=={__version__}", before)
    return _replace(root, REQUIREMENTS, after.encode("utf-8", "surrogateescape")) if after != before else []
