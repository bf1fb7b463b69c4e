"""A judge's pages of samples: what to score first, and where they stand."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.doors import asks_for_json
from ..ground.forms import page
from ..ground.merging import fingerprint
from ..ground.pictures import MIMETYPE
from ..ground.scans import download, without_virus
from ..judging.models import Judge
from ..judging.queries import judge_of, judging_of
from ..judging.saving import afresh
from ..judging.scoring import COMPLETE
from ..judging.stopping import stoppage_in, stoppage_of
from . import actions, words
from .actions import NOTE, said
from .comparing import FEWEST, overall
from .forms import ScoringForm, scoring_form
from .models import Sample, SampleFile, SampleReview
from .queries import (
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
    form = scoring_form(sample, review)
    if asks_for_json():
        at, closes_at = review and review.touched_at, judging_of(competition).closes_at
        return afresh(form.told(said(review, form.criteria), at=at, closes_at=closes_at))
    return sample_page(competition, sample, review, form)


@blueprint.post("/<key:sample>")
def scores(competition: Competition, sample: Sample) -> Any:
    """What the judge gives, by the button; or by a script that asks for JSON, touch by touch."""
    judge = my_seat(competition)
    if asks_for_json():
        return autosave(competition, sample, judge)
    review = sample_review_of(judge, sample)
    form = scoring_form(sample, review)
    if form.validate_on_submit() and (not form.completes or form.complete()):
        asked = (form.criteria, form.mine, form.bases, form.touches)
        saved = form.attempt(actions.score, sample, judge, *asked, by=me())
        if saved:
            review, scored = saved
            if form.settle(said(review, form.criteria), scored):
                return saved_page(competition, sample, review)
    return sample_page(competition, sample, review, form)


def saved_page(competition: Competition, sample: Sample, review: SampleReview) -> Any:
    if review.completed_at is None:
        flash(_("Saved. You can go on later."), "success")
    else:
        flash(_("Thank you. What you gave stays as it is."), "success")
    return redirect(url_for(".show", competition=competition, sample=sample))


def autosave(competition: Competition, sample: Sample, judge: Judge) -> Any:
    """What came of each field that a script sent."""
    form, closes_at = scoring_form(sample), judging_of(competition).closes_at
    mine = form.taken()
    asked = (form.criteria, mine, form.bases, form.touches)
    review, scored = actions.score(sample, judge, *asked, by=me())
    now_there = said(review, form.criteria)
    told = form.told(now_there, at=review.touched_at, closes_at=closes_at)
    return form.outcome(mine, scored, now_there) | told


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
        hints=form.hints,
        complete_base=fingerprint(now_there[COMPLETE]),
        lacking=form.progress(now_there),
        names=names,
        choices=form.choices,
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
