"""The records that benchmarks are made of."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from conflict_incidents.core.countries import may_contain
from conflict_incidents.core.findings import errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.validate import validate_dataset

TOP = Path(__file__).parents[2]


def test_a_generated_dataset_has_no_error_and_long_records_among_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    subprocess.run([sys.executable, "-m", "benchmarks.generator", "40", str(folder)], check=True, cwd=TOP)
    assert errors(validate_dataset(Dataset(folder), jobs=1).findings) == []
    incidents = [file.stat().st_size for file in (folder / "data" / "incidents").rglob("*.yaml")]
    assert len(incidents) == 40
    assert max(incidents) > 5 * min(incidents)


def test_positions_are_moved_into_the_country_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOP))
    place = (TOP / "data" / "places" / "hafsarjah.yaml").read_text("utf-8")
    countries = list(import_module("benchmarks.generator").every_country())
    assert len(countries) > 50
    for country in countries:
        clone = yaml.safe_load(country.place(place))
        assert may_contain(clone["country"], clone["lat"], clone["lon"], margin=0)
        assert country.alpha3 == clone["country"]
