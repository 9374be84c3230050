"""Show for each estimate of an incident which claims it rests on, which were left out, and why."""

from __future__ import annotations

import argparse
from pathlib import Path

from conflict_incidents.catalogue import suggestion
from conflict_incidents.cli.options import add_root, dataset_at
from conflict_incidents.dataset import Dataset, DatasetError, incident_folder
from conflict_incidents.explaining import explain
from conflict_incidents.findings import as_text, errors
from conflict_incidents.model import Incident
from conflict_incidents.validation import validate_paths


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents explain`."""
    parser.add_argument("id", metavar="ID", help="an incident's id")
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Print the explanation; a record that is refused is not explained but its findings are printed."""
    dataset = dataset_at(options.root)
    incident = _incident(options.id, dataset)
    found = errors(validate_paths([Path(incident.path)], dataset).findings)
    if found:
        print(as_text(found, 1))
        return 1
    print(explain(incident))
    return 0


def _incident(id: str, dataset: Dataset) -> Incident:
    incident = dataset.incident(id)
    if incident is None:
        near = suggestion(id, dataset.ids(str(incident_folder(id))))
        raise DatasetError(f"there is no incident {id} in {dataset.root}{near}")
    return incident
