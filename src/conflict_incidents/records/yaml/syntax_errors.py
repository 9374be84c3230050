"""Syntax errors: text that libyaml refuses → position, cause and repair.

A repair is proposed only if the parser gets further once it is applied; the next error is then looked for in the
repaired text. If no repair helps, libyaml's message is given, with a hint. Of the record's text only keys are repeated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import yaml

from conflict_incidents.core.findings import Mark, Shown, show
from conflict_incidents.core.resources import csv_rows, resource

MAX_ERRORS = 10
"""The number of errors that are reported per file."""
_EFFORT = 1_000_000
"""The number of characters that are parsed in search of the errors of a file."""
_DEPTH, _EVENTS = 16, 100_000
"""Limits of the search, beyond the size of any record."""
_NEAR, _FAR = 3, 60
"""The number of lines above the parser's position that are searched; the latter for the start of an item."""

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|={7}|\|{7})(?: .*)?$", re.M)
_KEY_LINE = re.compile(r"(?P<lead> *(?:- +)*)(?P<key>[^\W\d][\w-]*) *:(?: +(?P<value>[^ ].*)|\s*\Z)")
_ITEM = re.compile(r" *(?:- +)+(?P<value>[^ ].*)")
_OPENS = re.compile(r"(?:\A *|[:,-] +|[\[{] *)(?P<quote>[\"'])")
_QUOTED_TEXT = {'"': re.compile(r'"(?:[^"\\]|\\.)*+"'), "'": re.compile(r"'(?:[^']|'')*+'")}
_COMMENT_IN_BRACKETS = re.compile(r"[:\[,] +(?P<value>[^\W\d][^\"'{}\[\],:]*? #[^{}\[\],]*)(?=[,}\]])")
_TEXTS = frozenset({"title", "name", "text", "note", "locator", "excerpt", "excerpt_original", "reason", "editor"})
"""The keys of free text, which may begin with any sign."""
_SIGN_WITH_MEANING = re.compile(r"""\{[^{}]*\}.|\[[^\[\]]*\].|\*|[|>] *[^ +0-9-]|,|"[^"]*".*[^"]\Z|'[^']*'.*[^']\Z""")
"""A sign with a meaning at the start of a text, and what makes this a text nevertheless."""
_DASH_LIKE = re.compile(r"(?P<lead> *)(?P<sign>[\u2010-\u2015\u2022*])(?= +[a-z_{])")
_HINTS = {row["part"]: row["hint"] for row in csv_rows(__file__, "syntax_hints.csv")}
"""Hints by a part of libyaml's message."""


@dataclass(frozen=True, slots=True)
class SyntaxSlip:
    """A syntax error: position, cause and repair, and the text with the repair applied.

    `sure` is false for an indentation, since another one may work as well.
    """

    at: Mark
    observation: Shown
    repair: Shown
    text: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Failure:
    """The position, from 0, and the number of events at which the parser stopped; `start` is the start of its node."""

    line: int
    column: int
    problem: str
    events: int
    start: tuple[int, int] = (0, 0)
    context: str = ""


def syntax_errors(text: str, odd: Collection[int] = ()) -> list[SyntaxSlip]:
    """The syntax errors of a text by position; empty only if it can be parsed.

    Args:
        text: the text.
        odd: the lines in which characters were replaced by spaces.
    """
    if conflict := _CONFLICT.search(text):
        last = [*_CONFLICT.finditer(text)][-1]
        first, end = (text.count("\n", 0, marker.start()) + 1 for marker in (conflict, last))
        repair = Shown("keep one side of it, and delete the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`")
        if first == end:
            return [SyntaxSlip(Mark(first), Shown("the line is left of a merge conflict of git"), Shown("delete it"))]
        return [SyntaxSlip(Mark(first), f"lines {first} to {end} are a merge conflict of git", repair)]
    search = _Search()
    found: list[SyntaxSlip] = []
    first_failure = failure = search.failure(text)
    while failure is not None and len(found) < MAX_ERRORS:
        slip, after = search.best_repair(_guesses(text.split("\n"), failure, odd), failure)
        if slip is None:
            break
        found.append(slip)
        text, failure = slip.text, after
    if failure is not None:  # a wrong guess at an indentation would make right lines look wrong
        found = found[: next((number for number, slip in enumerate(found, 1) if not slip.sure), len(found))]
    if first_failure is not None and not found:
        return [_in_the_words_of_the_parser(first_failure)]
    by_line = {slip.at.line: slip for slip in reversed(found)}  # of several in a line, the columns hold for the first
    return [by_line[line] for line in sorted(by_line)]


def _in_the_words_of_the_parser(failure: _Failure) -> SyntaxSlip:
    is_open = re.search("flow|simple key", failure.context) or "end of stream" in failure.problem
    at = failure.start if is_open else (failure.line, failure.column)
    hint = next((hint for part, hint in _HINTS.items() if part in failure.problem), "correct the file")
    return SyntaxSlip(
        Mark(at[0] + 1, at[1] + 1), f"not YAML: {Shown(failure.problem)}", Shown(hint)
    )  # libyaml repeats no text


class _Search:
    """Parse repaired texts within a budget."""

    def __init__(self) -> None:
        self.effort = _EFFORT

    def failure(self, text: str) -> _Failure | None:
        """The position at which the parser stops; None if it doesn't."""
        self.effort -= len(text)
        if self.effort < 0:
            return _Failure(0, 0, "too much to try", 0)
        events = depth = 0
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                events += 1
                depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
                if depth > _DEPTH or events > _EVENTS:
                    return _Failure(0, 0, "too deep or too long", 0)
        except yaml.MarkedYAMLError as error:
            at = _within(text, error.problem_mark or error.context_mark)
            start = _within(text, error.context_mark) if error.context_mark else at
            return _Failure(*at, str(error.problem), events, start, str(error.context or ""))
        except yaml.YAMLError as error:
            return _Failure(0, 0, str(error), 0)
        return None

    def best_repair(
        self, guesses: Iterator[SyntaxSlip], failure: _Failure
    ) -> tuple[SyntaxSlip | None, _Failure | None]:
        """The first repair that gets the parser further, and where it then stops.

        Of several repairs of one error, one that makes the whole text valid is preferred.
        """
        best: tuple[SyntaxSlip, _Failure] | None = None
        for slip in guesses:
            if best and (slip.at, slip.observation) != (best[0].at, best[0].observation):
                break
            after = self.failure(slip.text)
            if after is None:
                return slip, None
            further = (after.events, after.line) > (failure.events, failure.line)
            if not best and after.line >= slip.at.line - slip.sure and further:
                best = slip, after
        return best or (None, failure)


def _within(text: str, mark: yaml.Mark | yaml._yaml.Mark | None) -> tuple[int, int]:
    """A position in the text, from 0; libyaml reports a missing end on a line after the last one."""
    last = text.count("\n")
    if mark is None or mark.line > last:
        return last, len(text) - text.rfind("\n") - 1
    return mark.line, mark.column


def _guesses(lines: list[str], failure: _Failure, odd: Collection[int]) -> Iterator[SyntaxSlip]:
    """Possible errors where the parser stopped, the likeliest first; `odd` are lines with replaced characters."""
    filled = list(islice((n for n in range(failure.line, -1, -1) if lines[n].strip()[:1] not in {"", "#"}), _FAR))
    yield from _closed_twice(lines, failure)
    yield from _other_dash(lines, filled[:_NEAR])
    yield from _over_dedented_key(lines, failure.line)
    near = list(dict.fromkeys([failure.line, failure.start[0], *filled[:_NEAR]]))
    yield from _sign_at_start(lines, failure.line)
    for number in near:
        yield from _cut(lines, number)
        yield from _without_space(lines, number)
        yield from _flow_without_dash(lines, number)
    yield from _open_quotes(lines, failure.line)
    if "flow" in failure.context:
        return
    for number in filled:
        yield from _without_dash(lines, number)
    key = _KEY_LINE.match(lines[failure.line])
    if "document start" in failure.problem:
        ended = next((n for n in range(failure.line, -1, -1) if re.match(r"\.\.\.\s*\Z", lines[n])), None)
        if ended is not None:
            text = "\n".join([*lines[:ended], *lines[ended + 1 :]])
            yield SyntaxSlip(Mark(ended + 1), Shown("`...` ends a YAML document"), Shown("delete the line"), text)
        first = next(n for n, line in enumerate(lines) if line.strip()[:1] not in {"", "#"})
        yield from _indentation(lines, first, odd)
    elif "mapping values" not in failure.problem or (key and failure.column <= key.end("key")):
        yield from _indentation(lines, failure.line, odd)


def _cut(lines: list[str], number: int) -> Iterator[SyntaxSlip]:
    """A text cut by ` #`, which begins a comment: it continues behind it, or a bracket is open."""
    line, last = lines[number], number
    keyed = _KEY_LINE.match(line) or _ITEM.match(line)
    while last + 1 < len(lines) and _indent(lines[last + 1]) > _indent(line) and not _KEY_LINE.match(lines[last + 1]):
        last += 1
    whole = "\n".join([line, *lines[number + 1 : last + 1]]).rstrip()
    spans = [cut.span("value") for cut in _COMMENT_IN_BRACKETS.finditer(line)]
    if keyed and keyed["value"] and keyed["value"][0].isalpha() and " #" in keyed["value"]:
        spans.append((keyed.start("value"), len(whole)))
    for start, end in spans:
        quoted = "'" + whole[start:end].replace("'", "''") + "'"
        text = "\n".join([*lines[:number], whole[:start] + quoted + whole[end:], *lines[last + 1 :]])
        at = Mark(number + 1, line.index(" #", start) + 2)
        yield SyntaxSlip(at, "the text ends before ` #`, where a comment begins", "put all of it in quotes", text)


def _closed_twice(lines: list[str], failure: _Failure) -> Iterator[SyntaxSlip]:
    """A bracket too many at the end of a line."""
    line, column = lines[failure.line], failure.column
    if line[column:].strip() in {"]", "}"}:
        cause = f"{show(line[column:].strip())} closes nothing that is open"
        new_text = _with(lines, failure.line, line[:column])
        yield SyntaxSlip(Mark(failure.line + 1, column + 1), cause, Shown("delete it"), new_text)


def _other_dash(lines: list[str], numbers: list[int]) -> Iterator[SyntaxSlip]:
    """An item of a list that begins with a sign like a dash, as word processors write it."""
    for number in numbers:
        if sign := _DASH_LIKE.match(lines[number]):
            new_text = _with(lines, number, f"{sign['lead']}-{lines[number][sign.end() :]}")
            cause = f"the item begins with {show(sign['sign'])}, which is no dash of YAML"
            yield SyntaxSlip(Mark(number + 1, sign.end()), cause, Shown("write `-`"), new_text)


def _over_dedented_key(lines: list[str], number: int) -> Iterator[SyntaxSlip]:
    """A key further out than the lines before and after it, which are alike."""
    if not 1 < number < len(lines):
        return
    before = len(lines[number - 2]) - len(lines[number - 2].lstrip("- "))
    own, after = _indent(lines[number - 1]), _indent(lines[number])
    if own < before == after and _KEY_LINE.match(lines[number - 1]):
        new_text = _with(lines, number - 1, " " * after + lines[number - 1].lstrip())
        cause = f"the line is indented by {_spaces(own)}, those around it by {after}"
        yield SyntaxSlip(Mark(number), cause, f"write {_spaces(after)} before it", new_text, sure=False)


def _sign_at_start(lines: list[str], number: int) -> Iterator[SyntaxSlip]:
    """A text in one line that goes on behind what its first sign means in YAML: `{A bracket} begins this`."""
    keyed = _KEY_LINE.match(lines[number])
    if keyed is None or keyed["key"] not in _TEXTS or not (sign := _SIGN_WITH_MEANING.match(keyed["value"] or "")):
        return
    text = "'" + keyed["value"].rstrip().replace("'", "''") + "'"
    new_text = _with(lines, number, lines[number][: keyed.start("value")] + text)
    cause = f"the text begins with {show(sign[0][0])}, which has a meaning in YAML"
    yield SyntaxSlip(Mark(number + 1, keyed.start("value") + 1), cause, Shown("put all of it in quotes"), new_text)


def _open_quotes(lines: list[str], last: int) -> Iterator[SyntaxSlip]:
    for number in range(last, -1, -1):
        line = lines[number]
        for opened in _OPENS.finditer(line):
            quote, start = opened["quote"], opened.start("quote")
            if _QUOTED_TEXT[quote].match(line, start):
                continue
            end = len(line.rstrip())
            for close in [len(line.rstrip(" ]}")), end] if re.search(r"[\[{]", line[:start]) else [end]:
                text = _with(lines, number, line[:close] + quote + line[close:])
                cause = Shown("the quote that opens here is not closed in its line")
                yield SyntaxSlip(Mark(number + 1, start + 1), cause, f"write {show(quote)} where the text ends", text)


def _without_space(lines: list[str], number: int) -> Iterator[SyntaxSlip]:
    """A dash, or the colon of a key, without the space behind it."""
    line = lines[number]
    dash = re.match(r" *-(?=[^ \t\n-])", line)
    key = re.match(r" *(?:- +)*(?P<key>[a-z_]+)(?::(?=[^ \t\n/])|\N{FULLWIDTH COLON})", line)
    if dash:
        yield _spacing_slip(lines, number, dash.end(), "-", Shown("a dash"))
    elif key and key["key"] in set().union(_keys_of_items(), *_keys_of_items().values()):
        yield _spacing_slip(lines, number, key.end(), ":", Shown("a colon"))


def _spacing_slip(lines: list[str], number: int, column: int, sign: str, what: Shown) -> SyntaxSlip:
    line = lines[number]
    text = _with(lines, number, f"{line[: column - 1]}{sign} {line[column:].lstrip()}")
    cause, repair = f"no space follows {what}", Shown("write one behind it")
    if not line[column - 1 : column + 1].isascii():  # a no-break space, or a full-width colon
        cause, repair = f"{what} or the space behind it is no plain one", Shown("type both again")
    return SyntaxSlip(Mark(number + 1, column), cause, repair, text)


def _list_above(lines: list[str], number: int, indent: int) -> tuple[int, int, str] | None:
    """The list to which a line belongs whose item has no dash: the line and the indentation of its key, and the key."""
    for above in range(number - 1, -1, -1):
        line = lines[above]
        if line.strip()[:1] not in {"", "#"} and not re.match(r" *- +\{", line) and _indent(line) < indent:
            keyed = _KEY_LINE.match(line)
            plain = keyed and not keyed["lead"].strip() and not keyed["value"]
            return (above, len(keyed["lead"]), keyed["key"]) if keyed and plain else None
    return None


def _flow_without_dash(lines: list[str], number: int) -> Iterator[SyntaxSlip]:
    """A list item in braces without its dash."""
    line, indent = lines[number].lstrip(" "), _indent(lines[number])
    above = _list_above(lines, number, indent) if line.startswith("{") else None
    if above and above[2] in _keys_of_items():
        column = _dash_column(lines, above, indent)
        yield _missing_dash(lines, number, column, f"{' ' * column}- {line}", above[2])


def _dash_column(lines: list[str], above: tuple[int, int, str], indent: int) -> int:
    """The column of the dashes of a list: that of its first dash no further in than the item without one."""
    dashes = (_indent(one) for one in lines[above[0] + 1 :] if one.lstrip().startswith("- "))
    return next((dash for dash in dashes if dash <= indent), above[1] + 2)


def _missing_dash(lines: list[str], number: int, column: int, text: str, key: str, end: int = 0) -> SyntaxSlip:
    cause = f"{show(key, 'key')} is a list, and the item that begins here has no dash"
    at, after = Mark(number + 1, _indent(lines[number]) + 1), lines[end or number + 1 :]
    new_text = "\n".join([*lines[:number], text, *after])
    return SyntaxSlip(at, cause, f"write {_spaces(column)} and `- ` before it", new_text)


def _without_dash(lines: list[str], number: int) -> Iterator[SyntaxSlip]:
    """The first key of a list item without its dash."""
    keyed, indent = _KEY_LINE.match(lines[number]), _indent(lines[number])
    above = _list_above(lines, number, indent) if keyed and not keyed["lead"].strip() else None
    if keyed is None or above is None or keyed["key"] not in _keys_of_items().get(above[2], ()):
        return
    column = _dash_column(lines, above, indent)
    if indent not in {column, column + 2}:
        return
    end = number + 1
    while end < len(lines) and (_indent(lines[end]) > indent or _is_key_at(lines[end], indent)):
        end += 1
    rest = lines[number + 1 : end]
    if rest and _indent(rest[0]) != column + 2:
        rest = [" " * max(0, _indent(one) + column + 2 - indent) + one.lstrip(" ") for one in rest]
    text = "\n".join([f"{' ' * column}- {lines[number].lstrip(' ')}", *rest])
    yield _missing_dash(lines, number, column, text, above[2], end)


@cache
def _lists_of_records() -> set[str]:
    """The keys of lists that occur only at the top level of records."""
    schemas = [json.loads(file.read_text("utf-8"))["properties"] for file in resource("schemas").glob("*-*.json")]
    lists = {key for keys in schemas for key, described in keys.items() if "items" in described}
    return lists - set().union(*_keys_of_items().values())


@cache
def _keys_of_items() -> dict[str, set[str]]:
    """The keys of list items in the schemas, by the key of the list."""
    found: dict[str, set[str]] = {}

    def walk(schema: Any) -> None:
        for name, described in schema.get("properties", {}).items():
            items = described.get("items", {})
            found.setdefault(name, set()).update(items.get("properties", {}))
            walk(items)
            walk(described)

    for file in resource("schemas").glob("*-*.json"):
        walk(json.loads(file.read_text("utf-8")))
    return found


def _indentation(lines: list[str], number: int, odd: Collection[int]) -> Iterator[SyntaxSlip]:
    """A line with an indentation that fits nothing above it."""
    line, indent = lines[number].lstrip(" "), _indent(lines[number])
    levels = (_levels(lines, number) or {0: number}) if line else {}
    meant = indent if number + 1 not in odd else max(levels, default=0)  # the width of a tab is unknown
    keyed = _KEY_LINE.match(line)
    top = bool(keyed and not keyed["value"] and keyed["key"] in _lists_of_records())  # such as `claims:`
    for column in sorted(levels, key=lambda column: (top and column > 0, abs(column - meant), -column)):
        if column != indent:
            cause = f"the line is indented by {_spaces(indent)}, which fits no line above it"
            if number + 1 in odd:
                cause = Shown("the indentation holds characters that are not allowed")
            like = f", as in line {levels[column] + 1}" if levels[column] < number else Shown("")
            repair = f"write {_spaces(column)} before it{like}"
            yield SyntaxSlip(Mark(number + 1), cause, repair, _with(lines, number, " " * column + line), sure=False)


def _levels(lines: list[str], number: int) -> dict[int, int]:
    """The valid indentations of a line by the structure above it, each with the line that it comes from."""
    found: dict[int, int] = {}
    for above in range(number - 1, -1, -1):
        keyed = re.match(r" *(?:- +)*(?=[^\s#-])", lines[above])
        if keyed is None:
            continue
        columns = {len(keyed[0]), *(dash.start() for dash in re.finditer("-", keyed[0]))}
        lowest = min(found, default=len(keyed[0]) + 1)
        found |= {column: above for column in columns if column < lowest}
        if not min(found):
            break
    return found


def _with(lines: list[str], number: int, line: str) -> str:
    return "\n".join([*lines[:number], line, *lines[number + 1 :]])


def _is_key_at(line: str, column: int) -> bool:
    return (
        _indent(line) == column and _KEY_LINE.match(line.lstrip(" ")) is not None and not line[column:].startswith("- ")
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spaces(count: int) -> Shown:
    return f"{count or 'no'} space{'' if count == 1 else 's'}"
