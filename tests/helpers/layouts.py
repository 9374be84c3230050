"""A record in any layout that the strict reader takes: flow or block, quotes, order of keys, comments, blank lines."""

import json
from random import Random
from typing import Any

Tree = dict[str, Any]


def in_any_layout(record: Tree, random: Random, remarks: float = 0.12) -> str:
    """Format `record` in a layout chosen by `random`, with so many comments and blank lines per place."""
    return _Scribe(random, remarks).write(record)


class _Scribe:
    def __init__(self, random: Random, remarks: float) -> None:
        self.random, self.remarks = random, remarks
        self.comment_count = 0
        self.below_literal = False

    def write(self, record: Tree) -> str:
        lines = self._between(0)
        if self._chance(0.1):
            lines.append("---")
        if self._chance(0.1):
            lines += self._append_comment(self._flow(record, 1))
        else:
            lines += self._mapping(record, 0)
        return "\n".join([*lines, *self._between(0)]) + self.random.choice(["\n", "", "\n\n\n"])

    def _chance(self, of: float) -> bool:
        return self.random.random() < of

    def _comment(self) -> str:
        self.comment_count += 1
        return (
            self.random.choice(["#", "# ", "## ", "#   "])
            + f"c{self.comment_count}{self.random.choice(['', ': x', ' #', '  '])}"
        )

    def _between(self, indent: int) -> list[str]:
        """Return comments and blank lines on lines of their own."""
        lines: list[str] = []
        if self.below_literal:  # what is indented there, belongs to the text
            self.below_literal = False
            return lines
        while self._chance(self.remarks):
            pad = " " * max(0, indent + self.random.choice([0, 0, 0, 2, -2, 1]))
            lines.append(pad + self._comment() if self._chance(0.7) else self.random.choice(["", "   "]))
        return lines

    def _behind(self) -> str:
        return f"{self.random.choice([' ', '   '])}{self._comment()}" if self._chance(self.remarks) else self._space()

    def _space(self) -> str:
        return self.random.choice(["", "", "", " ", "   "])

    def _shuffle(self, mapping: Tree) -> list[tuple[str, Any]]:
        pairs = list(mapping.items())
        if self._chance(0.3):
            self.random.shuffle(pairs)
        return pairs

    def _key(self, key: str) -> str:
        return self.random.choice([key, key, key, f'"{key}"', f"'{key}'"])

    def _mapping(self, mapping: Tree, indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in self._shuffle(mapping):
            lines += [*self._between(indent), *self._entry(f"{' ' * indent}{self._key(key)}:", value, indent)]
        return lines

    def _list(self, items: list[Any], indent: int) -> list[str]:
        lines: list[str] = []
        for item in items:
            lines += self._between(indent)
            if isinstance(item, dict) and item and self._chance(0.6):
                inner = indent + self.random.choice([2, 2, 4])
                first, *rest = self._mapping(item, inner)
                while not first.strip() or first.lstrip().startswith("#"):
                    lines.append(f"{' ' * indent}{first.lstrip()}" if first.strip() else "")
                    first, *rest = rest
                lines += [f"{' ' * indent}-{' ' * (inner - indent - 1)}{first.lstrip()}", *rest]
            else:
                lines += self._entry(f"{' ' * indent}-", item, indent)
        return lines

    def _entry(self, before: str, value: Any, indent: int) -> list[str]:
        if isinstance(value, (dict, list)) and value and self._chance(0.6):
            dashes = 0 if isinstance(value, list) and not before.endswith("-") else 1
            deeper = indent + self.random.choice([2, 2, 3, 2 if dashes else 0])
            text_lines = [f"{before}{self._behind()}", *self._between(deeper)]
            inside = self._mapping(value, deeper) if isinstance(value, dict) else self._list(value, deeper)
            return [*text_lines, *inside]
        if isinstance(value, (dict, list)):
            return self._append_comment(f"{before} {self._flow(value, indent + 2)}")
        if isinstance(value, str) and self._chance(0.2) and self._is_literal(value):
            self.below_literal = True
            lines = [f"{' ' * (indent + 2)}{line}" if line else "" for line in value.split("\n")]
            return [f"{before} {self.random.choice(['|', '|-', '|+'])}{self._behind()}", *lines]
        behind = self._behind()
        return [f"{before} {self._scalar(value, quotes='#' in behind)}{behind}"]

    def _is_literal(self, text: str) -> bool:
        return all(line == line.strip() for line in text.split("\n")) and text.strip() == text != ""

    def _append_comment(self, text: str) -> list[str]:
        return [*text.split("\n")[:-1], text.split("\n")[-1] + self._behind()]

    def _flow(self, value: Any, indent: int, last: bool = False) -> str:
        if not isinstance(value, (dict, list)):
            return self._scalar(value, quotes=last)  # a comment may follow the last one
        pairs = [("", item) for item in value] if isinstance(value, list) else self._shuffle(value)
        parts = [
            f"{self._key(key)}: " * bool(key) + self._flow(child, indent + 2, number == len(pairs))
            for number, (key, child) in enumerate(pairs, 1)
        ]
        opening, closing = "[]" if isinstance(value, list) else "{}"
        text = opening + self._turn(indent)
        for number, part in enumerate(parts):
            text += part + ("," if number < len(parts) - 1 else "") + self._turn(indent)
        return text + closing

    def _turn(self, indent: int) -> str:
        """Return the space between parts of a flow collection: mostly a blank, sometimes a line break with comments."""
        if self._chance(0.85):
            return " "
        between = [line if line.strip() else "" for line in self._between(indent)]
        pad = " " * max(1, indent)
        return "\n".join([self._behind(), *(pad + line.lstrip() for line in between), pad])

    def _scalar(self, value: Any, quotes: bool = False) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        double = json.dumps(value, ensure_ascii=max(value, default="") < "\ud800" and self._chance(0.3))
        single = "'" + value.replace("'", "''") + "'"
        plain = value.replace("-", "").replace("_", "").isalnum() and value.isascii() and value[0].isalpha()
        plain = (
            plain
            and not quotes
            and value.lower()
            not in {
                "y",
                "n",
                "no",
                "on",
                "off",
                "yes",
                "true",
                "false",
                "null",
                "na",
                "inf",
                "nan",
                "infinity",
            }
        )
        return self.random.choice([double, single if "\n" not in value else double, value if plain else double])
