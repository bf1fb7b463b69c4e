"""What organizers ask of a submission, and what its team answered: in the draft, then frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import selectinload

from ..competitions.models import Competition
from ..ground.localized import Localized
from ..ground.remember import once_per_request
from ..questions import asking
from ..questions.fields import Sheet, key_in
from ..questions.models import CHOICES, Kind, Question, Questionnaire, Reader, values
from ..questions.personal import with_question
from ..questions.queries import questions_in
from ..questions.words import in_words
from ..teams.models import Team
from ..teams.queries import challenge_key
from .models import Submission, SubmissionAnswer, Version


@once_per_request
def submission_questions(competition: Competition) -> list[Question]:
    """What every team is asked, and what those of single challenges are."""
    return questions_in(competition, Questionnaire.SUBMISSION)


def with_answers() -> Any:
    """What a draft says is read with its answers, at no further query for each."""
    return selectinload(Submission.answers).options(with_question(SubmissionAnswer))


# -- the draft -------------------------------------------------------------------------------


def sheet_of(
    team: Team, submission: Submission | None, questions: list[Question] | None = None
) -> Sheet:
    """The questions to the team about its work, those of its challenge included.

    `questions` are those of the competition, where they have been read.
    """
    if questions is None:
        questions = submission_questions(team.competition)
    return Sheet(questions, values(submission.answers) if submission else {}, challenge_key(team))


def needed_answers(
    team: Team, submission: Submission | None, questions: list[Question] | None = None
) -> list[Question]:
    """The questions that must be answered to hand in, answered or not."""
    sheet = sheet_of(team, submission, questions)
    put = {each.key for each in asking.asked(sheet.plain, sheet.answers, sheet.challenge)}
    return [each for each in sheet.drawn if each.key in put and each.required_now]


def standing(submission: Submission, names: Iterable[str]) -> dict[str, Any]:
    """What is saved in these fields of the draft's form."""
    answers = values(submission.answers)
    return {
        name: answers.get(key) if (key := key_in(name)) else getattr(submission, name)
        for name in names
    }


# -- frozen ----------------------------------------------------------------------------------


def drafted(submission: Submission) -> list[dict[str, Any]]:
    """The answers of the draft as a version keeps them. What is not asked now stays in the draft:
    of another challenge, retired, or following another answer."""
    questions = sorted(
        (row.question for row in submission.answers),
        key=lambda question: (question.position, question.created_at),
    )
    return frozen(questions, values(submission.answers), challenge_key(submission.team))


def frozen(
    questions: Sequence[Question], answers: Mapping[str, Any], challenge: str | None
) -> list[dict[str, Any]]:
    """What is asked and answered, in order, with the words of the questions as they are now."""
    named = {question.key: question for question in questions}
    put = asking.asked([question.asked for question in questions], answers, challenge)
    return [
        _frozen(named[each.key], answers[each.key])
        for each in put
        if asking.answered(answers.get(each.key))
    ]


def _frozen(question: Question, value: Any) -> dict[str, Any]:
    kept = {
        "key": question.key,
        "kind": question.kind.value,
        "label": dict(question.label),
        "value": value,
    }
    if question.kind in CHOICES:
        chosen = asking.choices(value)
        kept["options"] = {
            option.key: dict(option.label) for option in question.options if option.key in chosen
        }
    return kept


@dataclass(frozen=True)
class Said:
    """One answer, of a version or of the draft, in the words that it was frozen with."""

    key: str
    kind: Kind
    label: Localized
    value: Any
    options: Mapping[str, Localized]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Said":
        options = {key: Localized.of(label) for key, label in kept.get("options", {}).items()}
        label = Localized.of(kept["label"])
        return cls(kept["key"], Kind(kept["kind"]), label, kept["value"], options)

    @property
    def text(self) -> str:
        """In the reader's words; empty where it was personal and is forgotten."""
        return in_words(self.kind, self.value, self.options)

    @property
    def file(self) -> dict[str, Any] | None:
        """As a version tells of its files."""
        if self.kind is not Kind.FILE or not self.value:
            return None
        name, size, digest = (self.value[fact] for fact in ("name", "size", "digest"))
        return {"name": name, "size": size, "sha256": digest}


def answers_in(
    content: Mapping[str, Any], competition: Competition, reader: Reader | None = None
) -> list[Said]:
    """The answers in what a version or `receipt.written` holds: all, or those for this reader.

    Who reads an answer is what the question says now, so that organizers can mend it.
    """
    kept = [Said.of(each) for each in content.get("answers", ())]
    if reader is None or not kept:
        return kept
    shown = shown_keys(competition, reader)
    return [each for each in kept if each.key in shown]


def answers_for(version: Version, reader: Reader | None) -> list[Said]:
    """What this reader is shown of a version's answers; None are the team and the organizers."""
    return answers_in(version.content, version.submission.competition, reader)


def shown_keys(competition: Competition, reader: Reader) -> set[str]:
    """The keys of the questions whose answers this reader is shown."""
    return {each.key for each in submission_questions(competition) if each.read_by(reader)}


def files_of(content: Mapping[str, Any], answers: Iterable[Said]) -> list[dict[str, Any]]:
    """The files of a version, then those of the answers."""
    return [*content["files"], *(each.file for each in answers if each.file)]
