"""What the ranking proposes, what was decided, what a team is told."""

from datetime import UTC, datetime
from typing import Any

from hackathon.extensions import db
from hackathon.judging.outcome import ranking_of
from hackathon.results.actions import Given, decide
from hackathon.results.deciding import panels
from hackathon.results.models import Grade, PrizeKind, Span
from hackathon.results.queries import (
    honours_of,
    judges_and_mentors,
    project_by,
    uncited,
)
from hackathon.submissions.standing import disqualify
from tests.world import World, both


def handed_in(world: World, competition: Any, challenge: Any, *levels: int) -> Any:
    """A submission to the challenge that each of the competition's judges scored."""
    team = world.team(competition)
    team.challenge = challenge
    submission = world.submission(team)
    judges = competition.judges_for_test
    for judge, level in zip(judges, levels, strict=True):
        world.review(judge, submission, level)
    return submission


def judged(world: World, judges: int = 3) -> Any:
    competition = world.competition(gates="closed")
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    competition.judges_for_test = [world.judge(competition) for _ in range(judges)]
    return competition


def proposals(world: World, competition: Any) -> list[Any]:
    """The panels of a winner and an outstanding project in each challenge."""
    world.prize(competition)
    world.prize(competition, PrizeKind.OUTSTANDING)
    return list(panels(competition, ranking_of(competition)).values())


def test_the_first_is_proposed_as_winner_and_the_next_as_outstanding(world: World) -> None:
    competition = judged(world)
    one, two = world.challenge(competition), world.challenge(competition)
    third = handed_in(world, competition, one, 2, 2, 2)
    first = handed_in(world, competition, one, 5, 5, 5)
    second = handed_in(world, competition, one, 3, 4, 3)
    alone = handed_in(world, competition, two, 3, 3, 2)
    unread = world.submission(world.team(competition))
    unread.team.challenge = unread.versions[0].challenge = one
    winner, outstanding = proposals(world, competition)
    assert winner.proposed == {first.id: 1, alone.id: 1}
    assert outstanding.proposed == {second.id: None}
    assert (winner.ties, outstanding.ties) == ([], [])
    entered = [[each.key for each in placed] for _, placed in winner.groups]
    assert entered == [[work.id for work in (first, second, third, unread)], [alone.id]]
    by_turns = [work.id for work in (first, alone, second, third, unread)]
    assert [each.key for each in winner.best_first] == by_turns


def test_who_was_given_a_place_is_not_proposed_as_outstanding_too(world: World) -> None:
    competition = judged(world)
    challenge = world.challenge(competition)
    first = handed_in(world, competition, challenge, 5, 5, 5)
    second = handed_in(world, competition, challenge, 3, 4, 3)
    winner, _ = proposals(world, competition)
    given = {second: Given(1, both("citation"))}
    decide(winner.prize, given, reason="So.", by=world.organizer(competition))
    _, outstanding = panels(competition, ranking_of(competition)).values()
    assert outstanding.proposed == {first.id: None}


def test_places_among_all_go_across_challenges(world: World) -> None:
    competition = judged(world)
    works = [
        handed_in(world, competition, world.challenge(competition), level, level, level)
        for level in (2, 5, 3)
    ]
    world.prize(competition, span=Span.ALL, number=2)
    only = world.prize(competition, span=Span.ONE, challenge=works[0].team.challenge)
    whole, one = panels(competition, ranking_of(competition)).values()
    assert whole.proposed == {works[1].id: 1, works[2].id: 2}
    assert [challenge for challenge, _ in whole.groups] == [None]
    assert (one.prize, one.proposed) == (only, {works[0].id: 1})


def test_a_tie_is_named_and_not_decided(world: World) -> None:
    competition = judged(world)
    challenge = world.challenge(competition)
    tied = {handed_in(world, competition, challenge, 4, 4, 4).id for _ in range(2)}
    handed_in(world, competition, challenge, 1, 1, 1)
    winner, outstanding = proposals(world, competition)
    assert (winner.proposed, outstanding.proposed) == ({}, {})
    for panel in (winner, outstanding):
        assert [(t.place, set(t.keys)) for t in panel.ties] == [(1, tied)]


def test_a_tie_for_the_second_place_leaves_the_winner(world: World) -> None:
    competition = judged(world)
    challenge = world.challenge(competition)
    first = handed_in(world, competition, challenge, 5, 5, 5)
    tied = {handed_in(world, competition, challenge, 3, 3, 3).id for _ in range(2)}
    winner, outstanding = proposals(world, competition)
    assert winner.proposed == {first.id: 1}
    assert [set(t.keys) for t in outstanding.ties] == [tied]


def test_neighbours_that_cannot_be_told_apart_are_named(world: World) -> None:
    competition = judged(world)
    challenge = world.challenge(competition)
    first = handed_in(world, competition, challenge, 4, 4, 5)
    second = handed_in(world, competition, challenge, 4, 4, 4)
    (pair,) = proposals(world, competition)[0].close
    assert (pair.ahead, pair.behind) == (first.id, second.id)
    assert pair.probability is not None and 0.5 < pair.probability < 0.9
    assert pair.one_more is not None and 0 <= pair.one_more <= (pair.five_more or 0)


def test_without_reviews_nothing_is_proposed(world: World) -> None:
    competition = world.competition(gates="closed")
    world.submission(world.team(competition))
    for panel in proposals(world, competition):
        assert (panel.proposed, panel.ties, panel.close) == ({}, [], [])


def test_honours_stand_by_challenge_winners_first(world: World) -> None:
    competition = judged(world, judges=0)
    two, one = world.challenge(competition), world.challenge(competition)
    two.number, one.number = 2, 1
    outstanding = world.honour(handed_in(world, competition, one), Grade.OUTSTANDING)
    winner = world.honour(handed_in(world, competition, one), Grade.WINNER)
    other = world.honour(handed_in(world, competition, two), Grade.OUTSTANDING)
    handed_in(world, competition, two)
    world.honour(world.submission(world.team(world.competition())))
    found = honours_of(competition)
    assert [(challenge, [p.honour for p in projects]) for challenge, projects in found] == [
        (one, [winner, outstanding]),
        (two, [other]),
    ]


def test_a_citation_in_one_language_is_missing(world: World) -> None:
    competition = world.competition()
    first, second = (world.submission(world.team(competition)) for _ in range(2))
    world.honour(first)
    half = world.honour(second)
    half.citation = type(half.citation)(fr="Bravo")
    db.session.flush()
    ((project, honour),) = uncited(competition)
    assert (project.submission, honour, honour.citation.missing) == (second, half, ("en",))


def test_what_was_handed_in_counts_not_the_draft(world: World) -> None:
    team = world.team(world.competition())
    submission = world.submission(team)
    submission.title = "Changed since"
    db.session.flush()
    project = project_by(team)
    assert project is not None
    assert project.title == submission.versions[0].content["title"] != "Changed since"
    assert project.links == [("repository", "https://code.example/project")]
    assert project_by(world.team(team.competition)) is None


def test_a_draft_is_no_project(world: World) -> None:
    team = world.team(world.competition())
    world.submission(team, handed_in=False)
    assert project_by(team) is None


def test_judges_and_mentors_are_told_once(world: World) -> None:
    competition = world.competition()
    judge, dismissed = world.judge(competition), world.judge(competition)
    dismissed.dismissed_at = datetime.now(UTC)
    mentor = world.mentor(competition)
    world.mentor(competition, user=judge.user)
    world.judge(world.competition())
    db.session.flush()
    assert set(judges_and_mentors(competition)) == {judge.user, mentor.user}
    assert len(judges_and_mentors(competition)) == 2


def test_what_was_disqualified_moves_nobody(world: World) -> None:
    """Nor does it change the count of reviews set aside."""
    competition = judged(world)
    challenge, organizer = world.challenge(competition), world.organizer(competition)
    own = handed_in(world, competition, challenge, 4, 4, 4)
    other = handed_in(world, competition, challenge, 2, 2, 2)
    out = handed_in(world, competition, challenge, 5, 5, 5)
    disqualify(out.team, reason="Why.", by=organizer)
    db.session.expire_all()
    ranking = ranking_of(competition)
    assert [row.submission for row in ranking.overall] == [own, other]
    assert ranking.set_aside == 0
    winner, outstanding = proposals(world, competition)
    assert (winner.proposed, outstanding.proposed) == ({own.id: 1}, {other.id: None})


def test_by_deliberation_nothing_is_proposed(world: World) -> None:
    competition = judged(world)
    handed_in(world, competition, world.challenge(competition), 5, 5, 5)
    world.rules(competition, method="deliberation")
    assert [panel.proposed for panel in proposals(world, competition)] == [{}, {}]
