"""A small dataset for the tests of the site: hostile text, no toll, open and approximate numbers, a tombstone."""

from collections.abc import Iterable
from pathlib import Path

from conflict_incidents.release.contents import write_format
from conflict_incidents.tables import contract
from samples import REGISTRIES, Tree, claim_of, incident, organisation, place, plain, record, withdrawn
from whole_tables import frames

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)>"'&amp; {{ 1234*4321 }} </title>"""
OPEN, SOFT, SILENT, GONE, NASTY = (f"SYR-202209{day}-aaaa" for day in ("08", "09", "10", "11", "12"))
STORY: list[Tree] = [
    *REGISTRIES,
    incident(
        OPEN,
        claims=[
            claim_of(killed={"total": 7, "civilians": {"at_least": 4}}, provisional=True),
            claim_of("civil-defence", killed={"total": {"at_least": 5}, "civilians": {"at_least": 2}}, note="So far."),
            claim_of("spotters", killed=9, id="first", withdrawn={"date": "2022-09-09", "reason": "a mistake"}),
        ],
    ),
    incident(SOFT, date="2022-09-09", claims=[claim_of(killed={"about": 100}), claim_of("spotters", killed=0)]),
    incident(SILENT, date="2022-09-10", collection="chosen"),
    {"schema": "collection/1", "id": "chosen", "name": "Some of it"},
    {**withdrawn(GONE), "title": HOSTILE},
    incident(
        NASTY,
        date="2022-09-12",
        title=HOSTILE,
        sites=[{"id": "village", "place": "binnish", "kind": "settlement", "note": HOSTILE}],
        claims=[claim_of(killed=1, note=HOSTILE, excerpt=HOSTILE, locator=HOSTILE)],
    ),
    place(
        "binnish",
        lat=35.95,
        lon=36.71,
        coordinates="published",
        name=HOSTILE,
        names=[{"text": "بنش", "language": "ar"}],
    ),
    organisation("spotters", name=HOSTILE),
]


def release_of(folder: Path, trees: Iterable[Tree]) -> None:
    """Write a release of some records into a folder, with the readers alone beside the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = plain(folder, contract.package(), frames(map(record, trees)))
    writer.add(write_format("readers", folder)[0])
    writer.finish()
