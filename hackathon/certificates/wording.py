"""What a certificate says: rows in, a sheet out."""

from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..competitions.models import PartnerKind
from ..ground.i18n import LOCALES, short_day
from ..ground.localized import LANGUAGES, Localized
from ..results.models import with_place
from .drawing import Logo, Sheet, Words
from .drawing import Signatory as Signer
from .models import Certificate, CertificateLogo, CertificateStyle, Kind, Signatory, Speaks

# After the name, before that of the competition.
DEEDS = {
    Kind.PARTICIPANT: _l("took part in the competition"),
    Kind.WINNER: _l("was a member of a winning team of the competition"),
    Kind.OUTSTANDING: _l("was a member of an outstanding team of the competition"),
    Kind.MENTOR: _l("accompanied teams as a mentor of the competition"),
    Kind.JUDGE: _l("judged projects as a member of the jury of the competition"),
    Kind.SPEAKER: _l("shared what they know, as a speaker of the competition"),
    Kind.ORGANIZER: _l("helped to organize the competition"),
    Kind.VOLUNTEER: _l("gave their time, as a volunteer, to the competition"),
}


def languages_of(speaks: Speaks) -> tuple[str, ...]:
    """The languages of the sheet; of both, the one being spoken now leads."""
    if speaks is Speaks.BOTH:
        return LANGUAGES
    return (speaks.value,)


def sheet_of(
    certificate: Certificate,
    style: CertificateStyle,
    signatories: list[Signatory],
    logos: list[CertificateLogo],
) -> Sheet:
    """Everything that is drawn of the certificate as it stands now."""
    languages = languages_of(certificate.speaks)
    competition = certificate.competition
    partners = [p.name for p in competition.partners if p.kind is PartnerKind.ORGANIZER]
    words = {}
    for language in languages:
        with force_locale(LOCALES[language]):
            words[language] = _words(certificate, style)
    with force_locale(LOCALES[languages[0]]):
        return Sheet(
            name=certificate.name,
            number=certificate.shown_number,
            address=address_of(certificate),
            words=words,
            paper=style.paper.value,
            accent=style.accent,
            author=", ".join(map(str, partners)) or str(competition.name),
            edited_at=certificate.edited_at,
            logos=[Logo(each.drawn, str(each.name)) for each in logos],
            signatories=[_signer(each, languages) for each in signatories],
        )


def address_of(certificate: Certificate) -> str:
    """Where anyone can check it. It names no language, so each reader comes to their own."""
    base, slug = current_app.config["BASE_URL"], certificate.competition.slug
    return f"{base}/{slug}/certificates/{certificate.number}"


def _signer(signatory: Signatory, languages: tuple[str, ...]) -> Signer:
    titles = {
        signatory.title.language_for(language): signatory.title.in_(language)
        for language in languages
    }
    return Signer(
        name=signatory.name,
        titles={language: title for language, title in titles.items() if title},
        picture=signatory.drawn,
        alt=_("Signature of %(name)s", name=signatory.name) if signatory.drawn else "",
    )


def _words(certificate: Certificate, style: CertificateStyle) -> Words:
    """In the language being spoken."""
    kind, competition = certificate.kind, certificate.competition
    short = address_of(certificate).partition("://")[2].rpartition("/")[0]
    return Words(
        title=str(kind.title) + (f" · {kind.role}" if kind.role else ""),
        certifies=_("This certifies that"),
        deed=str(DEEDS[kind]),
        competition=str(competition.name),
        details=_details(certificate.facts),
        occasion=str(style.occasion),
        issued=_("Issued on %(day)s", day=short_day(certificate.created_at, competition.zone)),
        check=_("Check it at %(address)s", address=short),
        qr=_("QR code of the page that confirms this certificate: %(address)s", address=short),
    )


def _details(facts: dict[str, Any]) -> list[str]:
    lines = [
        _("Award: %(prize)s", prize=with_place(Localized.of(each["name"]), each["place"]))
        for each in facts.get("prizes", ())
    ]
    if facts.get("project"):
        lines.append(
            _(
                "with the team %(team)s and the project “%(project)s”",
                team=facts["team"],
                project=facts["project"],
            )
        )
        lines.append(_("Challenge: %(title)s", title=Localized.of(facts["challenge"])))
    elif facts.get("team"):
        lines.append(_("in the team %(team)s", team=facts["team"]))
    lines += [_("“%(title)s”", title=Localized.of(title)) for title in facts.get("sessions", ())]
    return lines
