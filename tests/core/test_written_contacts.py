"""Contacts that people write out: each pattern finds its own example."""

from conflict_incidents.core import written_contacts
from conflict_incidents.core.resources import csv_rows


def test_each_pattern_finds_its_example() -> None:
    rows = csv_rows(written_contacts.__file__, "contact_patterns.csv")
    missed = [row["example"] for row in rows if row["finds"] not in written_contacts.written_contacts(row["example"])]
    assert missed == []
