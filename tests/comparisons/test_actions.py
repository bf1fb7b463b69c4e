import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.comparisons import actions
from hackathon.comparisons.models import Call, Stand, Visit, Word
from hackathon.comparisons.queries import (
    comparisons_of,
    last_call,
    pause_of,
    standing_of,
    stands_for,
    visit_now,
    visits_of,
)
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.judging.models import Judge
from hackathon.judging.strength import Comparison, Said
from hackathon.mentoring.models import Conflict
from hackathon.submissions.models import Exclusion, Ground
from tests.comparisons.conftest import Fair

Fairs = Callable[..., Fair]


def say(fair: Fair, judge: Judge, word: Word, **others: Any) -> Call:
    visit = visit_now(judge)
    assert visit is not None
    given = {"mark": uuid.uuid4(), "by": judge.user, **others}
    return actions.say(fair.session, judge, visit.id, word=word, **given)


def at(judge: Judge) -> str | None:
    visit = visit_now(judge)
    return visit.stand.place if visit else None


# -- from table to table ---------------------------------------------------------------------


def test_a_judge_sees_every_project_once_and_compares_it_with_the_one_before(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    way = []
    while (visit := visit_now(judge)) is not None:
        way.append(visit)
        say(fair, judge, Word.LATER if visit.earlier else Word.SEEN)
    assert sorted(visit.stand.place for visit in way) == ["1", "2", "3", "4"]
    assert [visit.earlier for visit in way] == [None, *way[:-1]]
    assert [visit.number for visit in way] == [1, 2, 3, 4]
    seen = [visit.stand.submission_id for visit in way]
    assert sorted(comparisons_of(fair.competition), key=lambda c: seen.index(c.later)) == [
        Comparison(judge.id, earlier, later, Said.LATER) for earlier, later in pairwise(seen)
    ]


def test_visits_are_shared_out_and_nobody_is_sent_where_somebody_is(fair_of: Fairs) -> None:
    fair = fair_of(5, 4)
    for _ in range(5):
        for judge in fair.judges:
            if visit_now(judge) is None:
                actions.send_on(fair.session, judge)
            else:
                say(fair, judge, Word.LATER if visit_now(judge).earlier else Word.SEEN)
            visits, visitors = visits_of(fair.competition)
            counts = [visits[stand.id] for stand in fair.stands]
            assert max(counts) - min(counts) <= 1
            assert max(visitors.values()) == 1


def test_asking_again_changes_nothing(fair: Fair) -> None:
    judge = fair.judges[0]
    first = actions.send_on(fair.session, judge)
    assert actions.send_on(fair.session, judge) == first
    assert db.session.scalars(select(Visit)).all() == [first]


def test_a_visit_is_due_after_its_minutes(fair: Fair) -> None:
    visit = actions.send_on(fair.session, fair.judges[0])
    assert visit is not None
    assert abs(visit.due_at - datetime.now(UTC) - timedelta(minutes=5)) < timedelta(seconds=5)


@pytest.mark.parametrize("first", [Word.SEEN, Word.EARLIER])
def test_the_same_mark_is_the_same_call(fair: Fair, first: Word) -> None:
    judge, mark = fair.judges[0], uuid.uuid4()
    visit = actions.send_on(fair.session, judge)
    assert visit is not None
    call = say(fair, judge, Word.SEEN, mark=mark)
    now_at = at(judge)
    again = actions.say(fair.session, judge, visit.id, mark=mark, word=first, by=judge.user)
    assert (again, again.word, at(judge)) == (call, Word.SEEN, now_at)
    assert len(db.session.scalars(select(Call)).all()) == 1


def test_what_comes_late_under_another_mark_is_refused(fair: Fair) -> None:
    judge = fair.judges[0]
    visit = actions.send_on(fair.session, judge)
    assert visit is not None
    say(fair, judge, Word.SEEN)
    with pytest.raises(actions.MovedOn):
        actions.say(fair.session, judge, visit.id, mark=uuid.uuid4(), word=Word.SEEN, by=judge.user)


def test_a_mark_of_somebody_else_is_refused(fair: Fair) -> None:
    one, other = fair.judges
    mark = uuid.uuid4()
    for judge in fair.judges:
        actions.send_on(fair.session, judge)
    say(fair, one, Word.SEEN, mark=mark)
    with pytest.raises(actions.MovedOn):
        say(fair, other, Word.SEEN, mark=mark)


def test_the_first_is_only_seen_and_the_next_is_compared(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    with pytest.raises(actions.NothingBefore):
        say(fair, judge, Word.LATER)
    say(fair, judge, Word.SEEN)
    with pytest.raises(actions.SomethingBefore):
        say(fair, judge, Word.SEEN)


# -- skipping --------------------------------------------------------------------------------


def test_who_skips_keeps_the_one_before_and_comes_back_later(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    say(fair, judge, Word.SEEN)
    before = last_call(judge).visit
    skipped = at(judge)
    say(fair, judge, Word.ABSENT)
    assert at(judge) != skipped
    assert visit_now(judge).earlier == before
    way = []
    while (place := at(judge)) is not None:
        way.append(place)
        say(fair, judge, Word.BUSY if place == skipped else Word.LATER)
    assert way[-1] == skipped  # when nothing else was left, and not a third time
    assert Counter(way)[skipped] == 1


def test_what_was_seen_before_does_not_come_again(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    known = at(judge)
    say(fair, judge, Word.KNOWN)
    way = []
    while (place := at(judge)) is not None:
        way.append(place)
        say(fair, judge, Word.LATER if visit_now(judge).earlier else Word.SEEN)
    assert sorted([*way, known]) == ["1", "2", "3", "4"]


def test_skipped_visits_are_not_counted(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    skipped = visit_now(judge).stand_id
    say(fair, judge, Word.ABSENT)
    visits, _ = visits_of(fair.competition)
    assert visits[skipped] == 0
    assert sum(visits.values()) == 1


def test_a_conflict_is_declared_and_what_was_said_of_the_team_no_longer_counts(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    say(fair, judge, Word.SEEN)
    with pytest.raises(actions.ReasonMissing):
        say(fair, judge, Word.CONFLICT)
    stand = visit_now(judge).stand
    call = say(fair, judge, Word.CONFLICT, reason="a cousin")
    (conflict,) = db.session.scalars(select(Conflict)).all()
    assert (conflict.team, conflict.user) == (stand.submission.team, judge.user)
    assert at(judge) not in (None, stand.place)
    with pytest.raises(actions.ConflictStays):
        actions.undo(fair.session, judge, call.id)


def test_a_conflict_that_is_declared_later_takes_the_comparisons_away(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    say(fair, judge, Word.SEEN)
    say(fair, judge, Word.LATER)
    assert len(comparisons_of(fair.competition)) == 1
    before = visit_now(judge).earlier.stand.submission.team
    fair.world.conflict(judge.user, before)
    assert comparisons_of(fair.competition) == []
    # The one in hand is compared with what still counts: with nothing.
    say(fair, judge, Word.SEEN)
    assert visit_now(judge).earlier.stand.submission.team != before


def test_conflicts_and_languages_are_respected(fair_of: Fairs) -> None:
    fair = fair_of(3, 2)
    judge, reader = fair.judges
    fair.world.conflict(judge.user, fair.stands[0].submission.team)
    reader.languages = ["fr"]
    french = fair.world.submission(fair.world.team(fair.competition, 1))
    french.versions[0].content = {**french.versions[0].content, "language": "fr"}
    fair.world.stand(french, "4")
    way = []
    actions.send_on(fair.session, judge)
    while (place := at(judge)) is not None:
        way.append(place)
        say(fair, judge, Word.LATER if visit_now(judge).earlier else Word.SEEN)
    assert sorted(way) == ["2", "3", "4"]
    actions.send_on(fair.session, reader)
    assert at(reader) == "4"
    say(fair, reader, Word.SEEN)
    assert at(reader) is None


# -- undoing ---------------------------------------------------------------------------------


def test_in_a_later_round_judges_are_sent_only_to_what_came_into_it(fair_of: Fairs) -> None:
    fair = fair_of(4, 1)
    entering = fair.stands[1:3]
    fair.world.round(fair.competition, *(stand.submission for stand in entering))
    assert set(stands_for(fair.judges[0], ())) == {stand.id for stand in entering}
    visit = actions.send_on(fair.session, fair.judges[0])
    assert visit is not None
    assert visit.stand in entering


def test_a_visit_keeps_the_word_that_counts(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    first = say(fair, judge, Word.SEEN).visit
    call = say(fair, judge, Word.LATER)
    visit = call.visit
    assert (first.word, visit.word) == (Word.SEEN, Word.LATER)
    actions.undo(fair.session, judge, call.id)
    assert (visit.word, visit.ended_at) == (None, None)
    say(fair, judge, Word.BUSY)
    assert visit.word is Word.BUSY
    actions.close_comparisons(fair.session, by=judge.user)
    gone = db.session.scalars(select(Visit).where(Visit.word.is_(None))).all()
    assert gone
    assert all(each.ended_at for each in gone)


def test_a_judge_is_sent_only_to_challenges_that_they_read(fair_of: Fairs) -> None:
    fair = fair_of(4, 1)
    judge, mine = fair.judges[0], fair.world.challenge(fair.competition)
    judge.challenges = [mine]
    assert actions.send_on(fair.session, judge) is None
    for stand in fair.stands[1:3]:
        stand.submission.versions[-1].challenge = mine
    db.session.flush()
    assert set(stands_for(judge, ())) == {s.id for s in fair.stands[1:3]}
    visit = actions.send_on(fair.session, judge)
    assert visit is not None
    assert visit.stand in fair.stands[1:3]


def test_undo_brings_back_to_the_table_before(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    say(fair, judge, Word.SEEN)
    second = visit_now(judge)
    call = say(fair, judge, Word.LATER)
    third = visit_now(judge)
    actions.undo(fair.session, judge, call.id)
    assert visit_now(judge) == second
    assert (call.undone_at is not None, third.ended_at is not None) == (True, True)
    assert comparisons_of(fair.competition) == []
    visits, _ = visits_of(fair.competition)
    assert visits[third.stand_id] == 0
    assert actions.undo(fair.session, judge, call.id) == call  # twice is once
    again = say(fair, judge, Word.EARLIER)
    assert [c.said for c in comparisons_of(fair.competition)] == [Said.EARLIER]
    assert [each.undone_at is None for each in second.calls] == [False, True]
    assert again != call


def test_the_first_can_be_undone_too(fair: Fair) -> None:
    judge = fair.judges[0]
    first = actions.send_on(fair.session, judge)
    call = say(fair, judge, Word.SEEN)
    actions.undo(fair.session, judge, call.id)
    assert visit_now(judge) == first


def test_only_the_last_is_undone_and_only_ones_own(fair: Fair) -> None:
    judge, other = fair.judges
    actions.send_on(fair.session, judge)
    first = say(fair, judge, Word.SEEN)
    last = say(fair, judge, Word.LATER)
    for who, call_id in ((judge, first.id), (other, last.id), (judge, uuid.uuid4())):
        with pytest.raises(actions.NotLast):
            actions.undo(fair.session, who, call_id)
    assert last.undone_at is None


# -- opening, pausing, taking out ------------------------------------------------------------


def test_nothing_is_said_before_the_opening_or_after_the_close(fair_of: Fairs) -> None:
    fair = fair_of(2, 1, opened_at=None)
    (judge,) = fair.judges
    with pytest.raises(actions.NotOpen):
        actions.send_on(fair.session, judge)
    organizer = fair.world.organizer(fair.competition)
    actions.open_comparisons(fair.session, by=organizer)
    visit = actions.send_on(fair.session, judge)
    actions.close_comparisons(fair.session, by=organizer)
    assert visit is not None
    assert visit.ended_at is not None
    with pytest.raises(actions.NotOpen):
        actions.say(fair.session, judge, visit.id, mark=uuid.uuid4(), word=Word.SEEN, by=judge.user)
    with pytest.raises(actions.NotOpen):
        actions.pause(fair.session, message=Localized(en="a", fr="b"), by=organizer)
    actions.open_comparisons(fair.session, by=organizer)
    assert actions.send_on(fair.session, judge) is not None
    deeds = db.session.scalars(select(Entry.deed).order_by(Entry.created_at, Entry.id)).all()
    opened, closed = "comparisons_opened", "comparisons_closed"
    assert [each for each in deeds if each in (opened, closed)] == [opened, closed, opened]


def test_opening_needs_two_projects(fair_of: Fairs) -> None:
    fair = fair_of(1, 1, opened_at=None)
    with pytest.raises(actions.NothingToShow):
        actions.open_comparisons(fair.session, by=fair.world.organizer(fair.competition))


def test_opening_makes_a_stand_for_everything_handed_in(world: Any, fair_of: Fairs) -> None:
    fair = fair_of(2, 0, opened_at=None)
    late = world.submission(world.team(fair.competition, 1))
    actions.open_comparisons(fair.session, by=world.organizer(fair.competition))
    stand = db.session.scalars(select(Stand).where(Stand.submission_id == late.id)).one()
    assert stand.place == ""


def test_in_a_pause_answers_are_taken_and_clocks_stand_still(
    fair: Fair,
) -> None:
    judge, other = fair.judges
    organizer = fair.world.organizer(fair.competition)
    for each in fair.judges:
        actions.send_on(fair.session, each)
    due = visit_now(other).due_at
    begun = actions.pause(fair.session, message=Localized(en="lunch", fr="dîner"), by=organizer)
    with pytest.raises(actions.AlreadyPaused):
        actions.pause(fair.session, message=Localized(en="lunch", fr="dîner"), by=organizer)
    say(fair, judge, Word.SEEN)
    assert visit_now(judge) is None
    begun.created_at -= timedelta(minutes=30)
    visit_now(other).created_at -= timedelta(minutes=32)
    db.session.flush()
    actions.resume(fair.session, by=organizer)
    assert pause_of(fair.session) is None
    moved = visit_now(other).due_at - due
    assert timedelta(minutes=30) <= moved < timedelta(minutes=31)
    assert actions.send_on(fair.session, judge) is not None
    actions.resume(fair.session, by=organizer)  # once more changes nothing
    assert visit_now(other).due_at == due + moved


def test_who_is_on_the_way_to_what_is_taken_out_is_sent_elsewhere(fair: Fair) -> None:
    judge = fair.judges[0]
    organizer = fair.world.organizer(fair.competition)
    gone = actions.send_on(fair.session, judge)
    assert gone is not None
    actions.take_out(fair.session, gone.stand, reason="ill", by=organizer)
    with pytest.raises(actions.AlreadyOut):
        actions.take_out(fair.session, gone.stand, reason="ill", by=organizer)
    instead = actions.send_on(fair.session, judge)
    assert instead is not None
    assert instead.stand != gone.stand
    assert gone.ended_at is not None
    way = []
    while (place := at(judge)) is not None:
        way.append(place)
        say(fair, judge, Word.LATER if visit_now(judge).earlier else Word.SEEN)
    assert gone.stand.place not in way
    actions.bring_back(fair.session, gone.stand, by=organizer)
    with pytest.raises(actions.AlreadyBack):
        actions.bring_back(fair.session, gone.stand, by=organizer)
    assert actions.send_on(fair.session, judge).stand == gone.stand


def test_a_submission_that_does_not_count_is_neither_visited_nor_counted(fair: Fair) -> None:
    judge = fair.judges[0]
    actions.send_on(fair.session, judge)
    say(fair, judge, Word.SEEN)
    say(fair, judge, Word.LATER)
    earlier = visit_now(judge).earlier.stand.submission
    db.session.add(Exclusion(submission=earlier, ground=Ground.DISQUALIFIED, reason="Why."))
    db.session.flush()
    db.session.expire_all()
    assert comparisons_of(fair.competition) == []
    assert len(standing_of(fair.competition).rows) == 3


# -- tables ----------------------------------------------------------------------------------


def test_tables_are_numbered_challenge_after_challenge(fair_of: Fairs) -> None:
    fair = fair_of(4, 0)
    by = fair.world.organizer(fair.competition)
    stands = sorted(
        fair.stands,
        key=lambda s: (s.submission.team.challenge.number, s.submission.team.name_key),
    )
    for stand in stands:
        stand.place = ""
    stands[1].place = "2"
    db.session.flush()
    given = actions.number_tables(fair.session, actions.Numbering.THROUGH, anew=False, by=by)
    assert [stand.place for stand in stands] == ["1", "2", "3", "4"]
    assert len(given) == 3
    assert actions.number_tables(fair.session, actions.Numbering.THROUGH, anew=False, by=by) == []
    actions.number_tables(fair.session, actions.Numbering.BY_CHALLENGE, anew=True, by=by)
    numbers = [stand.submission.team.challenge.number for stand in stands]
    assert [stand.place.split("-")[0] for stand in stands] == [str(n) for n in numbers]
    assert len({stand.place for stand in stands}) == 4


def test_setting_up_again_changes_the_minutes(fair: Fair) -> None:
    by = fair.world.organizer(fair.competition)
    assert actions.set_up(fair.competition, minutes=9, by=by) == fair.session
    assert fair.session.minutes == 9
