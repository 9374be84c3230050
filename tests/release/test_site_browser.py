"""The site in a real Chromium: hostile titles, totals, search, keyboard, without JavaScript.

`./scripts/test-site` runs all of it; `./scripts/test` the short form where there is a Chromium and Playwright.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import conflict_incidents as ci
from browsers import MonitoredPage, browser
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release.reader import open_release
from conflict_incidents.release.site import write_site
from conflict_incidents.release.site.server import server
from samples import TOP, Tree, claim_of, incident, write_release
from sites import HOSTILE, NASTY, OPEN, SILENT, release_of
from sites import STORY as HOSTILE_STORY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
READY = "body[data-ready]"
AXE = TOP / "explore/node_modules/axe-core/axe.min.js"
FIELDS = ("low", "best", "high", "high_open", "incidents", "unknown", "open_ended", "without_best", "parts")
RANDOM = random.Random(16)


def part_of(number: int) -> Tree:
    """An incident of a family: every third is part of the one before or of the first; every fourth has no toll."""
    id = f"SYR-202301{number // 12 + 10:02}-p{number:03}"
    tolls = [7, {"at_least": 7}, {"about": 50}, {"between": [4, 6]}, 0, {"at_most": 5}]
    tree = incident(id, date=f"2023-01-{number // 12 + 10:02}", title=f"Part {number}")
    if number % 4:
        tree["claims"] = [claim_of(killed=tolls[number % len(tolls)])]
    if number % 3:
        whole = number - 1 if number % 2 else number - number % 3
        tree["links"] = [{"kind": "part_of", "incident": f"SYR-202301{whole // 12 + 10:02}-p{whole:03}"}]
    return tree


STORY = [*HOSTILE_STORY, *map(part_of, range(60))]
HAFSARJAH = next(tree for tree in STORY if tree["id"] == "hafsarjah")
NAMED_PLACE = {**HAFSARJAH, "names": [{"text": "Khafsarja", "language": "en"}, {"text": "حفسرجة", "language": "ar"}]}
STORY = [NAMED_PLACE if tree is HAFSARJAH else tree for tree in STORY]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


def serve(release: Path, site: Path) -> Iterator[str]:
    with open_release(release) as reader:
        write_site(reader, site, most=20_000)
    serving = server(site)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("release")
    release_of(parent, STORY)
    return parent


@pytest.fixture(scope="module")
def address(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(folder, tmp_path_factory.mktemp("site") / "site")


@pytest.fixture
def open_page(chrome: Browser, address: str) -> Iterator[Callable[..., MonitoredPage]]:
    pages: list[MonitoredPage] = []

    def watch(**options: Any) -> MonitoredPage:
        pages.append(MonitoredPage(chrome, address, **options))
        return pages[-1]

    yield watch
    for one in pages:
        one.close()


def titles(page: Page) -> list[str]:
    texts: list[str] = page.locator("#list tr td:nth-of-type(1)").all_inner_texts()
    return texts


def search(page: Page, text: str) -> list[str]:
    page.fill("#ask-q", text)
    until(page, f"explore.shown?.q === {json.dumps(text)}")
    return titles(page)


def until(page: Page, expression: str) -> None:
    """Wait for something to be true; Playwright's own function would need `unsafe-eval`."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise AssertionError(expression)


def test_an_incident_with_hostile_text_shows_it_as_text(open_page: Callable[..., MonitoredPage]) -> None:
    page = open_page().open(f"incidents/{NASTY}.html")
    assert page.locator("h1").inner_text() == HOSTILE
    assert HOSTILE in page.title()
    assert page.locator("main script, main img, main iframe").count() == 0


def test_an_incident_reads_without_javascript(open_page: Callable[..., MonitoredPage]) -> None:
    page = open_page(javascript=False, width=360).open(f"incidents/{OPEN}.html")
    page.locator("summary").nth(1).click()
    assert page.get_by_role("row", name="CIVIL-DEFENCE at least 5").is_visible()
    assert page.locator(".envelope .diamond").first.bounding_box() is not None
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page = open_page(javascript=False).open(f"incidents/{SILENT}.html")
    assert page.locator(".unknown").first.is_visible()
    page = open_page(javascript=False).open("explore.html")
    assert page.inner_text("main").endswith("listed by country and year, and their pages need none.")


def test_explore_finds_a_place_in_every_spelling_and_shows_untrusted_text_as_text(
    open_page: Callable[..., MonitoredPage],
) -> None:
    page = open_page().open("explore.html", READY)
    everything = page.inner_text("#status")
    for spelling in ("Hafsarjah", "hafsarjah ", "KHÂFSARJA", "حفسرجة", "حفسرجه"):
        assert len(search(page, spelling)) == 20, spelling
    assert page.inner_text("#status") != everything
    assert search(page, NASTY.lower()) == [HOSTILE]
    assert page.locator("#list script, #list img").count() == 0
    assert search(page, "nowhere") == []
    assert page.inner_text("#status").startswith("0 incidents")


def test_a_selection_is_a_link_and_a_csv(open_page: Callable[..., MonitoredPage], folder: Path) -> None:
    one = open_page()
    page = one.open("explore.html#kind=shelling&from=2022-09-09&to=2022-09-12&toll=known", READY)
    assert page.input_value("#ask-from") == "2022-09-09"
    with page.expect_download() as download:
        page.click("#csv")
    text = Path(download.value.path()).read_text("utf-8")
    downloaded = pd.read_csv(io.StringIO(text), keep_default_na=False, dtype=str)
    whole = pd.read_csv(folder / "incidents.csv", keep_default_na=False, dtype=str)
    expected = whole[whole["incident_id"].isin(["SYR-20220909-aaaa", NASTY])].reset_index(drop=True)
    pd.testing.assert_frame_equal(downloaded, expected)


def test_a_release_that_cannot_be_read_is_reported(open_page: Callable[..., MonitoredPage]) -> None:
    one = open_page()
    one.page.route("**/incidents.parquet", lambda route: route.abort())
    page = one.open("explore.html")
    page.get_by_text("The release can't be read:").wait_for()
    assert page.locator("#served").count() == 0
    one.errors.clear()


def test_unknown_is_a_word_in_the_list_and_no_zero(open_page: Callable[..., MonitoredPage]) -> None:
    page = open_page().open("explore.html#toll=unknown&q=shelling", READY)
    assert page.locator("#list td:last-child").all_inner_texts() == ["unknown"]
    assert page.locator("#totals td").first.inner_text() == "unknown"


def test_totals_of_random_rows_are_those_of_the_package(open_page: Callable[..., MonitoredPage], folder: Path) -> None:
    check_rows(open_page().open("explore.html", READY), folder, 15)


@pytest.mark.slow
def test_totals_of_a_thousand_times_random_rows_are_those_of_the_package(
    open_page: Callable[..., MonitoredPage], folder: Path
) -> None:
    check_rows(open_page().open("explore.html", READY), folder, 1000)


def check_rows(page: Page, folder: Path, times: int) -> None:
    """Totals of random rows, parts of others among them, in the browser and in Python."""
    incidents = ci.load("incidents", source=folder)
    selections = []
    for _ in range(times):
        number = RANDOM.randint(0, len(incidents))
        selections.append(
            (sorted(RANDOM.sample(range(len(incidents)), number)), RANDOM.choice(["killed", "killed_civilians"]))
        )
    answers = page.evaluate(
        "asked => Promise.all(asked.map(([rows, measure]) => explore.sum(rows, measure).catch(String)))", selections
    )
    refusals = 0
    for (rows, measure), answer in zip(selections, answers, strict=True):
        try:
            total = ci.total(incidents.iloc[rows], measure, mixed=True)
        except ci.tables.AnalysisError:
            refusals += 1
            assert "is counted in" in answer
        else:
            assert {name: answer[name] for name in FIELDS} == {name: getattr(total, name) for name in FIELDS}
    assert refusals < times / 2


def test_skip_link_keeps_the_selection_and_its_address(open_page: Callable[..., MonitoredPage]) -> None:
    page = open_page().open("explore.html#kind=shelling", READY)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "location.hash === '#kind=shelling'")
    assert page.evaluate("explore.state.kind") == "shelling"


def test_everything_can_be_done_by_keyboard(open_page: Callable[..., MonitoredPage]) -> None:
    page = open_page().open("explore.html", READY)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "ask-q"
    page.keyboard.type(NASTY)
    until(page, f"explore.shown?.q === {json.dumps(NASTY)}")
    focused = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        focused.add(
            page.evaluate("(one => one.id || one.getAttribute('href') || one.className)(document.activeElement)")
        )
        if f"incidents/{NASTY}.html" in focused:
            break
    expected = {"ask-country", "ask-from", "ask-party", "inside", "reset", "csv", "link", "map", "ask-sort"}
    assert expected <= focused
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{NASTY}.html")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the dataset in this repository, not checked."""
    return write_release(Dataset(TOP), tmp_path_factory.mktemp("real"))[0]


@pytest.fixture(scope="module")
def real_address(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(real, tmp_path_factory.mktemp("realsite") / "site")


def random_selection(incidents: pd.DataFrame) -> dict[str, str]:
    """Some of what can be asked for, as the address has it."""
    row = incidents.iloc[RANDOM.randrange(len(incidents))]
    day = row["date_from"]
    every = {
        "collection": row["collection"],
        "country": row["country"],
        "kind": row["kind"],
        "from": f"{day:%Y-%m-%d}",
        "to": f"{day + pd.Timedelta(days=RANDOM.randrange(900)):%Y-%m-%d}",
        "agreement": row["killed_agreement"],
        "voices": str(RANDOM.randint(1, 5)),
        "toll": RANDOM.choice(["known", "unknown"]),
        "measure": RANDOM.choice(["killed", "killed_civilians", "killed_children", "wounded", "strikes"]),
        "unit": row["adm2_name"],
        "party": RANDOM.choice(str(row["side_a"]).split(";")),
        "box": f"{row['lat'] - 1},{row['lon'] - 1},{row['lat'] + 1},{row['lon'] + 1}"
        if pd.notna(row["lat"])
        else pd.NA,
    }
    names = RANDOM.sample([*every], RANDOM.randint(1, 3))
    return {name: str(every[name]) for name in names if pd.notna(every[name]) and every[name] != "<NA>"}


def select_incidents(incidents: pd.DataFrame, parties: dict[str, set[str]], selection: dict[str, str]) -> pd.DataFrame:
    """The incidents that fit, by pandas."""
    measure = selection.get("measure", "killed")
    fits = incidents["status"] != "withdrawn"
    for name in ("collection", "country", "kind"):
        if name in selection:
            fits &= incidents[name] == selection[name]
    if "from" in selection:
        fits &= incidents["date_to"] >= selection["from"]
    if "to" in selection:
        fits &= incidents["date_from"] <= selection["to"]
    if "agreement" in selection:
        fits &= incidents[f"{measure}_agreement"] == selection["agreement"]
    if "voices" in selection:
        fits &= incidents[f"{measure}_originators"].fillna(0) >= int(selection["voices"])
    if "toll" in selection:
        has_count = incidents[f"{measure}_low"].notna() | incidents[f"{measure}_high"].notna()
        fits &= has_count == (selection["toll"] == "known")
    if "unit" in selection:
        levels = [incidents[f"adm{level}_name"] == selection["unit"] for level in (1, 2, 3)]
        fits &= levels[0].fillna(False) | levels[1].fillna(False) | levels[2].fillna(False)
    if "party" in selection:
        fits &= incidents["incident_id"].map(lambda id: selection["party"] in parties.get(id, ())).astype(bool)
    if "box" in selection:
        south, west, north, east = map(float, selection["box"].split(","))
        fits &= incidents["lat"].between(south, north) & incidents["lon"].between(west, east)
    return incidents[fits.fillna(False).astype(bool)]


@pytest.mark.slow
def test_totals_of_a_thousand_random_selections_are_those_of_the_package(
    chrome: Browser, real: Path, real_address: str
) -> None:
    incidents = ci.load("incidents", source=real)
    parties: dict[str, set[str]] = {}
    for row in ci.load("attributions", source=real).to_dict("records"):
        parties.setdefault(row["incident_id"], set()).add(row["actor_id"])
    for side in ("side_a", "side_b"):
        for id, cell in incidents.set_index("incident_id")[side].dropna().items():
            parties.setdefault(str(id), set()).update(cell.split(";"))
    open_page = MonitoredPage(chrome, real_address)
    page = open_page.open("explore.html", READY)
    selections = [random_selection(incidents) for _ in range(1000)]
    script = """async asked => {
        const found = [];
        for (const one of asked) found.push(await explore.answer(one));
        return found;
    }"""
    several = 0
    for one, answer in zip(selections, page.evaluate(script, selections), strict=True):
        rows = select_incidents(incidents, parties, one)
        several += len(rows) > 1
        assert answer["incidents"] == len(rows), one
        expected = {}
        for collection, own in rows.groupby("collection"):
            total = ci.total(own, one.get("measure", "killed"))
            expected[collection] = {name: getattr(total, name) for name in FIELDS}
        assert answer["totals"] == expected, one
    assert several > 300
    open_page.close()


PAGES = (
    "index",
    "explore",
    "contested",
    "data",
    "codebook",
    "method",
    "incidents/SYR-20220908-7q4m",
    "incidents/SYR-2022",
)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, scheme: Any, chrome: Browser, real_address: str) -> None:
    open_page = MonitoredPage(chrome, real_address, width=360 if scheme == "dark" else 1200)
    open_page.page.emulate_media(color_scheme=scheme)
    page = open_page.open(f"{name}.html", READY if name == "explore" else "main")
    page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("axe.run()")
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in violations["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    open_page.close()


@pytest.mark.slow
def test_print_shows_every_account_and_no_menu(chrome: Browser, real_address: str) -> None:
    open_page = MonitoredPage(chrome, real_address)
    page = open_page.open("incidents/SYR-20220908-7q4m.html")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert page.locator("table.accounts").last.is_visible()
    page = open_page.open("explore.html", READY)
    assert page.locator("#status").is_visible()
    assert page.locator("#ask-country").is_visible()
    assert not page.locator("#csv").is_visible()
    open_page.close()


@pytest.mark.slow
def test_the_first_view_of_a_hundred_thousand_incidents_is_a_megabyte_and_a_half(real: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.site", str(real), "100000"]
    figures = json.loads(subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout)
    assert figures["bytes"] <= 1_500_000, figures
    assert figures["release"] < figures["all bytes"]
