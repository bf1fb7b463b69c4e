"""Organizers decide, look at the page, and announce."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.ground.paging import PER_PAGE
from hackathon.results.actions import Given
from hackathon.results.models import (
    Announcement,
    Confirmation,
    Decision,
    Delivery,
    Honour,
    Prize,
    PrizeKind,
    PrizeRuling,
    Span,
)
from hackathon.results.sealing import canonical
from hackathon.submissions.standing import disqualify
from tests.counting import cost, queries
from tests.world import World

BASE = "/en/contest/manage/results"


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("contest", gates="closed")
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    return competition


@pytest.fixture
def browser(world: World, competition: Any) -> Any:
    return world.client(world.organizer(competition))


def honours() -> dict[Any, Given]:
    rows = db.session.scalars(select(Honour))
    return {row.submission: Given(row.place, row.citation) for row in rows}


@pytest.fixture
def prize(world: World, competition: Any) -> Any:
    return world.prize(competition)


def deciding(prize: Any) -> str:
    return f"{BASE}/prizes/{prize.id}/decision"


def wall(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("America/Toronto")).strftime("%Y-%m-%dT%H:%M")


def answer(submission: Any, choice: str, en: str = "", fr: str = "") -> dict[str, str]:
    key = submission.id.hex
    return {
        f"choice_{key}": choice,
        f"citation_{key}-en": en,
        f"citation_{key}-fr": fr,
        "reason": "So the jury said.",
    }


def test_nothing_handed_in_says_so(world: World, competition: Any, browser: Any) -> None:
    assert "No prize is defined yet" in browser.get(BASE).text
    prize = world.prize(competition)
    assert "Nothing was handed in" in browser.get(BASE).text
    assert "Nothing was handed in" in browser.get(deciding(prize)).text
    assert "Nobody is honoured yet" in browser.get(f"{BASE}/announcement").text


def test_prizes_are_begun_with_added_changed_and_removed(
    world: World, competition: Any, browser: Any
) -> None:
    challenge, partner = world.challenge(competition), world.partner(competition)
    assert "Begin with these two" in browser.get(f"{BASE}/prizes").text
    assert browser.post(f"{BASE}/prizes/usual").status_code == 302
    sent = {
        "name-en": "Partner prize",
        "name-fr": "Prix du partenaire",
        "kind": "special",
        "among": str(challenge.id),
        "number": "2",
        "giver": str(partner.id),
        "gift-en": "A visit",
        "gift-fr": "Une visite",
        "position": "3",
    }
    assert browser.post(f"{BASE}/prizes/new", data=sent).status_code == 302
    found = db.session.scalars(select(Prize).order_by(Prize.position)).all()
    assert [prize.name.en for prize in found] == ["Winner", "Outstanding", "Partner prize"]
    prize = found[-1]
    assert (prize.kind, prize.span, prize.challenge, prize.partner, prize.number) == (
        *(PrizeKind.SPECIAL, Span.ONE, challenge, partner, 2),
    )
    page = browser.get(f"{BASE}/prizes/{prize.id}").text
    assert f'<option selected value="{challenge.id}">' in page
    assert f'<option selected value="{partner.id}">' in page
    changed = sent | {"among": "all", "giver": "", "number": "1"}
    assert browser.post(f"{BASE}/prizes/{prize.id}", data=changed).status_code == 302
    assert (prize.span, prize.challenge, prize.partner, prize.number) == (Span.ALL, None, None, 1)
    assert browser.post(f"{BASE}/prizes/{prize.id}/removal").status_code == 302
    assert db.session.scalar(select(Prize).where(Prize.name["en"].as_string() == "x")) is None
    assert len(db.session.scalars(select(Prize)).all()) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "0"),
        ("number", "101"),
        ("number", "1" * 400),
        ("number", "two"),
        ("kind", "best"),
        ("among", "nobody"),
        ("giver", "somebody"),
        ("name-fr", ""),
        ("gift-en", ""),
        ("name-en", "x" * 200),
    ],
)
def test_a_prize_that_makes_no_sense_is_refused(
    competition: Any, browser: Any, field: str, value: str
) -> None:
    sent = {
        **{"name-en": "One", "name-fr": "Un", "kind": "place", "among": "each"},
        **{"number": "1", "giver": "", "gift-en": "It", "gift-fr": "Ça", "position": "1"},
    }
    refused = browser.post(f"{BASE}/prizes/new", data=sent | {field: value})
    assert refused.status_code == 422
    assert db.session.scalars(select(Prize)).all() == []


def test_a_prize_that_is_given_stays_what_it_is_given_for(
    world: World, competition: Any, browser: Any
) -> None:
    prize = world.honour(world.submission(world.team(competition))).prize
    sent = {
        **{"name-en": "One", "name-fr": "Un", "kind": "people", "among": "each"},
        **{"number": "1", "giver": "", "position": "1"},
    }
    refused = browser.post(f"{BASE}/prizes/{prize.id}", data=sent)
    assert refused.status_code == 422
    assert "Somebody receives this prize. Take it back first." in refused.text
    assert browser.post(f"{BASE}/prizes/{prize.id}/removal").status_code == 409
    renamed = browser.post(f"{BASE}/prizes/{prize.id}", data=sent | {"kind": "place"})
    assert (renamed.status_code, prize.name.en) == (302, "One")


def ranked(world: World, competition: Any, *levels: int) -> list[Any]:
    judge, challenge = world.judge(competition), world.challenge(competition)
    works = []
    for level in levels:
        team = world.team(competition)
        team.challenge = challenge
        works.append(world.submission(team))
        world.review(judge, works[-1], level)
    return works


def test_the_proposal_is_selected_and_not_saved(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    ranked(world, competition, 5, 3, 1)
    second = world.prize(competition, PrizeKind.OUTSTANDING)
    assert browser.get(deciding(prize)).text.count('<option selected value="">') == 3
    proposed = browser.get(f"{deciding(prize)}?proposed=1").text
    assert proposed.count('<option selected value="1">') == 1
    assert "Nothing is saved until you save it." in proposed
    page = browser.get(f"{deciding(second)}?proposed=1").text
    assert page.count('<option selected value="yes">') == 1
    assert honours() == {}


def test_a_tie_is_named_with_what_would_decide_it(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    works = ranked(world, competition, 4, 4)
    titles = [work.versions[0].content["title"] for work in works]
    page = browser.get(deciding(prize)).text
    assert f"Place 1 is shared by {', '.join(titles)}: none of them is proposed." in page
    assert "They can also share the place." in page
    shared = answer(works[0], "1", "a", "a") | answer(works[1], "1", "b", "b")
    assert browser.post(deciding(prize), data=shared).status_code == 302
    assert [given.place for given in honours().values()] == [1, 1]


def test_decisions_are_saved_and_shown_again(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    first, second = (world.submission(world.team(competition)) for _ in range(2))
    sent = answer(first, "1", "Clear.", "Clair.") | answer(second, "1", "Bold.")
    assert browser.post(deciding(prize), data=sent).status_code == 302
    assert honours() == {
        first: Given(1, Localized(en="Clear.", fr="Clair.")),
        second: Given(1, Localized(en="Bold.")),
    }
    page = browser.get(deciding(prize)).text
    assert "Clair." in page
    assert '<span class="badge badge-warning">Missing</span>' in page
    assert "So the jury said." in page
    overview = browser.get(BASE).text
    assert "No citation in French" in overview
    assert "It departs from the proposal: So the jury said." in overview
    nobody = answer(first, "") | answer(second, "")
    assert browser.post(deciding(prize), data=nobody).status_code == 302
    assert honours() == {}


def test_the_best_of_each_challenge_come_first_and_what_is_chosen_stays(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    many, few = world.challenge(competition), world.challenge(competition)
    works = [
        world.submission(world.team(competition, 0, challenge=many)) for _ in range(PER_PAGE + 1)
    ]
    others = [world.submission(world.team(competition, 0, challenge=few)) for _ in range(2)]
    path = deciding(prize)

    def drawn(page: str) -> set[str]:
        return set(re.findall(r'name="choice_(\w+)"', page))

    first = browser.get(path).text
    assert len(drawn(first)) == PER_PAGE
    assert {work.id.hex for work in others} < drawn(first)
    assert first.count('<p class="eyebrow">Challenge ') == 2
    assert f'name="turn" value="2" formaction="{path}?page=2"' in first
    left = {work.id.hex for work in works} - drawn(first)
    chosen, late = others[0], next(work for work in works if work.id.hex in left)
    sent = answer(chosen, "1", "Clear.", "Clair.")
    second = browser.post(f"{path}?page=2", data=sent | {"turn": "2"})
    assert second.status_code == 200
    assert drawn(second.text) == left | {chosen.id.hex}
    assert "Clair." in second.text and "So the jury said." in second.text
    assert honours() == {}
    sent |= answer(late, "1", "Late.", "Tard.")
    assert browser.post(f"{path}?page=2", data=sent).status_code == 302
    assert set(honours()) == {chosen, late}
    assert drawn(browser.get(path).text) == drawn(first) | {late.id.hex}
    # Whoever is not on the page that is sent, nor named by it, receives nothing.
    assert browser.post(path, data=answer(chosen, "1", "Clear.", "Clair.")).status_code == 302
    assert set(honours()) == {chosen}


def test_the_decision_costs_the_same_for_few_and_for_many(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    world.prize(competition, span=Span.ALL, number=3)
    judges = [world.judge(competition) for _ in range(2)]

    def judged() -> None:
        work = world.submission(world.team(competition))
        for judge in judges:
            world.review(judge, work, *(3 for _ in competition.criteria))

    for _ in range(2):
        judged()
    pages = (deciding(prize), f"{deciding(prize)}?proposed", BASE)
    few = [cost(world.app, browser, page) for page in pages]
    few = [cost(world.app, browser, page) for page in pages]
    for _ in range(5):
        judged()
    assert [cost(world.app, browser, page) for page in pages] == few


def test_a_departure_without_a_reason_is_refused_and_keeps_what_was_typed(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    submission = world.submission(world.team(competition))
    sent = answer(submission, "1", "Clear.", "Clair.") | {"reason": "  "}
    refused = browser.post(deciding(prize), data=sent)
    assert refused.status_code == 422
    assert "This is not what was proposed. Say why, for the record." in refused.text
    assert "Clair." in refused.text
    assert honours() == {}


def test_two_organizers_at_once_do_not_undo_each_other_unaware(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    submission = world.submission(world.team(competition))
    found = re.search(r'name="seen"[^>]* value="(\w+)"', browser.get(deciding(prize)).text)
    assert found
    other = answer(submission, "1", "Theirs.", "Le leur.") | {"seen": found[1]}
    assert browser.post(deciding(prize), data=other).status_code == 302
    mine = answer(submission, "1", "Mine.", "Le mien.") | {"seen": found[1]}
    refused = browser.post(deciding(prize), data=mine)
    assert refused.status_code == 422
    assert "Somebody else has decided meanwhile." in refused.text
    assert "Le mien." in refused.text
    assert honours()[submission].citation.en == "Theirs."
    found = re.search(r'name="seen"[^>]* value="(\w+)"', refused.text)
    assert found
    assert browser.post(deciding(prize), data=mine | {"seen": found[1]}).status_code == 302
    assert honours()[submission].citation == Localized(en="Mine.", fr="Le mien.")


def test_an_unknown_place_is_refused(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    submission = world.submission(world.team(competition))
    for place in ("best", "2", "yes", "-1"):
        assert browser.post(deciding(prize), data=answer(submission, place)).status_code == 422
    assert honours() == {}


def test_a_submission_of_another_competition_stays_untouched(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    foreign = world.submission(world.team(world.competition()))
    world.submission(world.team(competition))
    browser.post(deciding(prize), data=answer(foreign, "1", "x", "x"))
    assert honours() == {}


def test_who_is_tied_to_a_project_is_told_and_does_not_decide(
    world: World, competition: Any, prize: Any
) -> None:
    submission = world.submission(world.team(competition))
    organizer = world.organizer(competition)
    browser = world.client(organizer)
    world.review(world.judge(competition, user=organizer), submission, 4)
    page = browser.get(deciding(prize)).text
    assert "You may decide; the record says so." in page
    assert "Save the decision" in page
    # A judge with a conflict would not come in at all; a mentor sees why they cannot decide.
    mentor = world.organizer(competition)
    world.mentor(competition, submission.team, user=mentor)
    browser = world.client(mentor)
    page = browser.get(deciding(prize)).text
    assert "So another organizer has to decide." in page
    assert "Save the decision" not in page
    refused = browser.post(deciding(prize), data=answer(submission, "1", "x", "x"))
    assert refused.status_code == 422
    assert honours() == {}


def test_the_people_s_choice_is_proposed_once_the_vote_is_counted(
    world: World, competition: Any, browser: Any
) -> None:
    prize = world.prize(competition, PrizeKind.PEOPLE, Span.ALL)
    less, more = (world.submission(world.team(competition)) for _ in range(2))
    page = browser.get(deciding(prize)).text
    assert "The outcome of the vote is not known yet" in page
    poll = world.poll(competition, examined_at=datetime.now(UTC))
    for number, work in enumerate((more, more, less)):
        world.ballot(world.voter(poll, address=f"v{number}@example.org"), work)
    page = browser.get(f"{deciding(prize)}?proposed=1").text
    assert "2 votes" in page
    assert page.count('<option selected value="yes">') == 1
    sent = answer(more, "yes", "x", "x") | {"reason": ""}
    assert browser.post(deciding(prize), data=sent).status_code == 302
    assert list(honours()) == [more]
    ruling = db.session.scalars(select(PrizeRuling)).one()
    assert not ruling.departs


def test_a_decision_is_sealed_confirmed_and_downloaded(
    world: World, competition: Any, browser: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    assert browser.post(f"{BASE}/prizes", data={"needed": "yes"}).status_code == 302
    assert competition.second_person_confirms
    assert "A second person has to confirm" in browser.get(f"{BASE}/announcement").text
    assert browser.post(f"{BASE}/publication").status_code == 409
    assert browser.post(f"{BASE}/decisions").status_code == 302
    decision = db.session.scalars(select(Decision)).one()
    where = f"{BASE}/decisions/{decision.id}"
    page = browser.get(where).text
    assert "Waits for confirmation" in page
    assert "Confirm this decision" not in page  # whoever sealed it
    assert browser.post(f"{where}/confirmation").status_code == 409
    other = world.client(world.organizer(competition))
    assert "Confirm this decision" in other.get(where).text
    assert other.post(f"{where}/confirmation").status_code == 302
    assert db.session.scalars(select(Confirmation)).one().decision is decision
    page = browser.get(where).text
    assert "The same, octet for octet" in page
    assert "This site has no key for records." in page
    assert "In force" in browser.get(BASE).text
    with browser.get(f"{where}/record") as record:
        assert record.headers["Content-Disposition"] == (
            "attachment; filename=contest-decision-1.json"
        )
        assert record.json["decision"]["number"] == 1
        assert record.json["confirmation"]["decision"] == decision.digest
    assert browser.post(f"{BASE}/publication").status_code == 302


def test_a_decision_that_does_not_come_again_says_what_differs(
    world: World, competition: Any, browser: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    assert browser.post(f"{BASE}/decisions").status_code == 302
    decision = db.session.scalars(select(Decision)).one()
    decision.content = canonical(json.loads(decision.content) | {"reviews_sha256": "0"}).decode()
    page = browser.get(f"{BASE}/decisions/{decision.id}").text
    assert "What differs: the data." in page


def test_a_decision_whose_reviews_changed_can_be_sealed_again(
    world: World, competition: Any, browser: Any
) -> None:
    submission = world.submission(world.team(competition))
    world.honour(submission)
    assert browser.post(f"{BASE}/decisions").status_code == 302
    page = browser.get(BASE).text
    assert "In force" in page and "Seal the decision" not in page
    world.review(world.judge(competition), submission, *(3 for _ in competition.criteria))
    page = browser.get(BASE).text
    assert "Something changed since" in page and "Seal the decision" in page
    assert browser.post(f"{BASE}/decisions").status_code == 302
    assert "In force" in browser.get(BASE).text


def test_what_changes_once_the_moment_is_set_is_said(
    world: World, competition: Any, browser: Any
) -> None:
    """A disqualification is no decision on a prize, so nothing seals it by itself."""
    work, other = (world.submission(world.team(competition)) for _ in range(2))
    world.honour(work)
    world.honour(other)
    sent = {"scope": "", "publish_at": wall(datetime.now(UTC) + timedelta(days=1))}
    assert browser.post(f"{BASE}/announcement", data=sent).status_code == 302
    assert "Seal it again before the moment comes." not in browser.get(f"{BASE}/announcement").text
    disqualify(other.team, reason="Copied.", by=world.organizer(competition))
    assert "Seal it again before the moment comes." in browser.get(f"{BASE}/announcement").text
    assert browser.post(f"{BASE}/decisions").status_code == 302
    assert "Seal it again before the moment comes." not in browser.get(f"{BASE}/announcement").text


def test_a_proposal_that_changed_after_the_decision_is_pointed_out(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    judge = world.judge(competition)
    team = world.team(competition)
    one, other = world.submission(team), world.submission(world.team(competition))
    other.team.challenge = team.challenge
    world.review(judge, one, 4)
    assert browser.post(deciding(prize), data=answer(one, "1", "c", "c")).status_code == 302
    assert "The proposal has changed since" not in browser.get(BASE).text
    disqualify(team, reason="Copied.", by=world.organizer(competition))
    assert "The proposal has changed since" in browser.get(BASE).text


def test_while_results_are_withdrawn_the_page_does_not_call_them_public(
    world: World, competition: Any, browser: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
    assert "Results are public" in browser.get(BASE).text
    world.withdrawal(competition)
    page = browser.get(BASE).text
    assert "Results are withdrawn" in page and "Results are public" not in page


def test_prizes_are_handed_over(world: World, competition: Any, browser: Any) -> None:
    submission = world.submission(world.team(competition))
    honour = world.honour(submission)
    assert browser.get(f"{BASE}/deliveries").status_code == 404
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    page = browser.get(f"{BASE}/deliveries").text
    assert "⟦gift⟧" in page
    assert "No answer yet" in page
    captain = world.client(submission.team.captain)
    claim = f"/en/contest/teams/{submission.team.id}/prizes/{honour.id}"
    results = f"/en/contest/teams/{submission.team.id}/results"
    assert claim in captain.get(results).text
    assert claim not in world.client(submission.team.members[1]).get(results).text
    refused = captain.post(claim, data={"reply": "accepted", "contact": " "})
    assert refused.status_code == 422
    sent = captain.post(claim, data={"reply": "accepted", "contact": "Ada, 1 Main St"})
    assert sent.headers["Location"] == results
    assert "Ada, 1 Main St" in browser.get(f"{BASE}/deliveries").text
    moment = wall(datetime.now(UTC) - timedelta(minutes=5))
    late = wall(datetime.now(UTC) + timedelta(days=1))
    delivery = f"{BASE}/deliveries/{honour.id}"
    assert browser.post(delivery, data={"delivered_at": late}).status_code == 422
    assert browser.post(delivery, data={"delivered_at": moment, "note": "By post"}).status_code == (
        302
    )
    assert db.session.scalars(select(Delivery)).one().note == "By post"
    assert "Handed over" in browser.get(f"{BASE}/deliveries").text
    assert "handed over already" in captain.get(claim).text
    assert browser.post(f"{BASE}/deliveries/reminders").status_code == 302


def test_a_moment_is_set_moved_and_cancelled(world: World, competition: Any, browser: Any) -> None:
    world.honour(world.submission(world.team(competition)))
    for days in (1, 2):
        moment = (datetime.now(UTC) + timedelta(days=days)).replace(second=0, microsecond=0)
        assert (
            browser.post(f"{BASE}/announcement", data={"publish_at": wall(moment)}).status_code
            == 302
        )
        assert [a.publish_at for a in db.session.scalars(select(Announcement))] == [moment]
    page = browser.get(f"{BASE}/announcement?scope=").text
    assert wall(moment) in page
    assert "Eastern Time" in page
    assert browser.post(f"{BASE}/cancellation").status_code == 302
    assert db.session.scalars(select(Announcement)).all() == []
    assert browser.post(f"{BASE}/cancellation").status_code == 409


def test_a_challenge_to_choose_is_written_as_french_writes_it(
    world: World, competition: Any, browser: Any
) -> None:
    challenge = world.challenge(competition)
    world.honour(world.submission(world.team(competition, challenge=challenge)))
    page = browser.get(f"{BASE}/announcement".replace("/en/", "/fr/")).text
    assert f"Défi {challenge.number}\xa0: " in page


def test_a_moment_in_the_past_or_skipped_by_the_clock_is_refused(
    world: World, competition: Any, browser: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    for moment in ("2021-05-25T12:00", "2031-03-09T02:30", "", "soon"):
        sent = browser.post(f"{BASE}/announcement", data={"publish_at": moment})
        assert sent.status_code == 422, moment
    assert db.session.scalars(select(Announcement)).all() == []


def test_an_old_page_publishes_nothing_in_place_of_a_challenge_that_is_gone(
    world: World, competition: Any, browser: Any, client: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    world.announcement(competition, datetime.now(UTC) + timedelta(days=1))
    for deed in ("publication", "cancellation"):
        answer = browser.post(f"{BASE}/{deed}", data={"scope": "999"})
        assert (answer.status_code, "nothing was done" in answer.text) == (409, True)
    (kept,) = db.session.scalars(select(Announcement))
    assert not kept.public
    assert client.get("/en/contest/results").status_code == 404


def test_publish_now_shows_it_at_once(
    world: World, competition: Any, browser: Any, client: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    assert client.get("/en/contest/results").status_code == 404
    sent = browser.post(f"{BASE}/publication")
    assert sent.headers["Location"] == "/en/contest/results"
    assert "⟦citation⟧" in client.get("/en/contest/results").text
    assert browser.post(f"{BASE}/publication").status_code == 409
    assert "cannot be changed any more" in browser.get(BASE).text
    prize = db.session.scalars(select(Prize)).one()
    assert "Save the decision" not in browser.get(deciding(prize)).text
    assert "cannot be changed any more" in browser.get(f"{BASE}/prizes").text
    page = browser.get(f"{BASE}/announcement").text
    assert "Being written" in page
    assert "Publish now" not in page


def test_a_missing_citation_is_named(world: World, competition: Any, browser: Any) -> None:
    submission = world.submission(world.team(competition))
    world.honour(submission).citation = Localized(en="Good")
    sent = browser.post(f"{BASE}/publication")
    assert sent.status_code == 409
    title = submission.versions[0].content["title"]
    assert f"{title} (French)" in sent.text
    assert "Citations are missing" in browser.get(f"{BASE}/announcement").text


def test_the_page_of_results_says_what_comes_next(
    world: World, competition: Any, browser: Any, prize: Any
) -> None:
    submission = world.submission(world.team(competition))
    world.set_gates(competition, "open")
    page = browser.get(BASE).text
    assert "Until it has closed the ranking can still change" in page
    assert "First decide who receives a prize." in page
    honour = world.honour(submission, prize=prize)
    page = browser.get(BASE).text
    assert ("sealed here once judging" in page, "Seal the decision" in page) == (True, False)
    assert browser.post(f"{BASE}/decisions").status_code == 409
    world.set_gates(competition, "closed")
    honour.citation = Localized(en="Good")
    page = browser.get(BASE).text
    assert "Until it has closed" not in page
    assert ("First write every citation" in page, "Seal the decision" in page) == (True, False)
    refused = browser.post(f"{BASE}/decisions")
    assert (refused.status_code, "This cannot be done now" in refused.text) == (409, True)
    honour.citation = Localized(en="Good", fr="Bon")
    assert "Seal the decision" in browser.get(BASE).text
    assert browser.post(f"{BASE}/decisions").status_code == 302
    page = browser.get(BASE).text
    assert ("It can be announced now." in page, "Seal the decision" in page) == (True, False)
    competition.second_person_confirms = True
    assert browser.post(f"{BASE}/decisions").status_code == 302
    assert "Another organizer confirms it here." in browser.get(BASE).text


def test_judging_still_open_is_said(world: World, competition: Any, browser: Any) -> None:
    world.honour(world.submission(world.team(competition)))
    world.set_gates(competition, "open")
    moment = wall(datetime.now(UTC) + timedelta(days=30))
    sent = browser.post(f"{BASE}/announcement", data={"publish_at": moment})
    assert sent.status_code == 422
    assert "Judging is not over" in sent.text


def test_scores_stay_with_the_organizers(
    world: World, competition: Any, browser: Any, client: Any
) -> None:
    """The public pages name no score and no place."""
    submission = world.submission(world.team(competition))
    world.review(world.judge(competition), submission, 4)
    world.honour(submission)
    assert "Corrected mean" in browser.get(BASE).text
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    for path in ("", "/projects", f"/{submission.id}"):
        assert "mean" not in client.get(f"/en/contest/results{path}").text


@pytest.mark.parametrize(
    "path",
    [
        *("", "/announcement", "/prizes", "/prizes/{}/decision?proposed=1", "/deliveries"),
        *("/preview", "/teams", "/comments"),
    ],
)
def test_many_submissions_cost_as_many_queries_as_one(
    app: Any, world: World, competition: Any, browser: Any, path: str
) -> None:
    judge = world.judge(competition, capacity=50)

    def another() -> None:
        submission = world.submission(world.team(competition))
        world.honour(submission)
        world.review(judge, submission, 3)

    another()
    path = path.format(db.session.scalars(select(Prize.id)).one())
    if path == "/deliveries":
        world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    browser.get(BASE + path)
    with queries(app) as one:
        assert browser.get(BASE + path).status_code == 200
    for _ in range(5):
        another()
    with queries(app) as many:
        browser.get(BASE + path)
    assert len(many) == len(one)
