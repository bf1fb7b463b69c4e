"""What follow-ups hold about a person: links, who wrote, who agreed, who wants no letters."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Holding, Share
from .forms import OUTCOME_NAMES
from .models import FollowUp, FollowUpAnswer, FollowUpLink, FollowUpRefusal, HeldBack


def _wrote(person: User) -> object:
    return or_(FollowUpAnswer.saved_by_id == person.id, FollowUpAnswer.agreed_by_id == person.id)


def forget(person: User) -> None:
    """Links and wishes go; what the team says stays, without who wrote it."""
    for kind in (FollowUpLink, FollowUpRefusal):
        db.session.execute(delete(kind).where(kind.user_id == person.id))
    for column in (FollowUpAnswer.saved_by_id, FollowUpAnswer.agreed_by_id):
        db.session.execute(
            update(FollowUpAnswer).where(column == person.id).values({column.key: None})
        )


def expire(competition: Competition) -> dict[str, int]:
    """Links, wishes, who wrote and agreed, and the organizers' reasons."""
    asked = select(FollowUp.id).where(FollowUp.competition_id == competition.id)
    answers = select(FollowUpAnswer.id).where(FollowUpAnswer.follow_up_id.in_(asked))
    links = db.session.execute(delete(FollowUpLink).where(FollowUpLink.follow_up_id.in_(asked)))
    db.session.execute(
        delete(FollowUpRefusal).where(FollowUpRefusal.competition_id == competition.id)
    )
    db.session.execute(
        update(FollowUpAnswer)
        .where(FollowUpAnswer.id.in_(answers))
        .values(saved_by_id=None, agreed_by_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(HeldBack)
        .where(HeldBack.answer_id.in_(answers), HeldBack.reason != "–")
        .values(reason="–")
        .execution_options(synchronize_session=False)
    )
    return {"follow_up_links": links.rowcount}


SHARE = Share(
    holdings=(
        Holding(
            "follow_up_links",
            _l("Letters that asked you what became of your project"),
            FollowUpLink,
            lambda person: (
                select(FollowUpLink)
                .where(FollowUpLink.user_id == person.id)
                .options(
                    joinedload(FollowUpLink.follow_up).joinedload(FollowUp.competition),
                    joinedload(FollowUpLink.team),
                )
                .order_by(FollowUpLink.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "follow_up.competition.name"),
                Fact("team", _l("Team"), "team.name"),
                Fact("months", _l("Months after the end"), "follow_up.months"),
                Fact("created_at", _l("Written")),
            ),
        ),
        Holding(
            "follow_up_refusals",
            _l("That you want no letters about what became of your project"),
            FollowUpRefusal,
            lambda person: (
                select(FollowUpRefusal)
                .where(FollowUpRefusal.user_id == person.id)
                .options(joinedload(FollowUpRefusal.competition))
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Since")),
            ),
        ),
        Holding(
            "follow_up_answers",
            _l("What you said became of your project"),
            FollowUpAnswer,
            lambda person: (
                select(FollowUpAnswer)
                .where(_wrote(person))
                .options(
                    joinedload(FollowUpAnswer.follow_up).joinedload(FollowUp.competition),
                )
                .order_by(FollowUpAnswer.saved_at)
            ),
            (
                Fact("competition", _l("Competition"), "follow_up.competition.name"),
                Fact("outcome", _l("What became of it"), words=OUTCOME_NAMES.get),
                Fact("words", _l("Your words")),
                Fact("language", _l("Language"), words=NAMES.get),
                Fact("link", _l("Link")),
                Fact("created_at", _l("First written")),
                Fact("saved_at", _l("Last written")),
                Fact("agreed_at", _l("May be shown since")),
            ),
            stays=_l("What your team said, without who wrote it. Your team can take it back."),
        ),
    ),
    forget=forget,
    expire=expire,
)
