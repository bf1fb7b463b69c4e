"""What checks hold about a person: the notes that they wrote as an organizer."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from ..submissions.models import Submission
from .models import Finding, Link, Note
from .words import STANDINGS


def expire(competition: Competition) -> dict[str, int]:
    """Findings with their notes, and the addresses that were asked."""
    own = select(Submission.id).where(Submission.competition_id == competition.id)
    db.session.execute(delete(Link).where(Link.submission_id.in_(own)))
    gone = db.session.execute(delete(Finding).where(Finding.competition_id == competition.id))
    return {"findings": gone.rowcount}  # type: ignore[attr-defined]


SHARE = Share(
    holdings=(
        Holding(
            "finding_notes",
            _l("Notes you wrote on what was found about submissions"),
            Note,
            lambda person: (
                select(Note)
                .where(Note.by_id == person.id)
                .options(
                    joinedload(Note.finding)
                    .joinedload(Finding.submission)
                    .joinedload(Submission.team)
                )
                .order_by(Note.created_at)
            ),
            (
                Fact("team", _l("Team"), "finding.submission.team.name"),
                Fact("standing", _l("State"), words=STANDINGS.get),
                Fact("text", _l("Note")),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("The notes, without your name, as long as the competition keeps them."),
        ),
    ),
    expire=expire,
)
