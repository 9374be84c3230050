"""Parse Parquet and xlsx into a table of text, as CSV would have it."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import timedelta
from typing import Any

from conflict_incidents.core.findings import shown
from conflict_incidents.exchange.importers.tabular.grid import (
    SourceTable,
    SourceTableError,
    as_text,
    listing,
    table_of,
    typed_table,
)

_UNPACKED_AT_MOST = 1 << 30


def read_parquet(data: bytes) -> SourceTable:
    """The table in a Parquet file; rows count from 2, as if the column names was in row 1.

    Raises:
        TableError: it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(data))
        columns = [column.to_pylist() for column in table.itercolumns()]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise SourceTableError(f"can't be read as Parquet: {_first_line(error)}") from error
    names = [str(name) for name in table.column_names]
    return typed_table(names, enumerate(zip(*columns, strict=True) if columns else (), 2))


def read_xlsx(data: bytes, sheet: str | None, header: int | None = None) -> SourceTable:
    """A sheet of an Excel workbook: the one that is named, or the only one that has cells.

    Raises:
        TableError: openpyxl isn't installed, it is damaged, or several sheets have cells. A cell that is merged into
            another, an error, or a formula without a stored result is a fault of its row.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise SourceTableError(
            "reading xlsx needs openpyxl: `pip install conflict-incidents[xlsx]`, or save the sheet as CSV (UTF-8)"
        ) from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_AT_MOST:
                raise SourceTableError(f"unpacked it is larger than {_UNPACKED_AT_MOST >> 20} MiB; split the workbook")
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
            computed = any(re.search(rb"<(?:\w+:)?f[ />]", sheet) for sheet in sheets)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that hold no values
            values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(data), data_only=False) if computed else values
    except SourceTableError:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside openpyxl
        raise SourceTableError(
            f"can't be read as an Excel workbook: {_first_line(error)}; save it anew, or as CSV"
        ) from error
    chosen = _sheet(values, sheet)
    return _sheet_table(chosen, formulas[chosen.title], header)


def _sheet(workbook: Any, name: str | None) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if name is not None:
        if name not in sheets:
            raise SourceTableError(f"there is no sheet {shown(name)}; the workbook has {listing(sheets)}")
        return sheets[name]
    filled = [sheet for sheet in sheets.values() if any(cell.value is not None for row in sheet.rows for cell in row)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise SourceTableError("no sheet has cells; a table has a header and rows")
    raise SourceTableError(
        f"several sheets have cells; name one by --sheet: {listing(sheet.title for sheet in filled)}"
    )


def _sheet_table(sheet: Any, formulas: Any, header: int | None) -> SourceTable:
    rows: list[tuple[int, list[str]]] = []
    faults: dict[tuple[int, int], str] = {}
    for cells, sources in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        row = []
        for cell, source in zip(cells, sources, strict=True):
            text, fault = _cell(cell, source)
            row.append(text)
            if fault:
                faults[cell.row, cell.column - 1] = fault
        rows.append((cells[0].row, row))
    for area in sheet.merged_cells.ranges:
        for number, column in [*area.cells][1:]:
            faults[number, column - 1] = (
                f"merged with others ({area.coord}), which leaves it empty; unmerge and fill them in"
            )
    return table_of(rows, header, faults)


def _cell(cell: Any, source: Any) -> tuple[str, str]:
    """The text of a cell, and why it has none where it should."""
    if cell.data_type == "e":
        return "", f"the cell shows the error {shown(cell.value)}; repair it in the spreadsheet"
    if cell.value is None and source.data_type == "f":
        return "", "a formula without a stored result; open and save the file in Excel"
    try:
        return str(cell.value) if isinstance(cell.value, timedelta) else as_text(cell.value), ""
    except ValueError as error:
        return "", f"{error} can't be read"


def _first_line(error: BaseException) -> str:
    return shown((str(error) or type(error).__name__).splitlines()[0])
