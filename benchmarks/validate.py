"""Compare the time of reading and validation with that of other programs on the same files in the same run.

    python -m benchmarks.validate [--records 2k] [--runs 3] [--tables] [--only NAME …]

Makes a dataset of so many incidents (`benchmarks.generator`), runs each program as a process of its own, and prints its
processor seconds, those of its loop where it is a loop of ours, wall seconds, peak memory, and the ratio of its
processor seconds to those of PyYAML's CSafeLoader alone: the best of some runs. Machines are noisy, ratios less so.
`--tables` builds a release of the dataset first, and runs frictionless, pandas and `load` on its tables.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from benchmarks.generator import TOP, generate, size

WORK = TOP / "build" / "benchmarks"
TOOLS = WORK / "tools"
"""The environment of the tools in requirements.txt."""
SCHEMA = TOP / "schemas" / "incident-1.json"
BASE = "CSafeLoader"
"""The program that ratios are relative to."""
WARM = "incidents validate, warm"
"""The programs that are run once before measuring."""

_LOOP = """
import sys, time
from pathlib import Path
{setup}
files = sorted(map(str, Path("data").rglob("*.yaml")))
start = time.process_time()
for file in files:
    with open(file, "rb") as stream:
        data = stream.read()
    {step}
print("loop", time.process_time() - start)
"""
LOOPS = {
    "read the bytes": ("", "pass"),
    "C events": ("import yaml", "for event in yaml.parse(data, Loader=yaml.CSafeLoader): pass"),
    BASE: ("import yaml", "yaml.load(data, Loader=yaml.CSafeLoader)"),
    "our reader": ("from conflict_incidents.records.yaml.parser import read", "read(data, file)"),
    "our reader, schema, record": ("from conflict_incidents.records.parsing import parse", "parse(data, file)"),
    "CSafeLoader + jsonschema": (
        "import json, yaml\nfrom jsonschema import Draft202012Validator\n"
        "class Loader(yaml.CSafeLoader): pass\n"
        "Loader.yaml_implicit_resolvers = {key: [one for one in them if 'timestamp' not in one[0]]\n"
        "    for key, them in yaml.CSafeLoader.yaml_implicit_resolvers.items()}\n"
        f"known = {{file.stem: Draft202012Validator(json.loads(file.read_text()))"
        f" for file in Path({str(TOP / 'schemas')!r}).glob('*.json')}}",
        "value = yaml.load(data, Loader=Loader); list(known[value['schema'].replace('/', '-')].iter_errors(value))",
    ),
}
"""Loops over all files: the code before the loop, and the code for the bytes of a file."""


@dataclass(frozen=True)
class Run:
    """The measurements of one process."""

    cpu: float
    loop: float | None
    wall: float
    mib: float

    @property
    def own(self) -> float:
        """The processor seconds of the work itself, if the program prints them; else those of the process."""
        return self.loop or self.cpu


def run(command: list[str], folder: Path) -> Run:
    """Run a process to its end, ignoring its exit code."""
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "INCIDENTS_CACHE": str(WORK / "cache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)[:200]} ended with {process.returncode}: {output[-300:]}")
    last = output.rstrip().rpartition("\n")[2]
    loop = float(last.removeprefix("loop ")) if last.startswith("loop ") else None
    return Run(usage.ru_utime + usage.ru_stime, loop, wall, usage.ru_maxrss / 1024)


def best(command: list[str], folder: Path, runs: int) -> Run:
    """Return the minimum of each measurement in some runs."""
    all = [run(command, folder) for _ in range(runs)]
    loops = [one.loop for one in all if one.loop is not None]
    return Run(
        min(one.cpu for one in all), min(loops, default=None), min(one.wall for one in all), min(one.mib for one in all)
    )


def programs(folder: Path, tables: bool) -> dict[str, list[str]]:
    """Return the command of each program by name."""
    commands = {
        name: [sys.executable, "-c", _LOOP.format(setup=setup, step=step)] for name, (setup, step) in LOOPS.items()
    }
    incidents = [sys.executable, "-m", "conflict_incidents"]
    validate = [*incidents, "validate", "--quiet"]
    commands["incidents validate, one core"] = [*validate, "--no-cache", "--jobs", "1"]
    commands["incidents validate, all cores"] = [*validate, "--no-cache"]
    commands[WARM] = validate
    commands["incidents validate ONE"] = [*validate, str(next((folder / "data").rglob("*-7q4m.yaml")))]
    tools = TOOLS / "bin"
    check = f"xargs -0 {tools}/check-jsonschema --schemafile {SCHEMA}"
    commands["check-jsonschema"] = ["bash", "-c", f"find data/incidents -name '*.yaml' -print0 | {check}"]
    commands["yamllint"] = [str(tools / "yamllint"), "-d", "relaxed", "data"]
    if tables:
        package = folder / "release" / "current" / "datapackage.json"
        commands["frictionless on the tables"] = [sys.executable, "-m", "frictionless", "validate", str(package)]
        file = str(package.with_name("incidents.parquet"))
        read = f"import pandas as pd; pd.read_parquet({file!r})"
        commands["import pandas, read_parquet"] = [sys.executable, "-c", read]
        load = f"import conflict_incidents as ci; ci.load('incidents', source={str(package.parent)!r})"
        commands["import, load"] = [sys.executable, "-c", load]
    return commands


def tools() -> None:
    """Create the environment of the other tools, once."""
    if not (TOOLS / "bin" / "yamllint").exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS], check=True)
        requirements = Path(__file__).with_name("requirements.txt")
        subprocess.run([TOOLS / "bin" / "pip", "install", "-qqq", "-r", requirements], check=True)


def dataset(records: str) -> Path:
    """Return the folder of a dataset of so many incidents, generated again if its sources have changed."""
    folder = WORK / records
    sizes = sorted(
        f"{file} {file.stat().st_size}" for name in ("data", "schemas") for file in (TOP / name).rglob("*.*")
    )
    stamp = "\n".join([Path(__file__).with_name("generator.py").read_text("utf-8"), *sizes])
    mark = folder / "made_by.txt"
    if not mark.exists() or mark.read_text("utf-8") != stamp:
        if folder.exists():
            rmtree(folder)
        generate(folder, size(records))
        mark.write_text(stamp, "utf-8")
    return folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", default="2k", help="how many incidents: 2k, 10k, 100k, 1M")
    parser.add_argument("--runs", type=int, default=3, help="of which the best counts")
    parser.add_argument("--tables", action="store_true", help="also build a release, and run frictionless on it")
    parser.add_argument("--only", nargs="+", metavar="NAME", help=f"only these programs, and {BASE}")
    args = parser.parse_args()
    folder = dataset(args.records)
    tools()
    if args.tables:
        build = [sys.executable, "-m", "conflict_incidents", "build"]
        timing = run(build, folder)
        print(f"incidents build: {timing.cpu:.2f} s of processor time, {timing.mib:.0f} MiB")
    files = list((folder / "data").rglob("*.yaml"))
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB; best of {args.runs}")
    print(f"{'':30} {'CPU s':>8} {'loop s':>8} {'wall s':>8} {'MiB':>7} {'ratio':>7}")
    commands = programs(folder, args.tables)
    names = [name for name in commands if not args.only or name in {BASE, *args.only}]
    base = best(commands[BASE], folder, args.runs)
    for name in names:
        if name == WARM:
            run(commands[name], folder)
        one = base if name == BASE else best(commands[name], folder, args.runs)
        loop = f"{one.loop:8.2f}" if one.loop is not None else f"{'':8}"
        print(f"{name:30} {one.cpu:8.2f} {loop} {one.wall:8.2f} {one.mib:7.0f} {one.own / base.own:7.2f}", flush=True)


if __name__ == "__main__":
    main()
