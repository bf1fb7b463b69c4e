"""The shares of all rooms in a person's data.

Later rooms stand last, so a deletion goes through them backwards: a person leaves a competition the
way they came in, and the account goes last. The ground's letters and journal know no room; they
come just after the account, and so forget what the rooms wrote on the way.
"""

from ..accounts.models import User
from ..accounts.personal import SHARE as ACCOUNTS
from ..certificates.personal import SHARE as CERTIFICATES
from ..checks.personal import SHARE as CHECKS
from ..competitions.personal import SHARE as COMPETITIONS
from ..datasets.personal import SHARE as DATASETS
from ..deliberation.personal import SHARE as DELIBERATION
from ..extensions import db
from ..gallery.personal import SHARE as GALLERY
from ..ground.personal import Hindrance, Holding, Share
from ..journal.personal import SHARE as JOURNAL
from ..judging.personal import SHARE as JUDGING
from ..mentoring.personal import SHARE as MENTORING
from ..mergers.personal import SHARE as MERGERS
from ..post.personal import SHARE as POST
from ..registrations.personal import SHARE as REGISTRATIONS
from ..submissions.personal import SHARE as SUBMISSIONS
from ..teams.personal import SHARE as TEAMS
from ..voting.personal import SHARE as VOTING
from ..workshops.personal import SHARE as WORKSHOPS

SHARES: tuple[Share, ...] = (
    ACCOUNTS,
    POST,
    JOURNAL,
    COMPETITIONS,
    REGISTRATIONS,
    TEAMS,
    DATASETS,
    WORKSHOPS,
    MENTORING,
    SUBMISSIONS,
    MERGERS,
    CHECKS,
    JUDGING,
    DELIBERATION,
    GALLERY,
    VOTING,
    CERTIFICATES,
)
HOLDINGS: tuple[Holding, ...] = tuple(h for share in SHARES for h in share.holdings)


def hindrances(person: User) -> list[Hindrance]:
    """What the person should know before the account is deleted; what stops it stands first."""
    found = [hindrance for share in SHARES for hindrance in share.hindrances(person)]
    return sorted(found, key=lambda hindrance: not hindrance.stops)


def held(person: User) -> list[tuple[Holding, int]]:
    """Every holding that has something about the person, with the number of rows."""
    counted = [(h, db.session.scalar(h.count_of(person)) or 0) for h in HOLDINGS]
    return [(holding, number) for holding, number in counted if number]
