"""Measure bytes and time of the first view of the page Explore, by the number of incidents.

    .venv/bin/python -m benchmarks.site RELEASE [ROWS]

Makes up a release of ROWS incidents (100,000) from the rows of RELEASE, with other ids, days, places and titles, and
its site; then opens Explore in Chromium over `incidents serve`, and prints as JSON the bytes that came until the page
was complete, those of the release among them, the seconds that took, the seconds of a change of the selection and of
a first search, and the seconds and bytes of the site itself. Needs Chromium and Playwright.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import conflict_incidents as ci
from conflict_incidents.release.contents import write_descriptor
from conflict_incidents.release.reader import open_release
from conflict_incidents.release.site import write_site
from conflict_incidents.release.site.server import server
from conflict_incidents.release.writer import ReleaseWriter, write_table
from conflict_incidents.tables import contract, dtypes
from conflict_incidents.tables.files import arrow_table

MOST = 100_000
ALPHABET = np.array(list("23456789bcdfghjkmnpqrstvwxz"))
COUNTRIES = np.array(
    ["AFG", "BFA", "COD", "COL", "ETH", "IRQ", "MEX", "MLI", "MMR", "NGA", "SDN", "SOM", "SYR", "UKR", "YEM"]
)
YEARS = 12
PAGES = 2_000


def incidents(source: pd.DataFrame, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return incidents with the numbers, kinds and words of given ones; a few places have many, and many have one."""
    sample = source.iloc[rng.integers(0, len(source), rows)].reset_index(drop=True)
    spots = max(rows // 5, 1)
    spot = np.minimum((rng.pareto(1.1, rows) * spots / 40).astype(int), spots - 1)
    country = COUNTRIES[(spot * 7919) % len(COUNTRIES)]
    first = np.datetime64("2012-01-01") + rng.integers(0, 365 * YEARS, rows).astype("timedelta64[D]")
    days = (sample["date_to"] - sample["date_from"]).to_numpy()
    tail = ["".join(letters) for letters in ALPHABET[rng.integers(0, len(ALPHABET), (rows, 4))]]
    columns: dict[str, Any] = {
        "incident_id": [
            f"{code}-{str(day).replace('-', '')}-{end}" for code, day, end in zip(country, first, tail, strict=True)
        ],
        "title": [f"{title} {end}" for title, end in zip(sample["title"], tail, strict=True)],
        "country": country,
        "date_from": pd.DatetimeIndex(first).as_unit("us"),
        "date_to": pd.DatetimeIndex(first + days).as_unit("us"),
        "lat": np.round(rng.uniform(-35, 60, spots), 4)[spot],
        "lon": np.round(rng.uniform(-20, 120, spots), 4)[spot],
        "place_id": [f"place-{number}" for number in spot],
        "place_name": [f"Place {number}" for number in spot],
        "adm1_name": [f"Province {number % 300}" for number in spot],
        "adm2_name": [f"District {number % 2000}" for number in spot],
        "counted_in": pd.array([None] * rows, dtype="string"),
    }
    for name, values in columns.items():
        sample[name] = pd.Series(values).astype(source[name].dtype)
    return sample.drop_duplicates("incident_id").sort_values("incident_id", ignore_index=True)


def write_release(source: Path, rows: int, folder: Path) -> None:
    """Write a release of made-up incidents and places into a folder; its other tables have no rows."""
    rng = np.random.default_rng(16)
    whole = ci.load("incidents", source=source)
    frame = incidents(whole[whole["status"] == "published"], rows, rng)
    places = frame.drop_duplicates("place_id").rename(columns={"place_name": "name"})
    writer = ReleaseWriter(folder)
    for name, table in contract.tables().items():
        extra = frame if name == "incidents" else None
        if name == "places":
            blank = {field.name: pd.Series([None] * len(places), dtype=dtypes.dtype(field)) for field in table.fields}
            extra = pd.DataFrame(blank).assign(place_id=places["place_id"].to_numpy(), name=places["name"].to_numpy())
            extra = extra.astype({"place_id": "string", "name": "string"}).sort_values("place_id", ignore_index=True)
        elif name == "collections":
            extra = ci.load(name, source=source)
        write_table(writer, table, [] if extra is None else [arrow_table(extra, table)])
    write_descriptor(writer, contract.package())
    writer.finish()


def measure_explore(site: Path) -> dict[str, Any]:
    """Open Explore on a server of the site, and measure."""
    from playwright.sync_api import sync_playwright

    sys.path.append(str(Path(__file__).parents[1] / "tests/helpers"))
    from browsers import chromium

    serving = server(site)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{serving.server_address[1]}"
    sizes: dict[str, int] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        browser.new_page().goto(f"{address}/data.html")  # the first page of a browser waits for the browser
        page = browser.new_page()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        names: dict[str, str] = {}
        network.on(
            "Network.requestWillBeSent", lambda request: names.update({request["requestId"]: request["request"]["url"]})
        )

        def add_size(request: Any) -> None:
            name = names[request["requestId"]].removeprefix(f"{address}/")
            sizes[name] = sizes.get(name, 0) + int(request["encodedDataLength"])

        network.on("Network.loadingFinished", add_size)
        start = time.perf_counter()
        page.goto(f"{address}/explore.html")
        page.wait_for_selector("body[data-ready]", state="attached")
        first = time.perf_counter() - start
        page.wait_for_timeout(300)
        came = dict(sizes)
        timing = page.evaluate(TIMING_SCRIPT, {"country": "SYR", "from": "2014-01-01"})
        query = page.evaluate(TIMING_SCRIPT, {"q": "place 77"})
        browser.close()
    serving.shutdown()
    return {
        "bytes": sum(came.values()),
        "release": sum(size for name, size in came.items() if name.startswith("release/")),
        "files": came,
        "seconds": round(first, 2),
        "change": round(timing / 1000, 2),
        "search": round(query / 1000, 2),
        "all bytes": sum(sizes.values()),
    }


TIMING_SCRIPT = (
    "async asked => { const begun = performance.now(); await explore.answer(asked); return performance.now() - begun }"
)


def main() -> None:
    """Print the measurements of one size."""
    source, rows = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else MOST
    with tempfile.TemporaryDirectory() as folder:
        release, site = Path(folder, "release"), Path(folder, "site")
        release.mkdir()
        write_release(source, rows, release)
        start = time.process_time()
        with open_release(release) as reader:
            number = write_site(reader, site, most=PAGES)
        took = time.process_time() - start
        size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
        report = {
            "incidents": rows,
            **measure_explore(site),
            "site": {"files": number, "bytes": size, "seconds": round(took, 1)},
        }
        print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
