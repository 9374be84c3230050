"""A dataset at a URL of fsspec, such as `s3://bucket/dataset`: for the cluster that reads its incidents.

Everything but the incidents is fetched into a temporary folder; the incidents are read where they are validated.
Credentials and endpoints come from the environment of each machine and never from a URL. Prevents: a key that
leads out of the folder, and unreadable incidents that are skipped silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conflict_incidents.core.findings import Shown, bare, describe_failure, show, user_text
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.git import DATASET_PATHS
from conflict_incidents.dataset.index import MAX_LIST_SIZE
from conflict_incidents.dataset.top import is_dataset
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.records.yaml.decoding import MAX_BYTES

ROOT_FILES = ("LICENSE-DATA", "releases.json")
"""The files that a release needs besides those of the dataset."""
INCIDENTS = f"data/{FOLDERS['incident']}/"


@contextmanager
def fetch(url: str) -> Iterator[tuple[Dataset, frozenset[str]]]:
    """Yield the dataset at a URL, and the paths of the files that stay there.

    Raises:
        DatasetError: there is no dataset, or it can't be read.
    """
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        far = _fetch(url, root)
        if not is_dataset(root):
            raise DatasetError(
                f"{user_text(url)} is not a dataset: it needs {Shown(DATASET_PATHS[-1])} and data/ with registries"
            )
        yield Dataset(root, base=root, replaced={path: partial(_one, url, path) for path in far}), far


def _fetch(url: str, root: Path) -> frozenset[str]:
    """Fetch everything but the incidents, and return the paths of these."""
    with _store(url) as (store, top):
        listed = [store.find(f"{top}/{name}", detail=True) for name in (*DATASET_PATHS, *ROOT_FILES)]
    far, near = set(), {}
    for key, about in chain.from_iterable(files.items() for files in listed):
        path = key.removeprefix(f"{top}/")
        if {"", ".", ".."} & set(path.split("/")) or "\\" in path or about.get("islink"):
            raise DatasetError(f"{user_text(url)} has {show(path)}, which is no path of a file in a dataset; remove it")
        if path.startswith(INCIDENTS):
            far.add(path)
        elif about["size"] > MAX_LIST_SIZE:
            raise DatasetError(f"{user_text(url)}/{bare(path)} is larger than {MAX_LIST_SIZE >> 20} MiB; shorten it")
        else:
            near[key] = root / path
            near[key].parent.mkdir(parents=True, exist_ok=True)
    with _store(url) as (store, _):
        store.get(list(near), [str(file) for file in near.values()])
    return frozenset(far)


def contents(url: str, paths: Sequence[str]) -> list[bytes]:
    """Read the start of each file concurrently, up to one byte more than the maximum size of a record.

    Raises:
        DatasetError: a file can't be read.
    """
    with _store(url) as (store, top):
        keys = [f"{top}/{path}" for path in paths]
        read = store.cat_ranges(keys, [0] * len(keys), [MAX_BYTES + 1] * len(keys), on_error="return")
        return [_content_or_raise(one, store, key) for one, key in zip(read, keys, strict=True)]


def _content_or_raise(read: bytes | Exception, store: Any, key: str) -> bytes:
    if isinstance(read, bytes):
        return read
    if isinstance(read, OSError) and store.size(key) == 0:  # S3 rejects ranges of empty files
        return b""
    raise read


def _one(url: str, path: str) -> bytes:
    return contents(url, [path])[0]


@contextmanager
def _store(url: str) -> Iterator[tuple[Any, str]]:
    """Yield the store of a URL and the path in it, and convert the errors of the block, which are the store's.

    Raises:
        DatasetError: the store can't be read.
    """
    try:
        from fsspec.core import url_to_fs

        store, top = url_to_fs(url)
        yield store, top.rstrip("/")
    except Exception as error:  # each store has errors of its own, as on missing credentials
        raise DatasetError(
            f"{user_text(url)} can't be read: {describe_failure(error)}; check the address, the library for it (s3fs "
            "for s3://), and the credentials"
        ) from error
