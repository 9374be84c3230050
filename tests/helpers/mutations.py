"""Small mistakes, one at a time, in the syntax tree of a module: as applied by `mutate.py`.

A mistake is a comparison that turns or moves by one, a condition that always or never holds, an operand, a statement,
a return or a yield that is gone, a number one off, a word of the vocabulary misspelt, an end taken for the other. The
wording of messages is left alone: the cases of the rules pin its essential words. So are docstrings, annotations, and
what only tells the reader or mypy something.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
"""The replacements of a comparison: at the boundary, and the opposite."""
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_TWINS = (
    *("min max", "any all", "startswith endswith", "low high", "low_end high_end", "first last", "floor ceiling"),
    *("lat lon", "south north", "west east", "since until", "date_from date_to", "ERROR WARNING", "AT_LEAST AT_MOST"),
)
TWINS = {one: other for pair in _TWINS for one, other in (pair.split(), reversed(pair.split()))}
"""Names of functions and attributes that are easily confused."""
CLEANING = {"strip", "casefold", "lower", "sorted", "reversed"}
"""Calls that can be replaced by their object or argument."""
_WORD = re.compile(r"[\w./:@+-]*\Z")
"""A text that is a word of some vocabulary, a key or a separator; what has a space is wording."""
_PIECE = re.compile(
    r"\\b|\\Z|\(\?i\)|[\^$](?![^\[]*\])|(?<=[\w)\]])[+*?](?![+:=!<])|\{(?P<limit>\d+),|\(\?<?[=!][^()]*\)"
)
"""What can be dropped or moved in a regular expression."""
_UNSEEN = {"annotation", "returns", "bases", "type_comment"}
"""Fields of the tree that change nothing when the module runs."""


@dataclass(frozen=True)
class Mutation:
    """A mutation: its position (`line`, and the function `within` which it is), and the nodes before and after."""

    line: int
    within: str
    was: str
    now: str
    parent: ast.AST
    field: str
    index: int | None
    replacement: ast.AST

    @contextmanager
    def apply(self) -> Iterator[None]:
        """Apply the mutation to the tree inside the block."""
        original = getattr(self.parent, self.field)
        setattr(self.parent, self.field, _replace_item(original, self.index, self.replacement))
        try:
            yield
        finally:
            setattr(self.parent, self.field, original)


def mutations(tree: ast.Module) -> list[Mutation]:
    """Yield all mutations of a module, in the order of its text."""
    mutations_found: list[Mutation] = []
    for line, within, parent, field, index in _slots(tree, "", 1):
        original = getattr(parent, field)
        node = original if index is None else original[index]
        was, variants = ast.unparse(node), set[str]()
        for new in _mistakes(node, parent, field):
            now = ast.unparse(ast.fix_missing_locations(ast.copy_location(new, node)))
            if now in variants or now == was:
                continue
            variants.add(now)
            mutations_found.append(Mutation(line, within, was, now, parent, field, index, new))
    return sorted(mutations_found, key=lambda each: each.line)


def _replace_item(original: Any, index: int | None, new: ast.AST) -> Any:
    return new if index is None else [*original[:index], new, *original[index + 1 :]]


def _slots(node: ast.AST, within: str, line: int) -> Iterator[tuple[int, str, ast.AST, str, int | None]]:
    """Yield every place of the tree with a node that runs: line, function, parent, field, index in a list."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        within = f"{within}.{node.name}".lstrip(".")
    for field, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _unseen(child, node, field):
                continue
            inner = line if isinstance(node, ast.JoinedStr) else getattr(child, "lineno", line)
            yield inner, within, node, field, index
            yield from _slots(child, within, inner)


def _unseen(child: ast.AST, parent: ast.AST, field: str) -> bool:
    """Whether a node is excluded from mutation."""
    if field in _UNSEEN or isinstance(child, ast.Import | ast.ImportFrom | ast.expr_context | ast.alias):
        return True
    if field == "decorator_list":
        return not _is_rule(child)
    if isinstance(child, ast.Assert):
        return True
    if isinstance(child, ast.Constant) and isinstance(child.value, str):
        return isinstance(parent, ast.Expr | ast.JoinedStr) or _is_rule(parent)
    return isinstance(child, ast.keyword) and child.arg == "strict"


def _is_rule(node: ast.AST) -> bool:
    """Whether a node is the decorator of a rule, whose severity the cases state."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "rule"


def _mistakes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    if field in {"test", "guard"} or (isinstance(parent, ast.comprehension) and field == "ifs"):
        yield ast.Constant(False)
        if not isinstance(parent, ast.While):
            yield ast.Constant(True)
    if isinstance(node, ast.Tuple) and isinstance(parent, ast.ExceptHandler):
        yield from (ast.Tuple(_less(node.elts, number), ast.Load()) for number in range(len(node.elts)))
    if isinstance(node, ast.stmt):
        yield from _statements(node)
    elif isinstance(node, ast.Constant):
        yield from _constants(node, isinstance(parent, ast.BoolOp))
        if isinstance(node.value, str) and isinstance(parent, ast.Call) and ast.unparse(parent.func).startswith("re."):
            yield from map(ast.Constant, _patterns(node.value))
    elif isinstance(node, ast.expr):
        yield from _expressions(node)
    elif isinstance(node, ast.match_case) and isinstance(parent, ast.Match) and len(parent.cases) > 1:
        yield ast.match_case(node.pattern, ast.Constant(False), node.body)
    elif isinstance(node, ast.MatchOr):
        for number in range(len(node.patterns)):
            yield ast.MatchOr(_less(node.patterns, number)) if len(node.patterns) > 2 else node.patterns[1 - number]


def _constants(node: ast.Constant, default: bool) -> Iterator[ast.AST]:
    """Yield other constants; the 0 of `count.min or 0` isn't lowered, since no count is negative."""
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        if value or not default:
            yield ast.Constant(value - 1)
    elif isinstance(value, str) and _WORD.match(value):
        yield ast.Constant(f"XX{value}")


def _patterns(pattern: str) -> Iterator[str]:
    """Yield regular expressions without a boundary, a flag or a repetition, or with a limit that is off by one."""
    for match in _PIECE.finditer(pattern):
        before, after = pattern[: match.start()], pattern[match.end() :]
        limit = int(match["limit"] or 0)
        for piece in (f"{{{limit + 1},", f"{{{limit - 1},") if match["limit"] else ("",):
            with suppress(re.error):
                yield re.compile(before + piece + after).pattern


def _expressions(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            for number, operator in enumerate(node.ops):
                for other in COMPARISONS[type(operator)]:
                    yield ast.Compare(node.left, _replace_item(node.ops, number, other()), node.comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for number in range(len(values)):
                yield ast.BoolOp(op, _less(values, number)) if len(values) > 2 else values[1 - number]
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(left, op, right):
            if not {type(left), type(right)} & {ast.List, ast.Tuple, ast.JoinedStr, ast.ListComp}:
                yield ast.BinOp(left, OPERATORS[type(op)](), right)
            yield left
            if isinstance(op, ast.Add):
                yield right
        case ast.Call():
            yield from _calls(node)
        case ast.Attribute(value, attr, context) if attr in TWINS:
            yield ast.Attribute(value, TWINS[attr], context)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    match node.func:
        case ast.Name(name) if name in TWINS:
            yield ast.Call(ast.Name(TWINS[name], ast.Load()), node.args, node.keywords)
        case ast.Name(name) if name in CLEANING:
            yield ast.Call(ast.Name("list", ast.Load()), node.args[:1], [])
        case ast.Attribute(value, name) if name in CLEANING:
            yield value


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(ast.Yield() | ast.YieldFrom()):
            yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
        case ast.Expr(ast.Call()) | ast.Raise() | ast.Return(None):
            yield ast.Pass()
        case ast.Return(value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield from (ast.Pass(), ast.Break())
        case ast.Break():
            yield ast.Pass()
        case ast.AugAssign(target, op, value):
            yield ast.Pass()
            yield ast.AugAssign(target, OPERATORS[type(op)](), value)
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()


def _less(values: list[Any], number: int) -> list[Any]:
    return [*values[:number], *values[number + 1 :]]
