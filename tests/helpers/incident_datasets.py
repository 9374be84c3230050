"""Datasets on disk for the tests of exports, matches and duplicates."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import incident_folder
from conflict_incidents.records.model import FOLDERS, Incident
from samples import TOP, Tree, incident, organisation, place

REPORTS = [{"id": "sabah", "publisher": "daily-sabah", "published": "2022-09-09"}]
REGISTRIES = [
    organisation("daily-sabah", name="Daily Sabah", kind="newspaper"),
    organisation("sohr", name="SOHR"),
    place("hafsarjah", name="Hafsarjah", lat=36.0186, lon=36.5286, coordinates="published", admin={"adm1": "SY07"}),
    place("idlib", name="Idlib", lat=35.9306, lon=36.6339, coordinates="published", admin={"adm1": "SY07"}),
    place("syria", name="Syria", level="country"),
]


def dataset_of(root: Path, trees: Iterable[Tree]) -> Dataset:
    """Write a dataset of these records and a few registry entries."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(TOP / "datapackage.json", root)
    shutil.copytree(TOP / "data/codelists", root / "data/codelists", dirs_exist_ok=True)
    (root / "data/incidents").mkdir(parents=True, exist_ok=True)
    for tree in [*REGISTRIES, *trees]:
        kind = tree["schema"].partition("/")[0]
        folder = incident_folder(tree["id"]) if kind == "incident" else Path(FOLDERS[kind])
        file = root / "data" / folder / f"{tree['id']}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(tree, ensure_ascii=False), "utf-8")
    return Dataset(root)


def airstrike(id: str = "SYR-20220908-7q4m", at: str = "hafsarjah", killed: Any = None, **more: Any) -> Tree:
    """Return an airstrike with one site, and an unknown toll unless `killed` is given."""
    claims = {} if killed is None else {"claims": [{"by": "sohr", "in": "sabah", "killed": killed}]}
    date = f"{id[4:8]}-{id[8:10]}-{id[10:12]}"
    sites = [{"id": "village", "place": at, "kind": "settlement"}]
    common = {"title": f"Airstrike at {at.title()}", "kind": "airstrike", "date": date, "sites": sites}
    return incident(id, **{**common, "reports": REPORTS, **claims, **more})


def incidents_of(dataset: Dataset) -> list[Incident]:
    """Return all incidents of a dataset."""
    records = [dataset.index.parse_file(file).record for file in dataset.index.files()]
    return [record for record in records if isinstance(record, Incident)]
