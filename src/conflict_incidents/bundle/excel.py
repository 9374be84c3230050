"""Copies of the tables for Excel and other spreadsheets: opened by a double click, nothing runs and no id changes.

They have a byte order mark, by which Excel knows UTF-8, and its ends of line; text that it would run or take for a
number or a day has an apostrophe in front. Prevents: names in Arabic or Turkish turned into rubbish, a stranger's title
that runs as a formula, and p-codes and ids that don't match any more.
"""

from __future__ import annotations

from conflict_incidents import contract, spreadsheet
from conflict_incidents.bundle.content import Content
from conflict_incidents.tablefiles import csv_lines

FOLDER = "excel/"
BESIDE = {FOLDER: "every table once more, for Excel and other spreadsheets; read `excel/README.txt` first"}
_EOL = "\r\n"
_TOLD = """The tables for spreadsheets

These are copies of the tables, for looking at them in Excel, LibreOffice or Numbers. For calculations by program take
the plain CSV or Parquet files one folder above.

- An empty cell is unknown, never zero. SUM takes it for nothing: count the empty cells, and say how many there are.
- Text that a spreadsheet would run as a formula, or take for a number or a day (00123, 2011-03, MAR01), has an
  apostrophe (') in front. It isn't part of the text. In Python: conflict_incidents.spreadsheet.as_was(cell).
- Where everything stands in one column, or 35.7 has become a day in May, your system separates lists by semicolons or
  writes decimals with a comma: open the file by Data > From Text/CSV, with comma as delimiter, and English (United
  States) as locale.
- Days before 1900 are text to Excel. It shows at most 32,767 characters of a cell, and 1,048,576 rows.
- Don't save over these files: a spreadsheet writes days and numbers in its own way, and the checksums fit no more.
"""


def files(content: Content) -> dict[str, bytes]:
    """A file a table, and what to know before opening one."""
    made = {f"{FOLDER}README.txt": _TOLD.replace("\n", _EOL).encode("utf-8-sig")}
    for name, frame in content.frames.items():
        lines = csv_lines(frame, contract.tables()[name], spreadsheet.kept)
        made[f"{FOLDER}{name}.csv"] = (_EOL.join(lines) + _EOL).encode("utf-8-sig")
    return made
