"""Every column that names stored files says so; what none names is swept."""

import re

from sqlalchemy import JSON, Column, String

from hackathon.ground.localized import LocalizedType
from hackathon.ground.model import Model
from hackathon.ground.storage import NAMES_FILES

# Columns that could hold the SHA-256 of a file, and name none: why.
APART = {
    "competition.provinces": "codes of places",
    "competition.submission_asks": "names of parts, and how much each is wanted",
    "competition.zone": "the name of a clock",
    "ruling.grounds": "a closed list of words",
    "user.zone": "the name of a clock",
    "user.fs_uniquifier": "a secret that sessions rest on",
    "address_change.old_digest": "a fingerprint of a secret in the letter",
    "address_change.new_digest": "a fingerprint of a secret in the letter",
    "sign_in_link.digest": "a fingerprint of a secret in the letter",
    "sign_in.device": "a fingerprint of a cookie",
    "recovery_code.digest": "a fingerprint of a secret that the person keeps",
    "certificate.facts": "what was so when it was issued, in words",
    "amendment.before": "what was public, in words",
    "certificate.token": "a secret that brings the file to who has no account",
    "invitation.token": "a secret that lets people into the team",
    "sign_up.token": "a secret that is in the letter about it",
    "review.touches": "names of changes, by which one that is sent twice is known",
    "sample_review.touches": "names of changes, by which one that is sent twice is known",
    "review.unfinished": "levels and words of a review",
    "review_change.before": "levels and words of a review",
    "review_change.after": "levels and words of a review",
    "journal_entry.details": "tells what was done, also with files that are gone",
    "data_taking.digest": "tells what was taken, and opens it while the data set still has it",
    "scan.digest": "which file was scanned; it goes with the file",
    "upload.digest": "what the sender says that a file will be that is still coming",
    "check_settings.kinds": "names of checks",
    "check_file_mark.digest": "which files versions have, and those name them",
    "finding.evidence": "what a look saw of a version, which names its files",
    "submission_version.digest": "of the words that were handed in, not of a file",
    "question.limits": "numbers, days and endings",
    "question.shown_to": "codes of readers",
    "question.parent_answers": "keys of options",
    "question.lets_in": "keys of options",
    "press_project.pictures": "which pictures of a version; the version names them",
    "reminder.audience": "codes of groups",
    "decision.digest": "of words that were sealed, not of a file",
    "decision.state": "stands for prizes and honours, names no file",
    "prize_ruling.given": "keys of submissions",
    "prize_ruling.proposed": "keys of submissions",
    **dict.fromkeys(
        ("redaction.stands", "redaction.edited", "redaction.links", "redaction.cleared"),
        "words of a version under the names of its parts; the copies name files",
    ),
    "revision.after": "scores and words of a review",
    "revision.before": "scores and words of a review",
    "judging_round.ties": "words of ways to break ties",
    "judging_round.told": "words of what teams see",
    "round_selection.digest": "of the record of a ranking, not of a file",
    "rules_version.content": "rules in words",
    "rules_version.digest": "of rules in words, not of a file",
    "poll.seed": "chance, from which orders and fingerprints are made",
    "voter.mark": "of an address",
    "ballot_link.digest": "of a secret in a letter",
    "judge_invitation.digest": "of a secret in a letter",
    "judge_invitation.languages": "codes of languages",
    "follow_up_link.digest": "of a secret in a letter",
    "ballot.network": "of a network",
    "flag.mark": "of what was found",
    "flag.details": "numbers, a domain or the key of a submission",
    "judge.languages": "codes of languages",
    "mentor.languages": "codes of languages",
    "seeker.languages": "codes of languages",
    "session.languages": "codes of languages",
    "team.languages": "codes of languages",
    "seeker.friends": "names of people",
}


def could_name_files(column: Column) -> bool:
    if isinstance(column.type, LocalizedType):
        return False
    long_enough = isinstance(column.type, String) and column.type.length == 64
    return (
        isinstance(column.type, JSON) or long_enough or bool(re.search("digest|sha", column.name))
    )


def test_every_column_that_could_name_files_says_whether_it_does() -> None:
    columns = [column for table in Model.metadata.sorted_tables for column in table.columns]
    naming = {str(column) for column in columns if column.info == NAMES_FILES}
    possible = {str(column) for column in columns if could_name_files(column)}
    assert possible - naming == set(APART)
    assert naming - possible == set()
