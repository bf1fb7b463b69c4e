"""The closed vocabulary of deeds, each with the sentence organizers read.

A sentence may use `%(actor)s`, `%(subject)s` and the details recorded with the deed.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.i18n import moment_text


class Deed(StrEnum):
    """A member's value is stored; its sentence is what people read."""

    sentence: Any

    def __new__(cls, value: str, sentence: Any) -> "Deed":
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    # accounts
    ACCOUNT_CREATED = "account_created", _l("%(actor)s created an account.")
    ACCOUNT_CONFIRMED = "account_confirmed", _l("%(actor)s confirmed their address.")
    PASSWORD_CHANGED = "password_changed", _l("%(actor)s changed their password.")
    ADMINISTRATOR_APPOINTED = "administrator_appointed", _l("%(subject)s became an administrator.")
    # competitions
    COMPETITION_CREATED = "competition_created", _l("%(actor)s created %(subject)s.")
    COMPETITION_EDITED = "competition_edited", _l("%(actor)s edited %(subject)s.")
    PIECE_REMOVED = "piece_removed", _l("%(actor)s removed %(subject)s.")
    COMPETITION_PUBLISHED = "competition_published", _l("%(actor)s published %(subject)s.")
    WINDOW_ANNOUNCED = "window_announced", _l("%(actor)s set the dates of a step: %(gate)s.")
    DEADLINE_EXTENDED = (
        "deadline_extended",
        _l("%(actor)s extended a deadline (%(gate)s), from %(until_now)s to %(from_now_on)s."),
    )
    ORGANIZER_APPOINTED = "organizer_appointed", _l("%(actor)s made %(subject)s an organizer.")
    ORGANIZER_DISMISSED = "organizer_dismissed", _l("%(subject)s is no longer an organizer.")
    # questions
    QUESTION_WRITTEN = "question_written", _l("%(actor)s wrote the question “%(subject)s”.")
    QUESTION_RETIRED = "question_retired", _l("%(actor)s retired the question “%(subject)s”.")
    QUESTION_RESTORED = "question_restored", _l("%(actor)s restored the question “%(subject)s”.")
    QUESTION_REMOVED = "question_removed", _l("%(actor)s removed the question “%(subject)s”.")
    # registrations
    REGISTERED = "registered", _l("%(actor)s registered.")
    REGISTRATION_WITHDRAWN = (
        "registration_withdrawn",
        _l("%(actor)s withdrew the registration of %(subject)s."),
    )
    CONSENT_GIVEN = (
        "consent_given",
        _l("%(actor)s agreed to version %(version)s of the consent text %(subject)s."),
    )
    CONSENT_TAKEN_BACK = (
        "consent_taken_back",
        _l("%(actor)s took back their yes to version %(version)s of %(subject)s."),
    )
    CONSENT_TEXT_WRITTEN = (
        "consent_text_written",
        _l("%(actor)s wrote version %(version)s of the consent text %(subject)s."),
    )
    CONSENT_TEXT_PUBLISHED = (
        "consent_text_published",
        _l("%(actor)s published version %(version)s of the consent text %(subject)s."),
    )
    CONSENT_TEXT_DELETED = (
        "consent_text_deleted",
        _l("%(actor)s deleted the draft of version %(version)s of the consent text %(subject)s."),
    )
    ANSWERS_CHANGED = "answers_changed", _l("%(actor)s changed the answers of %(subject)s.")
    # teams
    TEAM_FOUNDED = "team_founded", _l("%(actor)s founded the team %(subject)s.")
    TEAM_EDITED = "team_edited", _l("%(actor)s edited the team %(subject)s.")
    TEAM_RENAMED = "team_renamed", _l("%(actor)s renamed the team %(before)s to %(subject)s.")
    TEAM_JOINED = "team_joined", _l("%(actor)s joined the team %(subject)s.")
    TEAM_LEFT = "team_left", _l("%(actor)s left the team %(subject)s.")
    TEAM_DISSOLVED = "team_dissolved", _l("%(actor)s dissolved the team %(subject)s.")
    MEMBER_ADDED = "member_added", _l("%(actor)s put %(person)s in the team %(subject)s.")
    MEMBER_REMOVED = (
        "member_removed",
        _l("%(actor)s took %(person)s out of the team %(subject)s: %(reason)s"),
    )
    MEMBER_MOVED = (
        "member_moved",
        _l("%(actor)s moved %(person)s from the team %(subject)s to another one."),
    )
    CAPTAINCY_HANDED_OVER = (
        "captaincy_handed_over",
        _l("%(actor)s made %(person)s the captain of the team %(subject)s."),
    )
    INVITATION_SENT = "invitation_sent", _l("%(actor)s invited a person to the team %(subject)s.")
    INVITATION_LINK_MADE = (
        "invitation_link_made",
        _l("%(actor)s made an invitation link to the team %(subject)s."),
    )
    INVITATION_REVOKED = (
        "invitation_revoked",
        _l("%(actor)s revoked an invitation to the team %(subject)s."),
    )
    INVITATION_DECLINED = (
        "invitation_declined",
        _l("%(actor)s declined an invitation to the team %(subject)s."),
    )
    CHALLENGE_CHOSEN = (
        "challenge_chosen",
        _l("%(actor)s chose challenge %(number)s for the team %(subject)s."),
    )
    TEAM_ANSWERS_CHANGED = (
        "team_answers_changed",
        _l("%(actor)s changed the answers of the team %(subject)s."),
    )
    ALLOWANCE_GRANTED = (
        "allowance_granted",
        _l("%(actor)s gave the team %(subject)s more time (%(gate)s), until %(closes_at)s."),
    )
    # workshops
    SESSION_SCHEDULED = "session_scheduled", _l("%(actor)s scheduled a session: %(subject)s.")
    SESSION_EDITED = "session_edited", _l("%(actor)s edited a session: %(subject)s.")
    SESSION_MOVED = "session_moved", _l("%(actor)s moved a session: %(subject)s.")
    SESSION_CANCELLED = "session_cancelled", _l("%(actor)s cancelled a session: %(subject)s.")
    SESSION_DELETED = "session_deleted", _l("%(actor)s deleted a session: %(subject)s.")
    # mentoring
    MENTOR_APPOINTED = "mentor_appointed", _l("%(actor)s appointed %(subject)s as a mentor.")
    MENTOR_EDITED = "mentor_edited", _l("%(actor)s edited the mentor %(subject)s.")
    MENTOR_DISMISSED = "mentor_dismissed", _l("%(actor)s dismissed the mentor %(subject)s.")
    NEEDS_EDITED = "needs_edited", _l("%(actor)s said what the team %(subject)s needs.")
    EXPERTISE_ADDED = "expertise_added", _l("%(actor)s added the expertise %(subject)s.")
    EXPERTISE_EDITED = "expertise_edited", _l("%(actor)s edited the expertise %(subject)s.")
    EXPERTISE_REMOVED = "expertise_removed", _l("%(actor)s removed the expertise %(subject)s.")
    MATCHING_CONFIRMED = (
        "matching_confirmed",
        _l("%(actor)s confirmed the matching. New pairings: %(pairings)s."),
    )
    PAIRING_ADDED = "pairing_added", _l("%(actor)s gave %(subject)s the mentor %(mentor)s.")
    PAIRING_ENDED = (
        "pairing_ended",
        _l("%(actor)s ended it: %(mentor)s no longer mentors %(subject)s."),
    )
    CONFLICT_DECLARED = (
        "conflict_declared",
        _l("%(actor)s declared a conflict of interest: %(subject)s."),
    )
    CONFLICT_LIFTED = "conflict_lifted", _l("%(actor)s lifted a conflict of interest: %(subject)s.")
    # submissions
    SUBMISSION_HANDED_IN = (
        "submission_handed_in",
        _l("%(actor)s handed in version %(number)s of the submission of %(subject)s."),
    )
    FEEDBACK_SENT = "feedback_sent", _l("%(actor)s sent feedback to %(subject)s.")
    # judging
    JUDGE_APPOINTED = "judge_appointed", _l("%(actor)s made %(subject)s a judge.")
    JUDGE_EDITED = "judge_edited", _l("%(actor)s changed what the judge %(subject)s can read.")
    JUDGE_DISMISSED = "judge_dismissed", _l("%(actor)s dismissed the judge %(subject)s.")
    JUDGES_REMINDED = "judges_reminded", _l("%(actor)s reminded judges: %(count)s letters.")
    REVIEWS_ASSIGNED = "reviews_assigned", _l("%(actor)s assigned reviews: %(count)s new.")
    REVIEW_ADDED = "review_added", _l("%(actor)s assigned a review: %(subject)s.")
    REVIEW_REMOVED = "review_removed", _l("%(actor)s withdrew a review: %(subject)s.")
    REVIEW_COMPLETED = "review_completed", _l("%(actor)s completed a review of %(subject)s.")
    REVIEW_CHANGED = "review_changed", _l("%(actor)s changed a completed review of %(subject)s.")
    # results
    HONOURS_DECIDED = (
        "honours_decided",
        _l("%(actor)s decided on the honours. Winners: %(winners)s. Outstanding: %(outstanding)s."),
    )
    RESULTS_SCHEDULED = (
        "results_scheduled",
        _l("%(actor)s released the results, public from %(subject)s."),
    )
    RESULTS_CANCELLED = (
        "results_cancelled",
        _l("%(actor)s cancelled the announcement planned for %(subject)s."),
    )
    RESULTS_ANNOUNCED = (
        "results_announced",
        _l("The results became public. Letters written: %(letters)s."),
    )
    # news
    NEWS_PUBLISHED = "news_published", _l("%(actor)s published a piece of news: %(subject)s.")
    NEWS_EDITED = "news_edited", _l("%(actor)s edited published news: %(subject)s.")
    NEWS_WITHDRAWN = "news_withdrawn", _l("%(actor)s withdrew a piece of news: %(subject)s.")


# What a deed recorded under `gate`, in words.
GATES = {
    "registration": _l("registration"),
    "team_changes": _l("team changes"),
    "challenge_choice": _l("choice of the challenge"),
    "submission": _l("submissions"),
    "feedback": _l("feedback from mentors"),
    "judging": _l("judging"),
}
MOMENTS = ("until_now", "from_now_on", "closes_at")


def sentence(entry: Any, zone: str) -> str:
    """An entry of the journal in the reader's words, its moments on the clock of `zone`."""
    facts = {
        "actor": entry.actor.name if entry.actor else str(_l("The system")),
        "subject": entry.subject,
        **entry.details,
    }
    if gate := entry.details.get("gate"):
        facts["gate"] = str(GATES[gate])
    for name in MOMENTS:
        if moment := entry.details.get(name):
            facts[name] = moment_text(datetime.fromisoformat(moment), zone)
    return str(Deed(entry.deed).sentence) % facts
