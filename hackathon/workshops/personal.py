"""What the agenda holds about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Holding, Share
from .models import Session, SignUp


def _of(person: User) -> object:
    return or_(SignUp.user_id == person.id, SignUp.address == person.email)


def forget(person: User) -> None:
    """Give every seat up, also those taken with the address alone."""
    db.session.execute(delete(SignUp).where(_of(person)))


def expire(competition: Competition) -> dict[str, int]:
    """The names and addresses of guests."""
    sessions = select(Session.id).where(Session.competition_id == competition.id)
    gone = db.session.execute(
        delete(SignUp).where(SignUp.session_id.in_(sessions), SignUp.user_id.is_(None))
    )
    return {"sign_ups": gone.rowcount}


SHARE = Share(
    holdings=(
        Holding(
            "sign_ups",
            _l("Sessions you signed up for"),
            SignUp,
            lambda person: (
                select(SignUp)
                .where(_of(person))
                .options(joinedload(SignUp.session).joinedload(Session.competition))
            ),
            (
                Fact("competition", _l("Competition"), "session.competition.name"),
                Fact("session", _l("Session"), "session.title"),
                Fact("starts_at", _l("Begins"), "session.starts_at"),
                Fact("name", _l("Name")),
                Fact("address", _l("Email")),
                Fact("language", _l("Language"), words=NAMES.get),
                Fact("created_at", _l("Signed up")),
                Fact("confirmed_at", _l("Confirmed")),
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
