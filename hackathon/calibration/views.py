"""A judge's pages of samples: what to score first, and where they stand."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.doors import asks_for_json
from ..ground.forms import page
from ..ground.merging import Conflict, fingerprint, written
from ..ground.pictures import MIMETYPE
from ..ground.scans import download, without_virus
from ..judging.models import Judge
from ..judging.queries import judge_of, judging_of
from ..judging.saving import LACKS
from ..judging.scoring import COMPLETE, criterion_in
from ..judging.stopping import stoppage_in, stoppage_of
from . import actions, words
from .actions import NOTE, said
from .comparing import FEWEST, overall
from .forms import ScoringForm, scoring_form
from .models import Sample, SampleFile, SampleReview
from .queries import (
    criteria_for,
    own_reviews,
    published_samples,
    sample_review_of,
    samples_before,
    standing_of,
    whole_of,
)

blueprint = Blueprint("calibration", __name__, url_prefix="/<key:competition>/judging/samples")


def my_seat(competition: Competition) -> Judge:
    """The person who asks, as a judge. Only behind a door that wants one."""
    judge = judge_of(me(), competition)
    assert judge is not None
    return judge


@blueprint.get("")
def index(competition: Competition) -> Any:
    """The samples, and where the judge stands over all of them."""
    judge = my_seat(competition)
    samples = published_samples(competition)
    return render_template(
        "calibration/index.html",
        competition=competition,
        samples=samples,
        reviews=own_reviews(judge),
        first=samples_before(judge),
        stoppage=stoppage_of(competition),
        whole=words.on_the_whole(whole_of(judge, samples)),
    )


@blueprint.get("/<key:sample>")
def show(competition: Competition, sample: Sample) -> Any:
    """The sample with its form; once completed, with where the judge stands."""
    review = sample_review_of(my_seat(competition), sample)
    form = scoring_form(review, criteria_for(sample))
    if asks_for_json():
        answer = jsonify(token=generate_csrf(), **told(competition, form, review))
        answer.vary.add("Accept")
        return answer
    return sample_page(competition, sample, review, form)


@blueprint.post("/<key:sample>")
def scores(competition: Competition, sample: Sample) -> Any:
    """What the judge gives, by the button; or by a script that asks for JSON, touch by touch."""
    judge = my_seat(competition)
    review = sample_review_of(judge, sample)
    form = scoring_form(review, criteria_for(sample))
    if asks_for_json():
        return autosave(competition, sample, judge, form)
    if form.validate_on_submit() and (not form.completes or form.complete()):
        asked = (form.criteria, form.mine, form.bases, form.touches)
        saved = form.attempt(actions.score, sample, judge, *asked, by=me())
        if saved:
            review, scored = saved
            now_there = said(review, form.criteria)
            undecided = {n: Conflict(form[n].data, now_there.get(n)) for n in form.undecided}
            settled = form.settle(now_there, scored.merge.conflicts | undecided)
            if settled and form.lacks(scored.lacking):
                return saved_page(competition, sample, review)
    return sample_page(competition, sample, review, form)


def saved_page(competition: Competition, sample: Sample, review: SampleReview) -> Any:
    if review.completed_at is None:
        flash(_("Saved. You can go on later."), "success")
    else:
        flash(_("Thank you. What you gave stays as it is."), "success")
    return redirect(url_for(".show", competition=competition, sample=sample))


def autosave(competition: Competition, sample: Sample, judge: Judge, form: ScoringForm) -> Any:
    """What came of each field that a script sent."""
    form.validate()
    mine = {name: value for name, value in form.mine.items() if name not in form.errors}
    asked = (form.criteria, mine, form.bases, form.touches)
    review, scored = actions.score(sample, judge, *asked, by=me())
    now_there = said(review, form.criteria)
    errors = {name: " ".join(map(str, form[name].errors)) for name in form.errors if name}
    errors |= {name: str(LACKS[lack]) for name, lack in scored.lacking.items()}
    if scored.lacking:
        errors[COMPLETE] = _("Something is missing. See the form.")
    return {
        "saved": [
            name
            for name, value in mine.items()
            if fingerprint(now_there.get(name)) == fingerprint(value)
        ],
        "errors": errors,
        "conflicts": list(scored.merge.conflicts),
        **told(competition, form, review),
    }


def told(
    competition: Competition, form: ScoringForm, review: SampleReview | None
) -> dict[str, Any]:
    """What is saved, with what a page that shows it must know."""
    closes_at = judging_of(competition).closes_at
    now_there = said(review, form.criteria)
    return {
        "person": str(me().id),
        "fields": {
            name: {
                "value": written(now_there.get(name)),
                "base": fingerprint(now_there.get(name)),
            }
            for name in [*form.names, COMPLETE]
        },
        "at": review.touched_at.isoformat() if review else None,
        "closes": closes_at.isoformat() if closes_at else None,
        "lacking": lacking(form, now_there),
        "by": "",
        "last": "",
    }


def lacking(form: ScoringForm, now_there: dict[str, Any]) -> str:
    """How many criteria have a level, in a line that stays in sight."""
    levels = [now_there.get(name) for name in form.names if criterion_in(name)]
    done = len([level for level in levels if level is not None])
    return _("%(done)s of %(all)s criteria scored", done=done, all=len(levels))


def sample_page(
    competition: Competition, sample: Sample, review: SampleReview | None, form: ScoringForm
) -> Any:
    now_there = said(review, form.criteria)
    names = {f.name: f.label.text for f in map(form.choice, form.criteria)}
    names[NOTE] = form.note.label.text
    names[COMPLETE] = _("Sample completed")
    done = review is not None and review.completed_at is not None
    standing = standing_of(sample, review) if review and done else []
    return page(
        "calibration/show.html",
        form,
        competition=competition,
        sample=sample,
        review=review,
        done=done,
        opening=judging_of(competition),
        stoppage=stoppage_in(sample.round_id),
        hints={
            criterion.id: {level.score: level for level in criterion.levels}
            for criterion in form.criteria
        },
        complete_base=fingerprint(now_there[COMPLETE]),
        lacking=lacking(form, now_there),
        names=names,
        choices={
            form.choice(criterion).name: {
                str(level.score): f"{level.score}: {level.description}"
                for level in criterion.levels
            }
            for criterion in form.criteria
        },
        lines=standing,
        words=words,
        whole=words.on_the_whole(overall(standing)),
        rests_on=words.rests_on(min((line.number for line in standing), default=0)),
        early=all(line.number < FEWEST for line in standing),
        reasons={each.criterion_id: each.reason for each in sample.references} if done else {},
    )


@blueprint.get("/<key:sample>/files/<key:sample_file>")
def file(competition: Competition, sample: Sample, sample_file: SampleFile) -> Any:
    """For judges and organizers. With `?shown` our copy of a picture, for a page to draw."""
    if request.args.get("shown") and sample_file.drawn:
        without_virus(sample_file.digest)
        return current_app.extensions["storage"].show(sample_file.drawn, MIMETYPE)
    return download(sample_file.digest, sample_file.name)
