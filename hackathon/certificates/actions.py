"""Issuing certificates, correcting, replacing and revoking them, and telling their holders."""

import io
import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import IO, Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, insert, select, update

from ..accounts.models import User
from ..accounts.queries import person_with
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.model import Model, uuid7
from ..ground.obstacle import Obstacle
from ..ground.pictures import drawn_anew
from ..ground.storage import TooLarge
from ..journal.actions import record
from ..journal.deeds import Deed
from ..results.models import Amendment, Change
from ..workshops.models import Speaker
from . import lettering, letters
from .drawing import as_png
from .models import (
    Certificate,
    CertificateLogo,
    CertificateWish,
    Correction,
    Ending,
    Kind,
    Omission,
    Signatory,
    Speaks,
)
from .numbers import new_number
from .queries import (
    GRADES,
    announced,
    facts_now,
    facts_of,
    kept_style_of,
    style_of,
    tells_of,
    waiting,
    wishes_of,
)

MOST_CORRECTIONS = 3
"""By the holders themselves, of one certificate; organizers can always."""
MOST_LOGOS, MOST_SIGNATORIES = 5, 4
LONGEST_SIDE = 900
"""Dots of a logo or a signature: 300 an inch on paper."""
MOST_OCTETS = 5 * 1024 * 1024
LETTERS_AT_ONCE = 50


class NotAnnounced(Obstacle):
    sentence = _l("The results are not public yet, so nobody can have this certificate.")


class NobodyWaits(Obstacle):
    sentence = _l("There is nobody to issue one to.")


class HasOne(Obstacle):
    sentence = _l("This person has a certificate of this kind already.")
    field = "address"


class NoSuchAccount(Obstacle):
    sentence = _l("No account has this address. Leave it empty to write a name alone.")
    field = "address"


class NoName(Obstacle):
    sentence = _l("Write the name, or the address of an account.")
    field = "name"


class CannotBeDrawn(Obstacle):
    sentence = _l(
        "No typeface of ours has these characters: %(characters)s. Write the name without them, or "
        "in another script."
    )
    field = "name"


class Ended(Obstacle):
    sentence = _l("This certificate does not hold any more.")


class TooManyCorrections(Obstacle):
    sentence = _l("You have corrected this certificate often enough. The organizers can still.")


class LeftOutAlready(Obstacle):
    sentence = _l("This person is left out already, or has a certificate.")


class TooMany(Obstacle):
    sentence = _l("There is no room for more on a sheet.")


class PictureTooLarge(Obstacle):
    sentence = _l("This picture is larger than 5 MB.")
    field = "picture"


# -- how they look ---------------------------------------------------------------------------


def set_style(competition: Competition, *, by: User, **fields: Any) -> Any:
    """How certificates that are drawn from now on look, and who earns one."""
    _hold(competition)
    style = style_of(competition)
    for name, value in fields.items():
        setattr(style, name, value)
    db.session.add(style)
    db.session.flush()
    record(Deed.CERTIFICATES_STYLED, by=by, competition=competition)
    return style


def save_piece(piece: Any, *, competition: Competition, by: User, **fields: Any) -> Any:
    """A logo or a signatory, new or changed."""
    _hold(competition)
    most = {CertificateLogo: MOST_LOGOS, Signatory: MOST_SIGNATORIES}
    if piece.created_at is None:
        kind = type(piece)
        if _count(kind, competition) >= most[kind]:
            raise TooMany
    for name, value in fields.items():
        setattr(piece, name, value)
    db.session.add(piece)
    db.session.flush()
    record(Deed.CERTIFICATES_STYLED, by=by, competition=competition)
    return piece


def remove_piece(piece: Any, *, competition: Competition, by: User) -> None:
    db.session.delete(piece)
    db.session.flush()
    record(Deed.CERTIFICATES_STYLED, by=by, competition=competition)


def keep_picture(stream: IO[bytes]) -> str:
    """Draw a logo or a signature anew and store it; returns its SHA-256.

    An SVG is drawn as dots first. Raises PictureTooLarge, NoPicture, TooManyPixels. Takes its time:
    hold no lock.
    """
    octets = stream.read(MOST_OCTETS + 1)
    if len(octets) > MOST_OCTETS:
        raise PictureTooLarge
    if b"<svg" in octets[:4096]:
        with suppress(ValueError):  # then it is no picture, as will be said
            octets = as_png(octets)
    copy = drawn_anew(io.BytesIO(octets), longest=LONGEST_SIDE)
    storage = current_app.extensions["storage"]
    try:
        return str(storage.keep(io.BytesIO(copy.octets), MOST_OCTETS).digest)
    except TooLarge as error:
        raise PictureTooLarge from error


# -- issuing ---------------------------------------------------------------------------------


def issue(competition: Competition, kind: Kind, *, by: User) -> int:
    """Give everyone who earns one of this kind a certificate; returns how many that was.

    The rows alone, so that thousands are no matter; the worker draws them. Twice is once.
    """
    _hold(competition)
    if kind in GRADES and not announced(competition):
        raise NotAnnounced
    _keep_style(competition)
    holders = list(db.session.scalars(waiting(competition, kind)))
    if not holders:
        raise NobodyWaits
    _insert(competition, kind, holders, by=by)
    record(
        Deed.CERTIFICATES_ISSUED,
        by=by,
        competition=competition,
        certificate_kind=kind.value,
        count=len(holders),
    )
    return len(holders)


def issue_by_hand(
    competition: Competition,
    kind: Kind,
    *,
    name: str = "",
    address: str = "",
    speaks: Speaks = Speaks.BOTH,
    reason: str,
    by: User,
) -> Certificate:
    """To a person with an account, or to a name alone, which then gets a link."""
    _hold(competition)
    person = person_with(address) if address else None
    if kind in GRADES and not tells_of(competition, person):
        raise NotAnnounced
    if address and person is None:
        raise NoSuchAccount
    if person is not None and _has_one(competition, kind, person):
        raise HasOne
    if not name and person is None:
        raise NoName
    _keep_style(competition)
    wish = wishes_of(competition, [person]).get(person.id) if person else None
    name = name or (wish.name if wish else person.name if person else "")
    check_characters(name)
    certificate = Certificate(
        competition=competition,
        number=new_number(),
        kind=kind,
        user=person,
        token=None if person else secrets.token_urlsafe(32),
        name=name,
        speaks=speaks,
        facts=facts_of(competition, kind).get(person.id, {}) if person else {},
        reason=reason,
        by=by,
        edited_at=now(),
    )
    db.session.add(certificate)
    db.session.flush()
    record(
        Deed.CERTIFICATE_ADDED,
        by=by,
        competition=competition,
        subject=certificate.shown_number,
        certificate_kind=kind.value,
    )
    return certificate


def leave_out(competition: Competition, kind: Kind, holder: Any, *, reason: str, by: User) -> Any:
    """Issue no certificate of this kind to who would earn one."""
    _hold(competition)
    query = waiting(competition, kind)
    model = Speaker if kind is Kind.SPEAKER else User
    if db.session.scalar(query.where(model.id == holder.id).order_by(None)) is None:
        raise LeftOutAlready
    omission = Omission(competition=competition, kind=kind, reason=reason, by=by)
    if kind is Kind.SPEAKER:
        omission.speaker = holder
    else:
        omission.user = holder
    db.session.add(omission)
    db.session.flush()
    record(Deed.CERTIFICATE_OMITTED, by=by, competition=competition, certificate_kind=kind.value)
    return omission


def let_in_again(omission: Omission, *, by: User) -> None:
    record(
        Deed.CERTIFICATE_OMISSION_ENDED,
        by=by,
        competition=omission.competition,
        certificate_kind=omission.kind.value,
    )
    db.session.delete(omission)
    db.session.flush()


# -- one certificate -------------------------------------------------------------------------


def wish(competition: Competition, *, name: str, speaks: Speaks, by: User) -> CertificateWish:
    """What a person wants to be called. Certificates they have get a new edition that says so."""
    _hold(competition)
    check_characters(name)
    held = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.competition_id == competition.id,
            Certificate.user_id == by.id,
            Certificate.ended_at.is_(None),
        )
        .order_by(Certificate.id)
        .with_for_update()
    ).all()
    changing = [each for each in held if (each.name, each.speaks) != (name, speaks)]
    for certificate in changing:
        own = [each for each in certificate.corrections if each.by_id == by.id]
        if len(own) >= MOST_CORRECTIONS:
            raise TooManyCorrections
        correct(certificate, name=name, speaks=speaks, by=by)
    wished = wishes_of(competition, [by]).get(by.id)
    if wished is None:
        wished = CertificateWish(competition=competition, user=by)
        db.session.add(wished)
    wished.name, wished.speaks = name, speaks
    db.session.flush()
    return wished


def correct(certificate: Certificate, *, name: str, speaks: Speaks, by: User) -> Certificate:
    """A new edition of the same number, to be drawn; what stood there before is kept."""
    _hold_one(certificate)
    check_characters(name)
    if (certificate.name, certificate.speaks) == (name, speaks):
        return certificate
    certificate.corrections.append(
        Correction(
            edition=certificate.edition, name=certificate.name, speaks=certificate.speaks, by=by
        )
    )
    certificate.name, certificate.speaks = name, speaks
    certificate.edition += 1
    certificate.edited_at = now()
    _undraw(certificate)
    db.session.flush()
    record(
        Deed.CERTIFICATE_CORRECTED,
        by=by,
        competition=certificate.competition,
        subject=certificate.shown_number,
    )
    return certificate


def revoke(certificate: Certificate, *, reason: str, by: User) -> Certificate:
    """It confirms nothing any more, and its page says so. The holder is told, with the reason."""
    _end(certificate, Ending.REVOKED, reason=reason, by=by)
    record(
        Deed.CERTIFICATE_REVOKED,
        by=by,
        competition=certificate.competition,
        subject=certificate.shown_number,
    )
    letters.certificate_revoked(certificate)
    return certificate


def replace(certificate: Certificate, *, name: str, reason: str, by: User) -> Certificate:
    """Another certificate with another number, also for one that was revoked; the old one ends.

    It says what is so now, such as the prizes by the corrected results."""
    check_characters(name)
    _hold_one(certificate, holds=False)
    if certificate.ending in (Ending.REPLACED, Ending.FORGOTTEN):
        raise Ended
    person = None if certificate.holds else certificate.user
    if person and _has_one(certificate.competition, certificate.kind, person):
        raise HasOne
    if certificate.holds:
        _end(certificate, Ending.REPLACED, reason=reason, by=by)
    new = Certificate(
        competition=certificate.competition,
        number=new_number(),
        kind=certificate.kind,
        user=certificate.user,
        speaker=certificate.speaker,
        token=None if certificate.user else secrets.token_urlsafe(32),
        name=name,
        speaks=certificate.speaks,
        facts=facts_now(certificate),
        reason=reason,
        by=by,
        edited_at=now(),
    )
    db.session.add(new)
    db.session.flush()
    certificate.ending, certificate.replaced_by = Ending.REPLACED, new
    db.session.flush()
    record(
        Deed.CERTIFICATE_REPLACED,
        by=by,
        competition=certificate.competition,
        subject=certificate.shown_number,
        other=new.shown_number,
    )
    return new


def draw_again(certificate: Certificate, *, by: User) -> Certificate:
    """As the organizers chose since; the number and the edition stay."""
    _hold_one(certificate)
    _undraw(certificate)
    db.session.flush()
    record(
        Deed.CERTIFICATE_DRAWN_ANEW,
        by=by,
        competition=certificate.competition,
        subject=certificate.shown_number,
    )
    return certificate


def check_characters(name: str) -> None:
    """Raises CannotBeDrawn, which names what no typeface has."""
    if lost := lettering.missing(name):
        raise CannotBeDrawn(characters=" ".join(lost))


# -- telling their holders -------------------------------------------------------------------


def tell_holders(competition: Competition, *, by: User) -> int:
    """Ask for a letter to everyone with an account who has had none; returns for how many
    certificates. The worker writes them, each once it is drawn."""
    asked = db.session.execute(
        update(Certificate)
        .where(
            Certificate.competition_id == competition.id,
            Certificate.user_id.is_not(None),
            Certificate.ended_at.is_(None),
            Certificate.asked_at.is_(None),
        )
        .values(asked_at=now())
        .execution_options(synchronize_session=False)
    ).rowcount
    if asked:
        record(Deed.CERTIFICATES_SENT, by=by, competition=competition, count=asked)
    return int(asked)


def write_letters() -> int:
    """Write to some of the people whose certificates are drawn; returns how many letters.

    Whoever has several of a competition gets one letter, once all of them are there. While results
    are withdrawn, nobody is told of a certificate of theirs.
    """
    withdrawn = exists().where(
        Amendment.competition_id == Certificate.competition_id,
        Amendment.kind == Change.WITHDRAWAL,
        Amendment.ended_at.is_(None),
    )
    other = Certificate.__table__.alias()
    undrawn = exists().where(
        other.c.competition_id == Certificate.competition_id,
        other.c.user_id == Certificate.user_id,
        other.c.asked_at.is_not(None),
        other.c.ended_at.is_(None),
        other.c.digest == "",
        other.c.fault == "",
    )
    due = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.asked_at.is_not(None),
            Certificate.told_at.is_(None),
            Certificate.ended_at.is_(None),
            Certificate.digest != "",
            ~undrawn,
            ~(Certificate.kind.in_(GRADES) & withdrawn),
        )
        .order_by(Certificate.competition_id, Certificate.user_id)
        .limit(LETTERS_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    told = set()
    for certificate in due:
        certificate.told_at = now()
        key = certificate.competition_id, certificate.user_id
        if certificate.user is not None and key not in told:
            told.add(key)
            letters.certificate_ready(certificate)
    return len(told)


# -- within ----------------------------------------------------------------------------------


def _hold(competition: Competition) -> None:
    """Who issues in one competition waits for each other."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )


def _hold_one(certificate: Certificate, *, holds: bool = True) -> None:
    """Raises Ended where it has to hold and does not."""
    db.session.refresh(certificate, with_for_update={"of": Certificate})
    if holds and not certificate.holds:
        raise Ended


def _keep_style(competition: Competition) -> None:
    """From the first certificate on, the competition gives some, and people may say their names."""
    if kept_style_of(competition) is None:
        db.session.add(style_of(competition))
        db.session.flush()


def _count(kind: type[Model], competition: Competition) -> int:
    return len(db.session.scalars(select(kind.id).filter_by(competition_id=competition.id)).all())


def _has_one(competition: Competition, kind: Kind, person: User) -> bool:
    query = select(Certificate.id).where(
        Certificate.competition_id == competition.id,
        Certificate.kind == kind,
        Certificate.user_id == person.id,
        Certificate.ended_at.is_(None),
    )
    return db.session.scalar(query) is not None


def _insert(competition: Competition, kind: Kind, holders: Collection[Any], *, by: User) -> None:
    facts = facts_of(competition, kind)
    speakers = kind is Kind.SPEAKER
    wishes = {} if speakers else wishes_of(competition, holders)
    db.session.execute(
        insert(Certificate), list(_rows(competition, kind, holders, facts, wishes, speakers, by))
    )


def _rows(
    competition: Competition,
    kind: Kind,
    holders: Iterable[Any],
    facts: dict[Any, dict[str, Any]],
    wishes: dict[Any, CertificateWish],
    speakers: bool,
    by: User,
) -> Iterable[dict[str, Any]]:
    for holder in holders:
        wished = wishes.get(holder.id)
        yield {
            "id": uuid7(),
            "competition_id": competition.id,
            "number": new_number(),
            "kind": kind,
            "user_id": None if speakers else holder.id,
            "speaker_id": holder.id if speakers else None,
            "token": secrets.token_urlsafe(32) if speakers else None,
            "name": wished.name if wished else holder.name,
            "speaks": wished.speaks if wished else Speaks.BOTH,
            "facts": facts.get(holder.id, {}),
            "by_id": by.id,
            "edited_at": now(),
        }


def _end(certificate: Certificate, ending: Ending, *, reason: str, by: User) -> None:
    _hold_one(certificate)
    certificate.ended_at, certificate.ending = now(), ending
    certificate.end_reason, certificate.ended_by = reason, by
    db.session.flush()


def _undraw(certificate: Certificate) -> None:
    certificate.digest, certificate.fault, certificate.claimed_until = "", "", None
