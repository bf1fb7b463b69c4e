"""Letters about discussions. None says what was said."""

from ..accounts.models import User
from ..competitions.models import Competition
from ..judging.models import Review
from ..post.actions import write
from .models import Discussion


def discussion_opened(judge: User, competition: Competition, reviews: list[Review]) -> None:
    """To a judge, about all that are opened at once."""
    write("discussion_opened", to=judge, competition=competition, reviews=reviews)


def discussion_goes_on(judge: User, discussion: Discussion, review: Review) -> None:
    """To a judge: somebody said something."""
    write(
        "discussion_goes_on",
        to=judge,
        competition=discussion.competition,
        occasion=discussion,
        review=review,
    )
