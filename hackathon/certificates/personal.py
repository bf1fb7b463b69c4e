"""What certificates hold about a person.

They outlive the rest of a competition: whoever shows one after years wants it confirmed. So only
what was said around them expires.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.personal import Fact, Hindrance, Holding, Share
from .models import Certificate, CertificateWish, Correction, Ending, Kind, Omission


def hindrances(person: User) -> list[Hindrance]:
    """The certificates that nobody can check afterwards."""
    count = db.session.scalar(
        select(func.count()).where(Certificate.user_id == person.id, Certificate.ended_at.is_(None))
    )
    if not count:
        return []
    return [
        Hindrance(
            lazy_ngettext(
                "Your certificate can no longer be checked by anyone, also on paper.",
                "Your %(num)s certificates can no longer be checked by anyone, also on paper.",
                count,
            ),
            "certificates.own",
            stops=False,
        )
    ]


def forget(person: User) -> None:
    """The numbers stay, so that they are not given again, without anything about the person."""
    own = select(Certificate.id).where(Certificate.user_id == person.id)
    db.session.execute(delete(Correction).where(Correction.certificate_id.in_(own)))
    for certificate in db.session.scalars(
        select(Certificate).where(Certificate.user_id == person.id).with_for_update()
    ).all():
        if certificate.holds:
            certificate.ended_at, certificate.ending = now(), Ending.FORGOTTEN
        certificate.user_id = None
        certificate.name = certificate.reason = certificate.end_reason = certificate.digest = ""
        certificate.facts = {}
    db.session.execute(delete(CertificateWish).where(CertificateWish.user_id == person.id))
    db.session.execute(delete(Omission).where(Omission.user_id == person.id))
    db.session.flush()


def expire(competition: Competition) -> dict[str, int]:
    """Wishes, and the reasons of who added, left out and revoked."""
    wishes = db.session.execute(
        delete(CertificateWish).where(CertificateWish.competition_id == competition.id)
    )
    omissions = db.session.execute(
        update(Omission)
        .where(Omission.competition_id == competition.id, Omission.reason != "")
        .values(reason="")
    )
    reasons = db.session.execute(
        update(Certificate)
        .where(
            Certificate.competition_id == competition.id,
            or_(Certificate.reason != "", Certificate.end_reason != ""),
        )
        .values(reason="", end_reason="")
    )
    counts: list[Any] = [wishes, omissions, reasons]
    return {"certificate_names": sum(each.rowcount for each in counts)}


def _kind_in_words(value: Kind) -> str:
    return value.label


SHARE = Share(
    holdings=(
        Holding(
            "certificates",
            _l("Your certificates"),
            Certificate,
            lambda person: (
                select(Certificate)
                .where(Certificate.user_id == person.id)
                .options(joinedload(Certificate.competition))
                .order_by(Certificate.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("number", _l("Number"), told=lambda row: row.shown_number),
                Fact("kind", _l("Kind"), words=_kind_in_words),
                Fact("name", _l("Name")),
                Fact("speaks", _l("Languages")),
                Fact("facts", _l("What it says of you"), words=lambda facts: list(facts.values())),
                Fact("reason", _l("Why it was issued by hand")),
                Fact("created_at", _l("Issued")),
                Fact("edition", _l("Edition")),
                Fact("edited_at", _l("This edition is from")),
                Fact("told_at", _l("When you were told")),
                Fact("ended_at", _l("Held until")),
                Fact("ending", _l("Why it does not hold any more")),
                Fact("end_reason", _l("Reason")),
            ),
            stays=_l(
                "Its number, so that nobody else gets it: without your name or anything of you."
            ),
            file=lambda row: (row.file_name, row.digest) if row.digest else None,
        ),
        Holding(
            "certificate_corrections",
            _l("What stood on your certificates before"),
            Correction,
            lambda person: (
                select(Correction)
                .join(Correction.certificate)
                .where(Certificate.user_id == person.id)
                .options(contains_eager(Correction.certificate))
                .order_by(Correction.created_at)
            ),
            (
                Fact("number", _l("Number"), "certificate.shown_number"),
                Fact("edition", _l("Edition")),
                Fact("name", _l("Name")),
                Fact("speaks", _l("Languages")),
                Fact("created_at", _l("Until")),
            ),
        ),
        Holding(
            "certificate_wishes",
            _l("Your name for certificates"),
            CertificateWish,
            lambda person: (
                select(CertificateWish)
                .where(CertificateWish.user_id == person.id)
                .options(joinedload(CertificateWish.competition))
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("name", _l("Name")),
                Fact("speaks", _l("Languages")),
                Fact("created_at", _l("Written")),
            ),
        ),
        Holding(
            "certificate_omissions",
            _l("Certificates that you do not get"),
            Omission,
            lambda person: select(Omission).where(Omission.user_id == person.id),
            (
                Fact("kind", _l("Kind"), words=_kind_in_words),
                Fact("reason", _l("Reason")),
                Fact("created_at", _l("Since")),
            ),
        ),
    ),
    hindrances=hindrances,
    forget=forget,
    expire=expire,
)
