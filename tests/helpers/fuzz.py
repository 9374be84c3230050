"""Fuzz parser, schema and rules with hostile and broken records.

Run it for a time, with a seed that repeats a run (both optional):

    ./scripts/fuzz [SECONDS] [SEED]

It ends with exit code 1 at the first file that raises, has a finding outside of itself, takes over `HANGS` seconds, or
passes and is read differently by other parsers; that file is kept as fuzz-failure.yaml in the system's temporary
folder. A crash of the interpreter can't be caught: then fuzz-last.yaml there has the file. `test_parser.py` runs a
short form.
"""

import copy
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from conflict_incidents.core.findings import Finding, Mark, errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records.autofix import repair
from conflict_incidents.records.parsing import parse
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, same
from conflict_incidents.records.yaml.parser import read
from conflict_incidents.validation.reports import PRINTERS

TOP = Path(__file__).parents[2]
HANGS = 20.0
"""The seconds of processor time after which a file counts as a hang: far more than a slow machine needs, far less than
an exponential parser. `benchmarks/` measures speed."""
FOUNDING = sorted((TOP / "data/incidents").rglob("SYR-202209*.yaml"))
REGISTRIES = [TOP / f"data/{name}.yaml" for name in ("places/hafsarjah", "actors/russia", "organisations/sohr")]
"""Real records to mutate."""

SNIPPETS = [
    *(
        "&a ",
        "*a",
        "!x ",
        "!!int ",
        "<<: ",
        "? ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "|\n",
        ">\n",
        "---\n",
        "...\n",
        "%A\n",
    ),
    *(
        '"',
        "'",
        "#",
        "\\",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "\r",
        "\r\n",
        "\0",
        "\x85",
        "\u2028",
        "\u202e",
        "\u200b",
        "\ufeff",
    ),
    *(
        "e\u0301",
        "\ud7ff",
        "\U0010ffff",
        "\uffff",
        "NO",
        "010",
        "1_000",
        "12:30",
        "1e400",
        ".inf",
        ".5",
        "7.0",
        "-1",
        "null",
        "~",
    ),
    *(
        '"\\u202e"',
        '"\\ud800"',
        '"\\0"',
        "2022-02-30",
        "9" * 4300,
        "a" * 300,
        "[" * 20,
        "{a: " * 20,
        "at_least: 7",
        "killed: 7",
    ),
    *("SYR-20220908-k2fd", "{between: [9, 1]}", "{at_least: 1, at_most: 2}", "scope: [a, a]", "supersedes: [a]"),
    *("https://a@[::1", "http://[", "2022-09-08T25:61:00+99:99", "0000-00-00", "9999-12-31T23:59:59-23:59", "Ä" * 70),
]
TREES: list[Any] = [
    *(
        7,
        -1,
        0,
        2.5,
        True,
        None,
        "",
        "x",
        "7",
        "a b",
        [],
        {},
        [[]],
        {"at_least": 7},
        {"at_most": 0},
        {"about": 10**9},
        {"killed": 7},
    ),
    *(
        {"between": [9, 1]},
        {"between": [1, 9], "best": 20},
        {"at_least": 1, "at_most": 2},
        {"total": 7, "civilians": 9},
        ["n1"],
    ),
    *(
        "2022-02-30",
        "2022-09-08T25:61:00+99:99",
        "0000-00-00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
    ),
    *(
        "https://a@[::1",
        "http://[",
        "https://example.org:99999/",
        "x" * 5000,
        "Ä" * 70,
        "\u0661",
        "Ahmad Example, 9, was wounded.",
    ),
    *(
        {"area": "idlib", "from": "2022-09-08", "to": "2022-09-01"},
        ["house", "house"],
        "house",
        {"date": "2022-09-09", "reason": "r"},
    ),
]
FORM_ONLY = {"a byte order mark", "CR LF line ends", "the order of keys", "the layout", "duplicate keys"}
"""The defects that are fixed without changing any value."""
KEYS = sorted(set(re.findall(r'^ +"(\w+)": \{$', (TOP / "schemas/incident-1.json").read_text("utf-8"), re.M)))
"""Keys of a schema, here or elsewhere."""
VALUES = [
    "7",
    "-1",
    "{at_least: 7}",
    "{at_most: 0}",
    "{about: 3}",
    "{between: [1, 9], best: 20}",
    "[]",
    "{}",
    "",
    "no",
    "x: y",
]


def mutate(data: bytes, dice: random.Random) -> bytes:
    """Return a record with one to five changes of bytes, text, lines, values or structure."""
    for _ in range(dice.randint(1, 5)):
        data = dice.choice([_bytes, _text, _text, _lines, _lines, _value, _value, _indent])(data, dice)
    return data[:300_000]


def _bytes(data: bytes, dice: random.Random) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + dice.randbytes(dice.randint(0, 3)) + data[at + dice.choice([0, 1, 1, 5, 50]) :]


def _text(data: bytes, dice: random.Random) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + dice.choice(SNIPPETS).encode() + data[at + dice.choice([0, 0, 1, 3]) :]


def _lines(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            del lines[one : one + dice.randint(1, 3)]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one:one] = lines[min(one, other) : max(one, other)]
    return b"\n".join(lines)


def _value(data: bytes, dice: random.Random) -> bytes:
    """Replace the value of one of the keys."""
    matches = list(re.finditer(rb": ([^\n]+)", data))
    if not matches:
        return data
    one = dice.choice(matches)
    other = dice.choice(
        [*(value.encode() for value in VALUES), dice.choice(matches)[1], dice.choice(SNIPPETS).encode()]
    )
    return data[: one.start(1)] + other + data[one.end(1) :]


def _indent(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    lines[at] = dice.choice([b" ", b"  ", b"\t", b"- "]) + lines[at] if dice.random() < 0.5 else lines[at][1:]
    return b"\n".join(lines)


KEY = re.compile(r"(?!(?:y|n|on|no|off|yes|true|false|null)\Z)[a-z_][a-z0-9_]*\Z")
"""The form of the keys of schemas."""


def restructure(tree: Any, dice: random.Random) -> bytes:
    """Return a tree with one to four values replaced, moved, doubled, added or removed, as JSON, which is YAML."""
    tree = copy.deepcopy(tree)
    for _ in range(dice.randint(1, 4)):
        spots = [(holder, step) for holder in _holders(tree) for step in _steps(holder)]
        if not spots:
            break
        (holder, step), (other, target) = dice.choice(spots), dice.choice(spots)
        match dice.randrange(5):
            case 0:
                del holder[step]
            case 1:
                holder[step] = copy.deepcopy(other[target])
            case 2 if isinstance(holder, list):
                holder.insert(step, copy.deepcopy(holder[step]))
            case 3 if isinstance(holder, dict):
                holder[dice.choice(KEYS)] = copy.deepcopy(dice.choice([dice.choice(TREES), other[target]]))
            case _:
                holder[step] = copy.deepcopy(dice.choice(TREES))
    return json.dumps(tree, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _holders(tree: Any) -> Iterator[Any]:
    if isinstance(tree, (dict, list)):
        yield tree
        for child in tree.values() if isinstance(tree, dict) else tree:
            yield from _holders(child)


def _steps(holder: Any) -> list[Any]:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


class _Loader(yaml.CSafeLoader):
    """The loader of most other programs, with dates kept as text."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load_with_pyyaml(data: bytes) -> Any:
    """Load the tree with PyYAML."""
    return _without_last_breaks(yaml.load(data, _Loader))


def plain(node: Node) -> Any:
    """Convert a parsed tree to plain values."""
    if isinstance(node, MappingNode):
        return {key: plain(child) for key, child in node.items.items()}
    return [plain(item) for item in node.items] if isinstance(node, SequenceNode) else node.value


def odd(node: Node) -> bool:
    """Whether another parser may read a value of the tree differently; the schema stage refuses it."""
    if isinstance(node, ScalarNode):
        return node.odd is not None
    if isinstance(node, MappingNode):
        return any(not KEY.match(key) or odd(child) for key, child in node.items.items())
    return any(map(odd, node.items))


def _without_last_breaks(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _without_last_breaks(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return list(map(_without_last_breaks, tree))
    return tree.rstrip("\n") if isinstance(tree, str) else tree


def check_file(data: bytes, dataset: Dataset) -> list[Finding]:
    """Return the findings of a file, after checking the invariants that hold for any bytes.

    Raises:
        AssertionError: an invariant is violated.
    """
    findings = validate_parsed(parse(data, "SYR-20220908-7q4m.yaml"), dataset)
    lines = data.removesuffix(b"\n").count(b"\n") + 1
    for finding in findings:
        assert 1 <= finding.mark.line <= lines, finding
        assert finding.mark.column >= 1, finding
        assert finding.message, finding
    for name in ("text", "json", "github"):  # the others print the pages of all rules each time
        assert all(line.isprintable() for line in PRINTERS[name](findings, 1).split("\n"))
    fix = repair(data)
    assert repair(fix.data).data == fix.data
    assert not fix.canonical or read(fix.data, "x.yaml")[1] == []
    root, wrong = read(data, "x.yaml")
    if root is not None and {*fix.fixes} <= FORM_ONLY:
        assert same(read(fix.data, "x.yaml")[0] or SequenceNode([], Mark()), root)
    if root is not None and not wrong and not odd(root):
        assert plain(root) == load_with_pyyaml(data)
    return findings


def files(dice: random.Random) -> Iterator[bytes]:
    """Yield hostile files, endlessly."""
    seeds = [file.read_bytes() for file in [*FOUNDING, *FOUNDING, *REGISTRIES]]
    trees = [load_with_pyyaml(seed) for seed in seeds]
    while True:
        choice = dice.random()
        if choice < 0.5:
            yield restructure(dice.choice(trees), dice)
        elif choice < 0.6:
            yield "".join(dice.choices(SNIPPETS, k=dice.randint(1, 60))).encode("utf-8", "surrogatepass")
        else:
            yield mutate(dice.choice(seeds), dice)


def main(seconds: float = 60.0, seed: int | None = None) -> int:
    """Fuzz for some seconds; return 1 if something failed."""
    seed = random.randrange(10**9) if seed is None else seed
    dataset = Dataset(TOP)
    last, failure = (Path(tempfile.gettempdir(), name) for name in ("fuzz-last.yaml", "fuzz-failure.yaml"))
    end, number, accepted_count, slowest = time.monotonic() + seconds, 0, 0, 0.0
    for number, data in enumerate(files(random.Random(seed)), 1):
        last.write_bytes(data)
        start = time.process_time()
        try:
            accepted_count += not errors(check_file(data, dataset))
            slowest = max(slowest, time.process_time() - start)
            assert slowest <= HANGS, f"took {slowest:.1f} s"
        except Exception as error:
            failure.write_bytes(data)
            print(f"file {number} of seed {seed}, kept as {failure}: {type(error).__name__}: {error}")
            return 1
        if time.monotonic() > end:
            break
    last.unlink()
    print(f"{number} files of seed {seed}: none failed, {accepted_count} passed, the slowest took {slowest:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(*[convert(text) for convert, text in zip((float, int), sys.argv[1:], strict=False)]))
