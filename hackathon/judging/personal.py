"""What judging holds about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Hindrance, Holding, Share
from ..mentoring.models import Objection, objection_person
from ..post.personal import forget_about
from ..teams.models import Team
from .actions import dismiss
from .models import (
    Abstention,
    ConditionAnswer,
    Declaration,
    Judge,
    JudgeInvitation,
    JudgeTerms,
    Problem,
    Review,
    ReviewChange,
    Ruling,
    Score,
    Stand,
    TermsAcceptance,
    Way,
)

SAID = {Stand.NONE: _l("No conflict"), Stand.CONFLICT: _l("A conflict")}
WAYS = {Way.ACCOUNT: _l("With an account"), Way.LINK: _l("With a personal link")}


def hindrances(person: User) -> list[Hindrance]:
    """The reviews that somebody else will have to do."""
    rows = db.session.execute(
        select(Competition, func.count())
        .join(Judge, Judge.competition_id == Competition.id)
        .join(Review, Review.judge_id == Judge.id)
        .where(
            Judge.user_id == person.id,
            Judge.dismissed_at.is_(None),
            Review.completed_at.is_(None),
        )
        .group_by(Competition.id)
    )
    return [
        Hindrance(
            lazy_ngettext(
                "One review that you have to do in %(competition)s goes back to the organizers.",
                "%(num)s reviews that you have to do in %(competition)s go back to the organizers.",
                count,
                competition=competition.name,
            ),
            "judging.index",
            {"competition": competition},
            stops=False,
        )
        for competition, count in rows
    ]


def forget(person: User) -> None:
    """Stop judging: open reviews go back, completed ones stay and count."""
    for judge in db.session.scalars(select(Judge).filter_by(user=person)).all():
        if judge.dismissed_at is None:
            dismiss(judge, confirmed=True, by=person)
        judge.languages = []
        judge.offered = judge.available_from = judge.available_until = None
        judge.availability = ""
        for review in judge.reviews:
            review.own_note = ""
    judges = select(Judge.id).where(Judge.user_id == person.id)
    db.session.execute(delete(Abstention).where(Abstention.judge_id.in_(judges)))
    for invitation in db.session.scalars(_invitations(person)).all():
        forget_about([invitation.id])
        db.session.delete(invitation)
    db.session.flush()
    # What teams said of the person names them; that somebody was named stays.
    about = select(objection_person.c.objection_id).where(objection_person.c.user_id == person.id)
    db.session.execute(update(Objection).where(Objection.id.in_(about)).values(about="", reason=""))


def expire(competition: Competition) -> dict[str, int]:
    """Who was asked to judge, with the addresses; when judges were there; whom teams named and why,
    and why the chair decided as it did; what judges noted for themselves, gave back and reported.

    Personal links go with the invitations. What was decided stays.
    """
    teams = select(Team.id).where(Team.competition_id == competition.id)
    asked = select(JudgeInvitation.id).where(JudgeInvitation.competition_id == competition.id)
    forget_about(asked)
    told = update(Judge).where(
        Judge.competition_id == competition.id,
        or_(
            Judge.availability != "",
            Judge.available_from.is_not(None),
            Judge.available_until.is_not(None),
            Judge.offered.is_not(None),
        ),
    )
    deeds = {
        "availability": told.values(
            availability="", available_from=None, available_until=None, offered=None
        ),
        "judge_invitations": delete(JudgeInvitation).where(
            JudgeInvitation.competition_id == competition.id
        ),
        "objections": update(Objection)
        .where(Objection.team_id.in_(teams), Objection.reason != "")
        .values(about="", reason=""),
        "rulings": update(Ruling)
        .where(Ruling.team_id.in_(teams), Ruling.reason != "")
        .values(reason=""),
    }
    found = {what: db.session.execute(deed).rowcount for what, deed in deeds.items()}
    judges = select(Judge.id).where(Judge.competition_id == competition.id)
    notes = update(Review).where(Review.judge_id.in_(judges), Review.own_note != "")
    said = [
        notes.values(own_note=""),
        *(delete(kind).where(kind.judge_id.in_(judges)) for kind in (Abstention, Problem)),
    ]
    return {**found, "judges_notes": sum(db.session.execute(each).rowcount for each in said)}


def _invitations(person: User) -> Any:
    """Those to the person's address, and the one that made them a judge."""
    judges = select(Judge.id).where(Judge.user_id == person.id)
    return (
        select(JudgeInvitation)
        .where(or_(JudgeInvitation.address == person.email, JudgeInvitation.judge_id.in_(judges)))
        .options(joinedload(JudgeInvitation.competition), selectinload(JudgeInvitation.challenges))
        .order_by(JudgeInvitation.created_at)
    )


def _numbers(row: Any) -> str:
    """Of the challenges they read; nothing means any."""
    return ", ".join(str(challenge.number) for challenge in row.challenges)


def _reviews(person: User) -> Any:
    return (
        select(Review)
        .join(Review.judge)
        .where(Judge.user_id == person.id)
        .options(contains_eager(Review.judge).joinedload(Judge.competition))
        .order_by(Review.created_at)
    )


SHARE = Share(
    holdings=(
        Holding(
            "judging",
            _l("Competitions you judge"),
            Judge,
            lambda person: (
                select(Judge)
                .where(Judge.user_id == person.id)
                .options(joinedload(Judge.competition), selectinload(Judge.challenges))
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Since")),
                Fact("languages", _l("Languages")),
                Fact("challenges", _l("Challenges"), _numbers),
                Fact("capacity", _l("Most reviews")),
                Fact("offered", _l("How many you said you can take")),
                Fact("available_from", _l("Available from")),
                Fact("available_until", _l("Available until")),
                Fact("availability", _l("Your word about when")),
                Fact("dismissed_at", _l("Until")),
            ),
            stays=_l("A judge without a name, to whom the completed reviews belong."),
        ),
        Holding(
            "judge_invitations",
            _l("Invitations to judge"),
            JudgeInvitation,
            _invitations,
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("name", _l("Name")),
                Fact("address", _l("To")),
                Fact("organization", _l("Organization")),
                Fact("language", _l("Language of the email")),
                Fact("languages", _l("Languages")),
                Fact("challenges", _l("Challenges"), _numbers),
                Fact("capacity", _l("Most reviews")),
                Fact("way", _l("How you come in"), words=WAYS.get),
                Fact("one_device", _l("One device at a time")),
                Fact("created_at", _l("Asked on")),
                Fact("renewed_at", _l("Last sent")),
                Fact("expires_at", _l("Until")),
                Fact("accepted_at", _l("You accepted")),
                Fact("declined_at", _l("You declined")),
                Fact("words", _l("Your words")),
                Fact("revoked_at", _l("Revoked")),
            ),
        ),
        Holding(
            "judge_terms",
            _l("Terms for judges that you accepted"),
            TermsAcceptance,
            lambda person: (
                select(TermsAcceptance)
                .join(TermsAcceptance.judge)
                .where(Judge.user_id == person.id)
                .options(
                    joinedload(TermsAcceptance.terms).joinedload(JudgeTerms.competition),
                )
                .order_by(TermsAcceptance.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "terms.competition.name"),
                Fact("version", _l("Version"), "terms.version"),
                Fact("language", _l("Read in"), words=NAMES.get),
                Fact("created_at", _l("Accepted")),
            ),
            stays=_l(
                "That a judge without a name accepted it: the record of the jury rests on it."
            ),
        ),
        Holding(
            "reviews",
            _l("Your reviews"),
            Review,
            _reviews,
            (
                Fact("competition", _l("Competition"), "judge.competition.name"),
                Fact("submission", _l("Number of the submission"), "submission_id"),
                Fact("comment", _l("Comment for the team")),
                Fact("note", _l("Note for the organizers")),
                Fact("own_note", _l("Note for yourself")),
                Fact("touched_at", _l("Changed")),
                Fact("unfinished", _l("Begun, and not whole yet")),
                Fact("created_at", _l("Assigned")),
                Fact("completed_at", _l("Completed")),
            ),
            stays=_l(
                "What you completed, without your name: the results rest on it. What you did not "
                "complete is deleted."
            ),
        ),
        Holding(
            "scores",
            _l("Your scores"),
            Score,
            lambda person: (
                select(Score)
                .join(Score.review)
                .join(Review.judge)
                .where(Judge.user_id == person.id)
                .options(contains_eager(Score.review), joinedload(Score.criterion))
                .order_by(Score.created_at)
            ),
            (
                Fact("submission", _l("Number of the submission"), "review.submission_id"),
                Fact("criterion", _l("Criterion"), "criterion.name"),
                Fact("score", _l("Level")),
                Fact("comment", _l("Comment on the criterion")),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("As your reviews."),
        ),
        Holding(
            "condition_answers",
            _l("Your answers to conditions"),
            ConditionAnswer,
            lambda person: (
                select(ConditionAnswer)
                .join(ConditionAnswer.review)
                .join(Review.judge)
                .where(Judge.user_id == person.id)
                .options(
                    contains_eager(ConditionAnswer.review), joinedload(ConditionAnswer.condition)
                )
                .order_by(ConditionAnswer.created_at)
            ),
            (
                Fact("submission", _l("Number of the submission"), "review.submission_id"),
                Fact("condition", _l("Condition"), "condition.name"),
                Fact("met", _l("Met")),
                Fact("reason", _l("If not: why")),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("As your reviews."),
        ),
        Holding(
            "review_changes",
            _l("What you changed in your reviews"),
            ReviewChange,
            lambda person: (
                select(ReviewChange)
                .join(ReviewChange.review)
                .join(Review.judge)
                .where(Judge.user_id == person.id)
                .options(contains_eager(ReviewChange.review))
                .order_by(ReviewChange.created_at)
            ),
            (
                Fact("submission", _l("Number of the submission"), "review.submission_id"),
                Fact("created_at", _l("From")),
                Fact("until", _l("Until")),
                Fact("before", _l("Before")),
                Fact("after", _l("After")),
            ),
            stays=_l("As your reviews."),
        ),
        Holding(
            "abstentions",
            _l("Submissions you gave back without judging them"),
            Abstention,
            lambda person: (
                select(Abstention)
                .join(Abstention.judge)
                .where(Judge.user_id == person.id)
                .order_by(Abstention.created_at)
            ),
            (
                Fact("submission", _l("Number of the submission"), "submission_id"),
                Fact("reason", _l("Reason")),
                Fact("created_at", _l("Written")),
            ),
        ),
        Holding(
            "review_problems",
            _l("Problems you reported as a judge"),
            Problem,
            lambda person: (
                select(Problem)
                .join(Problem.judge)
                .where(Judge.user_id == person.id)
                .order_by(Problem.created_at)
            ),
            (
                Fact("submission", _l("Number of the submission"), "submission_id"),
                Fact("kind", _l("What it is about")),
                Fact("text", _l("What you wrote")),
                Fact("created_at", _l("Written")),
                Fact("answer", _l("Answer of the organizers")),
                Fact("settled_at", _l("Settled")),
            ),
            stays=_l("What you reported, without your name: the organizers act on it."),
        ),
        Holding(
            "declarations",
            _l("Your answers about conflicts of interest"),
            Declaration,
            lambda person: (
                select(Declaration)
                .join(Declaration.judge)
                .where(Judge.user_id == person.id)
                .options(contains_eager(Declaration.judge).joinedload(Judge.competition))
                .order_by(Declaration.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "judge.competition.name"),
                Fact("submission", _l("Number of the submission"), "submission_id"),
                Fact("said", _l("Answer"), words=lambda said: SAID[said]),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("What you answered, without your name: it says which reviews count."),
        ),
        Holding(
            "rulings",
            _l("Decisions about your conflicts of interest"),
            Ruling,
            lambda person: (
                select(Ruling)
                .join(Ruling.judge)
                .where(Judge.user_id == person.id)
                .options(joinedload(Ruling.team))
                .order_by(Ruling.created_at)
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("bars", _l("You do not judge it")),
                Fact("created_at", _l("Decided")),
            ),
            stays=_l("As your answers."),
        ),
        Holding(
            "objections",
            _l("Whom you named for your team as not to judge it"),
            Objection,
            lambda person: (
                select(Objection)
                .where(Objection.by_id == person.id)
                .options(joinedload(Objection.team))
                .order_by(Objection.created_at)
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("about", _l("Person or organization")),
                Fact("reason", _l("Reason")),
                Fact("created_at", _l("Written")),
                Fact("settled_at", _l("Looked into")),
            ),
            stays=_l("What your team said, without your name."),
        ),
    ),
    hindrances=hindrances,
    forget=forget,
    expire=expire,
)
