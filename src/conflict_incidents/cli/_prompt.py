"""The questions of `incidents new` on a terminal: each is repeated until the answer is valid, or skipped."""

from __future__ import annotations

import contextlib
import textwrap
from datetime import date

from conflict_incidents.authoring.draft import Draft, Question, RecordingError
from conflict_incidents.cli import CommandError
from conflict_incidents.core.findings import Shown, bare, printable, show, user_text
from conflict_incidents.core.ids import slug
from conflict_incidents.records.model import FOLDERS


def take(draft: Draft, question: Question, text: str) -> str:
    """Store an answer as a value of the record; return the value if it differs from the input, else "".

    Raises:
        RecordingError: the rules reject it, or it is ambiguous.
    """
    from conflict_incidents.authoring.answers import parse_answer

    value = parse_answer(draft, question, text)
    draft.answer(question.option, value)
    return value if value.casefold() != text.strip().casefold() else ""


def ask_all(draft: Draft) -> None:
    """Ask all unanswered questions.

    Raises:
        CommandError: the input ended.
    """
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # lets people edit what they type

    options = [question.option for question in draft.questions.values() if question.use == "id"]
    print(f"Leave an answer empty to fill it in later; but the id is made of {' and '.join(map(user_text, options))}.")
    print("Ctrl-C stops, and nothing is written.\n")
    _ask_rest(draft)


def _ask_rest(draft: Draft) -> None:
    for question in draft.questions.values():
        if question.option not in draft.answers and draft.applies(question):
            _ask(draft, question)


def _ask(draft: Draft, question: Question) -> None:
    """Ask until the answer is valid or skipped."""
    print(Shown(textwrap.fill(draft.explanation(question), 100, break_on_hyphens=False)))
    suggested = _default_answer(draft, question)
    while True:
        text = _input(f"{question.option} [{suggested}]: " if suggested else f"{question.option}: ") or suggested
        if not text and (question.use == "id" or (question.option == "id" and not draft.id)):
            print("  the record's id is made of it; it can't be left for later")
        elif not text or _accept(draft, question, text):
            break
    print()


def _accept(draft: Draft, question: Question, text: str) -> bool:
    """Try to store an answer, offering to create the record that it names; print why if that fails."""
    try:
        value = take(draft, question, text)
    except RecordingError as error:
        print(f"  {printable(str(error))}")
        return question.registry is not None and _offer_to_record(draft, question, question.registry, text)
    if value:
        print(f"  understood as {show(value)}")
    return True


def _default_answer(draft: Draft, question: Question) -> str:
    """Return a default answer; that for the date of a change note is today."""
    if draft.kind == "change" and question.option == "date":
        return date.today().isoformat()
    return draft.suggest(question)


def _offer_to_record(draft: Draft, question: Question, kind: str, text: str) -> bool:
    """Offer to create the record that an answer names, then store the answer; all answers so far are kept."""
    if (slug(text) or text) in draft.dataset.index.ids(FOLDERS[kind]):
        return False  # it exists, so something else is wrong
    if _input(f"  Record the {kind} `{user_text(text)}` now, and then go on here? (y/n) [n]: ").casefold() not in {
        "y",
        "yes",
    }:
        print("  then answer with another one, or leave it empty to fill it in later")
        return False
    new_draft = Draft(draft.dataset.reload(), kind)
    try:
        print(f"\nThe {bare(kind)}. Ctrl-C leads back to the question before, and nothing is written of it.\n")
        with contextlib.suppress(RecordingError):
            new_draft.answer("name", text)
        if "name" in new_draft.answers:
            print(f"name: {user_text(text)}\n")
        _ask_rest(new_draft)
        path = new_draft.write()
    except KeyboardInterrupt:
        print(f"\n  the {bare(kind)} was not recorded\n")
        return False
    except RecordingError as error:
        print(f"  {printable(str(error))}\n")
        return False
    draft.dataset = draft.dataset.reload()  # reads the new record too
    print(f"{user_text(draft.dataset.index.display_path(path))} is written. Back to the {bare(draft.kind)}.")
    if lacking := new_draft.lacking():
        print(f"  still to be filled in there: {', '.join(user_text(one.option) for one in lacking)}")
    try:
        draft.answer(question.option, new_draft.id)
    except RecordingError as error:
        print(f"  {printable(str(error))}")
        return False
    print(f"{user_text(question.option)}: {user_text(new_draft.id)}")
    return True


def _input(prompt: str) -> str:
    """Read a line at a prompt.

    Raises:
        CommandError: the input ended.
    """
    try:
        return input(prompt).strip()
    except EOFError:
        raise CommandError("the answers ended; nothing was written") from None
