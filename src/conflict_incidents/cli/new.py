"""Create a record: an annotated file with a new id, to be completed.

Values that no option gives are asked for on a terminal, and else left empty. The path of the file is printed on
standard output.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from conflict_incidents.authoring.draft import QUESTIONS, Draft, RecordingError
from conflict_incidents.authoring.gazetteer import towns
from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_root, dataset_at
from conflict_incidents.cli._prompt import ask_all, take
from conflict_incidents.core.findings import bare, number, show, user_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents new`, one for each question."""
    add_root(parser)
    parser.add_argument("--kind", choices=QUESTIONS, default="incident", help="what to record (default: incident)")
    takers: dict[str, list[str]] = {}
    for kind, questions in QUESTIONS.items():
        for question in questions:
            takers.setdefault(question.option, []).append(kind)
    for option, kinds in takers.items():
        parser.add_argument(f"--{option}", metavar="TEXT", help=f"for {', '.join(kinds)}")


def run(options: argparse.Namespace) -> int:
    """Write the template and print what remains to be completed."""
    draft = Draft(dataset_at(options.root), options.kind)
    _take(draft, options)
    if draft.lacking() and sys.stdin.isatty() and sys.stdout.isatty():
        ask_all(draft)
    path = draft.write()
    name = draft.dataset.index.display_path(path)
    print(user_text(name))
    _say_what_next(draft, name)
    return 0


def _take(draft: Draft, options: argparse.Namespace) -> None:
    """Store the answers given as options.

    Raises:
        CommandError: one of them doesn't apply to this kind of record, or the rules reject it.
    """
    every = {question.option for questions in QUESTIONS.values() for question in questions}
    answers = {option: text for option in every if (text := getattr(options, option.replace("-", "_"))) is not None}
    for option in sorted(set(answers) - set(draft.questions)):
        flags = ", ".join(f"--{name}" for name in draft.questions)
        raise CommandError(
            f"--{user_text(option)} isn't for the kind {bare(draft.kind)}, which takes {user_text(flags)}; nothing "
            f"was written"
        )
    for question in draft.questions.values():
        if question.option in answers:
            try:
                value = take(draft, question, answers[question.option])
            except RecordingError as error:
                raise CommandError(f"--{user_text(question.option)}: {error}; nothing was written") from error
            if value:
                print(f"--{user_text(question.option)}: understood as {show(value)}", file=sys.stderr)


def _say_what_next(draft: Draft, name: str) -> None:
    """Print what remains to be completed, line by line, and the command that checks it."""
    findings = draft.findings()
    lines = [f"{name}:{finding.mark.line}: {finding.message}" for finding in findings]
    lines += ["Fill these in, then check it:" if findings else "It is valid. After any change, check it:"]
    for line in [*lines, f"  incidents validate {name}", *_positions(draft)]:
        print(user_text(line), file=sys.stderr)


def _positions(draft: Draft) -> Iterator[str]:
    """Yield possible positions of a place, to compare with a source before use."""
    country = draft.answers.get("country")
    if draft.kind != "place" or not country:
        return
    proposals = towns(draft.answers.get("name", ""), country)
    if proposals is None:
        yield "With conflict-incidents[places] installed, positions of towns are proposed here."
    for town in proposals or ():
        yield f"GeoNames has {town.name} ({number(town.population, 'inhabitant')}): {town.keys}"
