"""Verify a complete release from its own files: hashes, contract, keys, and equal content in both formats."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pandas as pd

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.extras import MissingExtra, require_extra
from conflict_incidents.core.findings import describe_error
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release import checks
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.index import index_of
from conflict_incidents.release.reader import OpenRelease, open_release
from conflict_incidents.tables import contract
from conflict_incidents.tables.checks import fits
from conflict_incidents.tables.parts import Tables

_VALIDATORS = {"frictionless": "frictionless", "pandera": "conflict_incidents.tables.values"}
"""Further validators, and the modules that they need."""


class VerificationError(UserError, ValueError):
    """A release failed verification; the message lists the faults."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class VerifiedRelease:
    """A verified release: its dataset, version, hashes of its rows and of its SHA256SUMS, and number of rows by table.

    `not_run` names the validators that aren't installed. With `has_other_contract`, its tables are described otherwise
    than in this package, so that neither keys nor the files derived from the tables were checked. Both hashes are
    `sha256:…`. The first depends only on the rows; the second covers every byte. The version is that of `load`: an
    unpublished one is a development version.
    """

    name: str
    version: str
    content: str
    sums: str
    rows: dict[str, int]
    not_run: tuple[str, ...] = ()
    has_other_contract: bool = False

    def __str__(self) -> str:
        """A summary in one line."""
        rows = sum(self.rows.values())
        summary = f"{rows} rows in {len(self.rows)} tables, content {self.content}"
        if self.has_other_contract:
            return (
                f"version {self.version} has the right checksums and types: {summary}; its tables aren't described as "
                "in this package, so that keys, README, citation and other formats weren't checked: `verify` of the "
                "package that built it checks them"
            )
        if not self.not_run:
            return f"version {self.version} is whole: {summary}"
        return (
            f"version {self.version} has the right checksums, keys and types: {summary}; {' and '.join(self.not_run)} "
            "didn't run, which `pip install 'conflict-incidents[build]'` brings"
        )


def verify(path: str | Path) -> VerifiedRelease:
    """Check a whole release: every file and hash, the contract, CSV against Parquet, keys, and the hash of the content.

    The other formats, except for pictures, the README and the citation must equal those made from the tables and the
    descriptor. Without the extra `build` that isn't checked, and neither frictionless nor pandera runs: only the types
    and keys of the contract are checked.

    Whether the release was published can't be determined from its own files: compare `sums` with the index, or let
    `load` fetch it by version.

    Args:
        path: a release (folder or zip), a folder of releases, or the root of a dataset.

    Raises:
        VerificationError: there is no release, or something is wrong with it.
    """
    path = Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises for an unknown user
    try:
        with open_release(path) as release:
            return _verify_files(release, path)
    except ReleaseError as error:
        raise VerificationError(str(error)) from error
    except OSError as error:
        raise VerificationError(describe_error(error)) from error


def _verify_files(release: OpenRelease, path: Path) -> VerifiedRelease:
    folder = release.files[DESCRIPTOR].parent
    not_run = tuple(name for name, module in _VALIDATORS.items() if not _is_installed(module))
    if "frictionless" not in not_run:
        checks.check_frictionless(folder)
    rows = checks.read_back(folder, release.tables, fits if "pandera" in not_run else checks.check_table)
    has_other_contract = release.tables != contract.tables()
    if not has_other_contract:
        checks.check_keys(folder)
        if "frictionless" not in not_run:
            _check_copies(release, Tables(folder), rows)
    about, content = release.about, release.content_hash
    version = index_of(about.name, path).version_of(about.name, about.version, content)
    return VerifiedRelease(about.name, version, content, release.sums_hash, rows, not_run, has_other_contract)


def _is_installed(module: str) -> bool:
    try:
        with require_extra():
            import_module(module)
    except MissingExtra:
        return False
    return True


def _check_copies(release: OpenRelease, frames: Mapping[str, pd.DataFrame], rows: Mapping[str, int]) -> None:
    """Check that the files derived from the tables and the descriptor agree with them."""
    from conflict_incidents.release.contents import differing_copies  # which needs the extra `build`
    from conflict_incidents.release.formats.content import ReleaseContent
    from conflict_incidents.release.reproduce import same_content

    tables = {f"{name}.{kind}" for name in release.tables for kind in ("csv", "parquet")}
    files = {name: release.read(name) for name in release.sums if name not in tables}
    content = ReleaseContent(frames, release.descriptor, release.about)
    faults = [
        f"{file} isn't the file that {DESCRIPTOR} describes"
        for one in release.descriptor["resources"]
        for file, described in ((f"{one['name']}.csv", one), (f"{one['name']}.parquet", one.get("parquet", {})))
        if described.get("path") != file or described.get("hash") != f"sha256:{release.sums[file]}"
    ]
    faults += differing_copies(content, rows, files, same_content)
    checks.refuse("the files of the release don't agree", faults)
