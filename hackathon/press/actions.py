"""Composing the press pack, and letting it go out with the results."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from .models import PressPack, PressProject


class ChangedMeanwhile(Obstacle):
    sentence = _l(
        "Somebody else has changed the press pack meanwhile. Open it in another window to see how; "
        "what you wrote is still here."
    )


class NotWhole(Obstacle):
    sentence = _l(
        "Introduction, contact and terms of use have to be there in English and in French first."
    )


class NothingChosen(Obstacle):
    sentence = _l("Choose at least one project first.")


def compose(
    competition: Competition,
    *,
    introduction: Localized,
    quote: Localized,
    quoted: Localized,
    contact: Localized,
    terms: Localized,
    logos: bool,
    chosen: Mapping[uuid.UUID, list[str]],
    seen: str,
    by: User,
) -> PressPack:
    """Write the pack down; what is public changes at once. `chosen`: the pictures of each project.

    `seen` is the mark of the pack that the form was drawn with. Raises ChangedMeanwhile, and for
    what is public NotWhole and NothingChosen.
    """
    pack = _held(competition)
    if mark_of(pack) != seen:
        raise ChangedMeanwhile
    if pack is None:
        pack = PressPack(competition=competition)
        db.session.add(pack)
    pack.introduction, pack.quote, pack.quoted = introduction, quote, quoted
    pack.contact, pack.terms, pack.logos = contact, terms, logos
    pack.saved_at, pack.by = now(), by
    there = {row.submission_id: row for row in pack.projects}
    for key, row in there.items():
        if key not in chosen:
            pack.projects.remove(row)
    for key, pictures in chosen.items():
        if key in there:
            there[key].pictures = pictures
        else:
            pack.projects.append(PressProject(submission_id=key, pictures=pictures))
    if pack.published_at is not None:
        _check(pack)
        record(Deed.PRESS_PACK_CHANGED, by=by, competition=competition)
    db.session.flush()
    return pack


def publish(competition: Competition, *, by: User) -> PressPack:
    """It is there with the results, or at once when these are public. Raises NotWhole and
    NothingChosen."""
    pack = _held(competition)
    if pack is None:
        raise NotWhole
    _check(pack)
    if pack.published_at is None:
        pack.published_at = now()
        record(Deed.PRESS_PACK_PUBLISHED, by=by, competition=competition)
    db.session.flush()
    return pack


def withdraw(competition: Competition, *, by: User) -> PressPack | None:
    """Nobody but organizers gets it any more."""
    pack = _held(competition)
    if pack is not None and pack.published_at is not None:
        pack.published_at = None
        record(Deed.PRESS_PACK_WITHDRAWN, by=by, competition=competition)
        db.session.flush()
    return pack


def mark_of(pack: PressPack | None) -> str:
    """Stands for a pack as it was read."""
    moment: datetime | None = pack.saved_at if pack else None
    return moment.isoformat() if moment else ""


def _check(pack: PressPack) -> None:
    if pack.missing:
        raise NotWhole
    if not pack.projects:
        raise NothingChosen


def _held(competition: Competition) -> PressPack | None:
    """The pack, if any; who composes at once waits for each other."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    return db.session.scalar(
        select(PressPack)
        .where(PressPack.competition_id == competition.id)
        .options(selectinload(PressPack.projects))
        .execution_options(populate_existing=True)
    )
