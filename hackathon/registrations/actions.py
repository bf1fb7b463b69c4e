"""Entering a competition and leaving it; the texts that people agree to."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..questions.actions import keep
from ..questions.fields import Filled
from . import letters
from .models import Answer, Consent, ConsentText, Registration
from .queries import consent_texts_in_force, places_left


class CompetitionFull(Obstacle):
    sentence = _l("Every place in this competition is taken.")


class ConsentNeeded(Obstacle):
    sentence = _l("Nobody can take part without this. To take it back, withdraw your registration.")


class TextSuperseded(Obstacle):
    sentence = _l("There is a newer version of this text: read that one.")


class TextPublished(Obstacle):
    sentence = _l("This text is published: people may have agreed to it. Write a new version.")


class NeedsBothLanguages(Obstacle):
    sentence = _l("Write the title and the text in both languages before you publish them.")


def register(
    competition: Competition,
    *,
    by: User,
    residence: str,
    agreed: Iterable[ConsentText],
    birth_date: date | None = None,
    answers: Filled | None = None,
) -> Registration:
    """Enter the person, or enter them again after a withdrawal; twice is once.

    The competition's row is locked, so that the last place is given to one person.
    """
    _lock(competition)
    registration = db.session.scalar(
        select(Registration).where(
            Registration.user_id == by.id, Registration.competition_id == competition.id
        )
    )
    if registration and registration.takes_part:
        return registration
    if places_left(competition) == 0:
        raise CompetitionFull
    if registration is None:
        registration = Registration(competition=competition, user=by)
        db.session.add(registration)
    registration.residence = residence
    registration.birth_date = birth_date
    registration.of_age_declared_at = now()
    registration.withdrawn_at = None
    for text in agreed:
        _give(registration, text)
    db.session.flush()
    if answers is not None:
        keep(registration.answers, answers, new=Answer, by=by)
    record(Deed.REGISTERED, by=by, competition=competition, subject=by.name)
    letters.registered(registration)
    return registration


def withdraw(registration: Registration, *, by: User) -> Registration:
    """End the entry. The row stays for the record, its consents taken back."""
    registration.withdrawn_at = now()
    for consent in registration.consents:
        consent.withdrawn_at = consent.withdrawn_at or now()
    db.session.flush()
    record(
        Deed.REGISTRATION_WITHDRAWN,
        by=by,
        competition=registration.competition,
        subject=registration.user.name,
    )
    letters.withdrawn(registration)
    return registration


def answer(registration: Registration, answers: Filled, *, by: User) -> Registration:
    """Change answers. The registration is locked, so that two forms at once do not collide."""
    db.session.execute(
        select(Registration.id).where(Registration.id == registration.id).with_for_update()
    )
    db.session.refresh(registration, ["answers"])
    if keep(registration.answers, answers, new=Answer, by=by):
        record(
            Deed.ANSWERS_CHANGED,
            by=by,
            competition=registration.competition,
            subject=registration.user.name,
        )
    return registration


def agree(registration: Registration, text: ConsentText, *, by: User) -> Consent:
    """Say yes after registering: to what was optional, or to a newer version."""
    if text not in consent_texts_in_force(registration.competition):
        raise TextSuperseded
    consent = _give(registration, text)
    _record(Deed.CONSENT_GIVEN, text, by)
    return consent


def take_back(registration: Registration, text: ConsentText, *, by: User) -> Registration:
    """Take a yes back; what taking part needs goes with the registration only."""
    if text.required:
        raise ConsentNeeded
    for consent in registration.consents:
        if consent.consent_text_id == text.id and consent.withdrawn_at is None:
            consent.withdrawn_at = now()
            _record(Deed.CONSENT_TAKEN_BACK, text, by)
    return registration


def write_text(
    competition: Competition,
    *,
    key: str,
    title: Localized,
    body: Localized,
    required: bool,
    by: User,
) -> ConsentText:
    """Draft the next version of the text named by `key`, or its first."""
    _lock(competition)
    newest = db.session.scalar(
        select(func.max(ConsentText.version)).where(
            ConsentText.competition_id == competition.id, ConsentText.key == key
        )
    )
    text = ConsentText(
        competition=competition,
        key=key,
        version=(newest or 0) + 1,
        title=title,
        body=body,
        required=required,
    )
    db.session.add(text)
    db.session.flush()
    _record(Deed.CONSENT_TEXT_WRITTEN, text, by)
    return text


def edit_text(
    text: ConsentText, *, title: Localized, body: Localized, required: bool, by: User
) -> ConsentText:
    _still_draft(text)
    text.title, text.body, text.required = title, body, required
    _record(Deed.CONSENT_TEXT_WRITTEN, text, by)
    return text


def publish_text(text: ConsentText, *, by: User) -> ConsentText:
    """From now on, whoever registers is asked for this version."""
    _still_draft(text)
    if not (text.title.complete and text.body.complete):
        raise NeedsBothLanguages
    text.published_at = now()
    _record(Deed.CONSENT_TEXT_PUBLISHED, text, by)
    return text


def delete_text(text: ConsentText, *, by: User) -> ConsentText:
    _still_draft(text)
    db.session.delete(text)
    _record(Deed.CONSENT_TEXT_DELETED, text, by)
    return text


def _give(registration: Registration, text: ConsentText) -> Consent:
    for consent in registration.consents:
        if consent.consent_text_id == text.id:
            if consent.withdrawn_at is not None:
                consent.created_at, consent.withdrawn_at = now(), None
            return consent
    consent = Consent(text=text)
    registration.consents.append(consent)
    return consent


def _still_draft(text: ConsentText) -> None:
    if text.published_at is not None:
        raise TextPublished


def _record(deed: Deed, text: ConsentText, by: User) -> None:
    record(deed, by=by, competition=text.competition, subject=text.key, version=text.version)


def _lock(competition: Competition) -> None:
    """Whoever counts and then adds goes one after the other; foreign keys need not wait."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
