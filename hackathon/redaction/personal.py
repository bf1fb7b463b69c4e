"""What redaction holds about a person: who cleared a work, which the journal tells them.

The words that may stay, and those written by hand, are of a team's work.
"""

from sqlalchemy import select

from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Share
from ..submissions.models import Submission, Version
from .models import Redaction


def expire(competition: Competition) -> dict[str, int]:
    """Which names may stay in a work, and what was written by hand in the place of others. What
    judges were shown stays for the record."""
    rows = db.session.scalars(
        select(Redaction)
        .join(Redaction.version)
        .join(Version.submission)
        .where(Submission.competition_id == competition.id)
    )
    told = [row for row in rows if row.stands or row.edited]
    for row in told:
        row.stands, row.edited = [], {}
    db.session.flush()
    return {"redactions": len(told)}


SHARE = Share(holdings=(), expire=expire)
