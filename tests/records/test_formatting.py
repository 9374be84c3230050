"""The canonical layout: one for each record, read back the same, with every comment where it belongs."""

from random import Random
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from conflict_incidents.records.formatting import format_document, inline, scalar, text_of
from conflict_incidents.records.yaml.comments import comments_in, document
from conflict_incidents.records.yaml.nodes import plain
from conflict_incidents.records.yaml.parser import read
from layouts import in_any_layout
from strategies import LINES, TEXTS, incidents


def format_text(text: str, name: str = "incident/1") -> str:
    text_document = document(text)
    assert text_document is not None
    return format_document(text_document, name)


def load_plain(text: str) -> Any:
    root, findings = read(text.encode("utf-8"), "made")
    assert findings == []
    assert root is not None
    return plain(root)


def becomes(before: str, after: str) -> None:
    before, after = dedent(before), dedent(after)
    assert format_text(before) == after
    assert format_text(after) == after
    assert load_plain(after) == load_plain(before)
    assert sorted(comments_in(after)) == sorted(comments_in(before))


@given(incidents(), st.integers(0, 2**32))
def test_any_layout_of_a_record_becomes_the_canonical_one(record: dict[str, Any], seed: int) -> None:
    text = in_any_layout(record, Random(seed))
    assert load_plain(text) == record
    result = format_text(text)
    assert load_plain(result) == record
    assert sorted(comments_in(result)) == sorted(comments_in(text))
    assert format_text(result) == result


@given(incidents(), st.integers(0, 2**32))
def test_a_record_without_comments_and_gaps_has_one_layout(record: dict[str, Any], seed: int) -> None:
    _, _, expected = text_of(record, "x").partition("\n")
    assert format_text(in_any_layout(record, Random(seed), remarks=0)) == expected


@given(LINES | TEXTS)
@example("2022-09-08")
@example("2022-09-08T21:10:00+03:00")
@example("12:30")
@example("a: b")
@example("a:b")
@example("a #b")
@example("a#b")
@example("No")
@example("https://example.org/?a=b&c=[d]#e")
def test_text_is_read_as_the_same_text_by_every_reader(text: str) -> None:
    for line in (f"title: {scalar(text)}\n", f"title: {scalar(text, in_flow=True)}\n"):
        assert load_plain(line) == yaml.safe_load(line) == {"title": text}
    line = f"at: {inline({'title': text, 'all': [text]})}\n"
    assert load_plain(line) == yaml.safe_load(line) == {"at": {"title": text, "all": [text]}}


def test_facts_that_are_weighed_have_a_line_each_and_others_share_one_where_it_fits() -> None:
    becomes(
        """\
        schema: incident/1
        status: draft
        id: SYR-20220908-7q4m
        claims: [{in: sabah, killed: {civilians: {at_least: 4}, total: 7}, by: sohr}, {by: sohr, in: sabah, killed: 7}]
        sites:
        - id: quarry
          place: hafsarjah
        - id: house
          damage: {in: sabah, level: destroyed, by: afp}
          place: hafsarjah
        reports:
          - {id: a, url: "https://example.org/a", language: en}
          - {id: b, language: en, url: "https://example.org/a-story-with-an-address-that-is-longer-than-what-a-line-can-ever-be-in-all"}
        date: {to: 2022-09-30, from: 2022-09-01,
          precision: month}
        """,
        """\
        schema: incident/1
        id: SYR-20220908-7q4m
        status: draft
        date: {from: 2022-09-01, to: 2022-09-30, precision: month}
        sites:
          - {id: quarry, place: hafsarjah}
          - id: house
            place: hafsarjah
            damage: {level: destroyed, by: afp, in: sabah}
        reports:
          - {id: a, url: "https://example.org/a", language: en}
          - id: b
            url: https://example.org/a-story-with-an-address-that-is-longer-than-what-a-line-can-ever-be-in-all
            language: en
        claims:
          - by: sohr
            in: sabah
            killed: {total: 7, civilians: {at_least: 4}}
          - by: sohr
            in: sabah
            killed: 7
        """,
    )


def test_text_is_quoted_if_needed_and_multiline_text_is_a_block() -> None:
    becomes(
        """\
        schema: 'incident/1'
        id: "SYR-20220908-7q4m"
        title: '7 killed: "no"'
        date: "2022-09-08"
        time: '13:40+03:00'
        note: "One.

          Two, with an address: https://example.org."
        reports: [{id: "a", language: "no", note: "One.\\n\\n  Two."}]
        """,
        """\
        schema: incident/1
        id: SYR-20220908-7q4m
        title: "7 killed: \\"no\\""
        date: 2022-09-08
        time: "13:40+03:00"
        reports:
          - id: a
            language: "no"
            note: |-
              One.

                Two.
        note: |-
          One.
          Two, with an address: https://example.org.
        """,
    )


def test_comments_stay_with_what_they_are_about() -> None:
    becomes(
        """\

        # yaml-language-server: $schema=x
        # Read twice.


        # The schema.
        schema: incident/1 # one
        # The id.
        id:   # two
          # three
          SYR-20220908-7q4m
        sites: # four
        # five
        - # six
          id: quarry # seven
          place: hafsarjah
          # kind: quarry
          # eight
        # nine
        - {id: house, place: hafsarjah}     # ten
        # - {id: other}
        # above the reports
        reports: [{id: a, # eleven
          # twelve
          language: en}, # thirteen
          {id: b}, # fourteen
          # fifteen
          ] # sixteen
        claims:
          - {by: sohr, killed: {total: 7}} # seventeen
          - by: sohr
            killed: { # eighteen
              total: 7,
              } # nineteen
            wounded: [ # twenty
              ]
            # twenty-one

          # twenty-two
        note: |  # twenty-three
          One.
          # Two, which is text.
        # twenty-four



        # twenty-five

        """,
        """\
        # yaml-language-server: $schema=x
        # Read twice.

        # The schema.
        schema: incident/1  # one
        # The id.
        # three
        id: SYR-20220908-7q4m  # two
        sites:  # four
          # five
          # six
          - id: quarry  # seven
            place: hafsarjah
            # kind: quarry
            # eight
          # nine
          - {id: house, place: hafsarjah}  # ten
        # - {id: other}
        # above the reports
        reports:
          - id: a  # eleven
            # twelve
            language: en
            # thirteen
          - {id: b}  # fourteen
          # fifteen
          # sixteen
        claims:
          # seventeen
          - by: sohr
            killed: {total: 7}
          - by: sohr
            killed:  # eighteen
              total: 7
              # nineteen
            # twenty
            wounded: []
            # twenty-one

          # twenty-two
        note: |-  # twenty-three
          One.
          # Two, which is text.
        # twenty-four

        # twenty-five
        """,
    )


def test_moved_key_takes_only_the_comments_directly_above_it() -> None:
    becomes(
        """\
        schema: incident/1
        id: SYR-20220908-7q4m
        date: 2022-09-08

        # Optional: what isn't known stays out.

        ## The time of day.
        # time:
        ## The kind of
        ## incident.
        kind: airstrike # seen
        ## Notes.
        # links:
        ##   The other one's id.
        #   - incident:
        ## How well it is established.
        verification: contested
        # caveats:
        #   - kind:
        """,
        """\
        schema: incident/1
        id: SYR-20220908-7q4m
        date: 2022-09-08

        # Optional: what isn't known stays out.

        ## The time of day.
        # time:
        ## The kind of
        ## incident.
        kind: airstrike  # seen
        ## Notes.
        # links:
        ##   The other one's id.
        #   - incident:
        ## How well it is established.
        verification: contested
        # caveats:
        #   - kind:
        """,
    )
    becomes(
        """\
        schema: incident/1
        date: 2022-09-08
        reports:
          - {id: a}

        # Optional.

        ## The time of day.
        # time:
        ## The kind.
        kind: airstrike # seen
        # links:
        #   - incident:
        id: SYR-20220908-7q4m
        # caveats:
        """,
        """\
        schema: incident/1
        id: SYR-20220908-7q4m
        date: 2022-09-08
        ## The kind.
        kind: airstrike  # seen
        reports:
          - {id: a}

        # Optional.

        ## The time of day.
        # time:
        # links:
        #   - incident:
        # caveats:
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: &b 1\n",
        "a: 1\nb: *c\n",
        "a: !!str 1\n",
        "%YAML 1.1\n---\na: 1\n",
        "a: 1\n---\nb: 1\n",
        "- a\n",
        "a: [\n",
        "text",
        "",
    ],
)
def test_what_is_no_plain_mapping_is_not_laid_out(text: str) -> None:
    assert document(text) is None


def test_unknown_keys_go_last_and_odd_values_stay_as_they_are() -> None:
    becomes(
        """\
        zone: 1
        "no": x
        schema: incident/1
        title:
        note: ~
        """,
        """\
        schema: incident/1
        title:
        note: ~
        zone: 1
        "no": x
        """,
    )
