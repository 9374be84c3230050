"""Fill the HTML templates of the site from the tables, with all text escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conflict_incidents.release.site import words
from conflict_incidents.release.site.data import json_text, yaml_text
from conflict_incidents.release.site.incident import View, as_data
from conflict_incidents.tables.contract import About, CellValue, Row

MENU = (
    ("explore.html", "Explore"),
    ("contested.html", "Contested"),
    ("data.html", "Data"),
    ("codebook.html", "Codebook"),
    ("method.html", "Method"),
)
"""The pages of the menu, in order."""
STATIC = Path(__file__).with_name("static")
"""The files that every site has as they are."""
_WEB = re.compile(r"https?://", re.IGNORECASE)


class Pages:
    """Fills the templates."""

    def __init__(self, about: About, base: str = "", docs: bool = False) -> None:
        """Make the pages of a release.

        Args:
            about: the metadata of the release.
            base: the URL of the site, ending in `/`; empty if unknown.
            docs: whether the menu has the documentation.

        Raises:
            ImportError: Jinja2 isn't installed.
        """
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
        )
        environment.filters |= {
            "words": words.plain,
            "agreement": words.agreement,
            "capital": words.capital,
            "thousands": words.thousands,
            "country": words.country,
            "language": words.language,
            "web": is_web,
            "shortened": shorten_url,
            "size": size,
        }
        environment.globals["bases"] = words.BASES
        self.menu = (*MENU, ("docs/index.html", "Documentation")) if docs else MENU
        self.environment, self.about, self.base = environment, about, base

    def page(self, template: str, here: str = "", **context: Any) -> bytes:
        """Fill a template; `here` is the path of the page in the site."""
        root = "../" * here.count("/")
        return (
            self.environment.get_template(template)
            .render(about=self.about, base=self.base, root=root, here=here, menu=self.menu, **context)
            .encode("utf-8", "replace")
        )

    def incident(self, view: View) -> dict[str, bytes]:
        """Make the three files of an incident: its page, and its rows as JSON and as YAML."""
        data = as_data(view)
        name = f"incidents/{view['id']}"
        return {
            f"{name}.html": self.page("incident.html", f"{name}.html", it=view),
            f"{name}.json": json_text(data).encode("utf-8", "replace"),
            f"{name}.yaml": yaml_text(data).encode("utf-8", "replace"),
        }


def is_web(address: CellValue) -> bool:
    """Whether an address may be a link: http or https, not a script."""
    return isinstance(address, str) and bool(_WEB.match(address))


def shorten_url(address: str, most: int = 60) -> str:
    """Shorten an address for display: without protocol, cut to a readable length."""
    text = _WEB.sub("", address).removeprefix("www.").rstrip("/")
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def size(number: int) -> str:
    """Format a number of bytes in kB or MB."""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1e3))} kB"


def of_one_incident(rows: Sequence[Row], ids: set[CellValue]) -> dict[CellValue, list[Row]]:
    """Group the rows of the table of changes by incident, with whose id theirs begin."""
    by_id: dict[CellValue, list[Row]] = {}
    for row in rows:
        id = str(row["id"]).partition("/")[0]
        if id in ids:
            by_id.setdefault(id, []).append(row)
    return by_id
