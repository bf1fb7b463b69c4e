"""What the doors of a review find on the way is what would be answered if it were asked."""

from typing import Any

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.remember import forget_answers
from hackathon.judging.door import review_in
from hackathon.judging.jury import terms_before
from hackathon.judging.models import Review, TermsAcceptance
from hackathon.judging.queries import challenge_judged, round_of, version_in
from hackathon.judging.stopping import stoppage_seen
from tests.counting import queries
from tests.world import World


def foretold(world: World, competition: Competition, review: Review) -> list[Any]:
    """The answers, which nobody had to ask for."""

    def answers() -> list[Any]:
        found = (
            round_of(there),
            version_in(named.round_id),
            stoppage_seen(named.round_id),
            terms_before(named.judge),
        )
        return [*(each and each.id for each in found), challenge_judged(named.submission)]

    db.session.commit()
    with world.app.test_request_context():
        there = db.session.get_one(Competition, competition.id)
        named = review_in(str(review.id), competition=there)
        assert named is not None
        with queries(world.app) as asked:
            told = answers()
        assert asked == []
        forget_answers()
        assert told == answers()
    return told


def test_what_is_found_on_the_way_is_what_would_be_answered(world: World) -> None:
    competition = world.competition()
    challenge = world.challenge(competition)
    judge = world.judge(competition)
    work = world.submission(world.team(competition, challenge=challenge))
    review = world.review(judge, work)
    first = competition.rounds[0]
    assert foretold(world, competition, review) == [first.id, None, None, None, challenge.id]
    version, terms = world.rules(competition), world.judge_terms(competition)
    newest = world.judge_terms(competition, 2)
    stoppage = world.stoppage(competition)
    assert foretold(world, competition, review) == [
        *(first.id, version.id, stoppage.id, newest.id),
        challenge.id,
    ]
    for each in (terms, newest):
        world.add(TermsAcceptance(judge=judge, terms=each, language="en"))
    later = world.round(competition, work)
    final = world.review(judge, work, round_=later)
    held = version_in(later.id)
    told = foretold(world, competition, review)
    assert told == [later.id, version.id, stoppage.id, None, challenge.id]
    assert foretold(world, competition, final) == [
        *(later.id, held and held.id, None, None),
        challenge.id,
    ]


def test_a_review_of_another_competition_is_not_found(world: World) -> None:
    competition, other = world.competition(), world.competition()
    review = world.review(world.judge(competition), world.submission(world.team(competition)))
    assert review_in(str(review.id), competition=competition) is review
    assert review_in(str(review.id), competition=other) is None
    assert review_in("nonsense", competition=competition) is None
