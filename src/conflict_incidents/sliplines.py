"""The lines around a place where a parser gave up → what a person may have typed wrong there, with the repaired text.

One small function a kind of slip; each yields guesses, the likeliest first, and whether one holds is tried elsewhere.
Prevents: a repair that is described in words but was never made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from conflict_incidents.discretion import told
from conflict_incidents.encoding import named
from conflict_incidents.findings import Mark

_KEYED = re.compile(r"(?P<lead> *(?:- +)*)(?P<key>[^\W\d][\w-]*) *:(?: +(?P<value>[^ ].*)|\s*\Z)")
_UNSPACED_COLON = re.compile(r" *(?:- +)*(?P<key>[^\W\d][\w-]*):(?P<odd>[^\S ]?)(?=[^ /:])")
_UNSPACED_DASH = re.compile(r" *-(?P<odd>)(?=[^\W\d][\w-]*:|[{\[])")
_OPENS = re.compile(r"(?:\A *|[:,-] +|[\[{] *)(?P<quote>[\"'])")
_CLOSED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_COMMENT = re.compile(r"(?:\A|(?<!\s)\s++)#.*\Z|(?<!\s)\s++\Z")
_COLON = re.compile(r":(?: |\Z)")
_SIGNS = "@`%*&!|>-?[]{},"
_BEFORE = re.compile(r"(?P<said>[^\s,:{\[]+) +(?P<key>\"?[\w-]+\"?)?\Z")
_NEAR, _FAR = 3, 200
"""How many lines, and how many characters in a line, are looked back."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a parser gave up, from 0, after how many events, and where what it was at had begun."""

    line: int
    column: int
    problem: str
    events: int
    begun: tuple[int, int] = (0, 0)
    context: str = ""

    @property
    def reach(self) -> tuple[int, int]:
        """How far the parser got."""
        return self.events, self.line


@dataclass(frozen=True, slots=True)
class Slip:
    """Where a person has to type, what was seen and how to repair it, and the whole text once that is done.

    `sure` where a repair by which the parser gets further can hardly be another one.
    """

    at: Mark
    seen: str
    repair: str
    text: str
    sure: bool = True


def candidates(lines: Sequence[str], failure: Failure, odd: Collection[int]) -> Iterator[Slip]:
    """What may be wrong where a parser gave up, the likeliest first; in the lines `odd` characters were replaced."""
    near = _near(lines, failure)
    for number in near:
        yield from _unspaced(lines, number)
    yield from _escape(lines, failure)
    for number in near:
        yield from _behind_quotes(lines, number)
    yield from _open_quotes(lines, failure)
    yield from _open_bracket(lines, failure)
    yield from _in_brackets(lines, failure)
    yield from _beginning(lines, failure)
    if not _is_its_key(lines, failure):
        for number in near:
            yield from _not_only_text(lines, number)
    yield from _indentation(lines, failure.line, odd)
    yield from _no_key(lines, failure)


def _near(lines: Sequence[str], failure: Failure) -> list[int]:
    """The line where the parser gave up, where it had begun, and the last ones above that say something."""
    said = (n for n in range(failure.line, -1, -1) if lines[n].strip()[:1] not in {"", "#"})
    return list(dict.fromkeys([failure.line, failure.begun[0], *islice(said, _NEAR)]))


def _with(lines: Sequence[str], number: int, line: str) -> str:
    return "\n".join([*lines[:number], line, *lines[number + 1 :]])


def _unspaced(lines: Sequence[str], number: int) -> Iterator[Slip]:
    line = lines[number]
    for sign, found in (("colon", _UNSPACED_COLON.match(line)), ("dash", _UNSPACED_DASH.match(line))):
        if found:
            text = _with(lines, number, f"{line[: found.start('odd')]} {line[found.end() :]}")
            key = f" behind the key {told(found['key'])}" if sign == "colon" else ""
            what = f"{named(found['odd'])} after it, which is no plain one" if found["odd"] else "no space after it"
            at = Mark(number + 1, found.start("odd") + 1)
            yield Slip(at, f"the {sign}{key} has {what}", "write a space here", text)


def _escape(lines: Sequence[str], failure: Failure) -> Iterator[Slip]:
    if "escape" in failure.problem or "hexdecimal" in failure.problem:
        line, number = lines[failure.line], failure.line
        at = line.rfind("\\", 0, failure.column + 2)
        if at >= 0:
            seen = "`\\` begins the name of a sign in double quotes, and there is none of this name"
            text = _with(lines, number, f"{line[:at]}\\{line[at:]}")
            yield Slip(Mark(number + 1, at + 1), seen, "write `\\\\`", text)


def _behind_quotes(lines: Sequence[str], number: int) -> Iterator[Slip]:
    """Text behind the quote that closes: a quote inside of the text, or quotes around a part of it."""
    start = _value_at(lines[number])
    value = _bare(lines[number][start:]) if start is not None else ""
    quote = value[:1]
    closed = _CLOSED[quote].match(value) if quote in _CLOSED else None
    if start is None or closed is None or not value[closed.end() :].strip():
        return
    after = lines[number][start + len(value) :]
    if value.endswith(quote):
        inner = re.sub(r'(?<!\\)"', '\\"', value[1:-1]) if quote == '"' else value[1:-1].replace("'", "''")
        mended, sign = f"{quote}{inner}{quote}", '\\"' if quote == '"' else "''"
        at, seen = start + closed.end(), "the text goes on behind this quote, which ends it"
        repair = f"write each quote inside the text as `{sign}`"
    else:
        mended, how = _quoted(value)
        at, seen, repair = start + 1, "text stands behind the quote that ends it", f"put all of it in quotes: {how}"
    yield Slip(Mark(number + 1, at), seen, repair, _with(lines, number, lines[number][:start] + mended + after))


def _open_quotes(lines: Sequence[str], failure: Failure) -> Iterator[Slip]:
    for number in range(failure.line, -1, -1):
        line = lines[number]
        for opened in _OPENS.finditer(line):
            quote, start = opened["quote"], opened.start("quote")
            if _CLOSED[quote].match(line, start):
                continue
            end = len(line.rstrip())
            ends = [end, len(line.rstrip(" ]}"))] if re.search(r"[\[{]", line[:start]) else [end]
            for close in ends[::-1]:
                text = _with(lines, number, line[:close] + quote + line[close:])
                seen = "the quote that opens here is not closed in its line"
                yield Slip(Mark(number + 1, start + 1), seen, f"write `{quote}` where the text ends", text)


def _open_bracket(lines: Sequence[str], failure: Failure) -> Iterator[Slip]:
    if "flow" not in failure.context:
        return
    first, column = failure.begun
    opened = lines[first][column : column + 1]
    closing = {"{": "}", "[": "]"}.get(opened)
    for number in range(first, failure.line + 1) if closing else ():
        line = _bare(lines[number])
        text = _with(lines, number, f"{line}{closing}{lines[number][len(line) :]}")
        where = "at the end of the line" if number == first else f"at the end of line {number + 1}"
        seen = f"the bracket `{opened}` that opens here is not closed"
        yield Slip(Mark(first + 1, column + 1), seen, f"write `{closing}` {where}", text)


def _in_brackets(lines: Sequence[str], failure: Failure) -> Iterator[Slip]:
    """In brackets a comma that is missing, or text with a colon."""
    if "flow" not in failure.context:
        return
    line = lines[failure.line]
    before = _BEFORE.search(line, max(0, failure.column - _FAR), failure.column)
    if before and (before["key"] or line[failure.column : failure.column + 1].isalpha()):
        at = before.start("key") if before["key"] else failure.column
        if re.search(r"\d\Z|[\]}\"']\Z|(?:true|false)\Z", before["said"]):
            text = _with(lines, failure.line, f"{line[: before.end('said')]}, {line[at:]}")
            yield Slip(Mark(failure.line + 1, at + 1), "a comma is missing before this key", "write it", text)
    begun = max(line.rfind(sign, 0, failure.column) for sign in (": ", "- "))
    start, end = begun + 2, re.search(r"[,}\]]|\Z", line[failure.column :])
    if begun >= 0 and end and line[start : start + 1] not in {'"', "'", "{", "["}:
        close = failure.column + end.start()
        mended, how = _quoted(line[start:close].rstrip())
        text = _with(lines, failure.line, line[:start] + mended + line[close:])
        yield Slip(Mark(failure.line + 1, start + 1), "the text has a colon", f"put it in quotes: {how}", text)


def _beginning(lines: Sequence[str], failure: Failure) -> Iterator[Slip]:
    """Lines at the top that are indented where nothing should be."""
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith(("#", "---"))), None)
    indent = _indent(lines[first]) if first is not None else 0
    if first is None or not indent or "<document start>" not in failure.problem:
        return
    moved = [line[min(indent, _indent(line)) :] for line in lines[first : failure.line]]
    text = "\n".join([*lines[:first], *moved, *lines[failure.line :]])
    which = f"lines {first + 1} to {failure.line}" if failure.line > first + 1 else "the line"
    seen = f"the first key is indented by {_spaces(indent)}, and what stands in line {failure.line + 1} is not"
    yield Slip(Mark(first + 1, 1), seen, f"take {_spaces(indent)} away from {which}", text)


def _is_its_key(lines: Sequence[str], failure: Failure) -> bool:
    """Whether the parser stumbled over the key of a line itself: then its indentation is wrong, not a text."""
    keyed = _KEYED.match(lines[failure.line])
    return keyed is not None and failure.column <= keyed.end("key") and "mapping values" in failure.problem


def _not_only_text(lines: Sequence[str], number: int) -> Iterator[Slip]:
    """A text that holds a colon, or begins with a sign that means something."""
    first = number
    while first > 0 and _value_at(lines[first]) is None and lines[first].strip():
        first -= 1
    start = _value_at(lines[first])
    if start is None or lines[first][start : start + 1] in {"", "#", '"', "'"}:
        return
    value = _bare(lines[first][start:])
    last = first
    while last + 1 < len(lines) and lines[last + 1].strip() and _indent(lines[last + 1]) > _key_column(lines[first]):
        last += 1
    if number > last:
        return
    if value[0] in _SIGNS:
        seen = f"the text begins with {'a backquote' if value[0] == '`' else f'`{value[0]}`'}, which means more in YAML"
    elif any(_COLON.search(line) for line in [value, *lines[first + 1 : last + 1]]):
        seen = "the text has a colon with a space behind it, as a key has"
    else:
        return
    keys = any(_KEYED.match(line) for line in lines[first + 1 : last + 1])
    for end in dict.fromkeys([max(first, number), last] if keys else [last]):
        whole = "\n".join([lines[first][start:], *lines[first + 1 : end + 1]])
        mended, how = _quoted(_bare(whole))
        after = whole[len(_bare(whole)) :]
        text = "\n".join([*lines[:first], lines[first][:start] + mended + after, *lines[end + 1 :]])
        where = "" if end == first else f" (it ends in line {end + 1})"
        yield Slip(Mark(first + 1, start + 1), seen, f"put it in quotes{where}: {how}", text)


def _indentation(lines: Sequence[str], number: int, odd: Collection[int]) -> Iterator[Slip]:
    if not lines[number].strip():
        return
    line, indent = lines[number].lstrip(" "), _indent(lines[number])
    levels = _levels(lines, number)
    meant = indent if number + 1 not in odd else max(levels, default=0)  # how wide a tab was, nobody knows
    for column in sorted(levels, key=lambda column: (abs(column - meant), -column)):
        if column != indent:
            text = _with(lines, number, " " * column + line)
            seen = f"the line is indented by {_spaces(indent)}, which fits no line above it"
            if number + 1 in odd:
                seen = "the indentation holds characters that are not allowed"
            repair = f"write {_spaces(column)} before it, as in line {levels[column] + 1}"
            yield Slip(Mark(number + 1, 1), seen, repair, text, sure=False)


def _levels(lines: Sequence[str], number: int) -> dict[int, int]:
    """The columns at which a line may begin, by what is open above it, with the line that each is taken from."""
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


def _no_key(lines: Sequence[str], failure: Failure) -> Iterator[Slip]:
    """A line that has no key, or goes on with the text above it without being indented."""
    number = failure.begun[0]
    if "expected ':'" not in failure.problem:
        return
    line = lines[number]
    word = re.match(r" *(?:- +)*[^\W\d][\w-]*(?= |\Z)", line)
    levels = _levels(lines, number)
    deeper = max((column for column in levels), default=0) + 2
    texts = [f"{line[: word.end()]}:{line[word.end() :]}"] if word else []
    seen = "the line has no key with a colon"
    repair = f"write the colon behind its key, or {_spaces(deeper)} before the line if it goes on with the text above"
    for mended in [*texts, " " * deeper + line.lstrip(" ")]:
        at = Mark(number + 1, _indent(line) + 1)
        yield Slip(at, seen, repair, _with(lines, number, mended))


def _value_at(line: str) -> int | None:
    """Where the value of a key, or of an item, begins in its line."""
    keyed = _KEYED.match(line) or re.match(r" *(?:- +)+(?P<value>[^ ].*)", line)
    return keyed.start("value") if keyed and keyed["value"] else None


def _key_column(line: str) -> int:
    keyed = _KEYED.match(line)
    return len(keyed["lead"]) if keyed else _indent(line)


def _bare(text: str) -> str:
    """A text without the comment and the spaces at its end."""
    return _COMMENT.sub("", text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spaces(count: int) -> str:
    return f"{count or 'no'} space{'' if count == 1 else 's'}"


def _quoted(text: str) -> tuple[str, str]:
    """A text in quotes that hold it as it is, and in words how they are written."""
    if not re.search(r'["\\]', text):
        return f'"{text}"', '`"` here and at its end'
    inner = text.replace("'", "''")
    twice = ", and `''` for each `'` inside of it" if inner != text else ""
    return f"'{inner}'", f"`'` here and at its end{twice}"
