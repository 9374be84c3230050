"""What is mended in the bytes of a record, what isn't, and that the record stays the same with every comment."""

import unicodedata
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.records.autofix import Repair, repair
from conflict_incidents.records.yaml.comments import comments_in
from conflict_incidents.records.yaml.nodes import plain
from conflict_incidents.records.yaml.parser import read
from layouts import in_any_layout
from strategies import incidents

PLACE = """\
schema: place/1
id: hafsarjah
name: Hafsarjah
names:
  - {text: حفسرجة, language: ar, script: Arab}
level: settlement
country: SYR
"""
INCIDENT = """\
schema: incident/1
id: SYR-20220908-7q4m
title: Airstrikes on a stone quarry
reports:
  - {id: sabah, publisher: daily-sabah, url: "https://example.org/a", language: en}
claims:
  - by: sohr
    in: sabah
    killed: 7
    note: Said by the monitor.
"""


SPELLING = "values of lists in another spelling"


def fix(text: str) -> Repair:
    result = repair(text.encode("utf-8"))
    assert repair(result.data) == Repair(result.data, (), result.canonical)
    return result


def edit_text(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("text", [PLACE, INCIDENT])
def test_a_record_in_the_canonical_layout_is_unchanged(text: str) -> None:
    assert fix(text) == Repair(text.encode(), (), canonical=True)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("\ufeff" + PLACE, "a byte order mark"),
        (PLACE.replace("\n", "\r\n"), "CR LF line ends"),
        (PLACE.replace("settlement", "settlement\t"), "tabs, the layout"),
        (PLACE.replace("  - {", "\t- {"), "tabs"),
        (PLACE.removesuffix("\n"), "the layout"),
        (PLACE.replace("name: Haf", "\n\n\n\nname: Haf"), "the layout"),
        (PLACE.replace("id: hafsarjah\n", "").replace("level:", "id: hafsarjah\nlevel:"), "the order of keys"),
        (PLACE.replace("{text: حفسرجة, language: ar,", "{language: ar, text: حفسرجة,"), "the order of keys"),
        (PLACE.replace("Hafsarjah", "'Hafsarjah'"), "the layout"),
        (PLACE.replace("Hafsarjah", '" Hafsarjah"'), "spaces at the ends of texts"),
        (PLACE + "country: SYR\n", "duplicate keys"),
        (PLACE.replace("SYR", "Syria"), "names of countries"),
        ("---\n" + PLACE.replace("level", "'level'") + "...\n", "the layout"),
    ],
)
def test_form_is_fixed_and_reported(text: str, what: str) -> None:
    result = fix(text)
    assert result.data.decode("utf-8").replace("\n\n", "\n") == PLACE
    assert ", ".join(result.fixes) == what
    assert result.canonical


def test_decomposed_letters_are_composed_everywhere() -> None:
    text = edit_text(PLACE, ("Hafsarjah", "Hafsarje\u0301"), ("country: SYR", "country: SYR  # e\u0301"))
    result = fix(text)
    assert result == Repair(unicodedata.normalize("NFC", text).encode(), ("decomposed letters",), canonical=True)
    decomposed = edit_text(PLACE, ("Hafsarjah", '"Hafsarje\\u0301"'))
    assert fix(decomposed).data == edit_text(PLACE, ("Hafsarjah", "Hafsarjé")).encode()


@pytest.mark.parametrize(
    ("old", "new", "after", "what"),
    [
        ("language: en", "language: no", 'language: "no"', "text without quotes"),
        ("language: en", "language: English", "language: en", "names of languages"),
        ("language: en", "language: Deutsch", "language: de", "names of languages"),
        ("language: en", "language: en_GB", "language: en-GB", "names of languages"),
        (
            "reports:",
            "date: 8 September 2022\nreports:",
            "date: 2022-09-08\nreports:",
            "days in another form, the layout",
        ),
        ("reports:", "date: 2022/9/8\nreports:", "date: 2022-09-08\nreports:", "days in another form, the layout"),
        *(
            (
                "reports:",
                f"date: {span}\nreports:",
                "date: {from: 2022-09-08, to: 2022-09-09}\nreports:",
                "days in another form, the layout",
            )
            for span in ("2022-09-08/2022-09-09", "2022-09-08 to 2022-09-09", "2022-09-08..2022-09-09")
        ),
        ("    killed: 7", "  \tkilled: 7", "    killed: 7", "tabs"),
        ("reports:", "kind: Drone Strike\nreports:", "kind: drone_strike\nreports:", SPELLING),
        ("reports:", 'status: "PUBLISHED"\nreports:', "status: published\nreports:", f"{SPELLING}, the layout"),
        ("reports:", "kind: ground-to-ground attack\nreports:", "kind: ground_to_ground_attack\nreports:", SPELLING),
        ("id: sabah,", "id: 010,", 'id: "010",', "text without quotes"),
        ("Airstrikes on a stone quarry", "12:30", '"12:30"', "text without quotes"),
        ("Airstrikes on a stone quarry", "19.10", '"19.10"', "text without quotes"),
        ("Airstrikes on a stone quarry", "true", '"true"', "text without quotes"),
        ("killed: 7", 'killed: "7"', "killed: 7", "whole numbers in quotes"),
        (
            "killed: 7",
            "killed: {between: ['4', 7]}",
            "killed: {between: [4, 7]}",
            "whole numbers in quotes, the layout",
        ),
        (
            "https://example.org/a",
            "HTTPS://Example.org:443/./b/../a?utm_source=c&fbclid=d",
            "https://example.org/a",
            "addresses not in normal form",
        ),
        ("example.org/a", "example.org/?a=ä&utm_id=1&b=2", "example.org/?a=%C3%A4&b=2", "addresses not in normal form"),
        (
            "note: Said by the monitor.",
            'note: "One. \\n\\nTwo. "',
            "note: |-\n      One.\n\n      Two.",
            "spaces at the ends of texts",
        ),
    ],
)
def test_values_are_mended_where_there_is_one_right_answer(old: str, new: str, after: str, what: str) -> None:
    result = fix(edit_text(INCIDENT, (old, new)))
    assert result.data.decode() == edit_text(INCIDENT, (old, after))
    assert ", ".join(result.fixes) == what


COUNTS = {
    **{">6": "{at_least: 7}", "> 6": "{at_least: 7}", ">=6": "{at_least: 6}", "≥ 6": "{at_least: 6}"},
    **{"6+": "{at_least: 6}", "'>6'": "{at_least: 7}", "<6": "{at_most: 5}", "~6": "{about: 6}"},
    **{
        "6-8": "{between: [6, 8]}",
        "seven": "7",
        "fourteen": "14",
        "dozens": "{word: dozens}",
        "{total: >6}": "{total: {at_least: 7}}",
    },
}


@pytest.mark.parametrize("text", COUNTS)
def test_a_count_in_words_or_signs_is_mended_where_it_means_one(text: str) -> None:
    result = fix(edit_text(INCIDENT, ("killed: 7", f"killed: {text}")))
    assert result.data.decode() == edit_text(INCIDENT, ("killed: 7", f"killed: {COUNTS[text]}"))
    assert "counts in words or signs" in result.fixes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[5, 6]", "{between: [5, 6]}"),
        ("{exact: 6}", "6"),
        ("{total: [5, 6], women: {exact: 3}}", "{total: {between: [5, 6]}, women: 3}"),
    ],
)
def test_a_count_in_a_list_or_under_exact_is_mended(text: str, value: str) -> None:
    result = fix(edit_text(INCIDENT, ("killed: 7", f"killed: {text}")))
    assert result.data.decode() == edit_text(INCIDENT, ("killed: 7", f"killed: {value}"))
    assert result.fixes == ("counts in lists, or under `exact`",)


@pytest.mark.parametrize("value", ["[6, 5]", "[5]", "[true, 6]", "[5, 6, 7]", "{exact: true}", "{best: 7, exact: 6}"])
def test_a_list_that_is_no_range_stays_for_a_person(value: str) -> None:
    text = edit_text(INCIDENT, ("killed: 7", f"killed: {value}"))
    assert fix(text).data.decode() == text


def test_a_text_that_a_comment_may_have_cut_stays_for_a_person() -> None:
    for title in ("Strike, after report #3", "NO #3", "12:30 #3"):
        text = edit_text(INCIDENT, ("Airstrikes on a stone quarry", title))
        assert fix(text) == Repair(text.encode())


def test_a_comment_behind_text_in_quotes_goes_above_it() -> None:
    text = edit_text(INCIDENT, ("title: Airstrikes on a stone quarry", 'title: "Airstrikes on a quarry"  # of stone'))
    after = edit_text(INCIDENT, ("title: Airstrikes on a stone quarry", "# of stone\ntitle: Airstrikes on a quarry"))
    assert fix(text).data.decode() == after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reports:", "kind: air raid\nreports:"),
        ("reports:", 'date: "08/09/2022"\nreports:'),
        ("reports:", "date: September 2022\nreports:"),
        ("language: en", "language: English and Arabic"),
        ("killed: 7", "killed: 7.0"),
        ("killed: 7", "killed: 1_000"),
        ("killed: 7", 'killed: "07"'),
        ("killed: 7", 'killed: "1,000"'),
        ("killed: 7", 'killed: "999999999"'),
        ("killed: 7", 'killed: "-1"'),
        ("killed: 7", 'killed: "6<"'),
        ("killed: 7", 'killed: "+6"'),
        ("killed: 7", 'killed: "6 or 9"'),
        ("killed: 7", "killed: unknown"),
        ("killed: 7", "killed:"),
        ("killed: 7", "killed: ~"),
        ("language: en", "language: 7"),
        ("https://example.org/a", "https://me:secret@Example.org/a"),
        ("https://example.org/a", "HTTPS://localhost/a"),
        ("https://example.org/a", "HTTPS://example.org/%zz"),
        ("https://example.org/a", "HTTPS://example.org/a b"),
        ("https://example.org/a", "ftp://Example.org/a"),
    ],
)
def test_a_value_that_may_be_meant_otherwise_is_unchanged(old: str, new: str) -> None:
    text = edit_text(INCIDENT, (old, new))
    assert fix(text) == Repair(text.encode(), (), canonical=True)


def test_the_digits_of_a_number_stay_as_they_are() -> None:
    text = PLACE + "lat: 36.10\nlon: 36.5\n"
    assert fix(text).data == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        PLACE.replace("schema: place/1", "schema: place/9"),
        PLACE.replace("schema: place/1\n", ""),
        "services: {web: {image: 'x'}}\r\n",
        "\ufeffa: [\n",
        "",
        "\t",
    ],
)
def test_what_is_no_record_of_ours_is_left_alone(text: str) -> None:
    assert fix(text) == Repair(text.encode())


def test_values_behind_a_hidden_line_break_are_not_mended() -> None:
    """The strict reader takes the break for a space, and so has other lines than the file."""
    text = "schema: place/1\nname: \u0085\nnames:\n  - {text: x, script: arab}\n"
    assert "script: arab" in repair(text.encode()).data.decode()


def test_what_is_no_text_or_too_long_is_left_alone() -> None:
    for data in (PLACE.encode("utf-16"), PLACE.encode() + b"\xff", PLACE.encode() + b"# " + b"x" * 256_000):
        assert repair(data) == Repair(data)


@pytest.mark.parametrize(
    "edit",
    [
        ("country: SYR", "country: SYR\ncountry: TUR"),
        ("country: SYR", "country: &here SYR"),
        ("country: SYR", "country: SYR  # seen\u200b by nobody"),
        ("Hafsarjah", "Hafsar\u200bjah"),
        ("Hafsarjah", '"Hafsarjah\\u200b"'),
    ],
)
def test_a_record_that_cannot_be_read_for_certain_is_not_laid_out_but_for_its_characters(edit: tuple[str, str]) -> None:
    text = edit_text(PLACE, edit, ("level", "'level'"))
    result = fix("\ufeff" + text.replace("\n", "\r\n"))
    assert result == Repair(text.encode(), ("a byte order mark", "CR LF line ends"), canonical=False)


@pytest.mark.parametrize(
    ("indented", "after"),
    [
        ("names:\n\t-\ttext: a\n\t\tlanguage: ar", "names:\n  - {text: a, language: ar}"),
        ("names: [\t{text:\ta\tb, language: ar}\t]\t# c\td", "names:  # c d\n  - {text: a b, language: ar}"),
        ("note: |\n  a\n  \tb", None),
        ("names:\n  - text: a\n\tlanguage: ar", "names:\n  - {text: a, language: ar}"),
    ],
)
def test_tabs_become_spaces_where_every_width_says_the_same(indented: str, after: str | None) -> None:
    head = "schema: place/1\n"
    fixed_text = fix(head + indented + "\n").data.decode()
    assert fixed_text == head + (after or indented) + "\n"


def test_a_comment_on_what_is_taken_out_stays() -> None:
    text = PLACE + "# twice\ncountry: SYR  # said twice\n# end\n"
    assert fix(text).data.decode() == PLACE + "# twice\n# said twice\n# end\n"


def test_waivers_that_are_no_longer_needed_are_taken_out() -> None:
    text = """\
schema: waivers/1
waivers:
  # About a place.
  - {rule: PLC009, record: hafsarjah, reason: Seen., date: 2023-01-01, by: an editor}  # seen
  - {rule: PLC009, record: idlib, reason: Seen., date: 2023-01-01, by: an editor}
"""
    waivers = """\
schema: waivers/1
waivers:
  # About a place.
  # seen
  - {rule: PLC009, record: idlib, reason: Seen., date: 2023-01-01, by: an editor}
"""
    result = repair(text.encode(), {("PLC009", "hafsarjah"), ("PLC009", "nowhere")})
    assert result == Repair(waivers.encode(), ("waivers no longer needed",), canonical=True)
    none = repair(waivers.encode(), {("PLC009", "idlib")})
    assert none.data.decode() == "schema: waivers/1\n# About a place.\n# seen\nwaivers: []\n"


@given(incidents(), st.integers(0, 2**32))
def test_a_right_record_in_any_layout_stays_the_same_record(record: dict[str, Any], seed: int) -> None:
    random = Random(seed)
    text = in_any_layout(record, random)
    rough = random.choice(["", "\ufeff"]) + text.replace("\n", random.choice(["\n", "\r\n"]))
    result = fix(rough)
    assert result.canonical
    assert load_plain(result.data.decode()) == record
    assert sorted(comments_in(result.data.decode())) == sorted(comments_in(text))


def load_plain(text: str) -> Any:
    root, findings = read(text.encode("utf-8"), "made")
    assert root is not None
    assert findings == []
    return plain(root)
