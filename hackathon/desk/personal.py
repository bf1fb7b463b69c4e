"""The shares of all rooms in a person's data.

Later rooms stand last, so a deletion goes through them backwards: a person leaves a competition the
way they came in, and the account goes last. The ground's letters and journal know no room; they
come just after the account, and so forget what the rooms wrote on the way.
"""

from ..accounts.models import User
from ..accounts.personal import SHARE as ACCOUNTS
from ..calibration.personal import SHARE as CALIBRATION
from ..certificates.personal import SHARE as CERTIFICATES
from ..checks.personal import SHARE as CHECKS
from ..comparisons.personal import SHARE as COMPARISONS
from ..competitions.personal import SHARE as COMPETITIONS
from ..datasets.personal import SHARE as DATASETS
from ..deliberation.personal import SHARE as DELIBERATION
from ..extensions import db
from ..followups.personal import SHARE as FOLLOWUPS
from ..gallery.personal import SHARE as GALLERY
from ..ground.personal import Hindrance, Holding, Share
from ..journal.personal import SHARE as JOURNAL
from ..judging.personal import SHARE as JUDGING
from ..mentoring.personal import SHARE as MENTORING
from ..mergers.personal import SHARE as MERGERS
from ..post.personal import SHARE as POST
from ..press.personal import SHARE as PRESS
from ..redaction.personal import SHARE as REDACTION
from ..registrations.personal import SHARE as REGISTRATIONS
from ..results.personal import SHARE as RESULTS
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
    REDACTION,
    JUDGING,
    CALIBRATION,
    DELIBERATION,
    COMPARISONS,
    RESULTS,
    GALLERY,
    VOTING,
    CERTIFICATES,
    FOLLOWUPS,
    PRESS,
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


# -- archives --------------------------------------------------------------------------------

# What an archive of a competition holds without personal data, besides keys, codes, numbers, yes
# and no, and moments: these words were written for everyone, or are the work itself. A column that
# is not here is left out of such an archive, so a column added later stays out until it is named.
ARCHIVED_WORDS = {
    "amendment": {"note", "end_note"},
    "competition": {
        *("slug", "name", "tagline", "summary", "description", "how_to_enter", "zone", "country"),
        *("provinces", "submission_asks", "age_on"),
    },
    "challenge": {"title", "summary", "description"},
    "certificate_style": {"accent", "occasion"},
    "consent_text": {"key", "title", "body", "file_name", "digest"},
    "criterion": {"name", "description"},
    "data_file": {"name", "digest"},
    "data_set": {"title", "summary", "description", "provenance", "licence", "warning", "link"},
    "data_terms": {"body"},
    "decision": {"digest", "state"},
    "document": {"title", "language", "file_name", "digest"},
    "expertise": {"label"},
    "extension": {"reason"},
    "follow_up": {"words"},
    "honour": {"citation"},
    "journal_entry": {"deed"},
    "judging_condition": {"name", "help"},
    "judging_round": {"name", "method", "ties", "told"},
    "judge": {"languages"},
    "letter": {"name", "language"},
    "level": {"word", "description"},
    "mentor": {"languages"},
    "news_item": {"slug", "title", "body"},
    "partner": {"name", "short", "description", "website"},
    "place": {"name"},
    "press_pack": {"introduction", "terms"},
    "prize": {"name", "gift"},
    "question": {"label", "help", "limits", "shown_to", "parent_answers", "lets_in", "refusal"},
    "question_option": {"key", "label"},
    "round_selection": {"content", "digest"},
    "rules_version": {"content", "digest"},
    "sample": {"title", "summary", "description", "repository", "demonstration", "lesson"},
    "sample_file": {"name", "digest", "caption"},
    "sample_reference": {"reason"},
    "session": {"title", "summary", "languages"},
    "submission_file": {"name", "digest", "alt"},
    "submission_translation": {"language", "title", "summary", "warning"},
    "submission_version": {"content", "digest"},
    "team": {"name", "languages"},
}
# What no archive holds: what opens something, what would tell who voted what, and what is
# of use to the machinery alone.
NEVER_ARCHIVED = {
    *("archive", "ballot_link", "check_file_mark", "check_text_mark", "daily_chore"),
    *("follow_up_link", "scan", "upload", "voter"),
    *("ballot.voter_id", "ballot.network", "flag.mark", "poll.seed"),
    *("certificate.token", "invitation.token", "sign_up.token", "judge_invitation.digest"),
    *("letter.text", "letter.html", "letter.last_error"),  # with links that open things
}
# Of a person, in an archive with personal data.
ARCHIVED_OF_PEOPLE = ("id", "name", "email", "language", "organization", "pronouns")
