"""Mutation testing: whether the tests notice a small mistake in what judges the records.

    ./scripts/mutate [MODULE[:FUNCTION|:LINE]…]

Without a name it judges `rules/`, `estimate.py`, and what that rests on: `selection.py` and `ranges.py`. Each mistake
of `mutations.py` is made alone, in the memory of a process of its own, and the tests run until one fails: the mistake
is killed. In a rule it has to be noticed by the cases of the rule's own family, in the estimate by `test_estimate.py`:
what only another test would notice has survived. Nothing is written into the source. Mistakes that change nothing are
listed by hand in `equivalent_mutants.yaml`, each with its reason, and counted apart.

It prints the mistakes that survive, then a table, and ends with exit code 1 where a module has fewer than 95 of a
hundred killed, or where a mistake that is listed as equivalent is killed after all. `test_mutate.py` runs a short form.

Why not mutmut or cosmic-ray: mutmut 3 leaves out every function with a decorator, so every rule, and everything outside
of functions. cosmic-ray starts the interpreter and pytest anew for each mistake, some seconds for what takes a third of
one here.

Prevents: a rule whose cases would pass without it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import yaml

from mutations import Mutation, mutations

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "src/conflict_incidents"
ESTIMATING = ("estimate", "selection", "ranges")
RULES = tuple(f"rules/{file.stem}" for file in sorted((PACKAGE / "rules").glob("[!_]*.py")))
EQUIVALENT = TOP / "tests/equivalent_mutants.yaml"
WANTED = 0.95
"""The share of the mistakes that have to be killed."""
TESTS = {
    **dict.fromkeys(ESTIMATING, ("test_estimate.py",)),
    "rules/estimates": ("test_rules.py::test_an_end_that_no_claim_closes_is_seen",),
}
"""The tests of a module that aren't cases of rules."""
PRELOADED = ("hypothesis", "jsonschema_rs", "pandas", "pandera.pandas", "pyarrow.parquet", "pytest", "rapidfuzz")
"""What all tests import and no mistake can change: imported once, before the processes part."""
SECONDS = 120
"""Processor time in which any of the tests is long through; a mistake that takes longer hangs, and is killed."""
MEMORY = 4 << 30


class Fate(IntEnum):
    """What became of a mistake, as the exit code of the process in which it was made."""

    SURVIVED = 0
    KILLED = 1


@dataclass(frozen=True)
class Mutant:
    """A mistake in a module, and the rules whose cases have to notice it, one of them first.

    `mutation` is None for the module as it is; `why` is the reason why nobody can notice it, if it is equivalent.
    """

    module: str
    tree: ast.Module
    rules: frozenset[str]
    mutation: Mutation | None = None
    first: str = ""
    why: str = ""

    @property
    def code(self) -> CodeType:
        """The whole module with the mistake."""
        with self.mutation.made() if self.mutation else contextlib.nullcontext():
            return compile(ast.fix_missing_locations(self.tree), str(file_of(self.module)), "exec")

    def __str__(self) -> str:
        made = self.mutation
        if made is None:
            return f"{self.module} as it is"
        where = f"src/conflict_incidents/{self.module}.py:{made.line} {made.within or '(module)'}"
        nth = f" ({made.nth})" if made.nth > 1 else ""
        return f"{where}{nth}: {_line(made.was)}  ->  {_line(made.now)}"


def _line(code: str) -> str:
    return " ".join(code.split())


def file_of(module: str) -> Path:
    """The file of a module, named by its path in the package: `rules/counts`."""
    return PACKAGE / f"{module}.py"


def mutants(module: str, part: str = "") -> list[Mutant]:
    """All mistakes of a module, or those of one of its functions or lines.

    Raises:
        ValueError: the list of equivalent ones has some that nobody can make; it tells which.
    """
    tree = ast.parse(file_of(module).read_text("utf-8"))
    ids = {node.name: id for node in tree.body if isinstance(node, ast.FunctionDef) for id in _ids(node)}
    reasons = equivalents(module)
    rules = frozenset(ids.values())
    found = [
        Mutant(module, tree, rules, made, ids.get(made.within, ""), reasons.pop(made.key, ""))
        for made in mutations(tree)
    ]
    if reasons:
        raise ValueError(f"{EQUIVALENT.name} lists what isn't a mistake in {module}: {next(iter(reasons))}")
    return [one for one in found if one.mutation and part in {"", one.mutation.within, str(one.mutation.line)}]


def _ids(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "rule":
            yield ast.literal_eval(decorator.args[0])


def equivalents(module: str) -> dict[tuple[str, str, str, int], str]:
    """The mistakes of a module that change nothing, and why."""
    listed: dict[str, list[dict[str, Any]]] = yaml.safe_load(EQUIVALENT.read_text("utf-8")) or {}
    return {
        (each.get("in", ""), each["was"], each["now"], nth): each["why"]
        for each in listed.get(module, [])
        for nth in each.get("nth", [1])
    }


class Mutated(MetaPathFinder):
    """Finds one module of the package with a mistake in it, instead of its file."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.name, self.code = f"conflict_incidents.{module.replace('/', '.')}", code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """The module's place as it would be found, with a loader that has the code at hand."""
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self.code)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, code: CodeType) -> None:
        super().__init__(fullname, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the name of the overridden method's parameter
        return self._code


def judge(mutant: Mutant, folder: Path) -> Fate:
    """Run the tests with the mistake made, in a process that has imported nothing of the package yet."""
    sys.meta_path.insert(0, Mutated(mutant.module, mutant.code))
    try:
        if mutant.rules:
            _cases(mutant, folder / "cases")
        return Fate.KILLED if _fail(TESTS.get(mutant.module, ()), folder / "pytest") else Fate.SURVIVED
    except BaseException:  # whatever a mistake leads to, it was noticed
        return Fate.KILLED


def _fail(tests: tuple[str, ...], folder: Path) -> bool:
    os.chdir(TOP)
    # `plain`, since pytest would warn that what is imported already can't be rewritten.
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", f"--basetemp={folder}"]
    return bool(tests) and importlib.import_module("pytest").main([*options, *(f"tests/{test}" for test in tests)]) != 0


def _cases(mutant: Mutant, root: Path) -> None:
    """The cases of the rules of a module, those of the rule with the mistake first.

    Raises:
        AssertionError: one of them comes out otherwise.
    """
    tests: Any = importlib.import_module("test_rules")
    dataset = tests.lay_out(root)
    os.chdir(dataset)
    checks = [(case, tests.test_a_wrong_record_is_refused_at_its_place) for case in tests.FAILING]
    checks += [(case, tests.test_a_right_record_passes) for case in tests.PASSING]
    for case, check in sorted(checks, key=lambda one: one[0].rule != mutant.first):
        if case.rule in mutant.rules:
            check(case, dataset)


def fates(todo: Iterable[Mutant], workers: int) -> Iterator[tuple[Mutant, Fate]]:
    """What becomes of each mistake, some at a time; in the order in which they are through."""
    running: dict[int, tuple[Mutant, Path]] = {}
    waiting = iter(todo)
    try:
        while True:
            while len(running) < workers and (mutant := next(waiting, None)):
                folder = Path(tempfile.mkdtemp(prefix="mutant-"))
                running[_started(mutant, folder)] = mutant, folder
            if not running:
                return
            process, status = os.wait()
            mutant, folder = running.pop(process)
            shutil.rmtree(folder)
            yield mutant, Fate.SURVIVED if status == 0 else Fate.KILLED
    finally:
        for process, (_, folder) in running.items():
            os.kill(process, 9)
            os.waitpid(process, 0)
            shutil.rmtree(folder)


def _started(mutant: Mutant, folder: Path) -> int:
    """The number of a new process that judges a mistake; its exit code is the mistake's fate."""
    process = os.fork()
    if process:
        return process
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        sys.stdout = sys.stderr = io.StringIO()
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
        os._exit(judge(mutant, folder))
    finally:
        os._exit(Fate.KILLED)


def report(found: list[tuple[Mutant, Fate]]) -> tuple[list[str], bool]:
    """The lines to print, and whether enough was killed in every module."""
    lines = [f"survived: {mutant}" for mutant, fate in found if fate is Fate.SURVIVED and not mutant.why]
    wrong = [mutant for mutant, fate in found if fate is Fate.KILLED and mutant.why]
    lines += [f"not equivalent, for a test notices it: {mutant}" for mutant in wrong]
    lines.append(f"{'module':<20}{'mutants':>9}{'killed':>9}{'survived':>10}{'equivalent':>12}{'share':>9}")
    enough = not wrong
    by_module = {mutant.module: Counter[str]() for mutant, _ in found}
    for mutant, fate in found:
        by_module[mutant.module]["equivalent" if mutant.why else fate.name.lower()] += 1
    for module, counted in [*by_module.items(), ("all", sum(by_module.values(), Counter[str]()))]:
        counts = (counted.total(), counted["killed"], counted["survived"], counted["equivalent"])
        share = counts[1] / max(1, counts[1] + counts[2])
        enough = enough and (share >= WANTED or not counts[1] + counts[2])
        lines.append(f"{module:<20}{counts[0]:>9}{counts[1]:>9}{counts[2]:>10}{counts[3]:>12}{share:>9.1%}")
    return lines, enough


def main(*names: str) -> int:
    """Judge all mistakes of some modules: 0 where enough are killed, 1 where not, 2 where it can't be judged."""
    try:
        todo = [each for name in names or (*ESTIMATING, *RULES) for each in mutants(*name.split(":"))]
    except (OSError, ValueError) as error:
        print(f"mutate: {error}", file=sys.stderr)
        return 2
    for name in PRELOADED:
        importlib.import_module(name)
    os.environ |= {"CI": "true", "EXAMPLES": "25"}  # the same few examples for every mistake
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended as well
    assert not [name for name in sys.modules if name.startswith("conflict_incidents")]
    workers = os.cpu_count() or 1
    sound = [Mutant(each.module, each.tree, each.rules) for each in {one.module: one for one in todo}.values()]
    for mutant, fate in fates(sound, workers):
        if fate is Fate.KILLED:
            print(f"mutate: the tests fail, or hang, on {mutant}; mend that first", file=sys.stderr)
            return 2
    found: list[tuple[Mutant, Fate]] = []
    for one in fates(todo, workers):
        found.append(one)
        if sys.stderr.isatty():
            print(f"\r{len(found)} of {len(todo)}", end="\n" if len(found) == len(todo) else "", file=sys.stderr)
    order = {id(mutant): number for number, mutant in enumerate(todo)}
    lines, enough = report(sorted(found, key=lambda one: order[id(one[0])]))
    print("\n".join(lines))
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
