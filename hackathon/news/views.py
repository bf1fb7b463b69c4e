"""News for everyone, as pages and as a feed."""

import re
from typing import Any

from flask import Blueprint, Response, render_template

from ..competitions.models import Competition
from ..extensions import db
from ..ground.paging import paginate
from .feed import entries_of
from .models import NewsItem
from .queries import public_news_of

blueprint = Blueprint("news", __name__, url_prefix="/<key:competition>")

PER_PAGE = 20
# What XML 1.0 cannot hold, though a text field can (section 2.2 of the standard).
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/news")
def index(competition: Competition) -> Any:
    return render_template(
        "news/index.html",
        competition=competition,
        news=paginate(db.session, public_news_of(competition), PER_PAGE),
    )


@blueprint.get("/news/<key:news_item>")
def show(competition: Competition, news_item: NewsItem) -> Any:
    return render_template("news/show.html", competition=competition, item=news_item)


@blueprint.get("/news.atom")
def feed(competition: Competition) -> Any:
    """News and results in the language of the address, as an Atom feed (RFC 4287)."""
    text = render_template(
        "news/feed.xml", competition=competition, entries=entries_of(competition)
    )
    return Response(NOT_XML.sub("", text), mimetype="application/atom+xml")
