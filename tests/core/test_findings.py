"""The escapes that every text of strangers goes through before it is printed."""

import html
import re
import time
from socket import gaierror
from ssl import SSLCertVerificationError

import hypothesis.strategies as st
import marko
import pytest
from hypothesis import given

from conflict_incidents.core.findings import SHOWN_LENGTH, cut, describe_failure, markdown, printable, show, user_text
from conflict_incidents.core.redaction import redact_path
from fuzz import HANGS
from hostile_text import ANYTHING, MARKUP

GFM = marko.Markdown(extensions=["gfm"])
PIECES = [
    "`",
    "``",
    "|",
    "\\",
    "<",
    ">",
    "&lt;",
    "&#58;",
    "[",
    "](",
    ")",
    "!",
    "*",
    "_",
    "~~",
    "#1",
    "@x",
    "://",
    "www.x.org",
]
PIECES += ["https://x.org", "a@b.org", "- ", "1. ", "    ", "---", "\n", "x", " ", "<!--", "-->", "^", "$"]
SNIPPETS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
"""Texts made of what means something in Markdown."""


def test_a_long_value_is_cut_and_says_so() -> None:
    assert show("x" * 100_000) == f"`{'x' * (SHOWN_LENGTH - 1)}…`"
    assert len(show("\u202e" * 100_000)) == SHOWN_LENGTH + 2


def test_a_value_closes_no_quotes_but_its_own() -> None:
    assert show("a`b") == "`a'b`"


@pytest.mark.parametrize(
    "id",
    [
        "nour-al-din-al-zenki",
        "magen-david-adom",
        "jannat-al-qura",
        "let-yet-kone",
        "an-nahar",
        "mazar-e-sharif",
        "maroun-al-ras",
        "nour-shams",
    ],
)
def test_an_id_of_something_public_that_is_like_a_name_is_shown(id: str) -> None:
    assert show(id) == f"`{id}`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:secret@example.org/a?token=1#x", "https://…@example.org/a?…"),
        ("s3://key:se/cr@et@bucket/x y", "s3://…@bucket/x y"),
        ("https:/user:secret@example.org/x.csv: none", "https:/…@example.org/x.csv: none"),
        ("no file 'user:secret@example.org/x'", "no file '…@example.org/x'"),
        ("'https://example.org/?key=1' and tcp://10.0.0.1:8786", "'https://example.org/?…' and tcp://10.0.0.1:8786"),
        ("git@example.org:a/b, https://example.org/a@b, a?b#c", "git@example.org:a/b, https://example.org/a@b, a?b#c"),
    ],
)
def test_passwords_and_keys_in_addresses_are_left_out(text: str, expected: str) -> None:
    assert user_text(text) == expected
    assert redact_path(text) == expected


def test_an_endless_address_takes_no_quadratic_time() -> None:
    start = time.process_time()
    user_text("://a:" * 24_000)
    assert time.process_time() - start < HANGS


class Answered(Exception):
    """An error of a library, with a server's status code."""

    status = 403


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Answered("Yusuf Qasim, +963944555666"), "the server answered 403"),
        (ConnectionRefusedError(111, "Yusuf Qasim"), "Connection refused"),
        (gaierror(-2, "Name or service not known"), "Name or service not known"),
        (SSLCertVerificationError(1, "not valid for 'www.example.org'"), "SSLCertVerificationError"),
        (OSError("it took longer than 3,600 seconds"), "it took longer than 3,600 seconds"),
        (ValueError("call Yusuf Qasim at https://example.org"), "ValueError"),
    ],
)
def test_a_failure_repeats_no_words_of_a_server(error: Exception, expected: str) -> None:
    assert describe_failure(error) == expected


def test_a_failure_has_the_reason_below_it() -> None:
    outer = ValueError("Yusuf Qasim")
    outer.__cause__ = Answered()
    assert describe_failure(outer) == "the server answered 403"


def test_what_can_be_read_is_left_as_it_is() -> None:
    assert printable("حفسرجة, Dayr az-Zawr (ʿAyn), 日本, é") == "حفسرجة, Dayr az-Zawr (ʿAyn), 日本, é"


def test_what_steers_a_terminal_or_hides_text_is_escaped() -> None:
    assert printable("\x1b\u202e\n\u2028\x00\udc80") == r"\x1b\u202e\n\u2028\x00\udc80"


def test_markdown_leaves_a_plain_sentence_and_its_values_as_they_are() -> None:
    text = "civilians killed (at least 9) exceed the total (7) of `a_b`; write `about`, or a `note`"
    assert markdown(text) == text


@pytest.mark.parametrize("text", ["2022-09-08", "74.6", "-7", "+963", "7-9", "-", "- x", "12. x", "3) x", "---", "=="])
def test_markdown_makes_no_list_and_leaves_dates_and_numbers_as_they_are(text: str) -> None:
    assert GFM(markdown(text)) == f"<p>{text}</p>\n"
    is_number = any(digit in text for digit in "0123456789") and " " not in text
    assert (markdown(text) == text) is is_number


def test_markdown_makes_no_markup_of_a_text() -> None:
    assert markdown(MARKUP) == (
        r"\]\]&gt; &lt;img src=x onerror=y&gt; \[a\](https&#58;//x.org) \!\[\](//x) @&#8203;octocat #&#8203;1 "
        r"\*\*b\*\* `c \| d` \| www&#46;x.org {0} &amp;lt; &amp;#&#8203;58; \\"
    )


@given(SNIPPETS | ANYTHING)
def test_github_shows_a_text_in_markdown_as_it_was_written(text: str) -> None:
    page = GFM(f"|x|\n|---|\n| {markdown(text)} |\n")
    cells = re.findall(r"<td>(.*?)</td>", page, re.S)
    assert len(cells) == page.count("<tr>") - 1 == 1
    assert set(re.findall(r"<[^>]*>", cells[0])) <= {"<code>", "</code>"}
    text_in_markdown = html.unescape(re.sub(r"</?code>", "`", cells[0])).replace("\u200b", "")
    expected = " ".join(printable(text).split())
    assert " ".join(text_in_markdown.split()).replace("`", "").replace(" ", "") == expected.replace("`", "").replace(
        " ", ""
    )


@given(SNIPPETS | ANYTHING)
def test_a_text_in_markdown_is_one_paragraph(text: str) -> None:
    page = GFM(markdown(text)).strip()
    assert re.fullmatch(r"(<p>((?!<(?!/?code>)).)*</p>)?", page, re.S)


def test_a_message_is_cut_at_its_length() -> None:
    assert cut("x" * 1001) == "x" * 999 + "…"
    assert cut("x" * 1000) == "x" * 1000
