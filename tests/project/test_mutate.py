"""The mutation testing itself: which mistakes it makes, and that it can tell a killed one from one that survives."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from mutate import RULES, Fate, Mutant, main, mutants, report
from mutations import mutations

TOP = Path(__file__).parents[2]

VARIANTS = {
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


@pytest.mark.parametrize("code", VARIANTS)
def test_each_expression_is_taken_for_others(code: str) -> None:
    tree = ast.parse(f"x = {code}")
    variants: list[str] = []
    for one in mutations(tree):
        with one.apply():
            variants.append(ast.unparse(tree).removeprefix("x = "))
    assert [one for one in variants if one in VARIANTS[code]] == variants[: len(VARIANTS[code])] == VARIANTS[code]
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
    variants = [f"{one.line} {one.was} -> {one.now}" for one in mutations(ast.parse(FUNCTION))]
    assert variants == [
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


@pytest.mark.slow
def test_the_cases_kill_what_they_notice() -> None:
    """The short form of `./scripts/mutate`: one function of a rule."""
    function = "validation/rules/counts:round_number"
    number = len(mutants(*function.split(":")))
    command = [sys.executable, "mutate.py", function]
    result = subprocess.run(command, capture_output=True, text=True, cwd=TOP / "tests/helpers")
    *survivors, heading, _, last = result.stdout.splitlines()
    assert (result.stderr, heading.split()) == ("", ["module", "mutants", "killed", "share"])
    assert all(line.startswith("survived: src/conflict_incidents/validation/rules/counts.py:") for line in survivors)
    assert last.split()[:3] == ["all", str(number), str(number - len(survivors))]
    assert number > 8 > len(survivors)


def test_a_function_that_is_not_there_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("validation/rules/counts:removed") == 2
    assert capsys.readouterr().err == "mutate: nothing to change in validation/rules/counts:removed\n"


def fates_of(*fates: Fate) -> list[tuple[Mutant, Fate]]:
    mutation_list = mutations(ast.parse("x = 1\n"))
    return [
        (Mutant("validation/rules/x", ast.parse(""), frozenset(), one), fate)
        for one, fate in zip(mutation_list, fates, strict=True)
    ]


def test_what_survives_is_reported_with_its_place_and_is_too_much() -> None:
    assert report(fates_of(Fate.SURVIVED, Fate.KILLED)) == (
        [
            "survived: src/conflict_incidents/validation/rules/x.py:1 (module): 1  ->  2",
            "module                                        mutants   killed    share",
            "validation/rules/x                                  2        1    50.0%",
            "all                                                 2        1    50.0%",
        ],
        False,
    )
    assert report(fates_of(Fate.KILLED, Fate.KILLED))[1]


@pytest.mark.parametrize("module", RULES)
def test_every_mistake_in_a_rule_has_cases_in_front_of_it(module: str) -> None:
    assert all(one.rules for one in mutants(module))


def test_what_serves_rules_elsewhere_has_their_cases_in_front_of_it() -> None:
    assert {id for one in mutants("validation/rules/counts_shares") for id in one.rules} >= {"CNT001", "CNT004"}
