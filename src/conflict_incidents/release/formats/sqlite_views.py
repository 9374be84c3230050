"""The views of the database: common queries that distinguish unknown from zero."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, description, query, and facets in Datasette."""

    name: str
    description: str
    query: str
    facets: tuple[str, ...]


_KILLED_VIEW = View(
    "incidents_killed",
    "Incidents that count, with their numbers of killed: NULL is unknown; killed_high_open = 1 means that it may be "
    "more than killed_high. `year` is NULL where the incident isn't known to be within one. Incidents that are part of "
    "others (`counted_in` of the table `incidents`) are counted in these; `parts` is their number. A whole without a "
    "number of killed has at least the sum of its parts.",
    """WITH parts AS (
  SELECT substr(p.counted_in, -17) AS whole, count(*) AS parts
  FROM incidents AS p
  WHERE p.counted_in IS NOT NULL
  GROUP BY 1
), sums AS (
  SELECT substr(p.counted_in, -17) AS whole, sum(p.killed_low) AS low,
    sum(coalesce(p.killed_high, p.killed_low)) AS high
  FROM incidents AS p
  WHERE p.counted_in IS NOT NULL AND coalesce(p.killed_low, p.killed_high) IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM incidents AS w
    WHERE instr(p.counted_in, w.incident_id) > 0 AND coalesce(w.killed_low, w.killed_high) IS NOT NULL
  )
  GROUP BY 1
  HAVING sum(p.killed_low) > 0
)
SELECT i.incident_id, i.collection, i.title, i.kind, i.verification, i.country, i.adm1_name, i.adm2_name,
  i.place_name, i.lat, i.lon,
  i.place_precision, i.date_from, i.date_to, i.date_precision,
  CAST(CASE WHEN substr(i.date_from, 1, 4) = substr(i.date_to, 1, 4) THEN substr(i.date_from, 1, 4) END AS INTEGER)
    AS year,
  CAST(coalesce(i.killed_low, sums.low) AS INTEGER) AS killed_low, i.killed_best,
  CAST(coalesce(i.killed_high, sums.high) AS INTEGER) AS killed_high,
  CAST(CASE WHEN sums.whole IS NULL THEN i.killed_high_open ELSE 1 END AS INTEGER) AS killed_high_open,
  i.killed_agreement, i.killed_originators, CAST(coalesce(parts.parts, 0) AS INTEGER) AS parts
FROM incidents AS i
LEFT JOIN parts ON parts.whole = i.incident_id
LEFT JOIN sums ON sums.whole = i.incident_id
WHERE i.status = 'published' AND i.counted_in IS NULL""",
    ("collection", "country", "year", "kind", "killed_agreement"),
)
_CLAIMS = View(
    "claims_named",
    "Claims of published incidents, without withdrawn ones: a number per row, with originator and report.",
    """SELECT c.incident_id, i.title, i.date_from, i.date_to, c.claim_id, c.measure, c."group", c.scope, c.bound,
  c."min", c."max", c.best, c.word, c.as_of, c.provisional,
  c.originator_id, o.name AS originator, r.publisher_id, p.name AS publisher, r.published, r.url, c.excerpt
FROM claims AS c
JOIN incidents AS i ON i.incident_id = c.incident_id AND i.status = 'published'
LEFT JOIN organisations AS o ON o.organisation_id = c.originator_id
LEFT JOIN reports AS r ON r.incident_id = c.incident_id AND r.report_id = c.report_id
LEFT JOIN organisations AS p ON p.organisation_id = r.publisher_id
WHERE c.withdrawn_date IS NULL""",
    ("measure", "group", "bound", "originator"),
)
_TOTALS = View(
    "killed_by_year",
    "Killed by collection, country and year. `unknown` incidents have no toll and are in no sum; `zero` are those with "
    "a claimed number of 0. `best` is NULL unless every incident with a toll has a best value, and high_open = 1 means "
    "that the number may be higher than `high`.",
    """SELECT collection, country, year, CAST(count(*) AS INTEGER) AS incidents,
  CAST(sum(killed_low IS NULL AND killed_high IS NULL) AS INTEGER) AS unknown,
  CAST(sum(killed_high IS 0 AND killed_high_open IS 0) AS INTEGER) AS zero,
  CAST(sum(killed_high_open IS 1) AS INTEGER) AS open_ended,
  CAST(sum(killed_low) AS INTEGER) AS low,
  CAST(CASE WHEN sum(coalesce(killed_low, killed_high) IS NOT NULL AND killed_best IS NULL) = 0
    THEN sum(killed_best) END AS INTEGER) AS best,
  CAST(sum(coalesce(killed_high, killed_low)) AS INTEGER) AS high,
  CAST(max(killed_high_open IS 1 OR coalesce(killed_low, killed_high) IS NULL) AS INTEGER) AS high_open,
  CAST(sum(parts) AS INTEGER) AS parts
FROM incidents_killed
GROUP BY collection, country, year""",
    ("collection", "country", "year"),
)
VIEWS = (_KILLED_VIEW, _CLAIMS, _TOTALS)
"""All views, each after those that it uses."""
