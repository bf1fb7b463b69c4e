"""Drawing what was issued, some at a time, in the worker."""

import io
from datetime import timedelta
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import selectinload

from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.transaction import let_go
from . import lettering
from .drawing import Press, Sheet
from .models import Certificate
from .queries import logos_of, signatories_of, style_of
from .signing import signer_of
from .wording import sheet_of

BATCH = 25  # in one round of the worker, between which letters leave
LEASE = timedelta(minutes=5)
REST = timedelta(minutes=30)  # before what could not be drawn is tried again
MOST_OCTETS = 20 * 1024 * 1024

log = structlog.get_logger()


def draw_issued() -> int:
    """Draw, sign and store some certificates of one competition; returns how many were looked at.

    They are claimed first, and nothing is held while they are drawn. Whoever corrects or revokes
    one meanwhile wins: what was drawn of it is then left for the sweep.
    """
    moment = now()
    undrawn = (
        Certificate.digest == "",
        Certificate.ended_at.is_(None),
        or_(Certificate.claimed_until.is_(None), Certificate.claimed_until < moment),
    )
    first = db.session.scalar(select(Certificate.competition_id).where(*undrawn).limit(1))
    if first is None:
        return 0
    claimed = db.session.scalars(
        select(Certificate.id)
        .where(*undrawn, Certificate.competition_id == first)
        .order_by(Certificate.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    db.session.execute(
        update(Certificate)
        .where(Certificate.id.in_(claimed))
        .values(claimed_until=moment + LEASE)
        .execution_options(synchronize_session=False)
    )
    sheets = _sheets(first, claimed)
    storage = current_app.extensions["storage"]
    named = {
        each.picture
        for _, sheet in sheets.values()
        for each in (*sheet.logos, *sheet.signatories)
        if each.picture
    }
    db.session.commit()  # the claim, so that another worker takes others
    pictures = {}
    for digest in named:
        with storage.open(digest) as file:
            pictures[digest] = file.read()
    with Press(pictures) as press:
        for key, (edition, sheet) in sheets.items():
            _draw(press, key, edition, sheet)
    return len(sheets)


def _sheets(competition_id: UUID, keys: object) -> dict[UUID, tuple[int, Sheet]]:
    competition = db.session.scalar(
        select(Competition)
        .where(Competition.id == competition_id)
        .options(selectinload(Competition.partners))
    )
    assert competition is not None
    style, logos = style_of(competition), logos_of(competition)
    signatories = signatories_of(competition)
    rows = db.session.scalars(select(Certificate).where(Certificate.id.in_(keys)))  # type: ignore[arg-type]
    return {
        row.id: (row.edition, sheet_of(row, style, signatories, logos)) for row in rows.unique()
    }


def _draw(press: Press, key: UUID, edition: int, sheet: Sheet) -> None:
    """One sheet, in a transaction of its own; a fault stays with the certificate that has it."""
    storage = current_app.extensions["storage"]
    try:
        if lost := lettering.missing(sheet.name):
            raise ValueError(f"No typeface has {' '.join(lost)}")
        octets = press.pdf(sheet)
        if signer := signer_of(current_app):
            octets = signer.sign(octets, name=sheet.author)
        stored = storage.keep(io.BytesIO(octets), MOST_OCTETS)
        after = {"digest": stored.digest, "fault": "", "claimed_until": None}
    except Exception as error:  # whatever is wrong with one, the next is drawn
        log.exception("certificate_undrawn", certificate=str(key))
        after = {"fault": (str(error) or type(error).__name__)[:300], "claimed_until": now() + REST}
    let_go()
    db.session.execute(
        update(Certificate)
        .where(
            Certificate.id == key,
            Certificate.edition == edition,
            Certificate.digest == "",
            Certificate.ended_at.is_(None),
        )
        .values(**after)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
