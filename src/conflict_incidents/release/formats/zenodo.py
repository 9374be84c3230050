"""The metadata of a Zenodo deposit, in the format of `.zenodo.json`.

The file name has no leading dot, since checksums and many copy tools skip dot files.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from conflict_incidents.release.formats.citation import day, homepage, keywords, licence_id, people
from conflict_incidents.release.formats.content import ReleaseContent, filled, json_bytes
from conflict_incidents.tables.contract import reference_text

FILE = "zenodo.json"
FILES = {FILE: "metadata for a deposit at Zenodo: `metadata` of its API, or the `.zenodo.json` of a repository"}


def files(content: ReleaseContent) -> dict[str, bytes]:
    """Return the metadata; texts are escaped where Zenodo expects HTML."""
    about, descriptor = content.about, content.descriptor
    home = {"identifier": homepage(descriptor), "relation": "isSupplementTo", "scheme": "url"}
    metadata = {
        "upload_type": "dataset",
        "title": f"{about.title}, version {about.version}",
        "description": f"<p>{html.escape(about.description, quote=False)}</p>",
        "creators": [{"name": _name(one)} for one in people(descriptor)],
        "version": about.version,
        "access_right": "open",
        "language": "eng",
        "publication_date": day(content),
        "license": licence_id(descriptor).lower(),
        "keywords": keywords(descriptor),
        "references": [text for one in about.sources for text in (str(one), *map(reference_text, one.references))],
        "notes": about.content_hash and f"Content hash of the rows: {about.content_hash}",
        "related_identifiers": [home] if homepage(descriptor) else [],
    }
    return {FILE: json_bytes(filled(metadata))}


def _name(one: Mapping[str, Any]) -> str:
    """Format a name as Zenodo requires: family name first for a person."""
    if not one.get("familyName"):
        return str(one["title"])
    return ", ".join(str(one[key]) for key in ("familyName", "givenName") if one.get(key))
