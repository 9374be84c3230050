"""Parse Parquet and xlsx into a table of CSV text."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.findings import Shown, show
from conflict_incidents.exchange.importers.tabular.grid import (
    LARGE_ROW,
    MAX_CELLS,
    MAX_ELEMENTS,
    SourceTable,
    SourceTableError,
    as_text,
    check_size,
    check_unpacked,
    only_sheet,
    table_of,
    typed_table,
)

_BESIDE_SHEETS = 128 << 20
"""The maximum size of the parts of a workbook besides its sheets, such as shared strings, in bytes."""
_BATCH = 1024
_PIECE = 1 << 16
_ROW = re.compile(rb"<(?:\w{1,8}:)?row[ />]")
_FORMULA = re.compile(rb"<(?:\w{1,8}:)?f[ />]")


def read_parquet(data: bytes) -> SourceTable:
    """Read the table in a Parquet file; rows count from 2, after the column names.

    Raises:
        SourceTableError: it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        check_size(file.metadata.num_rows, file.metadata.num_rows * len(names))
        rows: list[tuple[Any, ...]] = []
        size = 0
        for batch in file.iter_batches(_BATCH):  # dictionaries can expand to long texts in every row
            columns = [column.to_pylist() for column in batch.columns]
            size += sum(
                len(value) if isinstance(value, str) else len(str(value)) for column in columns for value in column
            )
            check_unpacked(size, len(data))
            rows += zip(*columns, strict=True)
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise SourceTableError(f"can't be read as Parquet: {_first_line(error)}") from error
    return typed_table(names, enumerate(rows, 2))


def read_xlsx(data: bytes, sheet: str | None, header: int | None = None) -> SourceTable:
    """Read a sheet of an Excel workbook: the named one, or the only one with cells.

    Cells are read one by one: openpyxl's own worksheets allocate all cells of a reference, such as a link on the whole
    sheet. Cells merged into another, errors, and formulas without a stored result are faults of their rows.

    Raises:
        MissingExtra: openpyxl isn't installed.
        SourceTableError: it is damaged or too large, or several sheets have cells.
    """
    with require_extra():
        import openpyxl
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, len(data))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and extensions without values
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = {one.title: one for one in book.worksheets}
            filled = only_sheet(sheets, sheet, lambda one: any(cells for _, cells in _rows(_parser(one))))
            return _sheet_table(filled, header)
    except SourceTableError:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside openpyxl
        raise SourceTableError(
            f"can't be read as an Excel workbook: {_first_line(error)}; save it anew, or as CSV"
        ) from error


def _check_archive(archive: zipfile.ZipFile, packed: int) -> None:
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    sheets = [name for name in sizes if name.startswith("xl/worksheets/")]
    check_unpacked(sum(sizes.values()), packed)
    if sum(sizes.values()) - sum(sizes[name] for name in sheets) > _BESIDE_SHEETS:
        raise SourceTableError(f"its texts unpacked are larger than {_BESIDE_SHEETS >> 20} MiB; save the sheet as CSV")
    for name in sheets:
        with archive.open(name) as sheet:
            _check_rows(iter(partial(sheet.read, _PIECE), b""))


def _check_rows(xml: Iterable[bytes]) -> None:
    """Raise an error if a row has too many elements; openpyxl already reads whole rows to find the size of a sheet."""
    tags = 0
    for piece in xml:
        begins = _ROW.search(piece) and b"<!" not in piece  # a comment may have anything in it
        tags = piece.count(b"<") + (0 if begins else tags)
        if tags > 2 * MAX_ELEMENTS:  # as most elements have a tag at each end
            raise SourceTableError(LARGE_ROW)


def _parser(sheet: Any, data_only: bool = True) -> Any:
    """Return a parser of the cells of a sheet, values or formulas, in the order of the file."""
    from openpyxl.worksheet._reader import WorkSheetParser

    book = sheet.parent
    return WorkSheetParser(
        sheet._get_source(),
        sheet._shared_strings,
        data_only=data_only,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _rows(parser: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield the rows of a sheet with their numbers and nonempty cells."""
    count = 0
    for rows, (number, cells) in enumerate(parser.parse(), 1):
        count += len(cells)
        check_size(rows, count)
        yield number, [cell for cell in cells if cell["value"] is not None]


def _sheet_table(sheet: Any, header: int | None) -> SourceTable:
    faults: dict[tuple[int, int], str] = {}
    grid: dict[int, dict[int, str]] = {}
    parser = _parser(sheet)
    for _, cells in _rows(parser):
        for cell in cells:
            text, fault = _text(cell)
            grid.setdefault(cell["row"], {})[cell["column"]] = text
            if fault:
                faults[cell["row"], cell["column"] - 1] = fault
    width = max((column for cells in grid.values() for column, text in cells.items() if text.strip()), default=0)
    if width * len(grid) > MAX_CELLS:
        raise SourceTableError(
            f"it reaches to column {width}, so that its {len(grid):,} rows have more than {MAX_CELLS:,} cells; delete "
            "the cells beside the table"
        )
    for _, cells in _rows(_parser(sheet, data_only=False)) if _computes(sheet) else ():
        for cell in cells:
            if cell["data_type"] == "f" and cell["column"] not in grid.get(cell["row"], {}):
                why = "a formula without a stored result; open and save the file in Excel"
                faults[cell["row"], cell["column"] - 1] = why
                grid.setdefault(cell["row"], {})
    numbers, count = sorted(grid), 0
    for area in parser.merged_cells.mergeCell if parser.merged_cells else ():
        why = f"merged with others ({area.coord}), which leaves it empty; unmerge and fill them in"
        inside = numbers[bisect_left(numbers, area.min_row) : bisect_right(numbers, area.max_row)]
        columns = range(area.min_col, min(area.max_col, width) + 1)
        count += len(inside) * len(columns)
        if count > len(numbers) * width:
            raise SourceTableError("its merged cells overlap; save the sheet anew, or as CSV")
        covered = {*product(inside, columns)} - {(area.min_row, area.min_col)}
        faults |= {(number, column - 1): why for number, column in covered}
    rows = [(number, [grid[number].get(column, "") for column in range(1, width + 1)]) for number in numbers]
    return table_of(rows, header, faults)


def _computes(sheet: Any) -> bool:
    """Whether a sheet has formulas."""
    end = b""
    with sheet._get_source() as source:
        while piece := source.read(1 << 20):
            if _FORMULA.search(end + piece):
                return True
            end = piece[-20:]
    return False


def _text(cell: dict[str, Any]) -> tuple[str, str]:
    """Return the text of a cell, and the error if it is unreadable."""
    value = cell["value"]
    if cell["data_type"] == "e":
        return "", f"the cell shows the error {show(value)}; repair it in the spreadsheet"
    try:
        return str(value) if isinstance(value, timedelta) else as_text(value), ""
    except ValueError as error:
        return "", str(error)


def _first_line(error: BaseException) -> Shown:
    return show((str(error) or type(error).__name__).splitlines()[0])
