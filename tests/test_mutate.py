"""The mutation testing itself: which mistakes it makes, and that it can tell a killed one from one that survives."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from mutate import ESTIMATING, RULES, Fate, Mutant, equivalents, mutants, report
from mutations import mutations

TOP = Path(__file__).parents[1]

MADE = {
    "a < b": ["a <= b", "a >= b"],
    "a == b": ["a != b"],
    "a in b": ["a not in b"],
    "a is None": ["a is not None"],
    "0 <= a < b": ["0 < a < b", "0 > a < b", "0 <= a <= b", "0 <= a >= b", "1 <= a < b", "-1 <= a < b"],
    "a and b": ["a or b", "b", "a"],
    "a or b or c": ["a and b and c", "b or c", "a or c", "a or b"],
    "not a": ["a"],
    "-a": ["a"],
    "a + b": ["a - b", "a", "b"],
    "a - b": ["a + b", "a"],
    "a & b": ["a | b", "a"],
    "a if b else c": ["a if False else c", "a if True else c"],
    "[a for a in b if c]": ["[a for a in b if False]", "[a for a in b if True]"],
    "True": ["False"],
    "7": ["8", "6"],
    "'killed'": ["'XXkilled'"],
    "min(a)": ["max(a)"],
    "sorted(a, key=b)": ["list(a)"],
    "a.strip('.').x": ["a.x", "a.strip('XX.').x"],
    "a.low": ["a.high"],
    "re.compile(r'\\bx{2,}$')": ["re.compile('x{2,}$')", "re.compile('\\\\bx{3,}$')", "re.compile('\\\\bx{1,}$')"],
    # Wording, and what only the reader sees, is left alone.
    "'two words'": [],
    "f'{a} of {b.low}'": ["f'{a} of {b.high}'"],
    "zip(a, b, strict=True)": [],
}
"""Expressions, and what they are taken for; the last of a pattern's is left out here."""


@pytest.mark.parametrize("code", MADE)
def test_each_expression_is_taken_for_others(code: str) -> None:
    tree = ast.parse(f"x = {code}")
    found: list[str] = []
    for one in mutations(tree):
        with one.made():
            found.append(ast.unparse(tree).removeprefix("x = "))
    assert [one for one in found if one in MADE[code]] == found[: len(MADE[code])] == MADE[code]
    assert ast.unparse(tree) == ast.unparse(ast.parse(f"x = {code}"))


FUNCTION = '''
@rule("CNT003", Severity.ERROR)
@cache
def f(a: int | None = None) -> Iterator[int]:
    """A word."""
    if a:
        a.b = 1
        a.append(a)
        return
    while a:
        a += 1
    try:
        yield from g(a)
    except (KeyError, ValueError):
        raise
    yield f"{a}"
'''


def test_statements_go_one_at_a_time() -> None:
    found = [f"{one.line} {one.was} -> {one.now}" for one in mutations(ast.parse(FUNCTION))]
    assert found == [
        "2 Severity.ERROR -> Severity.WARNING",
        "6 a -> False",
        "6 a -> True",
        "7 a.b = 1 -> pass",
        "7 1 -> 2",
        "7 1 -> 0",
        "8 a.append(a) -> pass",
        "9 return -> pass",
        "10 a -> False",
        "11 a += 1 -> pass",
        "11 a += 1 -> a -= 1",
        "11 1 -> 2",
        "11 1 -> 0",
        "13 yield from g(a) -> yield from ()",
        "14 (KeyError, ValueError) -> (ValueError,)",
        "14 (KeyError, ValueError) -> (KeyError,)",
        "15 raise -> pass",
        "16 yield f'{a}' -> yield from ()",
    ]


WITHOUT_LIST = """
import sys, pathlib, mutate
mutate.EQUIVALENT = pathlib.Path(sys.argv[1])
sys.exit(mutate.main(sys.argv[2]))
"""


def test_the_cases_kill_what_they_notice_and_nothing_else(tmp_path: Path) -> None:
    """The short form of `./scripts/mutate`: a line of a rule, with one mistake that nobody can notice."""
    (silent,) = [one for one in mutants("rules/counts", "round_number") if one.why]
    assert silent.mutation is not None
    line = f"rules/counts:{silent.mutation.line}"
    killed = len(mutants(*line.split(":"))) - 1
    assert killed >= 8
    nothing = tmp_path / "none.yaml"
    nothing.touch()
    command = [sys.executable, "-c", WITHOUT_LIST, str(nothing), line]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP / "tests")
    assert (done.stderr, done.returncode) == ("", 1)
    told, *table = done.stdout.splitlines()
    assert told == f"survived: {silent}"
    assert table[-1].split()[:5] == ["all", str(killed + 1), str(killed), "1", "0"]


def found(*fates: tuple[str, Fate]) -> list[tuple[Mutant, Fate]]:
    made = mutations(ast.parse("x = 1\n"))
    return [
        (Mutant("rules/x", ast.parse(""), frozenset(), one, why=why), fate)
        for one, (why, fate) in zip(made, fates, strict=True)
    ]


def test_what_survives_is_told_with_its_place_and_is_too_much() -> None:
    assert report(found(("", Fate.SURVIVED), ("", Fate.KILLED))) == (
        [
            "survived: src/conflict_incidents/rules/x.py:1 (module): 1  ->  2",
            "module                mutants   killed  survived  equivalent    share",
            "rules/x                     2        1         1           0    50.0%",
            "all                         2        1         1           0    50.0%",
        ],
        False,
    )


def test_equivalent_mistakes_are_counted_apart() -> None:
    lines, enough = report(found(("the same", Fate.SURVIVED), ("", Fate.KILLED)))
    assert lines[-1] == "all                         2        1         0           1   100.0%"
    assert enough


def test_a_mistake_that_is_listed_as_equivalent_and_killed_is_told() -> None:
    lines, enough = report(found(("the same", Fate.KILLED), ("", Fate.KILLED)))
    assert lines[0] == ("not equivalent, for a test notices it: src/conflict_incidents/rules/x.py:1 (module): 1  ->  2")
    assert not enough


@pytest.mark.parametrize("module", RULES)
def test_every_mistake_in_a_rule_has_cases_in_front_of_it(module: str) -> None:
    assert all(one.rules for one in mutants(module))


def test_what_serves_rules_elsewhere_has_their_cases_in_front_of_it() -> None:
    assert {id for one in mutants("rules/shares") for id in one.rules} >= {"CNT001", "CNT004"}


@pytest.mark.parametrize("module", [*ESTIMATING, *RULES])
def test_every_equivalent_mistake_is_one_and_has_its_reason(module: str) -> None:
    listed = equivalents(module)
    assert {one.mutation.key for one in mutants(module) if one.mutation and one.why} == set(listed)
    assert all(len(why) > 10 for why in listed.values())


def test_an_equivalent_mistake_that_nobody_can_make_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "equivalent.yaml"
    file.write_text("rules/counts: [{in: round_number, was: '50', now: '48', why: no such mistake}]", "utf-8")
    monkeypatch.setattr("mutate.EQUIVALENT", file)
    with pytest.raises(ValueError, match="lists what isn't a mistake in rules/counts"):
        mutants("rules/counts")
