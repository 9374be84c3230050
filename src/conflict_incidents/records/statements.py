"""The parts of a record: sites, reports, claims and other statements."""

from __future__ import annotations

from conflict_incidents.records.counts import GROUPS, INCIDENT_SCOPE, MEASURES, Count, Scope, count_of
from conflict_incidents.records.fields import (
    Flag,
    Located,
    Number,
    OptionalPart,
    OptionalText,
    Part,
    Parts,
    Text,
    Texts,
    cached,
    parts_at,
)
from conflict_incidents.records.yaml.nodes import MappingNode, ScalarNode, SequenceNode


class Statement(Part):
    """A statement of an originator (`by`) in a report (`report`)."""

    by = Text("by")
    report = Text("in")
    kind = Text("kind")


class Attribution(Statement):
    """An alleged perpetrator."""

    actor = Text("actor")
    stance = Text("stance")
    origin = OptionalText("origin")


class Party(Statement):
    """A party that fought, and its side."""

    actor = Text("actor")
    side = Text("side")


class Caveat(Statement):
    """A fact that a report could not establish."""

    about = Text("about")


class Damage(Statement):
    """The damage of a site, with its originator."""

    level = Text("level")


class Report(Part):
    """A document used as a source."""

    id = Text("id")
    publisher = Text("publisher")
    url = OptionalText("url")
    published = OptionalText("published")
    accessed = OptionalText("accessed")
    archived = OptionalText("archived")
    archive_url = OptionalText("archive_url")
    sha256 = OptionalText("sha256")
    language = OptionalText("language")


class Link(Part):
    """A link to another incident."""

    kind = Text("kind")
    incident = Text("incident")


class External(Part):
    """The id of the same incident in another dataset, with its classification there."""

    scheme = Text("scheme")
    id = Text("id")
    url = OptionalText("url")
    conflict = OptionalPart("conflict", Part)
    """The conflict, with `id` and `name`."""
    dyad = OptionalPart("dyad", Part)
    """The dyad, with `id` and `name`."""
    sides = OptionalPart("sides", Part)
    """The ids of the sides, `a` and `b`."""

    @cached
    def values(self) -> dict[str, str]:
        """Values of the other dataset without a field in records, by their names there."""
        return {value.text("name") or "": value.text("value") or "" for value in parts_at(self.node, "values", Part)}


class Reference(Part):
    """A publication."""

    title = Text("title")
    journal = OptionalText("journal")
    volume = OptionalText("volume")
    issue = OptionalText("issue")
    publisher = OptionalText("publisher")
    url = OptionalText("url")
    version = OptionalText("version")
    authors = Texts("authors")
    """The authors, in order."""

    @cached
    def year(self) -> int:
        """The year of publication."""
        return int(self.text("year") or 0)


class Name(Part):
    """A name as spelt in a source."""

    spelling = Text("text")
    language = OptionalText("language")
    script = OptionalText("script")


class Withdrawal(Part):
    """The reason and date of a withdrawal."""

    date = Text("date")
    reason = Text("reason")


class Override(Part):
    """A best value set by an editor where the method gives none."""

    measure = Text("measure")
    reason = Text("reason")
    editor = Text("editor")
    date = Text("date")
    group = Text("group", "total")

    @cached
    def best(self) -> int:
        """The value set by the editor."""
        return int(self.text("best") or 0)


class Circumstance(Part):
    """A fact about a place in a period, with its source."""

    kind = Text("kind")
    actor = OptionalText("actor")
    agreement = OptionalText("agreement")
    extent = OptionalText("extent")
    since = OptionalText("from")
    as_of = OptionalText("as_of")
    publisher = Text("publisher")
    published = Text("published")


class Site(Located):
    """A site of the incident."""

    id = Text("id")
    place = Text("place")
    kind = Text("kind")
    precision = OptionalText("precision")
    units = OptionalPart("units", Part)
    """Names of the administrative units given by a source, by level, for a place without p-codes."""
    reported = Parts("reported", Statement)
    """The statements that name the site as struck."""
    damage_statement = OptionalPart("damage", Damage)
    """The damage of the site with its originator, if recorded."""

    @cached
    def damage(self) -> str | None:
        """The damage of the site."""
        return self.damage_statement.level if self.damage_statement else self.text("damage")


class CountShare(Part):
    """A number given as a share of a whole."""

    measure = Text("measure")
    whole = Text("of")
    group = Text("group", "total")

    @cached
    def percent(self) -> Count:
        """The share in percent, with its bound."""
        count = count_of(self.node.items.get("percent"))
        assert count is not None, "the schema refuses a share without it"
        return count


class Claim(Statement):
    """The numbers of one originator in one report."""

    id = OptionalText("id")
    as_of = OptionalText("as_of")
    revision = OptionalText("revision")
    excerpt = OptionalText("excerpt")
    excerpt_original = OptionalText("excerpt_original")
    key: str = ""
    """The claim's id in the record: its own, or one derived from originator and report."""
    via = Texts("via")
    """The organisations that relayed it, from the originator outwards."""
    jointly_with = Texts("jointly_with")
    """Further originators named by the report for the same numbers."""
    based_on = Texts("based_on")
    """The originators whose reports a dataset coded the numbers from."""
    supersedes = Texts("supersedes")
    """The ids of the earlier claims that it replaces."""
    no_information = Texts("no_information")
    """Measures that the report states to be unknown."""
    provisional = Flag("provisional")
    """Whether the originator calls the numbers provisional."""
    withdrawal = OptionalPart("withdrawn", Withdrawal)
    """The originator's retraction of the claim, if any."""
    shares = Parts("shares", CountShare)
    """Numbers given as a share of a whole; only aggregates have them."""

    @cached
    def scope(self) -> Scope:
        """The subject of its numbers."""
        node = self.node.items.get("scope")
        if isinstance(node, MappingNode):
            area = Part(node)
            return Scope(area=area.text("area"), first=area.text("from"), last=area.text("to"))
        if isinstance(node, SequenceNode):
            return Scope(sites=self.texts("scope"))
        site = self.text("scope")
        return Scope(sites=(site,)) if site and site != INCIDENT_SCOPE else Scope()

    @cached
    def counts(self) -> dict[tuple[str, str], Count]:
        """The counts by measure and group; things have the group `total`."""
        return {(measure, group): count for measure, groups in self.groups.items() for group, count in groups.items()}

    @cached
    def groups(self) -> dict[str, dict[str, Count]]:
        """The counts by measure, then by group."""
        counts: dict[str, dict[str, Count]] = {}
        for measure in MEASURES:
            node = self.node.items.get(measure)
            if node is None:
                continue
            if count := count_of(node):
                counts[measure] = {"total": count}
            elif isinstance(node, MappingNode):
                items = node.items
                parts = {group: part for group in GROUPS if group in items and (part := count_of(items[group]))}
                if parts:
                    counts[measure] = parts
        return counts

    @cached
    def unsourced(self) -> bool:
        """Whether the report gives no source for the numbers."""
        return self.text("sourcing") is not None

    @cached
    def in_headline(self) -> bool:
        """Whether the number is only in the headline of its report."""
        where = (self.locator or "").casefold()
        return "headline" in where and "body" not in where

    @cached
    def originators(self) -> tuple[str, ...]:
        """The originators of the numbers; none if the source is unstated.

        A number coded by a dataset is the dataset's own: the sources that it is `based_on` are not its originators.
        """
        return () if self.unsourced else (self.by, *self.jointly_with)

    def says_complete(self, measure: str, key: str) -> bool:
        """Whether the source states that the parts make up the total (`statuses_complete`, `sexes_complete`)."""
        node = self.node.items.get(measure)
        return isinstance(node, MappingNode) and Part(node).true(key)

    def says_all(self, measure: str) -> tuple[str, ...]:
        """Return the groups that the source states to have counted completely."""
        node = self.node.items.get(measure)
        return Part(node).texts("complete") if isinstance(node, MappingNode) else ()

    @cached
    def label(self) -> str:
        """The originator and report, for display."""
        return f"{self.by} in {self.report}"


class Waiver(Part):
    """A finding accepted by a reviewer."""

    rule = Text("rule")
    record = Text("record")
    reason = Text("reason")
    date = Text("date")
    by = Text("by")
    reviewer = Text("reviewer")
    """The reviewer of a waiver of a privacy rule; empty for others."""


class RuleSetting(Part):
    """The severity configured for a rule: `error`, `warning` or `ignore`."""

    rule = Text("rule")
    severity = Text("severity")
    reason = Text("reason")


class Assertion(Part):
    """A condition on the rows of a table, or on the values of a column, in every release."""

    table = Text("table")
    sum = OptionalText("sum")
    at_least = Number("at_least")
    at_most = Number("at_most")
    drop_at_most = Number("drop_at_most")
    """In percent of the previous release's value."""

    @cached
    def where(self) -> dict[str, str]:
        """The values by which rows are selected, by column."""
        node = self.node.items.get("where")
        items = node.items if isinstance(node, MappingNode) else {}
        return {column: str(one.value) for column, one in items.items() if isinstance(one, ScalarNode)}
