"""What lies at a path and is no plain file, and what is too large to read."""

import os
from pathlib import Path

from conflict_incidents.records.parsing import UNCHECKED_SUFFIX, parse_file
from conflict_incidents.records.yaml.decoding import MAX_BYTES

MINIMAL = Path(__file__).parents[1] / "validation/rules/base/minimal.yaml"


def messages(file: Path) -> list[tuple[str, int, str]]:
    return [(finding.rule, finding.mark.line, finding.message) for finding in parse_file(file, "x.yaml").findings]


def test_a_symbolic_link_is_refused_even_to_a_record(tmp_path: Path) -> None:
    link = tmp_path / "x.yaml"
    link.symlink_to(MINIMAL)
    assert messages(link) == [("REC010", 1, "a symbolic link; put the file itself here")]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "x.yaml"
    os.mkfifo(pipe)
    assert messages(pipe) == [("REC010", 1, "not a regular file; put one in its place")]


def test_a_folder_by_a_records_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    assert messages(tmp_path / "x.yaml") == [("REC010", 1, "not a regular file; put one in its place")]


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert messages(tmp_path / "x.yaml") == [
        ("REC011", 1, "can't be read: no such file or directory; correct the file")
    ]


def test_a_record_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    record = MINIMAL.read_bytes()
    file.write_bytes(record + b"#" * (MAX_BYTES - len(record)))
    assert messages(file) == []
    file.write_bytes(record + b"#" * (MAX_BYTES - len(record) + 1))
    assert messages(file) == [("REC010", 1, f"larger than 256 kB; split the record{UNCHECKED_SUFFIX}")]


def test_any_line_end_but_lf_is_named_once(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(MINIMAL.read_bytes().replace(b"\n", b"\r\n"))
    assert messages(file) == [("REC010", 1, "lines end with CR LF; save it with LF alone")]
