"""What was handed in, for the record: receipts, differences, withdrawing, automatic."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import limiter
from ..ground.forms import page
from ..teams.models import Team
from . import automatic, standing
from .answers import answers_for
from .asks import LABELS
from .differences import differences
from .forms import DigestForm
from .models import Submission, Version
from .queries import received
from .receipt import as_read, canonical
from .rules import reader_of
from .views import blueprint

# Nobody finds a fingerprint by trying; this keeps machines from trying.
some = limiter.shared_limit("30 per minute; 300 per hour", scope="receipts")


def to_submission(team: Team) -> Any:
    return redirect(url_for("submissions.show", competition=team.competition, team=team))


@blueprint.get("/receipts")
@some
def receipts(competition: Competition) -> Any:
    """Was something with this fingerprint handed in, and when? It says nothing else."""
    form = DigestForm()
    asked = bool(form.wanted)
    found = received(competition, form.wanted) if asked and form.validate() else []
    return page(
        "submissions/receipts.html",
        form,
        competition=competition,
        asked=asked and not form.errors,
        found=found,
    )


@blueprint.get("/submissions/<key:submission>/versions/<key:version>/content.json")
def content(competition: Competition, submission: Submission, version: Version) -> Any:
    """The octets of which the receipt's fingerprint is the SHA-256."""
    answer = Response(canonical(version.content), mimetype="application/json")
    name = f"{submission.team.url_key}-{version.number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/submissions/<key:submission>/versions/<key:version>/changes")
def changes(competition: Competition, submission: Submission, version: Version) -> Any:
    """What changed since an earlier version: the one before, or the one asked for."""
    earlier = [each for each in submission.versions if each.number < version.number]
    asked = request.args.get("since", "")
    since = next((each for each in earlier if str(each.number) == asked), None)
    since = since or (earlier[-1] if earlier else None)
    reader = reader_of(me(), competition, submission.team)
    before, after = (
        {each.key: each for each in answers_for(one, reader)} if one else {}
        for one in (since, version)
    )
    return render_template(
        "submissions/changes.html",
        competition=competition,
        submission=submission,
        version=version,
        earlier=earlier,
        since=since,
        labels=LABELS
        | {"language": _("Language of the text")}
        | {each.key: each.label for each in (*before.values(), *after.values())},
        differences=since
        and differences(
            as_read(since.content, before, after), as_read(version.content, after, before)
        ),
    )


@blueprint.post("/teams/<key:team>/submission/withdrawal")
def withdrawal(competition: Competition, team: Team) -> Any:
    standing.withdraw(team, by=me())
    flash(_("Your submission is withdrawn: it does not count. You can take this back."), "success")
    return to_submission(team)


@blueprint.post("/teams/<key:team>/submission/restoration")
def restoration(competition: Competition, team: Team) -> Any:
    standing.restore(team, by=me())
    flash(_("Your submission counts again, as it was."), "success")
    return to_submission(team)


@blueprint.post("/teams/<key:team>/submission/automatic")
def automatic_wish(competition: Competition, team: Team) -> Any:
    wanted = request.form.get("wanted") == "yes"
    automatic.ask(team, wanted=wanted, by=me())
    if wanted:
        flash(_("If the draft is complete at the deadline, it is handed in by itself."), "success")
    else:
        flash(_("The draft is not handed in by itself."), "success")
    return to_submission(team)
