"""Nothing that is about a person is forgotten when their data is collected."""

from sqlalchemy import Table

from hackathon.accounts.models import User
from hackathon.desk.personal import HOLDINGS, SHARES
from hackathon.ground.model import Model
from hackathon.journal.deeds import PURGED
from hackathon.registrations.models import Registration
from tests.world import World

# Tables that refer to a person or hold an address, and are in no holding: why.
TABLES_APART = {
    "extension": "an organizer's deed, which is in the journal that the person gets",
    "allowance": "an organizer's deed, which is in the journal that the person gets",
    "exclusion": "a deed, which is in the journal that the person gets",
    "submission": "the work of a team, which knows who saved it last",
    "reminder": "an organizer's deed, which is in the journal that the person gets",
    "size_exemption": "an organizer's deed, which is in the journal that the person gets",
    "finding": "says that a yes is missing, which the ledger of consents tells the person",
    "objection_person": "what a team said of somebody in confidence",
    "judging_chair": "an organizer's deed, which is in the journal that the person gets",
    "honour": "an organizer's deed, which is in the journal that the person gets",
    **dict.fromkeys(
        ("prize_ruling", "decision", "confirmation", "delivery"),
        "an organizer's deed, which is in the journal that the person gets",
    ),
    "round_selection": "an organizer's deed, which is in the journal that the person gets",
    "rules_version": "an organizer's deed, which is in the journal that the person gets",
    "poll": "an organizer's deed, which is in the journal that the person gets",
    "judging_stoppage": "an organizer's deed, which is in the journal that the person gets",
    "comparison_pause": "an organizer's deed, which is in the journal that the person gets",
    "comparison_absence": "an organizer's deed, which is in the journal that the person gets",
    "flag_note": "an organizer's deed, which is in the journal that the person gets",
    "set_aside": "an organizer's deed, which is in the journal that the person gets",
    "announcement": "an organizer's deed, which is in the journal that the person gets",
    "amendment": "an organizer's deed, which is in the journal that the person gets",
    "comment_release": "what a judge wrote is told as their review; the rest is a deed",
    "gallery": "an organizer's deed, which is in the journal that the person gets",
    "follow_up": "an organizer's deed, which is in the journal that the person gets",
    "press_pack": "an organizer's deed, which is in the journal that the person gets",
    "archive": "an organizer's deed, which is in the journal that the person gets",
    "held_back": "an organizer's deed, which is in the journal that the person gets",
    "redaction": "an organizer's deed, which is in the journal that the person gets",
    "withheld": "an organizer's deed, which is in the journal that the person gets",
}
# Columns of the tables that are held, and in no fact: why.
COLUMNS_APART = {
    "user.password": "a secret, and of no use to its owner",
    "user.fs_uniquifier": "a secret that sessions rest on",
    "user.active": "tells nothing that deleted_at does not",
    "user.deleted_at": "who can ask has not deleted",
    "sign_in.device": "a fingerprint of a cookie, of no use to its owner",
    "sign_in_link.digest": "a fingerprint of a secret in the letter",
    "address_change.old_digest": "a fingerprint of a secret in the letter",
    "address_change.new_digest": "a fingerprint of a secret in the letter",
    "authenticator.secret": "a secret that codes are made from",
    "authenticator.counter": "which code was taken last",
    "recovery_code.digest": "a fingerprint of a secret that the person keeps",
    "passkey.credential": "what the device is asked by; of no use to its owner",
    "passkey.public_key": "what the device is asked by; of no use to its owner",
    "inquiry.question": "the organizers' words for everyone, on the challenge's page",
    "letter.occasion_id": "how it was delivered",
    "letter.name": "which template; subject and text say it",
    "letter.html": "the text once more",
    "letter.due_at": "how it was delivered",
    "letter.claimed_until": "how it was delivered",
    "letter.attempts": "how it was delivered",
    "letter.last_error": "how it was delivered",
    "journal_entry.subject": "may name others; the sentence says what the person did",
    "journal_entry.details": "may name others; the sentence says what the person did",
    "invitation.token": "a secret that lets people into the team",
    "sign_up.token": "a secret that is in the letter about it",
    "judge_invitation.digest": "a fingerprint of a secret in the letter",
    "comparison_visit.number": "the order, which the moments tell",
    "comparison_visit.due_at": "the beginning, and the minutes that are the same for all",
    "comparison_visit.word": "of the call, which is there",
    "comparison_call.mark": "made at random, so that what is sent twice counts once",
    "voter.mark": "a fingerprint of the address, which is there",
    "voter.parted_at": "from then on no voter is known",
    "ruling.reason": "what an organizer wrote in confidence",
    "ruling.grounds": "may tell what a team said in confidence",
    "finding_note.again": "true only where no person wrote it",
    "review.touches": "names of changes, by which one that is sent twice is known",
    "sample_review.touches": "names of changes, by which one that is sent twice is known",
    "follow_up_link.digest": "a fingerprint of a secret in the letter",
    "certificate.token": "a secret that brings the file to who has no account",
    "certificate.digest": "names the file, which is there",
    "certificate.claimed_until": "how it was drawn",
    "certificate.fault": "how it was drawn",
    "certificate.asked_at": "how its letter was written; told_at says when",
    "submission_file.drawn": "made from the file, which is there",
    "submission_file.width": "made from the file, which is there",
    "submission_file.height": "made from the file, which is there",
    "submission_file.cover": "the team's choice, on its page",
    "submission_translation.of_title": "the team's words, on the page of its work",
    "submission_translation.of_summary": "the team's words, on the page of its work",
    "submission_translation.of_warning": "the team's words, on the page of its work",
    "submission_version.content": "the work of the team, on its page",
    "submission_version.automatic": "true only where no person handed it in",
}


def about_people(table: Table) -> bool:
    """Does it refer to an account or an entry, or hold an address?"""
    people = {User.__tablename__, Registration.__tablename__}
    refers = any(key.column.table.name in people for key in table.foreign_keys)
    return refers or bool({"address", "email"} & set(table.columns.keys()))


def test_every_table_about_people_is_held_or_has_its_reason() -> None:
    tables = {name for name, table in Model.metadata.tables.items() if about_people(table)}
    held = {holding.model.__tablename__ for holding in HOLDINGS}
    assert tables - held - set(TABLES_APART) == set()
    assert set(TABLES_APART) - tables == set()
    assert held & set(TABLES_APART) == set()


def test_every_column_of_a_table_that_is_held_is_told_or_has_its_reason() -> None:
    told: dict[type[Model], set[str]] = {}
    for holding in HOLDINGS:
        told.setdefault(holding.model, set()).update(fact.attribute for fact in holding.facts)
    missing = set()
    for model, attributes in told.items():
        for attribute in model.__mapper__.column_attrs:
            (column,) = attribute.columns
            if column.primary_key or column.foreign_keys or attribute.key in attributes:
                continue
            missing.add(f"{column.table.name}.{column.name}")
    # A composite key's columns refer by the table's constraint, and are foreign keys too.
    assert missing - set(COLUMNS_APART) == set()
    assert set(COLUMNS_APART) - missing == set()


def test_keys_are_names_of_their_own() -> None:
    keys = [holding.key for holding in HOLDINGS]
    assert len(set(keys)) == len(keys)
    for holding in HOLDINGS:
        facts = [fact.key for fact in holding.facts]
        assert len(set(facts)) == len(facts), holding.key


def test_what_expires_has_its_words(world: World) -> None:
    competition = world.competition()
    counted = {what for share in SHARES for what in share.expire(competition)}
    assert counted | {"accounts", "guests", "needs"} == set(PURGED)
