"""Letters about submissions and feedback."""

from ..post.actions import write
from ..questions.models import Question
from ..teams.models import Team
from .asks import Part
from .models import Exclusion, Feedback, Version
from .queries import members_to_tell


def submission_received(version: Version) -> None:
    """The receipt, to everyone in the team."""
    team = version.submission.team
    for person in members_to_tell(team):
        write(
            "submission_received",
            to=person,
            competition=team.competition,
            team=team,
            version=version,
        )


def feedback_received(feedback: Feedback, *, updated: bool) -> None:
    """To everyone in the team that the mentor accompanies."""
    team = feedback.submission.team
    for person in members_to_tell(team):
        write(
            "feedback_received",
            to=person,
            competition=team.competition,
            team=team,
            feedback=feedback,
            updated=updated,
        )


def submission_withdrawn(exclusion: Exclusion) -> None:
    _about_standing("submission_withdrawn", exclusion)


def submission_restored(exclusion: Exclusion) -> None:
    _about_standing("submission_restored", exclusion)


def submission_disqualified(exclusion: Exclusion) -> None:
    _about_standing("submission_disqualified", exclusion)


def submission_reinstated(exclusion: Exclusion) -> None:
    _about_standing("submission_reinstated", exclusion)


def _about_standing(name: str, exclusion: Exclusion) -> None:
    """To everyone in the team."""
    team = exclusion.submission.team
    for person in members_to_tell(team):
        write(name, to=person, competition=team.competition, team=team, exclusion=exclusion)


def draft_incomplete(team: Team, missing: list[Part | Question]) -> None:
    """The draft that the team wanted handed in at the deadline was not complete."""
    for person in members_to_tell(team):
        write(
            "draft_incomplete", to=person, competition=team.competition, team=team, missing=missing
        )
