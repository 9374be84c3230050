"""Make every file of the site of a release: pages of incidents, pages on the release, and copied files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.progress import track
from conflict_incidents.core.resources import DESCRIPTOR, resource
from conflict_incidents.release.checksums import SUMS
from conflict_incidents.release.formats import codebook
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.release.site import explore, overview, words
from conflict_incidents.release.site.incident import Names, View, view
from conflict_incidents.release.site.method import PICTURE, method
from conflict_incidents.release.site.overview import MAX_CONTESTED
from conflict_incidents.release.site.pages import STATIC, Pages, of_one_incident
from conflict_incidents.release.site.rows import ReleaseTables

RELEASE = "release"
"""The folder of the site that holds the release itself."""
DOCS = "docs"
"""The folder of the site that holds the documentation, where it is given."""
SiteFile = tuple[str, bytes | Path]
"""The path of a file in the site, and its bytes or the file that it is a copy of."""


class SiteWriter:
    """The files of the site of one release."""

    def __init__(self, release: OpenRelease, base: str = "", most: int | None = None, docs: Path | None = None) -> None:
        """Read a release.

        Args:
            release: the release.
            base: the URL of the site, ending in `/`; empty if unknown.
            most: the maximum number of incidents with a page each; if there are more, only the listed contested ones
                have one. None for no limit.
            docs: the folder of the built documentation; None for a site without it.

        Raises:
            MissingExtra: a library isn't installed.
            ReleaseError: a table can't be read.
        """
        with require_extra():
            self.pages, self.method = Pages(release.about, base, docs is not None), method()
        self.release = release
        self.docs = docs
        self.tables = ReleaseTables(release)
        self.names = Names(self.tables)
        self.complete = most is None or len(self.names.incidents) <= most
        self.groups: dict[tuple[str, str], list[View]] = {}
        self.contested: list[View] = []
        for row, rows in self.tables.incidents():
            self.groups.setdefault(overview.group_of(row), []).append(overview.list_entry(row))
            if entry := overview.contested_entry(row, rows, self.names):
                self.contested.append(entry)
        self.contested.sort(key=itemgetter("rank"))

    def files(self) -> Iterator[SiteFile]:
        """Yield every file."""
        yield from self._of_incidents()
        yield from self._of_the_whole()
        yield from self._explore()
        yield from self._copied_files()

    def _of_incidents(self) -> Iterator[SiteFile]:
        """Yield the pages of incidents, and their lists by country and year."""
        changes = of_one_incident(self.tables.rows("changes"), set(self.names.incidents))
        with_page = {one["row"]["incident_id"] for one in self.contested[:MAX_CONTESTED]}
        for row, rows in track(self.tables.incidents(), "writing pages", "incident", len(self.names.incidents)):
            id = row["incident_id"]
            if self.complete or id in with_page:
                yield from self.pages.incident(view(row, rows, self.names, changes.get(id, ()))).items()
        if self.complete:
            for (code, year), own in self.groups.items():
                ordered = sorted(own, key=itemgetter("days", "id"))
                context = {"name": words.country(code), "year": year, "incidents": ordered}
                yield self._page("list", f"incidents/{code}-{year}", **context)

    def _of_the_whole(self) -> Iterator[SiteFile]:
        release, tables = self.release, self.tables
        yield self._page(
            "index",
            collections=overview.collections(release, tables),
            countries=overview.countries(self.groups) if self.complete else [],
            withdrawn=sum(one["withdrawn"] for own in self.groups.values() for one in own),
        )
        yield self._page("contested", shown=self.contested[:MAX_CONTESTED], several=len(self.contested))
        yield self._page(
            "data",
            tables=overview.table_files(release, tables),
            others=overview.other_files(release),
            sums_hash=release.sums_hash,
            **overview.changes_since(release, tables),
        )
        yield self._page(
            "codebook", tables=release.tables.values(), document=codebook.FILE * (codebook.FILE in release.sums)
        )
        yield self._page("method", text=self.method)

    def _explore(self) -> Iterator[SiteFile]:
        listing = self.tables.columns("incidents", ["country", "kind", "collection", "side_a", "side_b"])
        settings = explore.about(self.release, self.tables, self.names, listing, self.complete)
        options = explore.choices(self.release, self.tables, self.names, settings, listing)
        yield "assets/explore.json", (json.dumps(settings, ensure_ascii=False) + "\n").encode()
        yield self._page("explore", found=options, wide=True)

    def _copied_files(self) -> Iterator[SiteFile]:
        """Yield the copied files: scripts, styles, boundaries, documentation, and the whole release."""
        yield f"assets/{PICTURE}", resource(f"docs/{PICTURE}")
        for file in sorted(STATIC.iterdir()):
            yield f"assets/{file.name}", file
        if self.docs:
            documents = (file for file in sorted(self.docs.rglob("*")) if file.is_file())
            yield from ((f"{DOCS}/{file.relative_to(self.docs).as_posix()}", file) for file in documents)
        yield from ((f"{RELEASE}/{name}", file) for name, file in self.release.files.items())
        yield f"{RELEASE}/{SUMS}", self.release.files[DESCRIPTOR].with_name(SUMS)

    def _page(self, template: str, path: str = "", /, **context: object) -> SiteFile:
        path = f"{path or template}.html"
        return path, self.pages.page(f"{template}.html", path, **context)
