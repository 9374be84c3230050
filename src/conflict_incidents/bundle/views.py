"""The views of the database: what people ask first, answered so that unknown stays unknown.

Prevents: withdrawn incidents in a count, an unknown toll that adds nothing to a sum without being told of, and a best
value of a sum that leaves incidents out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, what it shows, and its query."""

    name: str
    description: str
    query: str


_KILLED = View(
    "incidents_killed",
    "Incidents that hold, with how many were killed: NULL is unknown, and killed_high_open = 1 means that it may be "
    "more than killed_high. `year` is NULL where the incident isn't known to lie within one.",
    """SELECT incident_id, title, kind, verification, country, adm1_name, adm2_name, place_name, lat, lon,
  place_precision, date_from, date_to, date_precision,
  CASE WHEN substr(date_from, 1, 4) = substr(date_to, 1, 4) THEN CAST(substr(date_from, 1, 4) AS INTEGER) END AS year,
  killed_low, killed_best, killed_high, killed_high_open, killed_agreement, killed_originators
FROM incidents
WHERE status = 'published'""",
)
_CLAIMS = View(
    "claims_named",
    "Claims that hold of incidents that hold, one number a row, with who says it and where it was read.",
    """SELECT c.incident_id, i.title, i.date_from, i.date_to, c.claim_id, c.measure, c."group", c.scope, c.bound,
  c."min", c."max", c.best, c.word, c.as_of, c.provisional,
  c.originator_id, o.name AS originator, r.publisher_id, p.name AS publisher, r.published, r.url, c.excerpt
FROM claims AS c
JOIN incidents AS i ON i.incident_id = c.incident_id AND i.status = 'published'
LEFT JOIN organisations AS o ON o.organisation_id = c.originator_id
LEFT JOIN reports AS r ON r.incident_id = c.incident_id AND r.report_id = c.report_id
LEFT JOIN organisations AS p ON p.organisation_id = r.publisher_id
WHERE c.withdrawn_date IS NULL""",
)
_TOTALS = View(
    "killed_by_year",
    "How many were killed by country and year. `unknown` incidents have no toll and are in no sum; `zero` are those of "
    "which it is said that nobody was killed. `best` is NULL unless every incident with a toll has a best value, and "
    "high_open = 1 means that the number may be higher than `high`.",
    """SELECT country, year, count(*) AS incidents,
  sum(killed_low IS NULL AND killed_high IS NULL) AS unknown,
  sum(killed_high IS 0 AND killed_high_open IS 0) AS zero,
  sum(killed_high_open IS 1) AS open_ended,
  sum(killed_low) AS low,
  CASE WHEN sum((killed_low IS NOT NULL OR killed_high IS NOT NULL) AND killed_best IS NULL) = 0
    THEN sum(killed_best) END AS best,
  sum(killed_high) AS high,
  max(killed_high_open IS 1 OR (killed_low IS NULL AND killed_high IS NULL)) AS high_open
FROM incidents_killed
GROUP BY country, year""",
)
VIEWS = (_KILLED, _CLAIMS, _TOTALS)
"""All of them, each after those that it uses."""
