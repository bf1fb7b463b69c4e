"""Letting the world know: at a moment, for all or challenge by challenge; and taking it back."""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from ..accounts.models import User
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..post.models import Letter
from . import letters
from .actions import (
    NONE,
    AlreadyPublic,
    Means,
    check_citations,
    check_complete,
    check_decided,
    check_judged,
    hold,
    seal_correction,
)
from .disclosure import Disclosure, Scope
from .models import Amendment, Announcement, Change, Honour
from .queries import (
    Project,
    announcement_of,
    announcements_of,
    digest_of,
    disclosure_of,
    honours_of,
    is_public,
    judges_and_mentors,
    projects_with_members,
    public_honours_of,
    scope_of,
)


class InThePast(Obstacle):
    sentence = _l("This moment has passed.")
    field = "publish_at"


class ScopeGone(Obstacle):
    sentence = _l(
        "This challenge is not there any more as the page showed it, so nothing was done. Look at "
        "the page again."
    )


class NotPlanned(Obstacle):
    sentence = _l("No announcement is planned.")


class ChallengeLater(Obstacle):
    sentence = _l(
        "What concerns all challenges comes out last. Challenge %(number)s has a later moment."
    )
    field = "publish_at"


class AfterTheRest(Obstacle):
    sentence = _l(
        "All other results come out at %(moment)s. A challenge cannot be later than those."
    )
    field = "publish_at"


class NotPublic(Obstacle):
    sentence = _l("These results are not public.")


class NeedsConfirming(Obstacle):
    sentence = _l(
        "A second person confirms what is decided here. Withdraw the results, change the citation, "
        "have it confirmed, and let them be seen again."
    )


class ShownAlready(Obstacle):
    sentence = _l("These results are not withdrawn.")


class NoteMissing(Obstacle):
    sentence = _l("The note must be written in both languages.")


class CorrectedMeanwhile(Obstacle):
    sentence = _l(
        "Somebody else has corrected this citation meanwhile. This is what it says now: "
        "“%(citation)s” Look at it, then save again to replace it."
    )
    field = "citation"


class NothingCorrected(Obstacle):
    sentence = _l("The citation is the same as before.")


def release(
    competition: Competition,
    *,
    challenge: Challenge | None = None,
    publish_at: datetime | None = None,
    means: Means = NONE,
    by: User,
) -> Announcement:
    """Set the moment from which results are public, or move it. Without one, it is now.

    Those of a challenge, or of everything that has no moment of its own. What is decided is sealed
    by this, unless a second person must have confirmed it before. The teams' letters are written
    when the moment has come (`tell_teams_when_announced`).
    """
    disclosure = hold(competition)
    announcement = announcement_of(competition, challenge)
    key = challenge.id if challenge else None
    if disclosure.reached(key) or (announcement and announcement.letters_at):
        raise AlreadyPublic
    check_judged(competition)
    if publish_at is not None and publish_at < now():
        raise InThePast
    publish_at = publish_at or now()
    _check_order(competition, disclosure, challenge, publish_at)
    check_complete(competition, {key})
    # Never before what it lets the world know was sealed, be it by somebody who was faster.
    publish_at = max(publish_at, check_decided(competition, means, by).created_at)
    if announcement is None:
        announcement = Announcement(competition=competition, challenge=challenge)
        db.session.add(announcement)
    announcement.publish_at, announcement.by = publish_at, by
    _record(
        (Deed.RESULTS_SCHEDULED, Deed.CHALLENGE_SCHEDULED),
        competition,
        challenge,
        subject=_clock(competition, publish_at),
        by=by,
    )
    db.session.flush()
    return announcement


def cancel(
    competition: Competition, *, challenge: Challenge | None = None, by: User
) -> Announcement:
    """Take back a moment that has not come."""
    hold(competition)
    announcement = announcement_of(competition, challenge)
    if announcement is None:
        raise NotPlanned
    if announcement.public or announcement.letters_at:
        raise AlreadyPublic
    _record(
        (Deed.RESULTS_CANCELLED, Deed.CHALLENGE_CANCELLED),
        competition,
        challenge,
        subject=_clock(competition, announcement.publish_at),
        by=by,
    )
    db.session.delete(announcement)
    db.session.flush()
    return announcement


def _check_order(
    competition: Competition,
    disclosure: Disclosure,
    challenge: Challenge | None,
    publish_at: datetime,
) -> None:
    """What concerns all challenges must not tell of one that is still secret."""
    rest = disclosure.moments.get(None)
    if challenge is not None:
        if rest is not None and publish_at > rest:
            raise AfterTheRest(moment=_clock(competition, rest))
        return
    for each in competition.challenges:
        own = disclosure.moments.get(each.id)
        if own is not None and own > publish_at:
            raise ChallengeLater(number=each.number)


# -- telling people --------------------------------------------------------------------------


def tell_teams_when_announced() -> int:
    """Write the letters of every announcement whose moment has come; returns how many letters.

    The announcement is locked until the caller commits, and marked in the same transaction, so
    that of two workers only one writes. While its results are withdrawn, it waits.
    """
    due = db.session.scalars(
        select(Announcement)
        .where(Announcement.letters_at.is_(None), Announcement.publish_at <= now())
        .order_by(Announcement.publish_at, Announcement.id)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_tell(announcement) for announcement in due)


def _tell(announcement: Announcement) -> int:
    competition = announcement.competition
    disclosure = disclosure_of(competition)
    if not disclosure.tells(announcement.challenge_id):
        return 0
    told = set()
    for project in projects_with_members(competition):
        if _comes_out_with(announcement, project, disclosure):
            shown = _as_public(project, disclosure)
            for member in project.team.members:
                letters.results_announced(member, competition, shown)
                told.add(member)
    if announcement.challenge_id is None:
        for person in judges_and_mentors(competition):
            if person not in told:
                letters.results_public(person, competition)
                told.add(person)
    announcement.letters_at = now()
    _record(
        (Deed.RESULTS_ANNOUNCED, Deed.CHALLENGE_ANNOUNCED),
        competition,
        announcement.challenge,
        letters=len(told),
        by=announcement.by,
    )
    return len(told)


def _comes_out_with(announcement: Announcement, project: Project, disclosure: Disclosure) -> bool:
    """Its challenge does, or an honour among all that follows those of its challenge."""
    own = project.challenge.id
    if not disclosure.tells(own):
        return False
    if _announced_with(project, disclosure) == announcement.challenge_id:
        return True
    late = any(scope_of(honour, own) is None for honour in project.honours)
    return announcement.challenge_id is None and late


def _announced_with(project: Project, disclosure: Disclosure) -> Scope:
    """With its challenge, where that has a moment of its own."""
    own = project.challenge.id
    return own if own in disclosure.moments else None


def _as_public(project: Project, disclosure: Disclosure) -> Project:
    """With those of its honours that are public."""
    known = [h for h in project.honours if is_public(h, project.challenge.id, disclosure)]
    return replace(project, honours=known)


# -- afterwards ------------------------------------------------------------------------------


def withdraw(
    competition: Competition, *, challenge: Challenge | None = None, note: Localized, by: User
) -> Amendment:
    """Hide results that are public: of one challenge, or all. The note stays for good.

    While they are hidden, decisions about them may change. The teams get a letter; one that was
    to bring them the results and has not left does not leave any more.
    """
    disclosure = hold(competition)
    if challenge is None and (not disclosure.begun or None in disclosure.withdrawn):
        raise NotPublic
    if challenge is not None and not disclosure.tells(challenge.id):
        raise NotPublic
    if not note.complete:
        raise NoteMissing
    before = public_now(competition, challenge)
    reached = _teams_told(competition, challenge)
    amendment = Amendment(
        competition_id=competition.id,
        challenge=challenge,
        kind=Change.WITHDRAWAL,
        note=note,
        before=before,
        by=by,
        end_note=Localized(),
    )
    db.session.add(amendment)
    _record(
        (Deed.RESULTS_WITHDRAWN, Deed.CHALLENGE_WITHDRAWN),
        competition,
        challenge,
        reason=note.in_(by.language),
        by=by,
    )
    db.session.flush()
    people = {member.id for project in reached for member in project.team.members}
    _take_back(competition, people if challenge else None)
    for project in reached:
        for member in project.team.members:
            letters.results_withdrawn(member, competition, project, amendment)
    return amendment


def _take_back(competition: Competition, people: Collection[uuid.UUID] | None) -> None:
    """What brings results and has not left: to these people, or to all."""
    waits = delete(Letter).where(
        Letter.competition_id == competition.id,
        Letter.name.in_((*letters.NEWS, "prize_unclaimed")),
        Letter.sent_at.is_(None),
        Letter.claimed_until.is_(None),
    )
    if people is not None:
        waits = waits.where(Letter.recipient_id.in_(people))
    db.session.execute(waits)


def show_again(
    competition: Competition,
    amendment: Amendment,
    *,
    note: Localized,
    means: Means = NONE,
    by: User,
) -> int:
    """Let withdrawn results be seen again, as they are decided now; returns how many letters.

    The note says what changed, and stays too. The same teams get a letter; those whose results
    have not been announced to them get that letter alone.
    """
    disclosure = hold(competition)
    db.session.refresh(amendment)
    if amendment.kind is not Change.WITHDRAWAL or amendment.ended_at is not None:
        raise ShownAlready
    if not note.complete:
        raise NoteMissing
    key = amendment.challenge_id
    check_citations(competition, {key} if key else {None, *disclosure.moments})
    sealed = check_decided(competition, means, by)
    amendment.ended_at = max(now(), sealed.created_at)
    amendment.ended_by, amendment.end_note = by, note
    _record(
        (Deed.RESULTS_SHOWN_AGAIN, Deed.CHALLENGE_SHOWN_AGAIN),
        competition,
        amendment.challenge,
        reason=note.in_(by.language),
        by=by,
    )
    db.session.flush()
    disclosure = disclosure_of(competition)
    announced = {each.challenge_id for each in announcements_of(competition) if each.letters_at}
    told = 0
    for project in _teams_told(competition, amendment.challenge):
        if _announced_with(project, disclosure) in announced:
            for member in project.team.members:
                letters.results_corrected(member, competition, project, note)
                told += 1
    return told


def correct_citation(
    competition: Competition,
    honour: Honour,
    *,
    citation: Localized,
    note: Localized,
    seen: str | None = None,
    means: Means = NONE,
    by: User,
) -> Amendment:
    """Change the words of a citation that is public. The team gets a letter; the note stays. The
    record of it rests on the ranking that decided, whatever judges or rules say since.

    `seen` is the digest of the honour that the page showed, where it matters that it is the same.
    Who is honoured changes only while the results are withdrawn; so do these words where a second
    person has to confirm what is decided.
    """
    disclosure = hold(competition)
    project = next(
        (
            each
            for _, projects in honours_of(competition)
            for each in projects
            if honour in each.honours
        ),
        None,
    )
    if project is None or not is_public(honour, project.challenge.id, disclosure):
        raise NotPublic
    if competition.second_person_confirms:
        raise NeedsConfirming
    if seen is not None and seen != digest_of([honour]):
        raise CorrectedMeanwhile(citation=honour.citation)
    if not note.complete or not citation.complete:
        raise NoteMissing
    if honour.citation == citation:
        raise NothingCorrected
    amendment = Amendment(
        competition_id=competition.id,
        challenge=project.challenge,
        kind=Change.CORRECTION,
        note=note,
        before=[_told_of(project, honour)],
        by=by,
        end_note=Localized(),
    )
    db.session.add(amendment)
    record(
        Deed.CITATION_CORRECTED,
        by=by,
        competition=competition,
        subject=project.title,
        reason=note.in_(by.language),
    )
    seal_correction(honour, citation, means, by)
    for member in project.team.members:
        letters.results_corrected(member, competition, project, note)
    return amendment


def public_now(competition: Competition, challenge: Challenge | None) -> list[Any]:
    """What the results of a challenge, or all, say at this moment: to be kept."""
    return [
        _told_of(project, honour)
        for _, projects in public_honours_of(competition)
        for project in projects
        if challenge is None or project.challenge.id == challenge.id
        for honour in project.honours
    ]


def _told_of(project: Project, honour: Honour) -> dict[str, Any]:
    return {
        "challenge": project.challenge.number,
        "team": project.team.name,
        "project": project.title,
        "prize": dict(honour.prize.name),
        "place": honour.place if honour.prize.number > 1 else None,
        "citation": dict(honour.citation),
    }


def _teams_told(competition: Competition, challenge: Challenge | None) -> list[Project]:
    """The projects whose results are public, of the challenge or all."""
    disclosure = disclosure_of(competition)
    return [
        project
        for project in projects_with_members(competition)
        if disclosure.tells(project.challenge.id)
        and (challenge is None or project.challenge.id == challenge.id)
    ]


def _record(
    deeds: tuple[Deed, Deed], competition: Competition, challenge: Challenge | None, **facts: Any
) -> None:
    """The first deed about all, the second about a challenge."""
    of_all, of_one = deeds
    if challenge is None:
        record(of_all, competition=competition, **facts)
    else:
        record(of_one, competition=competition, number=challenge.number, **facts)


def _clock(competition: Competition, moment: datetime) -> str:
    """A moment for the journal, which has no language: `2021-05-25 12:00 EDT`."""
    return moment.astimezone(ZoneInfo(competition.zone)).strftime("%Y-%m-%d %H:%M %Z")
