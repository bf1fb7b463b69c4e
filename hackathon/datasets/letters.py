"""Letters about data that people hold."""

from datetime import datetime

from ..ground.clock import now
from ..post.actions import write
from .models import Acceptance, Terms


def statement_due(acceptance: Acceptance, expiry: datetime | None) -> None:
    """What became of the copies? `expiry` is when the terms end or ended, if they do."""
    data_set = acceptance.data_set
    assert acceptance.user is not None  # who has no account any more is not asked
    write(
        "statement_due",
        to=acceptance.user,
        competition=data_set.competition,
        data_set=data_set,
        version=acceptance.terms.version,
        expired_at=expiry if expiry and expiry <= now() else None,
    )


def terms_changed(acceptance: Acceptance, terms: Terms) -> None:
    """A newer version of what the person agreed to is in force."""
    data_set = acceptance.data_set
    write(
        "terms_changed",
        to=acceptance.user,
        competition=data_set.competition,
        data_set=data_set,
        agreed=acceptance.terms.version,
        terms=terms,
    )
