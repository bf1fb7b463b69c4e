"""Issuing certificates, and all that happens to them, for organizers."""

from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.forms import Form, page
from ..ground.obstacle import Obstacle
from ..ground.packing import packed
from ..ground.paging import paginate
from ..ground.storage import safe_name
from ..ground.transaction import let_go
from ..post.actions import address
from . import actions
from .drawing import Press
from .forms import (
    ByHandForm,
    CorrectionForm,
    FilterForm,
    LogoForm,
    OmissionForm,
    ReplacementForm,
    RevocationForm,
    SignatoryForm,
    StyleForm,
)
from .lettering import drawable
from .models import (
    Certificate,
    CertificateLogo,
    Condition,
    Kind,
    Omission,
    Paper,
    Signatory,
    Speaks,
)
from .queries import (
    EARNED,
    Tally,
    announced,
    certificates_in,
    condition_of,
    drawn_files,
    logos_of,
    omissions_of,
    signatories_of,
    style_of,
    tallies_of,
    unearned_in,
    waiting,
    waiting_counts,
    wishes_of,
)
from .signing import KeyLost, signer_of
from .wording import sheet_of

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/certificates")
def index(competition: Competition) -> Any:
    """Each kind: who earns one, how many have one, how far drawing them is."""
    style, tallies = style_of(competition), tallies_of(competition)
    total = [tallies.get(kind, Tally()) for kind in Kind]
    try:
        signer, key_lost = signer_of(current_app), False
    except KeyLost:
        signer, key_lost = None, True
    return render_template(
        "certificates/manage/index.html",
        competition=competition,
        kinds=[(kind, condition_of(style, kind), tallies.get(kind, Tally())) for kind in Kind],
        waiting=waiting_counts(competition),
        announced=announced(competition),
        unearned=unearned_in(competition),
        issued=sum(each.issued for each in total),
        drawn=sum(each.drawn for each in total),
        faulty=sum(each.faulty for each in total),
        tellable=sum(each.tellable for each in total),
        asked=sum(each.asked for each in total),
        told=sum(each.told for each in total),
        signer=signer,
        key_lost=key_lost,
    )


# -- how they look ---------------------------------------------------------------------------


@blueprint.route("/certificates/look", methods=["GET", "POST"])
def look(competition: Competition) -> Any:
    """Paper, colour, who earns one; logos and signatures; a sample of it all."""
    form = StyleForm(obj=style_of(competition))
    if form.validate_on_submit() and form.attempt(
        actions.set_style,
        competition,
        by=me(),
        paper=Paper(form.paper.data),
        accent=form.accent.data,
        occasion=form.occasion.data,
        participants=Condition(form.participants.data),
        mentors=Condition(form.mentors.data),
        judges=Condition(form.judges.data),
    ):
        flash(_("Saved. What is drawn from now on looks like this."), "success")
        return redirect(url_for(".look", competition=competition))
    return page(
        "certificates/manage/look.html",
        form,
        competition=competition,
        signatories=signatories_of(competition),
        logos=logos_of(competition),
    )


@blueprint.get("/certificates/sample.png")
def sample(competition: Competition) -> Any:
    """A certificate of nobody, as a picture."""
    answer = make_response(_sample(competition, "picture"))
    answer.mimetype = "image/png"
    return answer


@blueprint.get("/certificates/sample.pdf")
def sample_file(competition: Competition) -> Any:
    answer = make_response(_sample(competition, "pdf"))
    answer.mimetype = "application/pdf"
    answer.headers.set("Content-Disposition", "attachment", filename="sample.pdf")
    return answer


def _sample(competition: Competition, how: str) -> bytes:
    """`?kind=` and `?speaks=` choose; the number is none that could be confirmed."""
    kind = request.args.get("kind", "")
    speaks = request.args.get("speaks", "")
    certificate = Certificate(
        competition=competition,
        number="XXXXXXXXXXXX",
        kind=Kind(kind) if kind in set(Kind) else Kind.PARTICIPANT,
        name=drawable(_("Sample of a Name")),
        speaks=Speaks(speaks) if speaks in set(Speaks) else Speaks.BOTH,
        facts={"team": _("Name of the Team")},
        created_at=now(),
        edited_at=datetime(2021, 5, 7, tzinfo=UTC),
    )
    logos, signatories = logos_of(competition), signatories_of(competition)
    sheet = sheet_of(certificate, style_of(competition), signatories, logos)
    let_go()
    storage = current_app.extensions["storage"]
    pictures = {}
    for each in (*sheet.logos, *sheet.signatories):
        if each.picture:
            with storage.open(each.picture) as file:
                pictures[each.picture] = file.read()
    with Press(pictures) as press:
        return press.pdf(sheet) if how == "pdf" else press.picture(sheet)


@blueprint.route("/certificates/signatories/new", methods=["GET", "POST"])
def signatory_new(competition: Competition) -> Any:
    return _write(competition, Signatory(competition=competition), SignatoryForm())


@blueprint.route("/certificates/signatories/<key:signatory>", methods=["GET", "POST"])
def signatory(competition: Competition, signatory: Signatory) -> Any:
    return _write(competition, signatory, SignatoryForm(obj=signatory))


@blueprint.post("/certificates/signatories/<key:signatory>/removal")
def signatory_removal(competition: Competition, signatory: Signatory) -> Any:
    return _remove(competition, signatory)


@blueprint.route("/certificates/logos/new", methods=["GET", "POST"])
def logo_new(competition: Competition) -> Any:
    return _write(competition, CertificateLogo(competition=competition), LogoForm())


@blueprint.route("/certificates/logos/<key:certificate_logo>", methods=["GET", "POST"])
def logo(competition: Competition, certificate_logo: CertificateLogo) -> Any:
    return _write(competition, certificate_logo, LogoForm(obj=certificate_logo))


@blueprint.post("/certificates/logos/<key:certificate_logo>/removal")
def logo_removal(competition: Competition, certificate_logo: CertificateLogo) -> Any:
    return _remove(competition, certificate_logo)


def _write(competition: Competition, piece: Any, form: Any) -> Any:
    """A logo or a signatory, with its picture."""
    with db.session.no_autoflush:
        if form.validate_on_submit():
            fields = {
                field.name: field.data
                for field in form
                if field.name not in ("picture", "csrf_token", "position")
            }
            fields["position"] = form.position.data or 0
            if form.picture.data:
                try:
                    fields["drawn"] = actions.keep_picture(form.picture.data.stream)
                except Obstacle as obstacle:
                    form.refuse(str(obstacle), "picture")
            elif isinstance(piece, CertificateLogo) and not piece.drawn:
                form.refuse(_("Choose a file."), "picture")
            if not form.errors and form.attempt(
                actions.save_piece, piece, competition=competition, by=me(), **fields
            ):
                flash(_("Saved."), "success")
                return redirect(url_for(".look", competition=competition))
        return page("certificates/manage/piece.html", form, competition=competition, piece=piece)


def _remove(competition: Competition, piece: Any) -> Any:
    actions.remove_piece(piece, competition=competition, by=me())
    flash(_("Removed."), "success")
    return redirect(url_for(".look", competition=competition))


# -- issuing ---------------------------------------------------------------------------------


@blueprint.get("/certificates/kinds/<key:certificate_kind>")
def kind(competition: Competition, certificate_kind: Kind) -> Any:
    """Who would get one now, and who is left out."""
    holders = paginate(db.session, waiting(competition, certificate_kind))
    return render_template(
        "certificates/manage/kind.html",
        competition=competition,
        kind=certificate_kind,
        condition=condition_of(style_of(competition), certificate_kind),
        earned=certificate_kind in EARNED,
        holders=holders,
        wishes={} if certificate_kind is Kind.SPEAKER else wishes_of(competition, holders.items),
        omissions=omissions_of(competition, certificate_kind),
        announced=announced(competition),
    )


@blueprint.post("/certificates/kinds/<key:certificate_kind>/issue")
def issue(competition: Competition, certificate_kind: Kind) -> Any:
    count = actions.issue(competition, certificate_kind, by=me())
    flash(
        ngettext(
            "One certificate is issued. It is being drawn.",
            "%(num)s certificates are issued. They are being drawn.",
            count,
        ),
        "success",
    )
    return redirect(url_for(".index", competition=competition))


@blueprint.route("/certificates/kinds/<key:certificate_kind>/<key:earner>", methods=["GET", "POST"])
def omission(competition: Competition, certificate_kind: Kind, earner: Any) -> Any:
    form = OmissionForm()
    if form.validate_on_submit() and form.attempt(
        actions.leave_out,
        competition,
        certificate_kind,
        earner,
        reason=form.reason.data,
        by=me(),
    ):
        flash(_("%(name)s is left out.", name=earner.name), "success")
        return redirect(
            url_for(".kind", competition=competition, certificate_kind=certificate_kind)
        )
    return page(
        "certificates/manage/omission.html",
        form,
        competition=competition,
        kind=certificate_kind,
        earner=earner,
    )


@blueprint.post("/certificates/omissions/<key:omission>/end")
def omission_end(competition: Competition, omission: Omission) -> Any:
    kind = omission.kind
    actions.let_in_again(omission, by=me())
    flash(_("The person is no longer left out."), "success")
    return redirect(url_for(".kind", competition=competition, certificate_kind=kind))


@blueprint.route("/certificates/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    """By hand: for what no row tells of."""
    wanted = request.args.get("kind", "")
    form = ByHandForm(data={"kind": wanted if wanted in set(Kind) else Kind.VOLUNTEER.value})
    if form.validate_on_submit():
        certificate = form.attempt(
            actions.issue_by_hand,
            competition,
            Kind(form.kind.data),
            name=form.name.data or "",
            address=form.address.data or "",
            speaks=Speaks(form.speaks.data),
            reason=form.reason.data,
            by=me(),
        )
        if certificate:
            flash(_("The certificate is issued. It is being drawn."), "success")
            return redirect(url_for(".show", competition=competition, certificate=certificate))
    return page("certificates/manage/new.html", form, competition=competition)


@blueprint.post("/certificates/letters")
def letters(competition: Competition) -> Any:
    count = actions.tell_holders(competition, by=me())
    if count:
        flash(_("Letters go out as the certificates are drawn."), "success")
    else:
        flash(_("Everybody with an account has been told already."), "info")
    return redirect(url_for(".index", competition=competition))


# -- what was issued -------------------------------------------------------------------------


@blueprint.get("/certificates/issued")
def issued(competition: Competition) -> Any:
    form = FilterForm()
    return render_template(
        "certificates/manage/issued.html",
        competition=competition,
        form=form,
        certificates=paginate(db.session, certificates_in(competition, **form.wanted)),
    )


@blueprint.get("/certificates/issued/<key:certificate>")
def show(competition: Competition, certificate: Certificate) -> Any:
    """One certificate with its history, and the link for who has no account."""
    link = certificate.token and address(
        "certificates.link",
        "en" if certificate.speaks is not Speaks.FR else "fr",
        competition=competition,
        certificate_link=certificate.token,
    )
    return render_template(
        "certificates/manage/show.html",
        competition=competition,
        certificate=certificate,
        link=link,
    )


@blueprint.route("/certificates/issued/<key:certificate>/correction", methods=["GET", "POST"])
def correction(competition: Competition, certificate: Certificate) -> Any:
    form = CorrectionForm(obj=certificate)
    if form.validate_on_submit() and form.attempt(
        actions.correct,
        certificate,
        name=form.name.data,
        speaks=Speaks(form.speaks.data),
        by=me(),
    ):
        return _changed(competition, certificate, _("The certificate is corrected."))
    return _change(
        competition,
        certificate,
        form,
        _("Correct the certificate"),
        _("The number stays; the file is drawn anew, and what stood there before is kept here."),
    )


@blueprint.route("/certificates/issued/<key:certificate>/revocation", methods=["GET", "POST"])
def revocation(competition: Competition, certificate: Certificate) -> Any:
    form = RevocationForm()
    if form.validate_on_submit() and form.attempt(
        actions.revoke, certificate, reason=form.reason.data, by=me()
    ):
        return _changed(competition, certificate, _("The certificate is revoked."))
    return _change(
        competition,
        certificate,
        form,
        _("Revoke the certificate"),
        _("Whoever checks its number learns that it was revoked, without the reason."),
    )


@blueprint.route("/certificates/issued/<key:certificate>/replacement", methods=["GET", "POST"])
def replacement(competition: Competition, certificate: Certificate) -> Any:
    form = ReplacementForm(data={"name": certificate.name})
    if form.validate_on_submit():
        fresh = form.attempt(
            actions.replace, certificate, name=form.name.data, reason=form.reason.data, by=me()
        )
        if fresh:
            return _changed(
                competition, fresh, _("The new certificate is issued. The old one is replaced.")
            )
    return _change(
        competition,
        certificate,
        form,
        _("Issue it again"),
        _(
            "The new one gets another number. Whoever checks the old one learns that it is "
            "replaced."
        ),
    )


@blueprint.post("/certificates/issued/<key:certificate>/drawing")
def drawing(competition: Competition, certificate: Certificate) -> Any:
    actions.draw_again(certificate, by=me())
    return _changed(competition, certificate, _("The certificate is being drawn anew."))


def _changed(competition: Competition, certificate: Certificate, said: str) -> Any:
    flash(said, "success")
    return redirect(url_for(".show", competition=competition, certificate=certificate))


def _change(
    competition: Competition, certificate: Certificate, form: Form, title: str, about: str
) -> Any:
    return page(
        "certificates/manage/change.html",
        form,
        competition=competition,
        certificate=certificate,
        title=title,
        about=about,
    )


@blueprint.get("/certificates/all.zip")
def archive(competition: Competition) -> Any:
    """Every certificate that is drawn, of all kinds or of one, as it is read from the storage."""
    wanted = request.args.get("kind", "")
    files = drawn_files(competition, Kind(wanted) if wanted in set(Kind) else None)
    storage = current_app.extensions["storage"]
    parts = (
        (f"{kind.value}/{safe_name(f'{name} {number}.pdf')}", digest)
        for kind, name, number, digest in files
    )
    # A PDF is packed already.
    answer = Response(packed(parts, storage), mimetype="application/zip")
    name = f"{competition.slug}-certificates.zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
