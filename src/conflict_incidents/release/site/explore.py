"""Settings of the page Explore that it needs before reading the tables: their sizes, and the options of filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.release.site import words
from conflict_incidents.release.site.incident import Names, items
from conflict_incidents.release.site.rows import ReleaseTables
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.incidents import SERIES

READ = ("incidents", "places", "place_names", "attributions")
"""The tables that the page reads."""
_ENDS = ("low", "best", "high", "high_open", "agreement", "originators")
_MAGIC = 8
"""The bytes after the description at the end of a Parquet file: its length, and `PAR1`."""
Options = list[tuple[str, str]]


def about(
    release: OpenRelease, tables: ReleaseTables, names: Names, incidents: Iterable[Row], pages: bool
) -> dict[str, Any]:
    """Return the settings of the page's script, `assets/explore.json`."""
    return {
        "name": release.about.name,
        "version": release.about.version,
        "incidents": tables.count("incidents"),
        "pages": pages,
        "tables": {name: _file(release.read(f"{name}.parquet")) for name in READ},
        "measures": [name for name, _ in measures(release)],
        "collections": {str(id): row["name"] for id, row in names.collections.items()},
        "countries": {
            str(code): words.country(code)
            for code in sorted({str(row["country"]) for row in incidents if row["country"]})
        },
    }


def choices(
    release: OpenRelease, tables: ReleaseTables, names: Names, settings: Mapping[str, Any], rows: Sequence[Row]
) -> dict[str, Options]:
    """Return the options of each filter, as value and label: only those that occur in the release."""
    sides = {id for row in rows for side in ("side_a", "side_b") for id in items(row[side])}
    actors = sides | {str(row["actor_id"]) for row in tables.rows("attributions") if row["actor_id"]}
    collections = {str(row["collection"]) for row in rows if row["collection"]}
    return {
        "collections": [(id, str(settings["collections"].get(id, id))) for id in sorted(collections)],
        "countries": sorted(settings["countries"].items(), key=lambda one: one[1]),
        "kinds": [(kind, words.plain(kind)) for kind in sorted({str(row["kind"]) for row in rows if row["kind"]})],
        "parties": sorted(((id, names.actors.get(id, id)) for id in actors), key=lambda one: (one[1], one[0])),
        "measures": measures(release),
        "agreements": [*words.AGREEMENTS.items()],
    }


def measures(release: OpenRelease) -> Options:
    """Return the measures and groups that have columns in the table of incidents."""
    columns = set(release.tables["incidents"].names)
    return [(name, words.plain(name)) for name in SERIES if {f"{name}_{end}" for end in _ENDS} <= columns]


def _file(data: bytes) -> dict[str, int]:
    """Return the size of a Parquet file, and of the description at its end."""
    return {"bytes": len(data), "footer": int.from_bytes(data[-_MAGIC : -_MAGIC // 2], "little") + _MAGIC}
