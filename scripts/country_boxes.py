"""Writes `core/country_boxes.csv` from Natural Earth 1:10m (public domain) as the npm package `world-atlas` ships it.

`python scripts/country_boxes.py countries-10m.json` is run by hand when other outlines are taken. A country has a box
for each part of it that is far from the others. Land that several countries hold or claim is in the boxes of each:
where a border runs is not judged.
"""

import csv
import json
import sys
from collections.abc import Iterator
from itertools import accumulate, combinations, pairwise
from pathlib import Path

from pycountry import countries

TARGET = Path(__file__).parents[1] / "src" / "conflict_incidents" / "core" / "country_boxes.csv"
OUTLINES = {"Kosovo": ["XKX", "SRB"], "Somaliland": ["SOM"], "N. Cyprus": ["CYP"], "Cyprus U.N. Buffer Zone": ["CYP"]}
"""Outlines that have no code of ISO 3166-1, and the countries that they are counted to."""
CLAIMED = {
    (32.4, 44.3, 36.7, 46.3): ["UKR", "RUS"],  # Crimea
    (35.6, 32.6, 36.0, 33.4): ["SYR", "ISR"],  # Golan
    (72.3, 32.2, 80.4, 37.2): ["IND", "PAK"],  # Jammu and Kashmir, Gilgit-Baltistan, Ladakh, Aksai Chin
    (33.1, 21.9, 37.0, 23.2): ["EGY", "SDN"],  # Halaib
    (27.8, 9.2, 29.1, 10.4): ["SDN", "SSD"],  # Abyei
    (-17.2, 20.7, -8.6, 27.8): ["MAR", "ESH"],  # Western Sahara
}
"""West, south, east and north of territory that several countries control or claim."""
Box = tuple[float, float, float, float]


def outlines(atlas: dict) -> Iterator[tuple[list[str], Box]]:
    """The countries that an outline is counted to, and its box, once for each polygon."""
    (width, height), (west, south) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = [
        [(x * width + west, y * height + south) for x, y in accumulate(arc, lambda a, b: (a[0] + b[0], a[1] + b[1]))]
        for arc in atlas["arcs"]
    ]
    for one in atlas["objects"]["countries"]["geometries"]:
        country = countries.get(numeric=one["id"]) if "id" in one else None
        codes = [country.alpha_3] if country else OUTLINES.get(one["properties"]["name"], [])
        for polygon in [one["arcs"]] if one["type"] == "Polygon" else one.get("arcs", []):
            ring = [point for arc in polygon[0] for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]
            for box in boxes(ring):
                yield codes, box


def boxes(ring: list[tuple[float, float]]) -> Iterator[Box]:
    """The box of a ring; one on each side where it runs over the antimeridian."""
    sides = [ring]
    if any(abs(one[0] - other[0]) > 180 for one, other in pairwise(ring)):
        sides = [[point for point in ring if point[0] >= 0], [point for point in ring if point[0] < 0]]
    for side in filter(None, sides):
        xs, ys = zip(*side, strict=True)
        yield min(xs), min(ys), max(xs), max(ys)


def merged(boxes: list[Box]) -> list[Box]:
    """Boxes joined as long as their hull has little more area than they have."""
    while True:
        for one, other in combinations(boxes, 2):
            hull = (*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:]))
            if area(hull) <= 1.3 * (area(one) + area(other)) + 4:
                boxes = [*(box for box in boxes if box not in (one, other)), hull]
                break
        else:
            return boxes


def area(box: Box) -> float:
    """In square degrees."""
    return (box[2] - box[0]) * (box[3] - box[1])


def main() -> None:
    """Read the outlines and write the table."""
    boxes: dict[str, list[Box]] = {}
    atlas = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    for codes, box in [*outlines(atlas), *((codes, box) for box, codes in CLAIMED.items())]:
        for code in codes:
            boxes.setdefault(code, []).append(box)
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["iso3", "west", "south", "east", "north"])
        for code, parts in sorted(boxes.items()):
            table.writerows([code, *(f"{degrees:.2f}" for degrees in box)] for box in sorted(merged(parts)))


if __name__ == "__main__":
    main()
