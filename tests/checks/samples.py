"""Work that teams hand in, for the tests of checks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hackathon.submissions.models import Submission, Version
from hackathon.teams.models import Team
from tests.world import World

PASSAGE = (
    "Advertisements that several people wrote with the same few turns of phrase often come from "
    "one hand so we compare their wording their times and the places they name and draw a line "
    "between those that are too close to be a coincidence before a person looks at each of "
    "them with care"
)
DAY = timedelta(days=1)


def handed_in(world: World, team: Team, ago: timedelta = DAY, **content: Any) -> Submission:
    """What a team handed in so long ago, with this in its first version."""
    submission = world.submission(team)
    version = submission.versions[0]
    version.created_at = datetime.now(UTC) - ago
    for membership in team.memberships:
        membership.created_at = version.created_at - DAY
    version.content = {**version.content, "repository": "", **content}
    world.add(version)
    return submission


def next_version(world: World, submission: Submission, **content: Any) -> Version:
    last = submission.versions[-1]
    return world.add(
        Version(
            submission=submission,
            number=last.number + 1,
            challenge=last.challenge,
            content={**last.content, **content},
            digest=f"{last.number}{last.digest}"[:64],
        )
    )


def file(digest: str = "a", **others: Any) -> dict[str, Any]:
    """A file of a version, large enough to be somebody's own."""
    return {"name": "data.csv", "size": 5000, "sha256": (digest * 64)[:64], **others}
