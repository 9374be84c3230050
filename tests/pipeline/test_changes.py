"""`incidents validate --changed-since`: what a branch changed is judged, what that breaks elsewhere, and no more."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from branches import FIRST, LAST, SECOND, UNRELATED, replace_text
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.changes import validate_changes
from repositories import Repository, all_changes
from rule_cases import HOMES, edit_record

PLACE = "data/places/hafsarjah.yaml"


@pytest.fixture
def check(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], str]]:
    """Runs the command; gives its exit code, the lines of its output, and what it says beside that."""

    def check(*options: str) -> tuple[int, list[str], str]:
        code = main(["validate", "--root", str(repository.folder), "--changed-since", "main", *options])
        captured = capsys.readouterr()
        return code, findings_of(captured.out), captured.err

    return check


def findings_of(format: str) -> list[str]:
    """The lines of what is printed, but for those that name the page of a rule."""
    return [line for line in format.splitlines() if not line.startswith("see ")]


Check = Callable[..., tuple[int, list[str], str]]


def test_a_branch_that_changed_nothing_passes_and_says_so(check: Check) -> None:
    assert check() == (0, ["0 errors, 0 warnings in 0 files"], "incidents: 0 files changed\n")


def test_existing_findings_in_other_records_are_not_reported(repository: Repository, check: Check) -> None:
    assert main(["validate", SECOND]) == 1
    replace_text(repository, PLACE, ("lat: 36.0186", "lat: 36.01"))
    assert check()[0] == 0
    replace_text(repository, PLACE, ("lat: 36.01", "lat: 46.01"))
    code, lines, error = check()
    assert code == 1
    assert lines[:-1] == [f"{PLACE}:7:6: PLC002 46.01, 36.53… is outside `SYR`; correct it"]
    assert error == "incidents: 1 file changed\n"


def test_a_changed_place_lets_the_positions_of_sites_be_found_outside(repository: Repository, check: Check) -> None:
    replace_text(repository, UNRELATED, ("kind: settlement}", "kind: settlement, lat: 36.02, lon: 36.53}"))
    repository.commit()
    repository.git("branch", "--force", "main")
    replace_text(repository, PLACE, ("admin: {adm1: SY07, adm2: SY0703}", "admin: {adm1: SY02, adm2: SY0203}"))
    outside = [line.split(" ")[0] for line in check()[1] if "PLC002 warning" in line]
    assert outside == [f"{UNRELATED}:7:64:", f"{PLACE}:7:6:"]


def test_existing_findings_in_a_changed_record_are_not_reported(repository: Repository, check: Check) -> None:
    """The record is wrong already; a comment on top moves what is wrong, and another wrong thing comes."""
    repository.write(SECOND, b"# A comment.\n" + (repository.folder / SECOND).read_bytes())
    assert check()[:2] == (0, ["0 errors, 0 warnings in 1 file"])
    replace_text(repository, SECOND, ("place: hafsarjah", "place: hafsarja"))
    code, lines, _ = check()
    assert code == 1
    assert {line.split(" ")[1] for line in lines[:-1]} == {"PLC012"}


def test_one_more_of_what_was_wrong_before_is_reported(repository: Repository, check: Check) -> None:
    text = (repository.folder / SECOND).read_text("utf-8")
    note = next(line for line in text.splitlines() if line.startswith("note:"))
    repository.write(SECOND, f"# {note.removeprefix('note: ')}\n{text}".encode())
    assert [line.split(" ")[1] for line in check()[1][:-1]] == ["PRV001"]


def test_a_changed_record_is_judged(repository: Repository, check: Check) -> None:
    replace_text(repository, UNRELATED, ("language: en", "language: ar"))
    assert check()[0] == 0
    replace_text(repository, UNRELATED, ("hafsarjah", "hafsarja"))
    code, lines, _ = check()
    assert code == 1
    assert (
        lines[0] == f"{UNRELATED}:7:30: PLC012 the place `hafsarja` is not in data/places/; did you mean `hafsarjah`?"
    )


@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_place_that_is_gone_is_missed_by_every_record_that_refers_to_it(
    is_renamed: bool, repository: Repository, check: Check
) -> None:
    if is_renamed:
        repository.git("mv", PLACE, "data/places/hafsarja.yaml")
        replace_text(repository, "data/places/hafsarja.yaml", ("id: hafsarjah", "id: hafsarja"))
    else:
        repository.git("rm", "--quiet", PLACE)
    repository.commit()
    code, lines, _ = check()
    assert code == 1
    files = {line.split(":")[0] for line in lines if "PLC012 the place `hafsarjah` is not in data/places/" in line}
    assert files == {HOMES["incident"], UNRELATED, FIRST, SECOND, LAST}


def test_an_organisation_that_can_no_longer_be_read_is_missed(repository: Repository, check: Check) -> None:
    repository.write("data/organisations/sohr.yaml", "[")
    lines = check()[1]
    assert any(line.startswith(f"{FIRST}:") and "CLM001" in line for line in lines)
    assert any(line.startswith(f"{HOMES['aggregate']}:") and "CLM001" in line for line in lines)


def test_organisations_of_a_folder_that_became_a_link_are_missed(repository: Repository, check: Check) -> None:
    folder = repository.folder / "data/organisations"
    folder.rename(repository.folder / "elsewhere")
    folder.symlink_to(repository.folder / "elsewhere")
    assert any(line.startswith(f"{FIRST}:") and "CLM001" in line for line in check()[1])


def test_an_actor_that_ended_before_is_found_where_it_is_named(repository: Repository, check: Check) -> None:
    replace_text(
        repository,
        "data/actors/russian-aerospace-forces.yaml",
        ("kind: state_forces", "kind: state_forces\nto: 2020-01-01"),
    )
    files = [line.split(":")[0] for line in check()[1] if "ATT001 `russian-aerospace-forces` was active" in line]
    assert files == [HOMES["incident"], FIRST, SECOND, LAST]


def test_a_link_that_closes_a_circle_is_found_in_all_records_of_it(repository: Repository, check: Check) -> None:
    closing = f"links: [{{kind: part_of, incident: {Path(FIRST).stem}}}]\n"
    repository.write(LAST, (repository.folder / LAST).read_text("utf-8") + closing)
    circle = [line.split(":")[0] for line in check()[1] if "IDN003 `part_of` leads back to this record" in line]
    assert circle == [FIRST, SECOND, LAST]


def test_a_link_that_leads_nowhere_any_more_is_found(repository: Repository, check: Check) -> None:
    (repository.folder / LAST).unlink()
    assert f"{SECOND}:19:35: IDN003 there is no incident `SYR-20220911-cccc`" in check()[1][0]


def test_a_second_record_of_an_id_is_found_beside_the_first(repository: Repository, check: Check) -> None:
    text = (repository.folder / FIRST).read_text("utf-8")
    repository.write("data/incidents/SYR/2021/SYR-20220909-aaaa.yaml", text)
    files = [line.split(":")[0] for line in check()[1] if "IDN001" in line]
    assert files == ["data/incidents/SYR/2021/SYR-20220909-aaaa.yaml", FIRST]


def test_a_record_with_the_id_of_another_event_is_found_at_any_distance(repository: Repository, check: Check) -> None:
    external_ids = 'external: [{scheme: ucdp-ged, id: "285001"}]\n'
    for path in (UNRELATED, LAST):
        repository.write(path, (repository.folder / path).read_text("utf-8") + external_ids)
    lines = [line for line in check()[1] if "IDN011 warning" in line]
    assert [line.split(":")[0] for line in lines] == [UNRELATED, LAST]
    link = f"links: [{{kind: follows, incident: {Path(UNRELATED).stem}}}]\n"
    repository.write(LAST, (repository.folder / LAST).read_text("utf-8") + link)
    assert not [line for line in check()[1] if "IDN011" in line]


def test_an_aggregate_is_summed_anew_when_an_incident_changes(repository: Repository, check: Check) -> None:
    replace_text(repository, HOMES["incident"], ("killed: 7", "killed: 700"))
    sums = [line for line in check()[1] if "IDN005" in line]
    assert len(sums) == 2
    assert all(line.startswith(f"{HOMES['aggregate']}:") and "at least 7" in line for line in sums)


def test_a_waiver_that_became_needless_is_found(repository: Repository, check: Check) -> None:
    replace_text(repository, FIRST, ("publisher: daily-sabah, published: 2022-09-08", "publisher: daily-sabah"))
    lines = [line for line in check()[1] if "REV002" in line]
    assert lines == ["data/waivers.yaml:3:12: REV002 `SYR-20220909-aaaa` raises no DAT003 any more; delete the waiver"]


def test_a_waiver_that_is_taken_away_lets_the_finding_be_seen(repository: Repository, check: Check) -> None:
    (repository.folder / "data/waivers.yaml").unlink()
    assert check()[1][0].startswith(f"{FIRST}:11:52: DAT003 published on 2022-09-08, before the incident")


def test_a_record_that_is_gone_is_asked_back(repository: Repository, check: Check) -> None:
    (repository.folder / LAST).unlink()
    lines = [line for line in check()[1] if "REV003" in line]
    assert lines == [
        f"{LAST}:4:9: REV003 the incident `SYR-20220911-cccc` of revision `main` isn't there any more; "
        "restore its file, and if the record has to go, withdraw it with date and reason"
    ]


def test_renamed_record_is_reported_missing_under_its_old_id(repository: Repository, check: Check) -> None:
    new_record = LAST.replace("cccc", "dddd")
    repository.git("mv", LAST, new_record)
    replace_text(repository, new_record, ("id: SYR-20220911-cccc", "id: SYR-20220911-dddd"))
    lines = [line for line in check()[1] if "REV003" in line]
    assert len(lines) == 1
    assert "the incident `SYR-20220911-cccc` of revision `main` isn't there any more; restore its file" in lines[0]


def test_a_draft_may_be_deleted_and_a_record_withdrawn(repository: Repository, check: Check) -> None:
    repository.write(LAST.replace("cccc", "draf"), edit_record("minimal", {"status: published": "status: draft"}))
    repository.commit()
    repository.git("branch", "--force", "main")
    (repository.folder / LAST.replace("cccc", "draf")).unlink()
    reason = "status: withdrawn\nwithdrawn: {date: 2023-01-10, reason: It was recorded twice.}"
    replace_text(repository, UNRELATED, ("status: published", reason))
    assert not [line for line in check()[1] if "REV003" in line]


def test_a_position_that_gets_finer_than_it_was_is_refused(repository: Repository, check: Check) -> None:
    replace_text(repository, UNRELATED, ("kind: settlement}", "kind: settlement, lat: 36.02, lon: 36.53}"))
    assert [line.split(" ")[0] for line in check()[1] if "PRV005" in line] == [f"{UNRELATED}:7:64:"]


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_new_record_may_not_take_the_id_of_one_that_was_released_and_withdrawn(
    is_changed: bool, repository: Repository, check: Check
) -> None:
    ledger = "kind,id,status,positions\nincident,SYR-20220911-dddd,withdrawn,\n"
    repository.write("data/released.csv", ledger)
    repository.commit()
    if not is_changed:
        repository.git("branch", "--force", "main")
    repository.write(LAST.replace("cccc", "dddd"), (repository.folder / LAST).read_bytes().replace(b"cccc", b"dddd"))
    lines = [line for line in check()[1] if "REV003" in line]
    assert len(lines) == 1
    assert lines[0].startswith(
        "data/released.csv:2:1: REV003 the incident `SYR-20220911-dddd` was withdrawn in the last"
    )


def test_what_all_records_are_judged_by_makes_all_be_judged(repository: Repository, check: Check) -> None:
    units = repository.folder / "data/codelists/admin_units.csv"
    units.write_text(units.read_text("utf-8").replace("SY0703", "SY0704"), "utf-8")
    code, lines, _ = check()
    assert code == 1
    assert lines
    assert {line.split(": ")[1].split(" ")[0] for line in lines[:-1]} == {"PLC005"}


def test_a_changed_schema_reports_everything(
    repository: Repository, check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("schemas/incident-1.json", "{}")
    main(["validate"])
    everything = findings_of(capsys.readouterr().out)
    assert any("DAT003" in line for line in everything)
    assert check()[1] == everything


def test_a_read_me_and_the_ledger_of_an_import_change_no_verdict(repository: Repository, check: Check) -> None:
    repository.write("data/README.md", "Where the records lie.")
    repository.write("data/imports/ucdp-ged.csv", "id,incident\n")
    assert check() == (0, ["0 errors, 0 warnings in 0 files"], "incidents: 2 files changed: 2 new\n")


@pytest.mark.parametrize("format", ["json", "github"])
def test_findings_are_printed_in_every_format(format: str, repository: Repository, check: Check) -> None:
    replace_text(repository, UNRELATED, ("language: en", "language: english"))
    code, lines, error = check("--format", format)
    assert code == 1
    assert error == "incidents: 1 file changed\n"
    if format == "json":
        assert json.loads("\n".join(lines))["errors"] == 1
    else:
        assert lines[0].startswith(f"::error file={UNRELATED},line=8,col=80,title=SRC006::")


def test_a_path_beside_the_revision_is_a_mistake_of_the_caller(check: Check) -> None:
    code, lines, error = check(UNRELATED)
    assert (code, lines) == (2, [])
    assert error == "incidents: PATH and --changed-since are two ways of saying what to check; give one of them\n"


@pytest.mark.usefixtures("repository")
def test_an_unknown_revision_is_a_mistake_of_the_caller(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--changed-since", "mian"]) == 2
    assert capsys.readouterr().err == "incidents: there is no revision `mian` in the repository; did you mean `main`?\n"


def test_changes_told_by_the_hashes_of_folders_are_those_told_by_every_file(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conflict_incidents.pipeline.changes.MAX_SERIAL_FILES", 0)  # the hashes are cached
    root = repository.folder
    (root / PLACE).chmod(0o755)
    repository.write("data/.gitignore", "*.tmp\n")
    repository.commit()
    repository.git("branch", "--force", "main")
    other_file = Path(FIRST).with_name("SYR-20220909-aaab.yaml").as_posix()
    edits: list[Callable[[], object]] = [
        lambda: None,
        lambda: repository.write("data/places/new.yaml", "a"),
        lambda: repository.write("data/places/a.tmp", "ignored"),
        lambda: (root / "data/places/kafr.d").mkdir(),
        lambda: (root / FIRST).unlink(),
        lambda: (root / other_file).symlink_to(root / SECOND),
        lambda: repository.write("data/incidents/TUR/2023/TUR-20230101-aaaa.yaml", "b"),
        lambda: (root / PLACE).write_bytes((root / PLACE).read_bytes() + b"# changed\n"),
        lambda: repository.write("datapackage.json", (root / "datapackage.json").read_bytes() + b"\n"),
        lambda: shutil.rmtree(root / "data/incidents/SYR"),
    ]
    outputs = set()
    for edit in edits:
        edit()
        changes = validate_changes("main", Dataset(root), 1, root.parent / "cache")[0]
        assert changes == all_changes(root, "main")
        outputs.add(changes.paths)
    assert len(outputs) == len(edits) - 2  # git knows neither the ignored file nor the empty folder
