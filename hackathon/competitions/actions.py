"""Preparing a competition, announcing it, and changing what was announced."""

from datetime import datetime
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from ..accounts.actions import NoAccount
from ..accounts.models import User
from ..accounts.queries import has_second_factor, person_with
from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import moment_text
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..post.actions import take_back
from ..post.models import Letter
from . import letters
from .models import (
    Challenge,
    Competition,
    Condition,
    Criterion,
    Document,
    Extension,
    Gate,
    Inquiry,
    Level,
    Organizer,
    Partner,
    Round,
    Window,
)
from .queries import address_taken, opening_of
from .timetable import Opening

Piece = TypeVar("Piece", Challenge, Condition, Criterion, Document, Partner)


class AddressTaken(Obstacle):
    sentence = _l("Another competition has this address.")
    field = "slug"


class Unfinished(Obstacle):
    sentence = _l("Before it is published, this must be written in both languages: %(missing)s.")


class AlreadyAnnounced(Obstacle):
    sentence = _l("These dates are public. They can be extended, not changed.")
    field = "closes_at"


class ClosesBeforeItOpens(Obstacle):
    sentence = _l("It must close after it opens.")
    field = "closes_at"


class NotLater(Obstacle):
    sentence = _l("An extension must be later than the present deadline, and in the future.")
    field = "closes_at"


class ExtendedMeanwhile(Obstacle):
    sentence = _l(
        "This deadline has been extended since you opened this page: it is now %(moment)s. "
        "Look at it again before you move it once more."
    )
    field = "closes_at"


class TooLateToUndo(Obstacle):
    sentence = _l(
        "The letters about this extension are on their way, so it can no longer be undone."
    )


class ExtendedAgain(Obstacle):
    sentence = _l("This deadline was extended once more after that. Undo the last extension first.")


class NothingToExtend(Obstacle):
    sentence = _l("There is no deadline to extend.")
    field = "gate"


class NumberTaken(Obstacle):
    sentence = _l("Another challenge has this number.")
    field = "number"


class LastOrganizer(Obstacle):
    sentence = _l("A competition needs at least one organizer.")


class OtherClock(Obstacle):
    sentence = _l(
        "The dates are announced. They stay the same moments, so on the new clock they will be "
        "read as other hours. Look at them below, check the box, and save again."
    )
    field = "zone"


class InUse(Obstacle):
    sentence = _l(
        "This is in use: teams, questions or scores refer to it. It can be changed, but not "
        "removed."
    )


class NotInBothLanguages(Obstacle):
    sentence = _l("What everyone reads needs the question and the answer in both languages.")


class PublicByNow(Obstacle):
    sentence = _l(
        "This was answered for everyone in the meantime: what you save on this page now is read "
        "by everyone."
    )


class NotInTheirLanguage(Obstacle):
    sentence = _l("Answer in the language of the question at least.")


class SecondFactorFirst(Obstacle):
    sentence = _l(
        "You have neither codes nor a passkey yourself, and would lock yourself out. Set one up "
        "first, under Sign-in and security."
    )
    field = "second_factor_required"


WRITTEN = ("name", "tagline", "summary", "description", "how_to_enter")


def create_competition(*, by: User, slug: str, **fields: Any) -> Competition:
    """A draft that only its organizers see; who creates it organizes it."""
    if address_taken(slug):
        raise AddressTaken
    empty = {name: Localized() for name in WRITTEN}
    competition = Competition(slug=slug, **{**empty, **fields})
    db.session.add(competition)
    db.session.flush()
    db.session.add(Organizer(competition=competition, user=by))
    first_round(competition)
    record(Deed.COMPETITION_CREATED, by=by, competition=competition, subject=competition.slug)
    return competition


def first_round(competition: Competition) -> Round:
    """The round that every competition has, open while judging is; made where it lacks."""
    if not competition.rounds:
        name = Localized(en="Judging", fr="Évaluation")
        competition.rounds.append(Round(position=1, name=name))
        db.session.flush()
    return competition.rounds[0]


def edit_competition(
    competition: Competition, *, by: User, other_clock: bool = False, **fields: Any
) -> Competition:
    """Change texts and settings. `other_clock` says yes to dates that will read otherwise.

    Moments stay what they are when the zone changes; only how they are written differs.
    """
    zone = fields.get("zone", competition.zone)
    if zone != competition.zone and competition.windows:
        if not other_clock:
            raise OtherClock
        record(
            Deed.ZONE_CHANGED,
            by=by,
            competition=competition,
            subject=str(competition.name),
            before=competition.zone,
            after=zone,
        )
    if address_taken(fields.get("slug", competition.slug), but_for=competition):
        raise AddressTaken
    asked = fields.get("second_factor_required", False)
    if asked and not competition.second_factor_required and not has_second_factor(by):
        raise SecondFactorFirst
    for name, value in fields.items():
        setattr(competition, name, value)
    if competition.published_at and (missing := unwritten(competition)):
        raise Unfinished(missing=missing)
    record(Deed.COMPETITION_EDITED, by=by, competition=competition, subject=str(competition.name))
    return competition


def unwritten(competition: Competition) -> str:
    """The names of the texts that are not there in both languages, as organizers read them."""
    labels = {
        "name": _l("name"),
        "tagline": _l("tagline"),
        "summary": _l("summary"),
        "description": _l("description"),
        "how_to_enter": _l("how to enter"),
    }
    return ", ".join(str(labels[n]) for n in WRITTEN if not getattr(competition, n).complete)


def publish_competition(competition: Competition, *, by: User) -> Competition:
    """From now on everyone sees it, and its dates only move by extensions."""
    if competition.published_at is not None:
        return competition
    if missing := unwritten(competition):
        raise Unfinished(missing=missing)
    competition.published_at = now()
    record(
        Deed.COMPETITION_PUBLISHED, by=by, competition=competition, subject=str(competition.name)
    )
    return competition


def announce_window(
    competition: Competition, gate: Gate, *, opens_at: datetime, closes_at: datetime, by: User
) -> Window:
    """Set when a gate opens and closes. Once public, an announced window stays as it was."""
    if opens_at >= closes_at:
        raise ClosesBeforeItOpens
    window = next((w for w in competition.windows if w.gate == gate), None)
    if window is not None and competition.published_at is not None:
        raise AlreadyAnnounced
    if window is None:
        window = Window(competition=competition, gate=gate)
    window.opens_at, window.closes_at = opens_at, closes_at
    db.session.add(window)
    record(Deed.WINDOW_ANNOUNCED, by=by, competition=competition, gate=gate.value)
    return window


def extend_deadline(
    competition: Competition,
    gate: Gate,
    *,
    closes_at: datetime,
    reason: Localized,
    readers: list[User],
    by: User,
    known: datetime | None = None,
) -> Extension:
    """Give everyone more time at once, say why, and tell `readers` by letter a minute later.

    The window is locked, so that two extensions at once do not both claim to follow the first.
    `known` is the close that the person who extends has seen; another one is an obstacle.
    """
    window = _locked_window(competition, gate)
    before = opening_of(competition, gate)
    if before.closes_at is None:
        raise NothingToExtend
    if known is not None and known != before.closes_at:
        raise ExtendedMeanwhile(moment=moment_text(before.closes_at, competition.zone))
    check_later(before, closes_at)
    extension = Extension(window=window, closes_at=closes_at, reason=reason, by=by)
    db.session.add(extension)
    db.session.flush()
    record(
        Deed.DEADLINE_EXTENDED,
        by=by,
        competition=competition,
        gate=gate.value,
        until_now=before.closes_at.isoformat(),
        from_now_on=closes_at.isoformat(),
    )
    for reader in readers:
        letters.deadline_extended(reader, competition, gate, before.closes_at, extension)
    return extension


def check_later(opening: Opening, closes_at: datetime) -> Opening:
    """Raises NotLater unless the new close would be an extension."""
    if opening.closes_at is None:
        raise NothingToExtend
    if closes_at <= opening.closes_at or closes_at <= now():
        raise NotLater
    return opening


def undo_extension(extension: Extension, *, by: User) -> Extension:
    """Let the deadline be what it was before, and tear up the letters that wait.

    Possible while none of them has left, and for the last extension only. A second click changes
    nothing.
    """
    competition, gate = extension.window.competition, extension.window.gate
    window = _locked_window(competition, gate)
    if extension.undone_at is not None:
        return extension
    if now() >= extension.undo_until:
        raise TooLateToUndo
    if any(e.created_at > extension.created_at and not e.undone_at for e in window.extensions):
        raise ExtendedAgain
    extension.undone_at = now()
    db.session.flush()
    if not take_back(extension):
        raise TooLateToUndo
    before = opening_of(competition, gate)
    record(
        Deed.EXTENSION_UNDONE,
        by=by,
        competition=competition,
        gate=gate.value,
        until_now=extension.closes_at.isoformat(),
        from_now_on=before.closes_at.isoformat() if before.closes_at else "",
    )
    return extension


def _locked_window(competition: Competition, gate: Gate) -> Window:
    """The window of the gate and its extensions as they are behind the lock."""
    window = db.session.scalar(
        select(Window)
        .where(Window.competition_id == competition.id, Window.gate == gate)
        .options(selectinload(Window.extensions))
        .with_for_update()
        .execution_options(populate_existing=True)  # not as it was before the lock
    )
    if window is None:
        raise NothingToExtend
    return window


def letter_of_extension(
    competition: Competition, gate: Gate, *, closes_at: datetime, reason: Localized, to: Any
) -> Letter:
    """The letter that this extension would bring them, for looking at."""
    before = opening_of(competition, gate)
    assert before.closes_at is not None
    draft = Extension(closes_at=closes_at, reason=reason)
    return letters.draft_of_extension(to, competition, gate, before.closes_at, draft)


def let_in_late(opening: Opening, *, by: Any, competition: Competition, **_: Any) -> None:
    """Write down that a form begun in time was taken after the close, and by how much."""
    late = opening.overtime
    assert late is not None
    record(
        Deed.LET_IN_LATE,
        by=by if getattr(by, "is_authenticated", False) else None,
        competition=competition,
        gate=str(opening.gate),
        seconds=max(1, round(late.total_seconds())),
    )


def appoint_organizer(competition: Competition, *, email: str, by: User) -> Organizer:
    user = person_with(email)
    if user is None:
        raise NoAccount
    organizer = db.session.scalar(
        select(Organizer).where(
            Organizer.competition_id == competition.id, Organizer.user_id == user.id
        )
    )
    if organizer is None:
        organizer = Organizer(competition=competition, user=user)
        db.session.add(organizer)
        record(Deed.ORGANIZER_APPOINTED, by=by, competition=competition, subject=user.name)
        letters.organizer_appointed(user, competition)
    return organizer


def dismiss_organizer(organizer: Organizer, *, by: User) -> Organizer:
    others = db.session.scalars(
        select(Organizer)
        .where(Organizer.competition_id == organizer.competition_id)
        .with_for_update()
    ).all()
    if len(others) == 1:
        raise LastOrganizer
    record(
        Deed.ORGANIZER_DISMISSED,
        by=by,
        competition=organizer.competition,
        subject=organizer.user.name,
    )
    db.session.delete(organizer)
    return organizer


def save_criterion(
    criterion: Criterion, *, levels: list[Level], by: User, **fields: Any
) -> Criterion:
    """Keep a criterion of the draft with its levels, from the lowest score upward."""
    save_of_rules(criterion, by=by, subject=str(fields["name"]), **fields)
    by_score = {level.score: level for level in criterion.levels}
    for level in levels:
        if known := by_score.pop(level.score, None):
            known.word, known.description = level.word, level.description
        else:
            criterion.levels.append(level)
    for gone in by_score.values():
        criterion.levels.remove(gone)
    return criterion


def save_of_rules(
    piece: Criterion | Condition, *, by: User, subject: str, **fields: Any
) -> Criterion | Condition:
    """Keep a criterion or a condition in the draft of its round, the first where none is said."""
    if piece.round_id is None:
        competition = db.session.get_one(Competition, piece.competition_id)
        piece.round_id = first_round(competition).id
    return save(piece, by=by, subject=subject, **fields)


def save(piece: Piece, *, by: User, subject: str, **fields: Any) -> Piece:
    """Keep a challenge, partner or document as edited."""
    try:
        with db.session.begin_nested():
            for name, value in fields.items():
                setattr(piece, name, value)
            db.session.add(piece)
    except IntegrityError:
        if isinstance(piece, Challenge):
            raise NumberTaken from None
        raise
    record(Deed.COMPETITION_EDITED, by=by, competition=piece.competition, subject=subject)
    return piece


def remove(piece: Piece, *, by: User, subject: str) -> Piece:
    """Take away what nothing refers to yet; from the draft alone, where published rules hold it."""
    if isinstance(piece, Condition | Criterion) and piece.published_at is not None:
        piece.removed_at = piece.removed_at or now()
        record(Deed.PIECE_REMOVED, by=by, competition=piece.competition, subject=subject)
        return piece
    asked = select(Inquiry.id).where(Inquiry.challenge_id == piece.id).limit(1)
    if isinstance(piece, Challenge) and db.session.scalar(asked):
        raise InUse  # the database would let people's questions go along
    record(Deed.PIECE_REMOVED, by=by, competition=piece.competition, subject=subject)
    try:
        with db.session.begin_nested():
            db.session.delete(piece)
    except IntegrityError:
        raise InUse from None
    return piece


# -- questions about a challenge -------------------------------------------------------------


def inquire(challenge: Challenge, *, text: str, language: str, by: User) -> Inquiry:
    """Ask the organizers about a challenge. To everyone else the asker stays unnamed."""
    empty = Localized()
    inquiry = Inquiry(
        challenge=challenge, asker=by, text=text, language=language, question=empty, answer=empty
    )
    db.session.add(inquiry)
    db.session.flush()
    _record_inquiry(Deed.INQUIRY_MADE, inquiry, by)
    return inquiry


def answer_inquiry(
    inquiry: Inquiry, *, question: Localized, answer: Localized, publish: bool, by: User
) -> Inquiry:
    """Answer the asker alone or, with `publish`, everyone; the asker gets a letter of what is new.

    What is public stays public until it is withdrawn. Raises PublicByNow for words that were meant
    for the asker alone, from a page drawn before.
    """
    if inquiry.published_at is not None and not publish:
        raise PublicByNow
    if publish and not (question.complete and answer.complete):
        raise NotInBothLanguages
    if not answer[inquiry.language].strip():
        raise NotInTheirLanguage
    news = answer != inquiry.answer or (publish and inquiry.published_at is None)
    inquiry.question, inquiry.answer = question, answer
    inquiry.answered_at = inquiry.answered_at or now()
    if publish:
        inquiry.published_at = inquiry.published_at or now()
    db.session.flush()
    _record_inquiry(Deed.INQUIRY_PUBLISHED if publish else Deed.INQUIRY_ANSWERED, inquiry, by)
    if news and inquiry.asker is not None:
        letters.inquiry_answered(inquiry)
    return inquiry


def withdraw_inquiry(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Take question and answer back from everyone; the asker keeps the answer."""
    inquiry.published_at = None
    _record_inquiry(Deed.INQUIRY_WITHDRAWN, inquiry, by)
    return inquiry


def _record_inquiry(deed: Deed, inquiry: Inquiry, by: User) -> None:
    challenge = inquiry.challenge
    record(deed, by=by, competition=challenge.competition, subject=str(challenge.title))
