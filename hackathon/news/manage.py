"""Writing news and making it public."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from . import actions
from .forms import NewsForm, PublicationForm
from .models import NewsItem
from .queries import all_news_of

blueprint = Blueprint("news", __name__)


@blueprint.get("/news")
def index(competition: Competition) -> Any:
    return render_template(
        "news/manage/index.html",
        competition=competition,
        news=paginate(db.session, all_news_of(competition)),
    )


@blueprint.route("/news/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = NewsForm()
    if form.validate_on_submit():
        item = actions.draft_news(competition, title=form.title.data, body=form.body.data)
        flash(_("The draft is saved. Nobody else sees it until you publish it."), "success")
        return redirect(url_for(".publication", competition=competition, news_item=item))
    return page("news/manage/new.html", form, competition=competition)


@blueprint.route("/news/<key:news_item>/edit", methods=["GET", "POST"])
def edit(competition: Competition, news_item: NewsItem) -> Any:
    form = NewsForm(obj=news_item)
    if form.validate_on_submit() and form.attempt(
        actions.edit_news, news_item, title=form.title.data, body=form.body.data, by=me()
    ):
        flash(_("Your changes are saved."), "success")
        return redirect(url_for(".publication", competition=competition, news_item=news_item))
    return page("news/manage/edit.html", form, competition=competition, item=news_item)


@blueprint.route("/news/<key:news_item>/publication", methods=["GET", "POST"])
def publication(competition: Competition, news_item: NewsItem) -> Any:
    """See it as readers will, in both languages, and publish it now or at a moment."""
    form = PublicationForm(meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        actions.publish_news, news_item, at=form.at.data, by=me()
    ):
        flash(
            _("It is public.") if news_item.public else _("It will be published at that moment."),
            "success",
        )
        return redirect(url_for(".index", competition=competition))
    return page("news/manage/publication.html", form, competition=competition, item=news_item)


@blueprint.post("/news/<key:news_item>/withdrawal")
def withdrawal(competition: Competition, news_item: NewsItem) -> Any:
    actions.withdraw_news(news_item, by=me())
    flash(_("It is a draft again."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/news/<key:news_item>/deletion")
def deletion(competition: Competition, news_item: NewsItem) -> Any:
    actions.delete_news(news_item)
    flash(_("The draft is deleted."), "success")
    return redirect(url_for(".index", competition=competition))
