"""`incidents review`: what a reviewer sees of a record, and of all that a branch changed."""

import os
import re
from collections.abc import Callable

import pytest

from branches import FIRST, LAST, SECOND, UNRELATED, replace_text
from conflict_incidents.authoring.review import checklist
from conflict_incidents.cli import main
from repositories import Repository
from rule_cases import HOMES
from samples import TOP, Tree, incident, record

OWN = HOMES["incident"]
Review = Callable[..., str]


@pytest.fixture
def review(capsys: pytest.CaptureFixture[str]) -> Review:
    """Runs the command, which has to end well; gives its page."""

    def review(*arguments: str) -> str:
        assert main(["review", *arguments]) == 0
        return capsys.readouterr().out

    return review


def block(page: str, title: str) -> list[str]:
    """The lines of a page below a title, with single spaces."""
    return [" ".join(line.split()) for line in page.split(f"{title}:\n", 1)[1].split("\n\n", 1)[0].split("\n")]


@pytest.mark.parametrize(("format", "golden"), [("text", "reviewed.txt"), ("markdown", "reviewed.md")])
def test_review_page_of_an_incident(format: str, golden: str, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the findings, which every new rule adds to: the next test looks at those.

    `WRITE_GOLDEN=1 pytest` writes it anew; read the difference before you commit it.
    """
    monkeypatch.chdir(TOP)
    page = re.sub(r"(Findings:?\n\n?)(?:.+\n)+", r"\1", review("SYR-20220908-7q4m", "--format", format))
    file = TOP / "tests/golden" / golden
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(page, "utf-8")
    assert page == file.read_text("utf-8")


def test_review_page_has_the_findings_of_validation(
    repository: Repository, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_text(repository, OWN, ("killed: 7}", "killed: seven people}"), ("actor: russian", "actor: rusian"))
    assert main(["validate", OWN]) == 1
    lines = capsys.readouterr().out.splitlines()[:-1]
    errors = [line for line in lines if line.startswith(f"{OWN}:") and " warning: " not in line]
    assert errors
    page = review("SYR-20220908-7q4m")
    assert " reports; what is invalid in them is left out\n" in page
    assert page.split("Findings:\n  ")[1].split("\n\n")[0].split("\n  ")[: len(errors)] == errors


def test_a_branch_begins_with_what_became_of_each_record(repository: Repository, review: Review) -> None:
    reason = "status: withdrawn\nwithdrawn: {date: 2023-01-10, reason: It was recorded twice.}"
    replace_text(repository, OWN, ("status: published", reason))
    replace_text(repository, FIRST, ("killed: 7, wounded: 15", "killed: 9, wounded: {at_least: 20}"))
    repository.git("rm", "--quiet", LAST)
    replace_text(repository, SECOND, ("links: [{kind: part_of, incident: SYR-20220911-cccc}]\n", ""))
    repository.git("mv", HOMES["organisation"], "data/organisations/shaam.yaml")
    replace_text(repository, "data/organisations/shaam.yaml", ("id: shaam-network", "id: shaam"))
    repository.write(
        UNRELATED.replace("k2fd", "wwww"), (repository.folder / UNRELATED).read_bytes().replace(b"k2fd", b"wwww")
    )
    repository.write("data/codelists/README.md", "Lists.")
    page = review("--changed-since", "main", "--format", "markdown")
    rows = page.split("\n\n## ")[0].split("\n")
    assert [row.rsplit(" | ", 1)[0] for row in rows] == [
        "## 7 records changed",
        "",
        "| record | what happened | killed, before → after | wounded, before → after",
        "| --- | --- | --- | ---",
        "| SYR-20220908-7q4m | withdrawn | 7 → none | 15 → none",
        "| SYR-20220908-wwww | new | none → unknown | none → unknown",
        "| SYR-20220909-aaaa | changed | 7 → 7-9 | 15 → 15, or at least 20",
        "| SYR-20220910-bbbb | changed | 7 | 15",
        "| SYR-20220911-cccc | deleted | 7 → none | 15 → none",
        "| shaam-network | deleted |  | ",
        "| shaam | new |  | ",
        "",
        "### Changed, and no records",
        "",
        "- data/codelists/README.md",
    ]
    assert rows[8].endswith(" | 1 error |")
    assert [line for line in page.split("\n") if line.startswith("## ")] == [
        "## 7 records changed",
        "## What the change breaks elsewhere",
        "## SYR-20220908-7q4m withdrawn",
        "## SYR-20220908-wwww new",
        "## SYR-20220909-aaaa changed",
        "## SYR-20220910-bbbb changed",
        "## SYR-20220911-cccc deleted",
        "## shaam-network deleted",
        "## shaam new",
    ]


def test_a_changed_record_is_shown_against_what_it_was(repository: Repository, review: Review) -> None:
    later = "  - {by: syrian-civil-defence, in: later, killed: {total: {at_least: 9}, civilians: 8}, via: [dpa]}\n"
    replace_text(
        repository,
        FIRST,
        ("  - {by: sohr, in: sabah, wounded: 15}\n", ""),
        ("in: sabah, killed: 7, wounded: 15}\n", "in: sabah, killed: 6, wounded: 15}\n" + later),
        (
            "attributions:\n",
            "overrides: [{measure: wounded, best: 16, reason: So., editor: e, date: 2023-01-01}]\nattributions:\n",
        ),
    )
    repository.commit()
    page = review("--changed-since", "main")
    assert block(page, "Claims by time") == [
        "as of originator report via says about standing",
        "2022-09-08 sohr sabah (daily-sabah) killed 7",
        "2022-09-08 syrian-civil-defence sabah (daily-sabah) killed 6; wounded 15 changed; "
        "killed: of an older state; newer: syrian-civil-defence.later",
        "2022-09-17 syrian-civil-defence later (sohr) dpa killed at least 9, civilians 8 new",
    ]
    assert block(page, "Estimates that changed") == [
        "before after best agreement by the change",
        "killed 7 7, or at least 9 7 → - compatible → conflicting best 7 → -, open upwards now, conflicting",
        "killed, civilians none 8 - → 8 - → single originator new",
        "wounded 15 15 15 → 16 compatible → single originator best 15 → 16, single originator",
    ]
    assert "  [ ] An editor sets the best of wounded to 16: does the reason hold, and would you set it so?\n" in page


def test_findings_in_unchanged_records_follow_the_overview(repository: Repository, review: Review) -> None:
    repository.git("rm", "--quiet", "data/actors/russian-aerospace-forces.yaml")
    sections = review("--changed-since", "main").split("\n\n\n")
    assert sections[1].startswith(
        "What the change breaks elsewhere\n\n  data/incidents/SYR/2022/SYR-20220908-7q4m.yaml:18:"
    )
    assert sections[2].startswith("russian-aerospace-forces deleted\n\n  data/actors/russian-aerospace-forces.yaml\n")


def test_a_record_that_cannot_be_read_shows_why(repository: Repository, review: Review) -> None:
    repository.write(FIRST, "[")
    page = review("SYR-20220909-aaaa")
    assert page.startswith(f"SYR-20220909-aaaa\n\n  {FIRST} can't be read\n\nFindings:\n  {FIRST}:1:2: REC011")
    assert "SYR-20220909-aaaa  changed        7 → none" in review("--changed-since", "main")


def test_a_title_that_may_name_a_person_is_not_repeated(repository: Repository, review: Review) -> None:
    replace_text(repository, FIRST, ("title: Airstrikes on a stone quarry", "title: Ahmad Example, 9, was wounded"))
    assert "Ahmad" not in review("SYR-20220909-aaaa")
    assert "Ahmad" not in review("--changed-since", "main")


def test_untrusted_text_takes_no_effect(repository: Repository, review: Review) -> None:
    hostile = 'title: "<b>x</b> [x](//evil.example) \\e[31m | ![i](j)"'
    replace_text(repository, UNRELATED, ("title: Ground-to-ground attack on three villages", hostile))
    page = review("--changed-since", "main", "--format", "markdown")
    assert "- &lt;b&gt;x&lt;/b&gt; \\[x\\](//evil.example) \\\\x1b\\[31m \\| \\!\\[i\\](j)\n" in page
    assert "\x1b" not in review("SYR-20220908-k2fd")


def test_a_waiver_that_changed_is_shown_and_asked_about(repository: Repository, review: Review) -> None:
    entry = "  - {rule: SRC002, record: SYR-20220909-aaaa, reason: It is so., date: 2023-01-10, by: reviewers}\n"
    repository.write("data/waivers.yaml", (repository.folder / "data/waivers.yaml").read_text("utf-8") + entry)
    page = review("--changed-since", "main")
    assert "  waivers  changed  " in page
    assert "  [ ] Does the reason of each waiver hold" in page
    assert "  [ ] DAT003 is waived for it: does the reason still hold?\n" in review("SYR-20220909-aaaa")


@pytest.mark.usefixtures("repository")
def test_registries_and_aggregates_can_be_reviewed_as_well(review: Review) -> None:
    assert review("sohr").startswith("sohr\n\n  Syrian Observatory for Human Rights\n  data/organisations/sohr.yaml\n")
    assert "  settlement, SYR, published\n" in review("hafsarjah")
    aggregate = review("idlib-killed-2022")
    assert "  idlib, 2022-01-01 to 2022-12-31, published\n" in aggregate
    assert block(aggregate, "Claims by time")[1].split() == ["2023-01-02", "sohr", "year", "killed", "about", "300"]


@pytest.mark.usefixtures("repository")
def test_no_change_is_reported(review: Review) -> None:
    assert review("--changed-since", "main") == "0 records changed\n\n  nothing\n"


def test_an_unknown_id_is_a_mistake_of_the_caller(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "SYR-20220909-aaab"]) == 2
    error = capsys.readouterr().err
    assert error == (
        f"incidents: there is no record `SYR-20220909-aaab` in {repository.folder}; did you mean `SYR-20220909-aaaa`?\n"
    )


@pytest.mark.parametrize("arguments", [[], ["sohr", "--changed-since", "main"]])
def test_either_a_record_or_a_branch_is_reviewed(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as excinfo:
        main(["review", *arguments])
    assert excinfo.value.code == 2


def test_the_contributing_guide_has_the_same_checklist() -> None:
    questions = "\n".join(f"- {question}" for _, question in checklist.POINTS)
    assert f"\n{questions}\n" in (TOP / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "question"),
    [
        (
            {"sites": [{"id": "ward", "place": "hafsarjah", "kind": "medical_facility"}]},
            "The site `ward` is a medical facility: does anything say more of where it is than its place does?",
        ),
        (
            {"claims": [{"by": "sohr", "in": "sabah", "killed": 7}, {"by": "sohr", "in": "sabah", "wounded": 1}]},
            "All numbers come from `sohr`: is there no other account?",
        ),
        ({"year_inferred": True}, "No report states the year: does everything fit 2022?"),
        (
            {"attributions": [{"by": "sohr", "in": "sabah", "actor": "air-force", "stance": "alleged"}]},
            "`air-force` is named as having done it (alleged, by `sohr`): is that what is said, and by whom?",
        ),
    ],
)
def test_a_record_raises_questions_of_its_own(more: Tree, question: str, repository: Repository) -> None:
    from conflict_incidents.dataset.dataset import Dataset

    dataset = Dataset(repository.folder)
    assert checklist.points(record(incident(**more)), dataset)[0] == question
    assert question not in checklist.points(record(incident()), dataset)
