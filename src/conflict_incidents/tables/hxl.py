"""The column names and hashtags of HXL files."""

from __future__ import annotations

from conflict_incidents.records.counts import DECLARED_MEASURES

COLUMNS = {
    "incident_id": ("#event+code", "incident_id"),
    "title": ("#event+name", "title"),
    "kind": ("#event+type", "kind"),
    "verification": ("#status+verification", "verification"),
    "date_start": ("#date+start", "date_from"),
    "date_end": ("#date+end", "date_to"),
    "date_precision": ("#meta+date+precision", "date_precision"),
    "country_code": ("#country+code", "country"),
    "country": ("#country+name", ""),
    "adm1_code": ("#adm1+code", "adm1_pcode"),
    "adm1": ("#adm1+name", "adm1_name"),
    "adm2_code": ("#adm2+code", "adm2_pcode"),
    "adm2": ("#adm2+name", "adm2_name"),
    "adm3_code": ("#adm3+code", "adm3_pcode"),
    "adm3": ("#adm3+name", "adm3_name"),
    "place": ("#loc+name", "place_name"),
    "place_precision": ("#meta+loc+precision", "place_precision"),
    "latitude": ("#geo+lat", "lat"),
    "longitude": ("#geo+lon", "lon"),
}
"""Heading → hashtag, and the column of `incidents` with the values, if any."""

SERIES = {
    measure.hxl or measure.name if group == "total" else f"{measure.hxl or measure.name}_{group}": (
        measure.name,
        group,
        f"#affected+{measure.hxl or measure.name}" + ("" if group == "total" else f"+{group}"),
    )
    for measure in DECLARED_MEASURES
    if measure.unit == "people"
    for group in ("total", *measure.columns)
}
"""Prefix of the heading → measure, group, and the hashtag without the bound."""

BOUNDS = ("min", "best", "max")

TAGS: dict[str, str] = {
    **{heading: tag for heading, (tag, _) in COLUMNS.items()},
    **{f"{name}_{bound}": f"{tag}+{bound}" for name, (_, _, tag) in SERIES.items() for bound in BOUNDS},
    "sources": "#meta+source",
}
"""The hashtag of each heading, in the order of the columns."""
