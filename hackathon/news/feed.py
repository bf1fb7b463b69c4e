"""What a feed tells: the news, and what became public of the results or was changed in them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from ..competitions.models import Challenge, Competition
from ..ground.i18n import language, paragraphs
from ..ground.markdown import markdown
from ..results.models import Amendment, Change
from ..results.queries import amendments_of, announcements_of
from .queries import published_news

MOST = 30


@dataclass(frozen=True)
class Entry:
    key: uuid.UUID
    at: datetime
    title: str
    address: str
    html: str = ""


def entries_of(competition: Competition) -> list[Entry]:
    """What is public and can be read in the language being spoken, the latest first."""
    entries = [*_news(competition), *_results(competition)]
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)[:MOST]


def _news(competition: Competition) -> list[Entry]:
    return [
        Entry(
            item.id,
            item.published_at,
            str(item.title),
            url_for("news.show", competition=competition, news_item=item, _external=True),
            str(markdown(str(item.body))),
        )
        for item in published_news(competition)
        if item.published_at and language() in item.languages
    ]


def _results(competition: Competition) -> list[Entry]:
    """That they came out, not what they say: whoever follows the link reads what is public then."""
    announced = [each for each in announcements_of(competition) if each.public]
    if not announced:
        return []
    address = url_for("results.index", competition=competition, _external=True)
    entries = [
        Entry(each.id, each.publish_at, _came_out(each.challenge), address) for each in announced
    ]
    for change in amendments_of(competition):
        note = str(paragraphs(str(change.note)))
        entries.append(Entry(change.id, change.created_at, _changed(change), address, note))
        if change.ended_at:
            key = uuid.uuid5(change.id, "ended")  # the same at every reading
            note = str(paragraphs(str(change.end_note)))
            entries.append(Entry(key, change.ended_at, _shown_again(change), address, note))
    return entries


def _came_out(challenge: Challenge | None) -> str:
    if challenge is None:
        return _("The results are public")
    return _("The results of challenge %(number)s are public", number=challenge.number)


def _changed(change: Amendment) -> str:
    withdrawn = change.kind is Change.WITHDRAWAL
    if change.challenge is None:
        return _("The results are withdrawn") if withdrawn else _("The results are corrected")
    number = change.challenge.number
    if withdrawn:
        return _("The results of challenge %(number)s are withdrawn", number=number)
    return _("The results of challenge %(number)s are corrected", number=number)


def _shown_again(change: Amendment) -> str:
    if change.challenge is None:
        return _("The results are public again")
    number = change.challenge.number
    return _("The results of challenge %(number)s are public again", number=number)
