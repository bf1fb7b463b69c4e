"""Setting the people's choice up, voting, and letting the outcome go out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.gallery.models import Audience
from hackathon.gallery.queries import gallery_of
from hackathon.ground.clock import now
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.submissions.standing import disqualify
from hackathon.voting import actions
from hackathon.voting.examining import examine
from hackathon.voting.models import Ballot, BallotLink, Electorate, Poll, SetAside, Voter
from hackathon.voting.queries import chosen_by, outcome_of, poll_of
from tests.voting.conftest import Vote
from tests.world import World

RULES = {
    "electorate": Electorate.ACCOUNTS,
    "votes": 2,
    "teams_vote": False,
    "crew_votes": False,
    "judges_vote": True,
}
HERE = "192.0.2.7"


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed).order_by(Entry.created_at, Entry.id)))


def rows(kind: type) -> int:
    return db.session.scalar(select(func.count(kind.id))) or 0


# -- setting it up ---------------------------------------------------------------------------


def test_a_poll_is_made_changed_and_announced(world: World) -> None:
    competition = world.competition(gates="upcoming")
    world.gallery(competition)
    organizer = world.organizer(competition)
    poll = actions.set_up(competition, by=organizer, **RULES)
    assert (poll.electorate, poll.votes, poll.published_at) == (Electorate.ACCOUNTS, 2, None)
    assert (poll.teams_vote, poll.crew_votes, poll.judges_vote) == (False, False, True)
    same = actions.set_up(competition, by=organizer, **{**RULES, "votes": 5})
    assert (same.id, same.votes) == (poll.id, 5)
    assert actions.publish(poll, by=organizer).published_at is not None
    since = poll.published_at
    assert actions.publish(poll, by=organizer).published_at == since
    actions.set_up(competition, by=organizer, **RULES)  # it has not opened
    assert deeds() == ["poll_set_up", "poll_set_up", "poll_published", "poll_set_up"]
    assert len(poll.seed) == 64


def test_the_rules_stay_from_the_opening_on_ballot_or_not(vote: Vote) -> None:
    """Refusing from the first ballot on would tell organizers that there is one."""
    with pytest.raises(actions.VoteBegan):
        actions.set_up(vote.competition, by=vote.world.person(), **RULES)
    vote.close()
    with pytest.raises(actions.VoteBegan):
        actions.set_up(vote.competition, by=vote.world.person(), **RULES)
    assert vote.poll.votes == 3


def test_what_an_announcement_needs(world: World) -> None:
    competition = world.competition(gates="upcoming")
    poll = world.poll(competition, published_at=None)
    organizer = world.organizer(competition)
    with pytest.raises(actions.GalleryShut):  # by default it opens with results, of which none are
        actions.publish(poll, by=organizer)
    gallery = world.gallery(competition, audience=Audience.REGISTERED)
    with pytest.raises(actions.GalleryShut):
        actions.publish(poll, by=organizer)
    poll.electorate = Electorate.REGISTERED
    gallery.opens_at = now() + timedelta(days=2)  # the vote opens in one
    db.session.flush()
    with pytest.raises(actions.GalleryShut):
        actions.publish(poll, by=organizer)
    gallery.opens_at = now()
    db.session.flush()
    assert actions.publish(poll, by=organizer).published_at is not None
    with pytest.raises(actions.GalleryShut):  # visitors would vote on what they do not see
        actions.set_up(competition, by=organizer, **{**RULES, "electorate": Electorate.ADDRESSES})
    assert gallery_of(competition).id == gallery.id


def test_no_announcement_without_dates_or_after_them(vote: Vote) -> None:
    vote.poll.published_at = None
    vote.close()
    with pytest.raises(actions.VoteOver):
        actions.publish(vote.poll, by=vote.world.person())
    window = next(w for w in vote.competition.windows if w.gate is Gate.PUBLIC_VOTE)
    vote.competition.windows.remove(window)
    db.session.flush()
    with pytest.raises(actions.NoDates):
        actions.publish(vote.poll, by=vote.world.person())


# -- voting ----------------------------------------------------------------------------------


def test_votes_are_given_and_taken_back(vote: Vote) -> None:
    a, b, c, d = vote.projects
    voter = actions.voter_of(vote.poll, person=vote.world.person())
    for project in (a, b, a, c):
        actions.vote(voter, project, ip_address=HERE)
    assert chosen_by(voter) == [a.id, b.id, c.id]
    with pytest.raises(actions.VotesUsedUp):
        actions.vote(voter, d, ip_address=HERE)
    actions.take_vote_back(voter, b, ip_address=HERE)
    actions.take_vote_back(voter, b, ip_address=HERE)
    ballot = actions.vote(voter, d, ip_address=HERE)
    assert chosen_by(voter) == [a.id, c.id, d.id]
    assert rows(Ballot) == 1
    assert ballot.network is not None and HERE not in ballot.network


def test_a_single_vote_moves(vote_of: Callable[..., Vote]) -> None:
    vote = vote_of(votes=1)
    voter = actions.voter_of(vote.poll, person=vote.world.person())
    for project in vote.projects[:2]:
        actions.vote(voter, project, ip_address=None)
    assert chosen_by(voter) == [vote.projects[1].id]


def test_a_project_that_is_not_voted_on_any_more_gives_its_vote_back(
    vote_of: Callable[..., Vote],
) -> None:
    vote = vote_of(votes=2)
    a, b, c, _ = vote.projects
    voter = actions.voter_of(vote.poll, person=vote.world.person())
    actions.vote(voter, a, ip_address=HERE)
    actions.vote(voter, b, ip_address=HERE)
    disqualify(a.team, reason="why", by=vote.world.organizer(vote.competition))
    actions.vote(voter, c, ip_address=HERE)
    assert chosen_by(voter) == [b.id, c.id]


def test_an_account_and_its_address_have_one_ballot(vote: Vote) -> None:
    person = vote.world.person(email="ana@example.org")
    actions.ask_for_link(vote.poll, address="ana@example.org", language="en")
    (voter,) = db.session.scalars(select(Voter))
    assert (voter.user_id, voter.address) == (person.id, None)
    assert actions.voter_of(vote.poll, person=person).id == voter.id


def test_who_voted_by_address_and_then_gets_an_account_keeps_the_ballot(vote: Vote) -> None:
    actions.ask_for_link(vote.poll, address="ana@example.org", language="en")
    (voter,) = db.session.scalars(select(Voter))
    actions.vote(voter, vote.projects[0], ip_address=HERE)
    person = vote.world.person(email="ana@example.org")
    mine = actions.voter_of(vote.poll, person=person)
    assert (mine.id, mine.user_id, mine.address) == (voter.id, person.id, None)
    assert chosen_by(mine) == [vote.projects[0].id]


def test_a_changed_address_keeps_the_ballot(vote: Vote) -> None:
    person = vote.world.person(email="before@example.org")
    voter = actions.voter_of(vote.poll, person=person)
    person.email = "after@example.org"
    db.session.flush()
    actions.ask_for_link(vote.poll, address="after@example.org", language="en")
    actions.ask_for_link(vote.poll, address="before@example.org", language="en")
    assert [v.id for v in db.session.scalars(select(Voter))] == [voter.id]


def test_polls_have_nothing_in_common(vote_of: Callable[..., Vote]) -> None:
    one, two = vote_of(), vote_of()
    for each in (one, two):
        actions.ask_for_link(each.poll, address="ana@example.org", language="en")
    first, second = db.session.scalars(select(Voter))
    assert first.mark != second.mark


# -- letters ---------------------------------------------------------------------------------


def test_the_link_goes_out_in_the_language_of_the_page_and_not_to_organizers(vote: Vote) -> None:
    actions.ask_for_link(vote.poll, address="ana@example.org", language="fr")
    (letter,) = db.session.scalars(select(Letter))
    assert (letter.name, letter.address, letter.language) == (
        *("ballot_link", "ana@example.org", "fr"),
    )
    assert letter.competition_id is None  # so it is in no list of theirs
    (link,) = db.session.scalars(select(BallotLink))
    assert f"/fr/{vote.competition.slug}/ballots/" in letter.text
    assert link.digest not in letter.text
    assert rows(Ballot) == 0


def test_an_address_gets_few_letters_and_every_link_works(vote: Vote) -> None:
    for _ in range(actions.LINKS_AN_HOUR + 3):
        actions.ask_for_link(vote.poll, address="ana@example.org", language="en")
    assert rows(Letter) == rows(BallotLink) == actions.LINKS_AN_HOUR
    for link in db.session.scalars(select(BallotLink)):
        link.created_at -= timedelta(hours=1)
    actions.ask_for_link(vote.poll, address="ana@example.org", language="en")
    assert rows(Letter) == actions.LINKS_AN_HOUR + 1


def test_a_day_has_its_limit_too(vote: Vote) -> None:
    for _ in range(actions.LINKS_A_DAY + 3):
        actions.ask_for_link(vote.poll, address="ana@example.org", language="en")
        for link in db.session.scalars(select(BallotLink)):
            link.created_at -= timedelta(hours=1)
    assert rows(Letter) == actions.LINKS_A_DAY
    actions.ask_for_link(vote.poll, address="other@example.org", language="en")
    assert rows(Letter) == actions.LINKS_A_DAY + 1


# -- parting ---------------------------------------------------------------------------------


def test_ballots_are_cut_from_their_voters(vote: Vote) -> None:
    person = vote.world.person()
    voter = actions.voter_of(vote.poll, person=person)
    actions.vote(voter, vote.projects[0], ip_address=HERE)
    actions.ask_for_link(vote.poll, address="guest@example.org", language="en")
    actions.part(vote.poll)
    assert rows(BallotLink) == 0
    for each in db.session.scalars(select(Voter)):
        assert (each.user_id, each.address) == (None, None)
        assert each.parted_at is not None and len(each.mark) == 64
    (ballot,) = db.session.scalars(select(Ballot))
    assert (ballot.voter_id, ballot.network) == (None, None)
    assert [given.submission_id for given in ballot.votes] == [vote.projects[0].id]
    with pytest.raises(actions.BallotCut):
        actions.vote(actions.voter_of(vote.poll, person=person), vote.projects[1], ip_address=HERE)
    letters = rows(Letter)
    actions.ask_for_link(vote.poll, address="guest@example.org", language="en")
    assert rows(Letter) == letters


# -- what counts -----------------------------------------------------------------------------


@pytest.fixture
def counted(vote: Vote) -> Vote:
    """Closed and examined: three ballots for the first project, one for the second."""
    a, b, *_ = vote.projects
    for project in (a, a, a, b):
        vote.world.ballot(vote.world.voter(vote.poll), project)
    vote.close()
    examine(vote.poll)
    return vote


def test_ballots_set_aside_do_not_count_and_do_again(counted: Vote) -> None:
    one, other = (counted.world.organizer(counted.competition) for _ in range(2))
    ballots = db.session.scalars(select(Ballot).order_by(Ballot.created_at)).all()
    flag = counted.world.flag(counted.poll, *ballots[:3])
    asides = actions.set_aside(flag, ballots[:2], reason="One person.", by=one)
    outcome = outcome_of(counted.poll)
    assert (outcome.ballots, outcome.aside, outcome.counting) == (4, 2, 2)
    first, second = outcome.results[:2]
    assert [(r.votes, r.cast) for r in (first, second)] == [(1, 3), (1, 1)]
    assert first.place.tied and first.place_of_all.place == 1 and second.place_of_all.place == 2
    with pytest.raises(actions.ChangedMeanwhile):
        actions.set_aside(flag, ballots[1:2], reason="Again.", by=other)
    actions.count_again(asides[0], by=other)
    with pytest.raises(actions.AlreadyCounts):
        actions.count_again(asides[0], by=one)
    outcome = outcome_of(counted.poll)
    assert (outcome.aside, outcome.results[0].votes) == (1, 2)
    kept = db.session.get(SetAside, asides[0].id)
    assert (kept.by, kept.ended_by, kept.reason) == (one, other, "One person.")
    actions.set_aside(flag, ballots[:1], reason="After all.", by=one)
    assert rows(SetAside) == 3
    assert deeds()[-3:] == ["ballots_set_aside", "ballot_counts_again", "ballots_set_aside"]


def test_only_ballots_of_the_flag_are_set_aside(counted: Vote) -> None:
    ballots = db.session.scalars(select(Ballot).order_by(Ballot.created_at)).all()
    flag = counted.world.flag(counted.poll, *ballots[:2])
    by = counted.world.organizer(counted.competition)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.set_aside(flag, ballots[2:3], reason="why", by=by)
    with pytest.raises(actions.NoBallotChosen):
        actions.set_aside(flag, [], reason="why", by=by)
    assert rows(SetAside) == 0


def test_a_release_cuts_ballots_and_ends_every_change(counted: Vote) -> None:
    organizer = counted.world.organizer(counted.competition)
    ballot = db.session.scalars(select(Ballot)).first()
    flag = counted.world.flag(counted.poll, ballot)
    (aside,) = actions.set_aside(flag, [ballot], reason="why", by=organizer)
    actions.release(counted.poll, by=organizer)
    assert counted.poll.parted_at is not None
    since = counted.poll.released_at
    assert actions.release(counted.poll, by=organizer).released_at == since
    for deed in (
        lambda: actions.count_again(aside, by=organizer),
        lambda: actions.set_aside(flag, [ballot], reason="why", by=organizer),
    ):
        with pytest.raises(actions.Released):
            deed()
    actions.hold_back(counted.poll, by=organizer)
    with pytest.raises(actions.NotReleased):
        actions.hold_back(counted.poll, by=organizer)
    assert counted.poll.parted_at is not None
    actions.count_again(aside, by=organizer)


def test_what_is_public_is_not_taken_back(counted: Vote) -> None:
    organizer = counted.world.organizer(counted.competition)
    counted.world.announcement(counted.competition, now() - timedelta(hours=1))
    actions.release(counted.poll, by=organizer)
    with pytest.raises(actions.Released):
        actions.hold_back(counted.poll, by=organizer)


def test_nothing_is_released_before_it_is_counted(vote: Vote) -> None:
    organizer = vote.world.organizer(vote.competition)
    flag = vote.world.flag(vote.poll, vote.world.ballot(vote.world.voter(vote.poll)))
    with pytest.raises(actions.NotCounted):
        actions.release(vote.poll, by=organizer)
    with pytest.raises(actions.NotCounted):
        actions.set_aside(flag, flag.ballots, reason="why", by=organizer)
    vote.close()
    with pytest.raises(actions.NotCounted):
        actions.release(vote.poll, by=organizer)
    assert poll_of(vote.competition).released_at is None
    assert rows(Poll) == 1


def test_a_note_stays_with_its_flag(counted: Vote) -> None:
    organizer = counted.world.organizer(counted.competition)
    flag = counted.world.flag(counted.poll, *db.session.scalars(select(Ballot)))
    actions.note(flag, text="A class in Laval.", by=organizer)
    assert [(n.text, n.by) for n in flag.notes] == [("A class in Laval.", organizer)]
    assert deeds()[-1] == "flag_noted"
