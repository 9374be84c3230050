"""What all results depend on besides the dataset: the code of this package, and what is installed beside it."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from conflict_incidents.core.resources import DESCRIPTOR, resource


@cache
def program_hash() -> str:
    """Hash the code, the schemas, the interpreter, and the names and versions of the installed packages."""
    hasher = hashlib.sha256(f"{sys.version} {code_hash()}".encode())
    for place in sorted(set(filter(os.path.isdir, sys.path))):
        hasher.update("".join(sorted(entry.name for entry in Path(place).glob("*.dist-info"))).encode())
    return hasher.hexdigest()


def code_hash() -> str:
    """Hash the code of this package, and what it reads that isn't of a dataset."""
    hasher = hashlib.sha256()
    package = Path(__file__).parents[1]
    own = (file for file in package.rglob("*.*") if file.suffix != ".pyc" and file.is_file())
    for file in sorted([*own, *resource("schemas").glob("*.json"), resource(DESCRIPTOR)]):
        hasher.update(f"{file.name} ".encode() + hashlib.sha256(file.read_bytes()).digest())
    return hasher.hexdigest()
