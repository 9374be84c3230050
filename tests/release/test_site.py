"""`incidents site` and `incidents serve`: pages of a release, without a browser."""

import html
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from comparisons import write_checksums
from conflict_incidents.cli import main
from conflict_incidents.release.reader import open_release
from conflict_incidents.release.site import SiteWriter
from conflict_incidents.release.site.data import json_text, yaml_text
from conflict_incidents.release.site.figure import Scale
from samples import TOP, Tree
from sites import GONE, HOSTILE, NASTY, OPEN, SILENT, SOFT, STORY, release_of

VOID = {"meta", "link", "br", "img", "input", "stop", "line", "rect", "circle", "path", "wbr", "hr"}


@dataclass
class Page(HTMLParser):
    """What is in a page: its tags with their attributes, its text, and whether every tag is closed."""

    text: str = ""
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def page(data: bytes) -> Page:
    parser = Page()
    parser.feed(data.decode())
    parser.close()
    assert parser.open == []
    parser.text = " ".join(parser.text.split())
    return parser


def site_of(folder: Path, trees: list[Tree], base: str = "", most: int | None = None) -> dict[str, bytes]:
    release_of(folder, trees)
    with open_release(folder) as release:
        return {
            name: data.read_bytes() if isinstance(data, Path) else data
            for name, data in SiteWriter(release, base, most).files()
        }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return site_of(tmp_path_factory.mktemp("release"), STORY, "https://data.example/")


def test_an_incident_shows_every_voice_above_the_estimate_and_what_was_left_out(site: dict[str, bytes]) -> None:
    text = page(site[f"incidents/{OPEN}.html"]).text
    for words in (
        "CIVIL-DEFENCE at least 5",
        "SOHR 7 provisional",
        "Estimate 5\u20137 best 7",
        "left out : withdrawn by its originator on 2022-09-09: a mistake",
        "So far.",
        f"https://data.example/incidents/{OPEN}.html",
    ):
        assert words in text, (words, text)
    assert "best 100" not in page(site[f"incidents/{SOFT}.html"]).text


def test_ids_are_names_on_a_page(site: dict[str, bytes]) -> None:
    assert "The total by SOHR closes the open end at 7." in page(site[f"incidents/{OPEN}.html"]).text
    assert f"{SILENT} · Some of it" in page(site[f"incidents/{SILENT}.html"]).text


def test_unknown_is_a_word_and_no_zero(site: dict[str, bytes]) -> None:
    silent, zero = (page(site[f"incidents/{id}.html"]) for id in (SILENT, SOFT))
    assert "Killed unknown" in silent.text
    assert "Nobody gives a number of this incident. That is not zero." in silent.text
    assert [tag for tag, _ in silent.tags if tag in {"circle", "rect"}] == []
    assert ("span", {"class": "unknown"}) in silent.tags
    assert "Killed 0\u2013125" in zero.text


def test_a_withdrawn_incident_has_a_page_that_says_so(site: dict[str, bytes]) -> None:
    text = page(site[f"incidents/{GONE}.html"]).text
    assert "This incident was withdrawn on 2022-10-01." in text
    assert "It isn't to be used, and is in no total." in text
    assert json.loads(site[f"incidents/{GONE}.json"])["incident"]["status"] == "withdrawn"


def test_untrusted_text_is_text(site: dict[str, bytes]) -> None:
    pages = {name: page(data) for name, data in site.items() if name.endswith(".html")}
    assert HOSTILE in pages[f"incidents/{NASTY}.html"].text
    assert [name for name, one in pages.items() if "5332114" in one.text] == []
    for one in pages.values():
        for tag, attributes in one.tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            assert tag not in {"style", "iframe", "object", "form", "base"}
            assert tag != "script" or set(attributes) == {"type", "src"}
            assert tag != "img" or attributes["src"].startswith("assets/")
    bidi = [attributes for tag, attributes in pages[f"incidents/{NASTY}.html"].tags if tag == "bdi"]
    assert {"lang": "ar"} in bidi


def test_every_link_leads_to_a_page_and_nothing_is_fetched_from_elsewhere(site: dict[str, bytes]) -> None:
    for name, data in site.items():
        if not name.endswith(".html"):
            continue
        data_page = page(data)
        here = {attributes["id"] for _, attributes in data_page.tags if "id" in attributes}
        folder = name.rpartition("/")[0]
        for tag, attributes in data_page.tags:
            target = attributes.get("href") or attributes.get("src") or ""
            if target.startswith("#"):
                assert target[1:] in here, (name, target)
            elif target.startswith("http"):
                assert tag == "a" or attributes.get("rel") == "canonical", (name, target)
            elif target:
                path = unquote(target.partition("#")[0])
                path = path.removeprefix("../") if path.startswith("../") else f"{folder}/{path}".lstrip("/")
                assert path in site, (name, target)
        (policy,) = [one["content"] for tag, one in data_page.tags if tag == "meta" and "http-equiv" in one]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy


def test_json_and_yaml_are_the_rows(site: dict[str, bytes]) -> None:
    document = json.loads(site[f"incidents/{NASTY}.json"])
    odd: Any = {
        "incident": {"odd": "a\u2028b\x85c\ufeff: # 'd'\n\t\x00", "status": "no"},
        "rows": [{"a": 0.5}, {"b": True}],
    }
    assert yaml.safe_load(yaml_text(odd)) == json.loads(json_text(odd)) == odd
    assert yaml.safe_load(site[f"incidents/{NASTY}.yaml"]) == document
    assert document["incident"]["title"] == HOSTILE
    assert [(row["min"], row["max"]) for row in document["voices"]] == [(1, 1)]


def test_contested_incidents_are_in_the_order_of_how_far_voices_differ(site: dict[str, bytes]) -> None:
    links = [
        one["href"] for tag, one in page(site["contested.html"]).tags if tag == "a" and "incidents/" in one["href"]
    ]
    assert links == [f"incidents/{SOFT}.html", f"incidents/{OPEN}.html"]


def test_the_data_page_has_every_file_with_its_hash(site: dict[str, bytes]) -> None:
    data_page = page(site["data.html"])
    links = {
        one["href"].removeprefix("release/")
        for tag, one in data_page.tags
        if tag == "a" and one["href"].startswith("release/")
    }
    assert links == {name.removeprefix("release/") for name in site if name.startswith("release/")}


def test_what_the_data_page_tells_to_type_loads_the_release(
    site: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`./scripts/test-r` runs those for R."""
    client, pandas, sql, r = re.findall(
        "<pre.*?><code>(.*?)</code></pre>", html.unescape(site["data.html"].decode()), re.S
    )
    release_of(tmp_path / "release", STORY)
    monkeypatch.chdir(tmp_path)
    exec(client, {})
    output = capsys.readouterr().out
    assert "chosen" in output
    assert "<NA>" in output
    exec(pandas, {})
    assert len(duckdb.connect().execute(sql).fetchall()) == 5
    assert r == 'source("release/formats/read_release.R", chdir = TRUE)\nincidents <- read_release("incidents")'


def test_of_many_incidents_only_the_contested_have_pages(tmp_path: Path) -> None:
    pages = site_of(tmp_path, STORY, most=4)
    assert sorted(name for name in pages if name.startswith("incidents/") and name.endswith(".html")) == [
        f"incidents/{id}.html" for id in (OPEN, SOFT)
    ]
    assert json.loads(pages["assets/explore.json"])["pages"] is False
    assert "There are too many incidents for a page each" in page(pages["index.html"]).text


def test_a_release_without_incidents_has_a_site(tmp_path: Path) -> None:
    pages = site_of(tmp_path, [])
    assert "This release has no incidents." in page(pages["index.html"]).text
    assert "No incident of this release has two voices." in page(pages["contested.html"]).text


@pytest.mark.parametrize(
    ("numbers", "ticks"),
    [((), [0, 1]), ((0,), [0, 1]), ((7, None, 4), [0, 2, 4, 6, 8]), ((980, 1000), [975, 980, 985, 990, 995, 1000])],
)
def test_a_scale_begins_at_zero_unless_the_numbers_are_far_from_it(
    numbers: tuple[int | None, ...], ticks: list[int]
) -> None:
    scale = Scale.of(numbers)
    assert [number for number, _ in scale.ticks] == ticks
    assert all(0 < x < 100 for _, x in scale.ticks)


def test_an_open_end_is_drawn_open() -> None:
    bar = Scale.of([5, 8]).bar(5, None)
    assert (bar.open_start, bar.open_end, bar.end) == (False, True, 100)
    assert Scale.of([5, 8]).bar(None, 5).start == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("site", "nowhere", "--out", "new"), "there is no release `nowhere`"),
        (("site", "--out", "here"), "here exists already; delete it, or name a new folder by --out"),
        (("site", "--out", "new", "--url", "ftp://x"), "--url: the address is not an http or https one"),
        (("site", "--out", "new", "--docs", "here"), "--docs: here has no index.html"),
        (("serve", "here"), "here is no site: it has no index.html; `incidents site --out DIR` makes one"),
        (("site", "--out", "new"), "there is no dataset around the working folder; name a release"),
    ],
)
def test_errors_are_reported(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_the_command_writes_a_site_whole_or_not_at_all(tmp_path: Path) -> None:
    release = tmp_path / "release"
    release_of(release, STORY)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.html").write_text("The documentation")
    assert main(["site", str(release), "--out", str(tmp_path / "site"), "--docs", str(tmp_path / "docs")]) == 0
    assert (tmp_path / "site/docs/index.html").read_text() == "The documentation"
    menu = page((tmp_path / "site" / "incidents" / f"{OPEN}.html").read_bytes())
    assert ("a", {"href": "../docs/index.html"}) in menu.tags
    links = [attributes.get("href") or "" for _, attributes in page((tmp_path / "site/data.html").read_bytes()).tags]
    tutorials = [link for link in links if link.startswith("docs/tutorials/")]
    assert tutorials
    assert all((TOP / link).with_suffix(".md").exists() for link in tutorials)
    assert (tmp_path / "site" / "incidents" / f"{OPEN}.html").is_file()
    with open_release(tmp_path / "site" / "release") as copy, open_release(release) as original:
        assert copy.sums_hash == original.sums_hash
    (release / "incidents.parquet").write_bytes(b"PAR1")
    assert main(["site", str(release), "--out", str(tmp_path / "other")]) == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["docs", "release", "site"]


@pytest.mark.parametrize("ids", ["../../../out-{}", "SYR-20220908-aaaa", None, "SYR-20220908-\0{}aa"])
def test_a_forged_release_writes_nothing_elsewhere(
    ids: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "a/release"
    release_of(release, STORY)
    table = pq.read_table(release / "incidents.parquet")
    forged = pa.array([ids and ids.format(number) for number in range(len(table))], pa.string())
    pq.write_table(table.set_column(0, table.schema.field(0), forged), release / "incidents.parquet")
    write_checksums(release)
    assert main(["site", str(release), "--out", str(tmp_path / "a/site")]) == 2
    message = "the keys of incidents are empty, repeated or not of their form"
    assert message in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
