"""Letters that ask what became of a project. They name no competition, so that organizers do not
find them in their list: the link in them speaks for the person."""

from ..accounts.models import User
from ..post.actions import write
from ..teams.models import Team
from .models import FollowUp, HeldBack
from .queries import forgotten_at


def what_became(follow_up: FollowUp, person: User, team: Team, *, token: str) -> None:
    write(
        "follow_up",
        to=person,
        follow_up=follow_up,
        team=team,
        token=token,
        until=forgotten_at(follow_up.competition),
    )


def held_back(row: HeldBack, person: User) -> None:
    team = row.answer.submission.team
    write("follow_up_held_back", to=person, competition=team.competition, team=team, row=row)
