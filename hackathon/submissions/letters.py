"""Letters about submissions and feedback."""

from ..post.actions import write
from .models import Feedback, Version
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
