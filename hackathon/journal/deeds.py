"""The closed vocabulary of deeds, each with the sentence organizers read.

A sentence may use `%(actor)s`, `%(subject)s` and the details recorded with the deed.
"""

from datetime import datetime
from enum import StrEnum
from types import SimpleNamespace
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
    NAME_CHANGED = "name_changed", _l("%(actor)s changed their name.")
    ACCOUNT_DELETED = "account_deleted", _l("An account was deleted.")
    SIGNED_OUT_ELSEWHERE = (
        "signed_out_elsewhere",
        _l("%(actor)s signed out elsewhere, in this many places: %(places)s."),
    )
    ADDRESS_CHANGE_ASKED = "address_change_asked", _l("%(actor)s asked to change their address.")
    ADDRESS_CHANGE_STOPPED = "address_change_stopped", _l("%(actor)s stopped a change of address.")
    ADDRESS_CHANGED = "address_changed", _l("%(actor)s changed their address.")
    SECOND_FACTOR_ON = "second_factor_on", _l("%(actor)s turned codes for signing in on.")
    SECOND_FACTOR_OFF = (
        "second_factor_off",
        _l("Codes for signing in were turned off: %(subject)s."),
    )
    RECOVERY_CODES_MADE = "recovery_codes_made", _l("%(actor)s made new recovery codes.")
    RECOVERY_CODE_USED = "recovery_code_used", _l("%(actor)s used a recovery code.")
    PASSKEY_ADDED = "passkey_added", _l("%(actor)s added a passkey.")
    PASSKEY_REMOVED = "passkey_removed", _l("A passkey was removed: %(subject)s.")
    ADMINISTRATOR_APPOINTED = "administrator_appointed", _l("%(subject)s became an administrator.")
    # submissions
    VIRUS_FOUND = (
        "virus_found",
        _l("A virus (%(virus)s) was found in a file for %(subject)s: %(name)s."),
    )
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
    EXTENSION_UNDONE = (
        "extension_undone",
        _l("%(actor)s undid an extension (%(gate)s), from %(until_now)s back to %(from_now_on)s."),
    )
    LET_IN_LATE = (
        "let_in_late",
        _l("Let in %(seconds)s s after a deadline (%(gate)s), within the grace: %(actor)s."),
    )
    ZONE_CHANGED = (
        "zone_changed",
        _l("%(actor)s moved %(subject)s from the clock of %(before)s to that of %(after)s."),
    )
    REMINDER_PLANNED = "reminder_planned", _l("%(actor)s planned a reminder (%(gate)s).")
    REMINDER_REMOVED = "reminder_removed", _l("%(actor)s removed a reminder (%(gate)s).")
    REMINDER_SENT = (
        "reminder_sent",
        _l("A reminder went out (%(gate)s). Letters written: %(letters)s."),
    )
    ORGANIZER_APPOINTED = "organizer_appointed", _l("%(actor)s made %(subject)s an organizer.")
    ORGANIZER_DISMISSED = "organizer_dismissed", _l("%(subject)s is no longer an organizer.")
    INQUIRY_MADE = "inquiry_made", _l("%(actor)s asked about a challenge: %(subject)s.")
    INQUIRY_ANSWERED = (
        "inquiry_answered",
        _l("%(actor)s answered a question about a challenge: %(subject)s."),
    )
    INQUIRY_PUBLISHED = (
        "inquiry_published",
        _l("%(actor)s published a question and its answer about a challenge: %(subject)s."),
    )
    INQUIRY_WITHDRAWN = (
        "inquiry_withdrawn",
        _l("%(actor)s took a question and its answer back from everyone: %(subject)s."),
    )
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
    APPLIED = "applied", _l("%(actor)s applied to take part.")
    APPLICATION_APPROVED = (
        "application_approved",
        _l("%(actor)s approved the application of %(subject)s."),
    )
    APPLICATION_DECLINED = (
        "application_declined",
        _l("%(actor)s declined the application of %(subject)s: %(reason)s"),
    )
    WAITLISTED = "waitlisted", _l("%(actor)s joined the waitlist.")
    PLACE_OFFERED = "place_offered", _l("%(actor)s offered a free place to %(subject)s.")
    PLACE_CONFIRMED = "place_confirmed", _l("%(actor)s confirmed the place offered to them.")
    OFFER_LAPSED = "offer_lapsed", _l("The place offered to %(subject)s was not confirmed in time.")
    REGISTRATION_REINSTATED = (
        "registration_reinstated",
        _l("%(actor)s let %(subject)s in again: %(reason)s"),
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
    SEARCH_BEGUN = "search_begun", _l("%(actor)s looks for a team.")
    SEARCH_ENDED = "search_ended", _l("%(actor)s does not look for a team any more.")
    VACANCY_OPENED = "vacancy_opened", _l("The team %(subject)s looks for people (%(actor)s).")
    VACANCY_CLOSED = (
        "vacancy_closed",
        _l("The team %(subject)s does not look for people any more (%(actor)s)."),
    )
    REQUEST_SENT = "request_sent", _l("%(actor)s asked to join the team %(subject)s.")
    REQUEST_WITHDRAWN = (
        "request_withdrawn",
        _l("%(actor)s took back their request to join the team %(subject)s."),
    )
    REQUEST_ACCEPTED = (
        "request_accepted",
        _l("%(actor)s accepted %(person)s in the team %(subject)s."),
    )
    REQUEST_DECLINED = (
        "request_declined",
        _l("%(actor)s declined the request of %(person)s to join the team %(subject)s."),
    )
    REQUEST_EXPIRED = (
        "request_expired",
        _l("The request of %(person)s to join the team %(subject)s expired without an answer."),
    )
    COMPLETION_CONFIRMED = (
        "completion_confirmed",
        _l("%(actor)s completed teams. People placed: %(people)s. New teams: %(teams)s."),
    )
    TEAM_ANSWERS_CHANGED = (
        "team_answers_changed",
        _l("%(actor)s changed the answers of the team %(subject)s."),
    )
    ALLOWANCE_GRANTED = (
        "allowance_granted",
        _l("%(actor)s gave the team %(subject)s more time (%(gate)s), until %(closes_at)s."),
    )
    CHALLENGE_REQUESTED = (
        "challenge_requested",
        _l("%(actor)s asked for challenge %(number)s for the team %(subject)s."),
    )
    CHALLENGE_REQUEST_TAKEN_BACK = (
        "challenge_request_taken_back",
        _l("%(actor)s took back the request of the team %(subject)s for challenge %(number)s."),
    )
    CHALLENGE_REQUEST_GRANTED = (
        "challenge_request_granted",
        _l("%(actor)s gave the team %(subject)s challenge %(number)s, as it asked."),
    )
    CHALLENGE_REQUEST_REFUSED = (
        "challenge_request_refused",
        _l("%(actor)s refused the team %(subject)s the change to challenge %(number)s."),
    )
    QUOTA_SET = "quota_set", _l("%(actor)s set the quota of challenge %(number)s to %(quota)s.")
    QUOTA_LIFTED = "quota_lifted", _l("%(actor)s lifted the quota of challenge %(number)s.")
    UNDECIDED_REMINDED = (
        "undecided_reminded",
        _l("%(actor)s reminded teams to choose a challenge: %(count)s letters."),
    )
    SMALL_TEAM_WARNED = (
        "small_team_warned",
        _l("The team %(subject)s was told that it is too small; changes close on %(closes_at)s."),
    )
    SIZE_ALLOWED = (
        "size_allowed",
        _l("%(actor)s allowed the team %(subject)s to stay below the minimum."),
    )
    SIZE_HOLDS_AGAIN = (
        "size_holds_again",
        _l("%(actor)s took back that the team %(subject)s may stay below the minimum."),
    )
    # datasets
    DATA_SET_ADDED = "data_set_added", _l("%(actor)s added the data set %(subject)s.")
    DATA_SET_EDITED = "data_set_edited", _l("%(actor)s edited the data set %(subject)s.")
    DATA_SET_PUBLISHED = "data_set_published", _l("%(actor)s published the data set %(subject)s.")
    DATA_SET_WITHDRAWN = "data_set_withdrawn", _l("%(actor)s withdrew the data set %(subject)s.")
    DATA_SET_DELETED = "data_set_deleted", _l("%(actor)s deleted the data set %(subject)s.")
    DATA_FILE_ADDED = (
        "data_file_added",
        _l("%(actor)s added the file %(file)s to the data set %(subject)s."),
    )
    DATA_FILE_REMOVED = (
        "data_file_removed",
        _l("%(actor)s removed the file %(file)s from the data set %(subject)s."),
    )
    DATA_TERMS_WRITTEN = (
        "data_terms_written",
        _l("%(actor)s wrote version %(version)s of the terms of the data set %(subject)s."),
    )
    DATA_TERMS_PUBLISHED = (
        "data_terms_published",
        _l("%(actor)s published version %(version)s of the terms of the data set %(subject)s."),
    )
    DATA_TERMS_ACCEPTED = (
        "data_terms_accepted",
        _l("%(actor)s agreed to version %(version)s of the terms of the data set %(subject)s."),
    )
    DATA_TAKEN = "data_taken", _l("%(actor)s took %(file)s from the data set %(subject)s.")
    DATA_DELETION_STATED = (
        "data_deletion_stated",
        _l("%(actor)s stated that all copies of the data set %(subject)s are deleted."),
    )
    DATA_KEPT = (
        "data_kept",
        _l("%(actor)s stated what they keep of the data set %(subject)s, and why."),
    )
    DATA_HOLDERS_REMINDED = (
        "data_holders_reminded",
        _l("%(actor)s asked for statements about the data set %(subject)s: %(count)s letters."),
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
    DRAFT_HANDED_IN = (
        "draft_handed_in",
        _l("The draft of %(subject)s was handed in at the deadline, as the team had asked."),
    )
    DRAFT_INCOMPLETE = (
        "draft_incomplete",
        _l("The draft of %(subject)s was not complete, and not handed in at the deadline."),
    )
    AUTOMATIC_ASKED = (
        "automatic_asked",
        _l("%(actor)s asked that the draft of %(subject)s be handed in at the deadline."),
    )
    AUTOMATIC_NOT_ASKED = (
        "automatic_not_asked",
        _l("%(actor)s asked that the draft of %(subject)s not be handed in by itself."),
    )
    AUTOMATIC_ALLOWED = (
        "automatic_allowed",
        _l("%(actor)s let teams have their drafts handed in at the deadline."),
    )
    AUTOMATIC_ENDED = (
        "automatic_ended",
        _l("%(actor)s ended it that drafts are handed in at the deadline."),
    )
    SUBMISSION_WITHDRAWN = (
        "submission_withdrawn",
        _l("%(actor)s withdrew the submission of %(subject)s."),
    )
    SUBMISSION_RESTORED = (
        "submission_restored",
        _l("%(actor)s took back the withdrawal of the submission of %(subject)s."),
    )
    SUBMISSION_DISQUALIFIED = (
        "submission_disqualified",
        _l("%(actor)s disqualified the submission of %(subject)s."),
    )
    SUBMISSION_REINSTATED = (
        "submission_reinstated",
        _l("%(actor)s let the submission of %(subject)s be judged again."),
    )
    SUBMISSION_ASKS_CHANGED = (
        "submission_asks_changed",
        _l("%(actor)s changed what submissions are asked to say."),
    )
    TRANSLATION_PUBLISHED = (
        "translation_published",
        _l("%(actor)s published a translation of the title and summary of %(subject)s."),
    )
    TRANSLATION_CHANGED = (
        "translation_changed",
        _l("%(actor)s changed the translation of the title and summary of %(subject)s."),
    )
    TRANSLATION_WITHDRAWN = (
        "translation_withdrawn",
        _l("%(actor)s withdrew the translation of the title and summary of %(subject)s."),
    )
    FEEDBACK_SENT = "feedback_sent", _l("%(actor)s sent feedback to %(subject)s.")
    # mergers
    MERGER_PROPOSED = (
        "merger_proposed",
        _l("%(actor)s proposed that the teams %(subject)s and %(other)s become one."),
    )
    MERGER_TAKEN_BACK = (
        "merger_taken_back",
        _l("%(actor)s took back the proposal that %(subject)s and %(other)s become one."),
    )
    MERGER_DECLINED = (
        "merger_declined",
        _l("%(actor)s declined that the teams %(subject)s and %(other)s become one."),
    )
    MERGER_ENDED = (
        "merger_ended",
        _l("The proposal that the teams %(subject)s and %(other)s become one ended by itself."),
    )
    TEAMS_MERGED = (
        "teams_merged",
        _l("%(actor)s accepted: %(kept)s and %(gone)s became one team, %(subject)s."),
    )
    TEAMS_MERGED_BY_HAND = (
        "teams_merged_by_hand",
        _l("%(actor)s made %(kept)s and %(gone)s one team, %(subject)s: %(reason)s"),
    )
    # checks
    FINDING_NOTED = (
        "finding_noted",
        _l("%(actor)s wrote a note on something found about the submission of %(subject)s."),
    )
    CHECKS_SET = "checks_set", _l("%(actor)s changed what is checked of submissions.")
    # judging
    RULES_EDITED = "rules_edited", _l("%(actor)s changed the draft of the rules of %(subject)s.")
    RULES_PUBLISHED = (
        "rules_published",
        _l("%(actor)s published version %(number)s of the rules of %(subject)s."),
    )
    JUDGE_APPOINTED = "judge_appointed", _l("%(actor)s made %(subject)s a judge.")
    JUDGE_EDITED = "judge_edited", _l("%(actor)s changed what the judge %(subject)s can read.")
    JUDGE_DISMISSED = "judge_dismissed", _l("%(actor)s dismissed the judge %(subject)s.")
    JUDGE_REPLACED = (
        "judge_replaced",
        _l("%(actor)s gave what the judge %(subject)s had not completed to others: %(count)s."),
    )
    JUDGE_INVITED = "judge_invited", _l("%(actor)s invited %(subject)s to judge.")
    JUDGE_LINK_SENT = (
        "judge_link_sent",
        _l("%(actor)s sent %(subject)s a new link for judging; the old one ended."),
    )
    JUDGE_LINK_SHOWN = (
        "judge_link_shown",
        _l("%(actor)s made a new link for judging to hand to %(subject)s; the old one ended."),
    )
    JUDGE_LINK_REVOKED = (
        "judge_link_revoked",
        _l("%(actor)s revoked the link for judging of %(subject)s."),
    )
    JUDGE_ACCEPTED = "judge_accepted", _l("%(actor)s accepted to judge.")
    JUDGE_DECLINED = "judge_declined", _l("%(subject)s declined to judge.")
    JUDGE_TOLD = (
        "judge_told",
        _l("%(actor)s said when they can judge, and how many submissions."),
    )
    JUDGE_TERMS_PUBLISHED = (
        "judge_terms_published",
        _l("%(actor)s published version %(version)s of the terms for judges."),
    )
    JUDGE_TERMS_ACCEPTED = (
        "judge_terms_accepted",
        _l("%(actor)s accepted version %(version)s of the terms for judges."),
    )
    JUDGING_STOPPED = "judging_stopped", _l("%(actor)s stopped judging (%(subject)s).")
    JUDGING_GOES_ON = "judging_goes_on", _l("%(actor)s let judging go on (%(subject)s).")
    JUDGES_REMINDED = "judges_reminded", _l("%(actor)s reminded judges: %(count)s letters.")
    NO_CONFLICT_DECLARED = (
        "no_conflict_declared",
        _l("%(actor)s declared to have no conflict of interest. Submissions: %(count)s."),
    )
    CONFLICT_BARS = (
        "conflict_bars",
        _l("%(actor)s decided that a conflict of interest bars: %(subject)s."),
    )
    CONFLICT_WAIVED = (
        "conflict_waived",
        _l("%(actor)s decided that no conflict of interest bars: %(subject)s."),
    )
    CHAIRS_NAMED = "chairs_named", _l("%(actor)s named who chairs the judging: %(subject)s.")
    ROUND_ADDED = "round_added", _l("%(actor)s added a round of judging: %(subject)s.")
    ROUND_EDITED = "round_edited", _l("%(actor)s changed the round %(subject)s.")
    ROUND_MOVED = (
        "round_moved",
        _l("%(actor)s moved the round %(subject)s to place %(number)s."),
    )
    ROUND_REMOVED = "round_removed", _l("%(actor)s removed the round %(subject)s.")
    SELECTION_CONFIRMED = (
        "selection_confirmed",
        _l("%(actor)s selected the submissions of the round %(subject)s."),
    )
    SELECTION_TAKEN_BACK = (
        "selection_taken_back",
        _l("%(actor)s took back which submissions come into the round %(subject)s."),
    )
    SELECTION_ANNOUNCED = (
        "selection_announced",
        _l("%(actor)s announced which submissions come into the round %(subject)s."),
    )
    CHAIRS_ENDED = "chairs_ended", _l("%(actor)s decided that nobody chairs the judging.")
    JUDGES_NAMED = "judges_named", _l("%(actor)s showed the teams who judges.")
    JUDGES_UNNAMED = "judges_unnamed", _l("%(actor)s no longer shows the teams who judges.")
    OBJECTION_MADE = (
        "objection_made",
        _l("%(actor)s named somebody with whom %(subject)s has a conflict of interest."),
    )
    OBJECTION_WITHDRAWN = (
        "objection_withdrawn",
        _l("%(actor)s took back that %(subject)s has a conflict of interest with somebody."),
    )
    OBJECTION_SETTLED = (
        "objection_settled",
        _l("%(actor)s looked for the judges whom %(subject)s named."),
    )
    REVIEWS_ASSIGNED = "reviews_assigned", _l("%(actor)s assigned reviews: %(count)s new.")
    REVIEW_ADDED = "review_added", _l("%(actor)s assigned a review: %(subject)s.")
    REVIEW_REMOVED = "review_removed", _l("%(actor)s withdrew a review: %(subject)s.")
    REVIEW_COMPLETED = "review_completed", _l("%(actor)s completed a review of %(subject)s.")
    REVIEW_CHANGED = "review_changed", _l("%(actor)s changed a completed review of %(subject)s.")
    REVIEW_GIVEN_BACK = (
        "review_given_back",
        _l("%(actor)s gave back the submission of %(subject)s without judging it."),
    )
    PROBLEM_REPORTED = (
        "problem_reported",
        _l("%(actor)s, a judge, reported a problem with the submission of %(subject)s."),
    )
    PROBLEM_SETTLED = (
        "problem_settled",
        _l("%(actor)s settled what a judge had reported about the submission of %(subject)s."),
    )
    # redaction
    WORK_CLEARED = (
        "work_cleared",
        _l("%(actor)s cleared version %(number)s of %(subject)s for blind judging."),
    )
    WORK_NOT_CLEARED = (
        "work_not_cleared",
        _l("%(actor)s took back that version %(number)s of %(subject)s is cleared for judges."),
    )
    FILE_REDACTED = (
        "file_redacted",
        _l("%(actor)s gave judges a redacted file of %(subject)s: %(name)s."),
    )
    JUDGING_UNBLINDED = (
        "judging_unblinded",
        _l("%(actor)s showed judges whose work they had judged: %(subject)s."),
    )
    # deliberation
    DISCUSSION_OPENED = (
        "discussion_opened",
        _l("%(actor)s opened a discussion among the judges of %(subject)s."),
    )
    DISCUSSION_CLOSED = "discussion_closed", _l("%(actor)s closed the discussion of %(subject)s.")
    DISCUSSION_REOPENED = (
        "discussion_reopened",
        _l("%(actor)s reopened the discussion of %(subject)s."),
    )
    REVIEW_REVISED = (
        "review_revised",
        _l("%(actor)s changed a review of %(subject)s after the discussion."),
    )
    # calibration
    SAMPLE_WRITTEN = "sample_written", _l("%(actor)s wrote the sample %(subject)s for judges.")
    SAMPLE_REFERENCED = (
        "sample_referenced",
        _l("%(actor)s said which levels are right for the sample %(subject)s."),
    )
    SAMPLE_OFFERED = "sample_offered", _l("%(actor)s offers judges the sample %(subject)s.")
    SAMPLE_REQUIRED = (
        "sample_required",
        _l("%(actor)s requires judges to score the sample %(subject)s first."),
    )
    SAMPLE_WITHDRAWN = "sample_withdrawn", _l("%(actor)s withdrew the sample %(subject)s.")
    SAMPLE_REMOVED = "sample_removed", _l("%(actor)s removed the sample %(subject)s.")
    SAMPLE_SCORED = "sample_scored", _l("%(actor)s scored the sample %(subject)s.")
    SAMPLES_REMINDED = (
        "samples_reminded",
        _l("%(actor)s reminded judges of the samples (%(count)s)."),
    )
    LESSON_WRITTEN = (
        "lesson_written",
        _l("%(actor)s wrote down what was learned of the sample %(subject)s."),
    )
    LESSON_PUBLISHED = (
        "lesson_published",
        _l("%(actor)s told judges what was learned of the sample %(subject)s."),
    )
    # comparisons
    COMPARISONS_SET_UP = (
        "comparisons_set_up",
        _l("%(actor)s set comparisons up. Minutes for each visit: %(minutes)s."),
    )
    COMPARISONS_OPENED = "comparisons_opened", _l("%(actor)s opened the comparisons.")
    COMPARISONS_CLOSED = "comparisons_closed", _l("%(actor)s closed the comparisons.")
    COMPARISONS_PAUSED = "comparisons_paused", _l("%(actor)s paused the comparisons.")
    COMPARISONS_RESUMED = "comparisons_resumed", _l("%(actor)s let the comparisons go on.")
    TABLES_NUMBERED = "tables_numbered", _l("%(actor)s numbered tables (%(count)s).")
    TABLE_MOVED = "table_moved", _l("%(actor)s put %(subject)s at this table: %(place)s.")
    PROJECT_TAKEN_OUT = (
        "project_taken_out",
        _l("%(actor)s sends no judge to %(subject)s any more: %(reason)s"),
    )
    PROJECT_BACK = "project_back", _l("%(actor)s sends judges to %(subject)s again.")
    # results
    HONOURS_DECIDED = (
        "honours_decided",
        _l("%(actor)s decided on the honours. Winners: %(winners)s. Outstanding: %(outstanding)s."),
    )
    PRIZE_DEFINED = "prize_defined", _l("%(actor)s added the prize “%(subject)s”.")
    PRIZE_CHANGED = "prize_changed", _l("%(actor)s changed the prize “%(subject)s”.")
    PRIZE_REMOVED = "prize_removed", _l("%(actor)s removed the prize “%(subject)s”.")
    PRIZE_DECIDED = (
        "prize_decided",
        _l("%(actor)s decided on the prize “%(subject)s”: %(projects)s."),
    )
    CONFIRMATION_ASKED = (
        "confirmation_asked",
        _l("%(actor)s asked that a second organizer confirm decisions."),
    )
    CONFIRMATION_DROPPED = (
        "confirmation_dropped",
        _l("%(actor)s asked that no second organizer need confirm decisions."),
    )
    DECISION_SEALED = (
        "decision_sealed",
        _l("%(actor)s sealed decision %(subject)s. SHA-256: %(digest)s."),
    )
    DECISION_CONFIRMED = (
        "decision_confirmed",
        _l("%(actor)s confirmed decision %(subject)s. SHA-256: %(digest)s."),
    )
    PRIZE_ACCEPTED = (
        "prize_accepted",
        _l("%(actor)s accepted the prize “%(subject)s” for %(team)s."),
    )
    PRIZE_DECLINED = (
        "prize_declined",
        _l("%(actor)s declined the prize “%(subject)s” for %(team)s."),
    )
    PRIZE_DELIVERED = (
        "prize_delivered",
        _l("%(actor)s handed the prize “%(subject)s” over to %(team)s."),
    )
    PRIZES_REMINDED = (
        "prizes_reminded",
        _l("%(actor)s reminded teams of their prizes: %(count)s letters."),
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
    CHALLENGE_SCHEDULED = (
        "challenge_scheduled",
        _l("%(actor)s released the results of challenge %(number)s, public from %(subject)s."),
    )
    CHALLENGE_CANCELLED = (
        "challenge_cancelled",
        _l(
            "%(actor)s cancelled the announcement of the results of challenge %(number)s planned "
            "for %(subject)s."
        ),
    )
    CHALLENGE_ANNOUNCED = (
        "challenge_announced",
        _l("The results of challenge %(number)s became public. Letters written: %(letters)s."),
    )
    RESULTS_WITHDRAWN = (
        "results_withdrawn",
        _l("%(actor)s withdrew the results: %(reason)s"),
    )
    CHALLENGE_WITHDRAWN = (
        "challenge_withdrawn",
        _l("%(actor)s withdrew the results of challenge %(number)s: %(reason)s"),
    )
    RESULTS_SHOWN_AGAIN = (
        "results_shown_again",
        _l("%(actor)s let the results be seen again: %(reason)s"),
    )
    CHALLENGE_SHOWN_AGAIN = (
        "challenge_shown_again",
        _l("%(actor)s let the results of challenge %(number)s be seen again: %(reason)s"),
    )
    CITATION_CORRECTED = (
        "citation_corrected",
        _l("%(actor)s corrected the citation of %(subject)s, which was public: %(reason)s"),
    )
    COMMENTS_READ = (
        "comments_read",
        _l(
            "%(actor)s read comments of judges to %(subject)s. Released: %(released)s. "
            "Withheld: %(withheld)s."
        ),
    )
    # gallery
    GALLERY_SET = (
        "gallery_set",
        _l("%(actor)s decided who sees the projects, with the results: %(audience)s."),
    )
    GALLERY_DATED = (
        "gallery_dated",
        _l("%(actor)s decided who sees the projects, from %(opens_at)s: %(audience)s."),
    )
    PROJECT_WITHHELD = (
        "project_withheld",
        _l("%(actor)s kept the project of %(subject)s out of the gallery."),
    )
    PROJECT_SHOWN_AGAIN = (
        "project_shown_again",
        _l("%(actor)s let the project of %(subject)s be shown in the gallery again."),
    )
    NAME_SHOWN = "name_shown", _l("%(actor)s wants to be named with the project of %(subject)s.")
    NAME_HIDDEN = (
        "name_hidden",
        _l("%(actor)s is no longer named with the project of %(subject)s."),
    )
    # voting
    POLL_SET_UP = (
        "poll_set_up",
        _l("%(actor)s set the rules of the people’s choice. Votes for each voter: %(votes)s."),
    )
    POLL_PUBLISHED = "poll_published", _l("%(actor)s announced the people’s choice.")
    BALLOTS_EXAMINED = (
        "ballots_examined",
        _l("The ballots of the people’s choice were looked through. Flags raised: %(flags)s."),
    )
    FLAG_NOTED = "flag_noted", _l("%(actor)s wrote a note about the flag %(subject)s.")
    BALLOTS_SET_ASIDE = (
        "ballots_set_aside",
        _l("%(actor)s set ballots of the flag %(subject)s aside (%(count)s): %(reason)s"),
    )
    BALLOT_COUNTS_AGAIN = (
        "ballot_counts_again",
        _l("%(actor)s let the ballot %(subject)s count again."),
    )
    POLL_RELEASED = "poll_released", _l("%(actor)s released the outcome of the people’s choice.")
    POLL_HELD_BACK = (
        "poll_held_back",
        _l("%(actor)s took back the release of the people’s choice."),
    )
    # certificates
    CERTIFICATES_STYLED = (
        "certificates_styled",
        _l("%(actor)s changed how certificates look, or who earns one."),
    )
    CERTIFICATES_ISSUED = (
        "certificates_issued",
        _l("%(actor)s issued certificates (%(certificate_kind)s): %(count)s."),
    )
    CERTIFICATE_ADDED = (
        "certificate_added",
        _l("%(actor)s issued the certificate %(subject)s by hand (%(certificate_kind)s)."),
    )
    CERTIFICATE_OMITTED = (
        "certificate_omitted",
        _l("%(actor)s left a person out who would get a certificate (%(certificate_kind)s)."),
    )
    CERTIFICATE_OMISSION_ENDED = (
        "certificate_omission_ended",
        _l("%(actor)s no longer leaves a person out of certificates (%(certificate_kind)s)."),
    )
    CERTIFICATE_CORRECTED = (
        "certificate_corrected",
        _l("%(actor)s corrected the certificate %(subject)s."),
    )
    CERTIFICATE_DRAWN_ANEW = (
        "certificate_drawn_anew",
        _l("%(actor)s had the certificate %(subject)s drawn anew."),
    )
    CERTIFICATE_REVOKED = (
        "certificate_revoked",
        _l("%(actor)s revoked the certificate %(subject)s."),
    )
    CERTIFICATE_REPLACED = (
        "certificate_replaced",
        _l("%(actor)s replaced the certificate %(subject)s by %(other)s."),
    )
    CERTIFICATES_SENT = (
        "certificates_sent",
        _l("%(actor)s had letters written about certificates: %(count)s."),
    )
    # followups
    FOLLOW_UP_PLANNED = (
        "follow_up_planned",
        _l(
            "%(actor)s planned letters that ask what became of the projects, this many months "
            "after the end: %(months)s."
        ),
    )
    FOLLOW_UP_REMOVED = (
        "follow_up_removed",
        _l(
            "%(actor)s took back the letters planned for this many months after the end: "
            "%(months)s."
        ),
    )
    FOLLOW_UP_SENT = (
        "follow_up_sent",
        _l(
            "Everyone was asked what became of their project, this many months after the end: "
            "%(months)s."
        ),
    )
    FOLLOW_UP_ANSWERED = (
        "follow_up_answered",
        _l("%(actor)s told the organizers what became of the project of %(subject)s."),
    )
    FOLLOW_UP_SHOWN = (
        "follow_up_shown",
        _l(
            "%(actor)s told what became of the project of %(subject)s, and agreed that its page "
            "shows it."
        ),
    )
    FOLLOW_UP_WITHDRAWN = (
        "follow_up_withdrawn",
        _l("%(actor)s took back what was said about what became of the project of %(subject)s."),
    )
    FOLLOW_UP_HELD_BACK = (
        "follow_up_held_back",
        _l("%(actor)s kept off its page what became of the project of %(subject)s."),
    )
    FOLLOW_UP_LET_SHOW = (
        "follow_up_let_show",
        _l("%(actor)s let the page of %(subject)s show again what became of its project."),
    )
    # news
    NEWS_PUBLISHED = "news_published", _l("%(actor)s published a piece of news: %(subject)s.")
    NEWS_EDITED = "news_edited", _l("%(actor)s edited published news: %(subject)s.")
    NEWS_WITHDRAWN = "news_withdrawn", _l("%(actor)s withdrew a piece of news: %(subject)s.")
    # press
    PRESS_PACK_CHANGED = "press_pack_changed", _l("%(actor)s changed the published press pack.")
    PRESS_PACK_PUBLISHED = (
        "press_pack_published",
        _l("%(actor)s published the press pack, to be there with the results."),
    )
    PRESS_PACK_WITHDRAWN = "press_pack_withdrawn", _l("%(actor)s withdrew the press pack.")
    # desk
    ARCHIVE_ASKED = (
        "archive_asked",
        _l("%(actor)s asked for an archive of the competition, without personal data."),
    )
    ARCHIVE_ASKED_PERSONAL = (
        "archive_asked_personal",
        _l("%(actor)s asked for an archive of the competition, with personal data."),
    )
    ARCHIVE_MADE = "archive_made", _l("An archive was made, with the SHA-256 %(subject)s.")
    ARCHIVE_REMOVED = "archive_removed", _l("%(actor)s took back an archive.")
    PERSONAL_DATA_PURGED = (
        "personal_data_purged",
        _l("Personal data was forgotten because its time had come: %(amounts)s."),
    )


# What a deed recorded under `gate`, in words.
GATES = {
    "registration": _l("registration"),
    "team_changes": _l("team changes"),
    "challenge_choice": _l("choice of the challenge"),
    "submission": _l("submissions"),
    "feedback": _l("feedback from mentors"),
    "judging": _l("judging"),
    "second_round": _l("the second round of judging"),
    "third_round": _l("the third round of judging"),
    "public_vote": _l("people’s choice"),
    "sign_ups": _l("sign-ups for a session"),
}
AUDIENCES = {
    "off": _l("nobody"),
    "crew": _l("organizers, mentors and judges"),
    "registered": _l("everyone who takes part"),
    "public": _l("everyone on the internet"),
}
# What a deed recorded under `certificate_kind`, in words.
CERTIFICATES = {
    "participant": _l("participants"),
    "winner": _l("winners"),
    "outstanding": _l("outstanding teams"),
    "mentor": _l("mentors"),
    "judge": _l("judges"),
    "speaker": _l("speakers"),
    "organizer": _l("organizing team"),
    "volunteer": _l("volunteers"),
}
# What a purge counted, in words.
PURGED = {
    "registrations": _l("registrations"),
    "birth_dates": _l("dates of birth"),
    "answers": _l("personal answers at registration"),
    "team_answers": _l("personal answers of teams"),
    "submission_answers": _l("personal answers about submissions"),
    "reasons": _l("reasons of decisions on registrations"),
    "inquiries": _l("questions about challenges"),
    "invitations": _l("invitations"),
    "searches": _l("searches for teams and people"),
    "requests": _l("requests to join a team"),
    "wishes": _l("reasons of requests for another challenge"),
    "mergers": _l("proposals to merge teams"),
    "findings": _l("findings about submissions"),
    "redactions": _l("words found in submissions for blind judging"),
    "contributions": _l("remarks of judges"),
    "revisions": _l("reasons of revisions"),
    "sample_notes": _l("what judges noted on samples"),
    "sign_ups": _l("sign-ups of guests"),
    "voters": _l("voters in the people’s choice"),
    "conflicts": _l("reasons of conflicts of interest"),
    "judges_notes": _l("what judges noted for themselves, gave back or reported"),
    "objections": _l("whom teams named as not to judge them"),
    "rulings": _l("reasons of decisions on conflicts of interest"),
    "judge_invitations": _l("invitations to judge"),
    "availability": _l("when judges were there"),
    "absences": _l("reasons why projects were not shown"),
    "prize_contacts": _l("where prizes were to go"),
    "names": _l("names that people had taken back from projects"),
    "certificate_names": _l("wishes and reasons about certificates"),
    "follow_up_links": _l("links to tell what became of a project"),
    "press_contacts": _l("contacts for the press"),
    "letters": _l("letters"),
    "needs": _l("needs of people in order to take part"),
    "accounts": _l("accounts never confirmed"),
    "guests": _l("judges without an account"),
}
# Under these, details name a person.
PEOPLE = ("person", "mentor", "before")
# Stands for the name of a person whose account was deleted.
FORGOTTEN = "\u2205"
MOMENTS = ("until_now", "from_now_on", "closes_at", "opens_at")


def amounts(counts: dict[str, int]) -> str:
    """`registrations (12), letters (40)`."""
    return ", ".join(f"{PURGED[what]} ({counts[what]})" for what in PURGED if what in counts)


def sentence(entry: Any, zone: str) -> str:
    """An entry of the journal in the reader's words, its moments on the clock of `zone`."""
    told = {"subject": entry.subject, **entry.details}
    deleted = str(_l("Deleted account"))
    facts = {
        key: value.replace(FORGOTTEN, deleted) if isinstance(value, str) else value
        for key, value in told.items()
    }
    facts["actor"] = entry.actor.name if entry.actor else str(_l("The system"))
    if counts := entry.details.get("counts"):
        facts["amounts"] = amounts(counts)
    if gate := entry.details.get("gate"):
        facts["gate"] = str(GATES[gate])
    if audience := entry.details.get("audience"):
        facts["audience"] = str(AUDIENCES[audience])
    if kind := entry.details.get("certificate_kind"):
        facts["certificate_kind"] = str(CERTIFICATES[kind])
    for name in MOMENTS:
        if moment := entry.details.get(name):
            facts[name] = moment_text(datetime.fromisoformat(moment), zone)
    return str(Deed(entry.deed).sentence) % facts


def masked_sentence(entry: Any) -> str:
    """An entry in the words of who did it, without those of others: names and texts are “…”."""
    said = ("gate", "audience", "certificate_kind", *MOMENTS)
    masked = {
        key: "…" if isinstance(value, str) and key not in said else value
        for key, value in entry.details.items()
    }
    only = SimpleNamespace(deed=entry.deed, actor=entry.actor, subject="…", details=masked)
    return sentence(only, "UTC")
