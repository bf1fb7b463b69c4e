from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.journal.models import Entry
from hackathon.submissions import actions
from hackathon.submissions.differences import Kind, Run
from hackathon.submissions.models import Submission, Translation
from hackathon.submissions.standing import disqualify
from hackathon.submissions.translating import (
    ChangedMeanwhile,
    NoSummaryTranslated,
    NothingHandedIn,
    NotPublished,
    NoWarningTranslated,
    State,
    TextChanged,
    print_of,
    translate,
    withdraw_translation,
    work_of,
    works_of,
)
from tests.world import World

WORDS = {"title": "Un titre", "summary": "Un résumé"}


def handed_in(world: World, **content: str) -> Submission:
    submission = world.submission(world.team(world.competition()))
    for name, text in content.items():
        setattr(submission, name, text)
    version = submission.versions[0]
    version.content = {**version.content, **content}
    db.session.flush()
    return submission


def say(
    world: World, submission: Submission, words: dict[str, str] = WORDS, **others: Any
) -> Translation:
    """As an organizer who began from what is saved now."""
    work = work_of(submission)
    assert work is not None
    bases = {name: fingerprint(getattr(work.translation, name, "")) for name in words}
    given = {"of": print_of(work.content), "publish": True, "by": world.person("Organizer")}
    return translate(submission, words, bases, **{**given, **others})


def state(submission: Submission) -> State:
    work = work_of(submission)
    assert work is not None
    assert [w.state for w in works_of(submission.team.competition)] == [work.state]
    return work.state


def deeds() -> list[str]:
    found = db.session.scalars(select(Entry.deed).order_by(Entry.created_at, Entry.id))
    return [deed for deed in found if deed.startswith("translation")]


def test_a_translation_goes_through_its_states(world: World) -> None:
    submission = handed_in(world)
    assert state(submission) is State.TO_DO
    draft = say(world, submission, {"title": "Un titre", "summary": ""}, publish=False)
    assert (state(submission), draft.language, draft.published_at) == (State.DRAFT, "fr", None)
    assert deeds() == []
    say(world, submission)
    assert state(submission) is State.DONE
    submission.title = "Another title"
    actions.submit(submission.team, by=submission.team.captain)
    assert state(submission) is State.OUT_OF_DATE
    say(world, submission, WORDS)  # the same words fit the new text
    assert state(submission) is State.DONE
    withdraw_translation(submission, by=world.person())
    assert state(submission) is State.DRAFT
    assert deeds() == ["translation_published", "translation_changed", "translation_withdrawn"]


def test_a_draft_that_grows_is_not_out_of_date_before_it_is_handed_in(world: World) -> None:
    submission = handed_in(world)
    say(world, submission)
    submission.title = "Not handed in"
    db.session.flush()
    assert state(submission) is State.DONE


def test_what_changed_is_told_with_both_wordings(world: World) -> None:
    submission = handed_in(world, title="A safe place")
    say(world, submission)
    submission.title = "A safer place"
    actions.submit(submission.team, by=submission.team.captain)
    work = work_of(submission)
    assert work is not None
    assert list(work.changed) == ["title"]
    assert Run(Kind.REMOVED, "safe") in work.changed["title"]
    assert Run(Kind.ADDED, "safer") in work.changed["title"]


def test_a_french_text_is_translated_into_english(world: World) -> None:
    assert say(world, handed_in(world, language="fr")).language == "en"


def test_only_what_is_whole_becomes_public(world: World) -> None:
    submission = handed_in(world, warning="Violence")
    with pytest.raises(NoSummaryTranslated):
        say(world, submission, {"title": "Un titre", "summary": "", "warning": "Violence"})
    with pytest.raises(NoWarningTranslated):
        say(world, submission, {**WORDS, "warning": ""})
    db.session.rollback()


def test_what_is_public_stays_whole(world: World) -> None:
    submission = handed_in(world)
    say(world, submission)
    with pytest.raises(NoSummaryTranslated):
        say(world, submission, {"title": "Un titre", "summary": ""}, publish=False)


def test_the_database_refuses_half_a_public_translation(world: World) -> None:
    with pytest.raises(IntegrityError):
        world.translation(handed_in(world), summary="")


def test_a_warning_that_the_team_took_away_goes(world: World) -> None:
    submission = handed_in(world, warning="Violence")
    say(world, submission, {**WORDS, "warning": "De la violence"})
    version = submission.versions[0]
    version.content = {**version.content, "warning": ""}
    assert say(world, submission).warning == ""


def test_saving_nothing_new_writes_nothing(world: World) -> None:
    submission = handed_in(world)
    first = say(world, submission)
    before = first.edited_at, first.edited_by_id
    again = say(world, submission)
    assert (again.edited_at, again.edited_by_id) == before
    assert deeds() == ["translation_published"]
    empty = handed_in(world)
    say(world, empty, {"title": "", "summary": ""}, publish=False)
    assert state(empty) is State.TO_DO


def test_words_that_nobody_saw_are_not_replaced(world: World) -> None:
    submission = handed_in(world)
    began = {name: fingerprint("") for name in WORDS}
    say(world, submission)
    with pytest.raises(ChangedMeanwhile):
        work = work_of(submission)
        assert work is not None
        translate(
            submission,
            {"title": "Autre titre", "summary": ""},
            began,
            of=print_of(work.content),
            publish=True,
            by=world.person(),
        )
    there = work_of(submission)
    assert there is not None
    assert there.translation is not None
    assert there.translation.title == "Un titre"


def test_two_people_on_two_fields_are_brought_together(world: World) -> None:
    submission = handed_in(world)
    say(world, submission, {"title": "Un", "summary": ""}, publish=False)
    work = work_of(submission)
    assert work is not None
    began = {"title": fingerprint(""), "summary": fingerprint("")}
    given = {"of": print_of(work.content), "publish": True, "by": world.person()}
    both = translate(submission, {"title": "", "summary": "Deux"}, began, **given)
    assert (both.title, both.summary) == ("Un", "Deux")


def test_a_text_handed_in_meanwhile_is_read_first(world: World) -> None:
    submission = handed_in(world)
    work = work_of(submission)
    assert work is not None
    of = print_of(work.content)
    submission.summary = "Another summary"
    actions.submit(submission.team, by=submission.team.captain)
    with pytest.raises(TextChanged):
        say(world, submission, of=of)


def test_there_must_be_something_to_translate_or_to_withdraw(world: World) -> None:
    draft = world.submission(world.team(world.competition()), handed_in=False)
    assert work_of(draft) is None
    assert works_of(draft.team.competition) == []
    with pytest.raises(NothingHandedIn):
        translate(draft, WORDS, {}, of="", publish=True, by=world.person())
    with pytest.raises(NotPublished):
        withdraw_translation(handed_in(world), by=world.person())


def test_what_does_not_count_is_not_on_the_desk(world: World) -> None:
    submission = handed_in(world)
    disqualify(submission.team, reason="No.", by=world.person())
    assert works_of(submission.team.competition) == []
