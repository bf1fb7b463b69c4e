"""Writing letters. Delivering them is the worker's business."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from markupsafe import Markup, escape
from sqlalchemy import delete, select

from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import LOCALES
from ..ground.localized import LANGUAGES
from .models import Letter


@dataclass(frozen=True)
class Recipient:
    """Someone with an address and perhaps no account."""

    email: str
    name: str
    language: str
    id: Any = None


def write(
    name: str,
    *,
    to: Any,
    competition: Any = None,
    due_at: datetime | None = None,
    occasion: Any = None,
    **context: Any,
) -> Letter | None:
    """Write the letter `templates/letters/<name>.txt` in the reader's language.

    It is a row of the caller's transaction. With an `occasion` (the row it tells of) it can be
    taken back until it leaves. Nobody reads a letter to a deleted account, so none is written.
    """
    if getattr(to, "deleted_at", None) is not None:
        return None
    letter = compose(name, to=to, competition=competition, **context)
    letter.due_at = due_at or now()
    letter.occasion_id = occasion.id if occasion else None
    db.session.add(letter)
    return letter


def take_back(occasion: Any) -> bool:
    """Remove the letters about this row. False when one of them has left or is leaving: then undo
    the whole transaction."""
    about_it = Letter.occasion_id == occasion.id
    db.session.execute(
        delete(Letter).where(about_it, Letter.sent_at.is_(None), Letter.claimed_until.is_(None))
    )
    return db.session.scalar(select(Letter.id).where(about_it).limit(1)) is None


def compose(
    name: str, *, to: Any, competition: Any = None, both: bool = False, **context: Any
) -> Letter:
    """The letter as it would be written, for looking at: no row.

    `to` is a User or a Recipient. The template's first line is the subject; `link(endpoint, …)`
    gives addresses in the language of the words. With `both`, the other language follows.
    """
    others = [each for each in LANGUAGES if both and each != to.language]
    context |= {"to": to, "competition": competition}
    subject, text = _told(name, to.language, context)
    body = _as_html(text)
    for language in others:
        also, words = _told(name, language, context)
        subject, text = f"{subject} / {also}", f"{text}\n\n* * *\n\n{words}"
        body += Markup('\n<hr>\n<div lang="{}">{}</div>').format(language, _as_html(words))
    with force_locale(LOCALES[to.language]):
        html = render_template(
            "layouts/letter.html",
            subject=subject,
            body=body,
            language=to.language,
            base_url=current_app.config["BASE_URL"],
        )
    return Letter(
        name=name,
        address=to.email,
        recipient_id=to.id,
        competition_id=competition.id if competition else None,
        language=to.language,
        subject=subject[:300],
        text=text,
        html=html,
    )


def _told(name: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """The subject and the text of a letter in a language."""
    with force_locale(LOCALES[language]):
        text = render_template(
            f"letters/{name}.txt",
            link=lambda endpoint, **values: address(endpoint, language, **values),
            **context,
        )
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", body.strip())


def address(endpoint: str, language: str, **values: Any) -> str:
    """The public address of a page in a language, whoever asks from wherever."""
    base = urlsplit(current_app.config["BASE_URL"])
    adapter = current_app.url_map.bind(
        base.netloc, script_name=f"/{language}", url_scheme=base.scheme
    )
    return adapter.build(endpoint, values, force_external=True)


def _as_html(text: str) -> Markup:
    """Plain paragraphs as HTML; an address of this site alone on its line becomes a link."""
    ours = current_app.config["BASE_URL"] + "/"
    blocks = []
    for block in text.split("\n\n"):
        lines = [
            Markup('<a href="{0}">{0}</a>').format(line) if line.startswith(ours) else escape(line)
            for line in block.split("\n")
        ]
        blocks.append(Markup("<p>{}</p>").format(Markup("<br>").join(lines)))
    return Markup("\n").join(blocks)
