"""Mutation testing: check that the tests detect small mistakes in rules and estimates.

    ./scripts/mutate [MODULE[:FUNCTION|:LINE]…]

Without a name it tests `validation/rules/` and all of `estimates/` but the explanation. Each mutation of `mutations.py`
is applied alone, in the memory of a separate process, and the tests run until one fails: the mutant is killed. Mutants
of a rule must be killed by the cases of the rule's own family, those of the estimate by the examples in
`tests/estimates`; a mutant that only another test would detect survives. The source isn't changed. Equivalent mutants
survive as well.

It prints the surviving mutants, then a table, and ends with exit code 1 if fewer than 90 % of the mutants of a module
are killed. `test_mutate.py` runs a short form.

mutmut and cosmic-ray aren't used: mutmut 3 skips every function with a decorator, so every rule, and all code outside
of functions; cosmic-ray starts the interpreter and pytest for each mutant, which takes seconds instead of a third of
one.

Prevents: a rule whose cases would pass without it.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from conflict_incidents.pipeline import combine, process
from mutations import Mutation, mutations

TOP = Path(__file__).parents[2]
sys.path += sorted({str(file.parent) for file in (TOP / "tests").rglob("test_*.py")})
PACKAGE = TOP / "src/conflict_incidents"
ESTIMATING = tuple(
    f"estimates/{name}"
    for name in (
        *("accounts", "bests", "current", "envelope", "family", "group", "intervals", "ordering", "sites", "states"),
        *("group_sums", "values", "voices"),
    )
)
RULES = tuple(f"validation/rules/{file.stem}" for file in sorted((PACKAGE / "validation/rules").glob("[!_]*.py")))
EXAMPLES = tuple(
    file.stem for file in sorted((TOP / "tests/estimates").glob("test_*.py")) if not file.stem.endswith("_properties")
)
"""The examples of the estimate."""
MIN_SCORE = 0.9
"""The minimum share of killed mutants."""
TESTS = {
    "validation/rules/privacy_contacts": ("test_privacy_contacts", "test_"),
    "validation/rules/record_form": ("test_rules", "test_schema_violation_without_a_rule"),
    "validation/rules/privacy_names": ("test_privacy_names", "test_"),
    "validation/rules/sources_urls": ("test_rules", "test_an_address_is_brought_into_normal_form"),
    "validation/rules/waivers": ("test_rules", "test_a_waiver_counts"),
    "validation/rules/revisions": ("test_rules", "test_a_version_rises_as_far_as_the_changes_demand"),
    "validation/rules/revisions_withdrawals": ("test_rules_on_releases", "test_"),
    "validation/rules/revisions_notes": ("test_rules_on_releases", "test_"),
}
"""The tests of a module besides the cases of rules: the file, and the prefix of their names."""
LIBRARIES = ("hypothesis", "jsonschema_rs", "pandas", "pandera.pandas", "pyarrow.parquet", "pytest", "rapidfuzz")
"""Modules that are slow to import."""
SECONDS = 10
"""The seconds of processor time after which a mutant counts as a hang, and as killed; no test takes nearly as long."""
MEMORY = 4 << 30


class Fate(IntEnum):
    """The outcome of a mutant, as the exit code of its process."""

    SURVIVED = 0
    KILLED = 1


@dataclass(frozen=True)
class Mutant:
    """A mutation of a module, and the rules whose cases must detect it, one of them first.

    `mutation` is None for the module as it is.
    """

    module: str
    tree: ast.Module
    rules: frozenset[str]
    mutation: Mutation | None = None
    first: str = ""

    @property
    def code(self) -> CodeType:
        """The mutated code of the whole module."""
        with self.mutation.apply() if self.mutation else contextlib.nullcontext():
            return compile(ast.fix_missing_locations(self.tree), str(file_of(self.module)), "exec")

    def __str__(self) -> str:
        mutation = self.mutation
        if mutation is None:
            return f"{self.module} as it is"
        where = f"src/conflict_incidents/{self.module}.py:{mutation.line} {mutation.within or '(module)'}"
        return f"{where}: {_line(mutation.was)}  ->  {_line(mutation.now)}"


def _line(code: str) -> str:
    return " ".join(code.split())


def file_of(module: str) -> Path:
    """Return the file of a module, given its path in the package: `validation/rules/counts`."""
    return PACKAGE / f"{module}.py"


def _name(module: str) -> str:
    return f"conflict_incidents.{module.replace('/', '.')}"


def mutants(module: str, part: str = "") -> list[Mutant]:
    """Return all mutants of a module, or those of one of its functions or lines."""
    tree = ast.parse(file_of(module).read_text("utf-8"))
    ids = _ids(tree)
    rules = frozenset(ids.values()) or _importing_rules(module)
    return [
        Mutant(module, tree, rules, mutation, ids.get(mutation.within, ""))
        for mutation in mutations(tree)
        if part in {"", mutation.within, str(mutation.line)}
    ]


def _ids(tree: ast.Module) -> dict[str, str]:
    """Return the ids of a module's rules by the names of their functions."""
    return {
        node.name: ast.literal_eval(decorator.args[0])
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "rule"
    }


def _importing_rules(module: str) -> frozenset[str]:
    """Return the rules of the modules that import a module without rules of its own; their cases test it."""
    trees = [ast.parse(file_of(other).read_text("utf-8")) for other in (RULES if module in RULES else ())]
    names = {tree: {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} for tree in trees}
    return frozenset(id for tree in trees if _name(module) in names[tree] for id in _ids(tree).values())


class MutantFinder(MetaPathFinder):
    """A finder that replaces one module of the package by a mutated one."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.name, self.code = _name(module), code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Return the spec of the module, with a loader of the mutated code."""
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
    """Run the tests on a mutant, in a separate process."""
    try:
        _import_mutant(mutant)
        if mutant.rules:
            _cases(mutant, folder / "cases")
            os.chdir(TOP)
        for file in EXAMPLES if mutant.module in ESTIMATING else ():
            _tests(file, "test_")
        if mutant.module in TESTS:
            _tests(*TESTS[mutant.module])
        return Fate.SURVIVED
    except BaseException:  # whatever a mistake leads to, it was noticed
        if mutant.mutation is None:
            traceback.print_exc(file=sys.__stderr__)
        return Fate.KILLED


def _tests(file: str, prefix: str) -> None:
    """Call the tests of a file with all their parameters. None of them needs other features of pytest.

    Raises:
        AssertionError: one of them fails.
    """
    for name, test in vars(importlib.import_module(file)).items():
        if name.startswith(prefix):
            for call in _parametrize_args(getattr(test, "pytestmark", [])):
                test(**call)


def _parametrize_args(marks: list[Any]) -> list[dict[str, Any]]:
    if not marks:
        return [{}]
    (mark,) = marks
    names, values = mark.args
    several = [names] if isinstance(names, str) else names
    return [dict(zip(several, [one] if isinstance(names, str) else one, strict=True)) for one in values]


def _cases(mutant: Mutant, root: Path) -> None:
    """Run the cases of the rules of a module, those of the mutated rule first.

    Raises:
        AssertionError: one of them fails.
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
    """Yield the fate of each mutant, running several at a time, in the order in which they finish."""
    running: dict[int, tuple[Mutant, Path]] = {}
    waiting = iter(todo)
    try:
        while True:
            while len(running) < workers and (mutant := next(waiting, None)):
                folder = Path(tempfile.mkdtemp(prefix="mutant-"))
                running[_start(mutant, folder)] = mutant, folder
            if not running:
                return
            child, status = os.wait()
            mutant, folder = running.pop(child)
            shutil.rmtree(folder)
            yield mutant, Fate.SURVIVED if status == 0 else Fate.KILLED
    finally:
        for child, (_, folder) in running.items():
            os.kill(child, 9)
            os.waitpid(child, 0)
            shutil.rmtree(folder)


def _start(mutant: Mutant, folder: Path) -> int:
    """Start a process that tests a mutant, and return its id; its exit code is the mutant's fate."""
    child = os.fork()
    if child:
        return child
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2) if mutant.mutation else (0, 1):
            os.dup2(silence, stream)
        sys.stdout = sys.stderr = io.StringIO()
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        os._exit(judge(mutant, folder))
    finally:
        os._exit(Fate.KILLED)


def report(fates: list[tuple[Mutant, Fate]]) -> tuple[list[str], bool]:
    """Return the lines to print, and whether enough mutants were killed in every module."""
    lines = [f"survived: {mutant}" for mutant, fate in fates if fate is Fate.SURVIVED]
    lines.append(f"{'module':<44}{'mutants':>9}{'killed':>9}{'share':>9}")
    by_module = {mutant.module: [fate for one, fate in fates if one.module == mutant.module] for mutant, _ in fates}
    shares = []
    for module, all_of in [*by_module.items(), ("all", [fate for _, fate in fates])]:
        killed = all_of.count(Fate.KILLED)
        shares.append(killed / max(1, len(all_of)))
        lines.append(f"{module:<44}{len(all_of):>9}{killed:>9}{shares[-1]:>9.1%}")
    return lines, min(shares) >= MIN_SCORE


def _remembered(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Parse each record once, as no mutant changes it; return copies, since a record caches its estimates."""
    records: dict[str, Any] = {}

    def remembered(tree: Any) -> Any:
        text = json.dumps(tree)
        if text not in records:
            records[text] = read(tree)
        return copy(records[text])

    return remembered


def _prepare(estimating: bool) -> None:
    """Import everything once, and run some cases: a process then only imports what a mutation changes."""
    samples: Any = importlib.import_module("samples")
    samples.record = _remembered(samples.record)
    for name in (*LIBRARIES, "test_rules", *EXAMPLES):
        importlib.import_module(name)
    tests: Any = sys.modules["test_rules"]
    with tempfile.TemporaryDirectory() as folder:
        dataset = tests.lay_out(Path(folder))
        with contextlib.chdir(dataset):
            for case in tests.FAILING[::10]:
                tests.test_a_wrong_record_is_refused_at_its_place(case, dataset)
    for module in (*ESTIMATING, *RULES):
        resting_on(module)
    for file in EXAMPLES if estimating else ():
        _tests(file, "test_")
    gc.collect()
    gc.freeze()


@cache
def resting_on(module: str) -> tuple[str, ...]:
    """Return the modules to reload with a module, including itself.

    With a rule these are those that import it, directly or not; in the estimate only those that its examples use.
    """
    if module in ESTIMATING:
        mine = {*EXAMPLES, "estimate_samples"}
        return tuple(name for name in sys.modules if name.startswith("conflict_incidents.estimates") or name in mine)
    modules = {_name(module)}
    while more := {name for name, imports in _imports().items() if imports & modules} - modules:
        modules |= more
    return tuple(name for name in sys.modules if name in modules)


def _of_tests(name: str) -> bool:
    return name not in {"mutate", "mutations"} and any((TOP / "tests").rglob(f"{name}.py"))


@cache
def _imports() -> dict[str, set[str]]:
    """Return the imports of each module of the package and of its tests."""
    imports: dict[str, set[str]] = {}
    for name, module in sys.modules.items():
        if name.startswith("conflict_incidents") or _of_tests(name):
            tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
            froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            imports[name] = {f"{node.module}.{one.name}" for node in froms for one in node.names}
            imports[name] |= {str(node.module) for node in froms}
    return imports


def _import_mutant(mutant: Mutant) -> None:
    """Reload the mutated module and those that depend on it; its rules are then registered again."""
    sys.meta_path.insert(0, MutantFinder(mutant.module, mutant.code))
    names = resting_on(mutant.module)
    rules = sys.modules["conflict_incidents.core.rule"].RULES
    for id in [id for id, rule in rules.items() if rule.check.__module__ in names]:
        del rules[id]
    process._RULES_ON.clear()
    combine._rules_across.cache_clear()
    for name in names:
        del sys.modules[name]
    for name in names if mutant.rules else ():
        importlib.import_module(name)


def _mutants_named(name: str) -> list[Mutant]:
    """Return the mutants of a module or, after a colon, of one of its functions or lines; there must be some."""
    if some := mutants(*name.split(":")):
        return some
    raise LookupError(f"nothing to change in {name}")


def main(*names: str) -> int:
    """Test all mutants of some modules; return 0 if enough are killed, 1 if not, 2 if they can't be tested."""
    try:
        todo = [each for name in names or (*ESTIMATING, *RULES) for each in _mutants_named(name)]
    except (OSError, LookupError) as error:
        print(f"mutate: {error}", file=sys.stderr)
        return 2
    _prepare(any(one.module in ESTIMATING for one in todo))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended as well
    workers = os.cpu_count() or 1
    sound = [Mutant(each.module, each.tree, each.rules) for each in {one.module: one for one in todo}.values()]
    for mutant, fate in fates(sound, workers):
        if fate is Fate.KILLED:
            print(f"mutate: the tests fail, or hang, on {mutant}; mend that first", file=sys.stderr)
            return 2
    results: list[tuple[Mutant, Fate]] = []
    for one in fates(todo, workers):
        results.append(one)
        if sys.stderr.isatty():
            print(f"\r{len(results)} of {len(todo)}", end="\n" if len(results) == len(todo) else "", file=sys.stderr)
    order = {id(mutant): number for number, mutant in enumerate(todo)}
    lines, is_enough = report(sorted(results, key=lambda one: order[id(one[0])]))
    print("\n".join(lines))
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
