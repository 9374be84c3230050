"""The pages of an SQLite database, laid out in one way whichever release of the library wrote them.

Which rows stand on which page follows from what was written; where on the page they stand, and what is left in the gaps
between them, differs from one release of the library to the next (seen between 3.40 and 3.54). Here each page gets its
cells in their order, close together at its end, and nothing in between. One difference stays: a position of whole
degrees, such as 36.0, takes two bytes in 3.40 and eight in 3.54. The format is that of
https://www.sqlite.org/fileformat2.html, 1.3, 1.5 and 1.6.

Prevents: two machines that make two databases, and so two releases, of the same records.
"""

from __future__ import annotations

from collections.abc import Iterator

VERSION = 3_037_000
"""What stands in the header for the version of the library that wrote the file, which means nothing to readers."""
_HEADER = 100
_VERSION_AT = 96
_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF = 2, 5, 10, 13
_LEAST_CELL = 4


def canonical(data: bytes) -> bytes:
    """The same database with every page laid out anew.

    Args:
        data: a database made in one go: no reserved bytes in its pages, no free list, no vacuum pages.
    """
    size = int.from_bytes(data[16:18], "big")
    made = bytearray(data)
    made[_VERSION_AT:_HEADER] = VERSION.to_bytes(4, "big")
    for start in range(0, len(data), size):
        if _first(data, start) in {_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF}:
            _lay_out(data, made, start, size)
    return bytes(made)


def _first(data: bytes, start: int) -> int:
    """The byte that tells the kind of a page; an overflow page begins with a page number, whose first byte is 0."""
    return data[start + _HEADER * (start == 0)]


def _lay_out(data: bytes, made: bytearray, start: int, size: int) -> None:
    """Put the cells of a page at its end, the first one last, and zeros between them and its header."""
    head = start + _HEADER * (start == 0)
    kind, count = data[head], int.from_bytes(data[head + 3 : head + 5], "big")
    pointers = head + (8 if kind in {_INDEX_LEAF, _TABLE_LEAF} else 12)
    at = start + size
    for number in range(count):
        pointer = pointers + 2 * number
        cell = start + int.from_bytes(data[pointer : pointer + 2], "big")
        length = _length(data, made, cell, kind, size)
        at -= length
        made[at : at + length] = data[cell : cell + length]
        made[pointer : pointer + 2] = (at - start).to_bytes(2, "big")
    end = pointers + 2 * count
    made[end:at] = bytes(at - end)
    made[head + 1 : head + 3] = b"\0\0"  # no free blocks
    made[head + 5 : head + 7] = ((at - start) % 65536).to_bytes(2, "big")
    made[head + 7] = 0  # no fragments


def _length(data: bytes, made: bytearray, cell: int, kind: int, size: int) -> int:
    """How many bytes of its page a cell takes; what it has on overflow pages is cleared of leftovers on the way."""
    at = cell + (4 if kind in {_INDEX_INTERIOR, _TABLE_INTERIOR} else 0)
    number, at = _varint(data, at)
    if kind == _TABLE_INTERIOR:
        return at - cell
    if kind == _TABLE_LEAF:
        _, at = _varint(data, at)
    most = size - 35 if kind == _TABLE_LEAF else (size - 12) * 64 // 255 - 23
    if number <= most:
        return max(at + number - cell, _LEAST_CELL)
    least = (size - 12) * 32 // 255 - 23
    here = least + (number - least) % (size - 4)
    here = here if here <= most else least
    _clear(data, made, int.from_bytes(data[at + here : at + here + 4], "big"), number - here, size)
    return at + here + 4 - cell


def _clear(data: bytes, made: bytearray, page: int, rest: int, size: int) -> None:
    """Put zeros behind the end of what stands on a chain of overflow pages."""
    for start in _chain(data, page, size):
        used = min(rest, size - 4)
        made[start + 4 + used : start + size] = bytes(size - 4 - used)
        rest -= used


def _chain(data: bytes, page: int, size: int) -> Iterator[int]:
    while page:
        start = (page - 1) * size
        yield start
        page = int.from_bytes(data[start : start + 4], "big")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number as SQLite packs it, in one to nine bytes, and where the next thing begins."""
    value = 0
    for count in range(8):
        byte = data[at + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    return value << 8 | data[at + 8], at + 9
