"""Challenge by challenge, all at once, taken back, corrected; and seen beforehand."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hackathon.certificates.models import Kind
from hackathon.certificates.queries import unearned_in
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.results import actions, publishing
from hackathon.results.models import Amendment, Announcement, Change, Honour, PrizeKind, Span
from hackathon.results.proposing import Award
from hackathon.results.queries import disclosure_of, known_honours
from tests.world import World, both, marked

HOUR = timedelta(hours=1)


def at(shift: timedelta) -> datetime:
    return datetime.now(UTC) + shift


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("contest", gates="closed")
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    return competition


@pytest.fixture
def works(world: World, competition: Any) -> list[Any]:
    """Winners of two challenges, whose citations differ."""
    found = []
    for name in ("first", "second"):
        team = world.team(competition)
        team.challenge = world.challenge(competition)
        work = world.submission(team)
        world.honour(work).citation = both(name)
        found.append(work)
    db.session.expire(competition, ["challenges"])
    return found


@pytest.fixture
def organizer(world: World, competition: Any) -> Any:
    return world.organizer(competition)


def honour_of(work: Any) -> Honour:
    return db.session.scalars(select(Honour).where(Honour.submission_id == work.id)).one()


def awards(*works: Any) -> list[Award]:
    return [Award(work.id, 1) for work in works]


def letters(name: str = "") -> list[Letter]:
    query = select(Letter).order_by(Letter.created_at, Letter.id)
    return list(db.session.scalars(query.where(Letter.name == name) if name else query))


def deeds() -> list[str]:
    return [entry.deed for entry in db.session.scalars(select(Entry).order_by(Entry.id))]


# -- challenge by challenge ------------------------------------------------------------------


def test_each_challenge_comes_out_at_its_own_moment(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    first, second = (work.team.challenge for work in works)
    moments = [at(HOUR), at(2 * HOUR)]
    publishing.release(competition, challenge=first, publish_at=moments[0], by=organizer)
    publishing.release(competition, publish_at=moments[1], by=organizer)
    tick = timedelta(microseconds=1)
    world.gallery(competition)
    seen = {}
    for moment in (moments[0] - tick, moments[0], moments[1] - tick, moments[1]):
        with time_machine.travel(moment, tick=False):
            told = []
            for path in ("results", "", f"projects/{works[0].id}", f"projects/{works[1].id}"):
                page = client.get(f"/en/contest/{path}")
                text = page.text if page.status_code == 200 else ""
                told.append(tuple(name for name in ("first", "second") if marked(name) in text))
            for work in works:
                own = world.client(work.team.captain)
                page = own.get(f"/en/contest/teams/{work.team.id}/results")
                told.append(page.status_code == 200)
            seen[moment] = told
    one, all_ = ("first",), ("first", "second")
    assert list(seen.values()) == [
        [(), (), (), (), False, False],
        [one, one, one, (), True, False],
        [one, one, one, (), True, False],
        [all_, all_, one, ("second",), True, True],
    ]
    with time_machine.travel(moments[0], tick=False):
        page = client.get("/en/contest/results").text
    assert "Still to come" in page
    assert str(second.title) in page


def test_the_letters_of_a_challenge_go_out_with_it(
    world: World, competition: Any, works: list[Any], organizer: Any
) -> None:
    judge = world.judge(competition)
    challenge = works[0].team.challenge
    publishing.release(competition, challenge=challenge, publish_at=at(HOUR), by=organizer)
    publishing.release(competition, publish_at=at(2 * HOUR), by=organizer)
    with time_machine.travel(at(HOUR), tick=False):
        assert publishing.tell_teams_when_announced() == 2
        assert publishing.tell_teams_when_announced() == 0
        assert {letter.recipient_id for letter in letters()} == {
            m.id for m in works[0].team.members
        }
    with time_machine.travel(at(2 * HOUR), tick=False):
        assert publishing.tell_teams_when_announced() == 3
        assert publishing.tell_teams_when_announced() == 0
    others = {*(member.id for member in works[1].team.members), judge.user_id}
    assert {letter.recipient_id for letter in letters()[2:]} == others
    assert [deed for deed in deeds() if deed != "decision_sealed"] == [
        *("challenge_scheduled", "results_scheduled"),
        *("challenge_announced", "results_announced"),
    ]


def test_what_concerns_all_challenges_comes_last(
    competition: Any, works: list[Any], organizer: Any
) -> None:
    first, second = (work.team.challenge for work in works)
    publishing.release(competition, challenge=first, publish_at=at(2 * HOUR), by=organizer)
    with pytest.raises(publishing.ChallengeLater):
        publishing.release(competition, publish_at=at(HOUR), by=organizer)
    publishing.release(competition, publish_at=at(3 * HOUR), by=organizer)
    with pytest.raises(publishing.AfterTheRest):
        publishing.release(competition, challenge=second, publish_at=at(4 * HOUR), by=organizer)


def test_a_challenge_without_honours_is_not_announced(
    world: World, competition: Any, works: list[Any], organizer: Any
) -> None:
    with pytest.raises(actions.NobodyHonoured):
        publishing.release(
            competition, challenge=world.challenge(competition), publish_at=at(HOUR), by=organizer
        )
    honour = known_honours(competition)
    assert honour == {}


def test_what_is_still_secret_may_be_decided_anew(
    competition: Any, works: list[Any], organizer: Any, world: World
) -> None:
    world.announcement(competition, at(-HOUR), works[0].team.challenge)
    prize = honour_of(works[0]).prize
    kept = {works[0]: actions.Given(1, both("first"))}
    changed = {works[1]: actions.Given(1, both("other"))}
    given = {"proposed": awards(*works), "by": organizer}
    actions.decide(prize, kept | changed, **given)
    for unlike in (changed, {works[0]: actions.Given(1, both("else"))} | changed):
        with pytest.raises(actions.AlreadyPublic), db.session.begin_nested():
            actions.decide(prize, unlike, reason="Why.", **given)
    with pytest.raises(actions.AlreadyPublic), db.session.begin_nested():
        actions.save_prize(prize, name=both("another name"), by=organizer)


def test_two_announcements_of_one_thing_cannot_be(world: World, competition: Any) -> None:
    challenge = world.challenge(competition)
    world.announcement(competition, at(HOUR))
    world.announcement(competition, at(HOUR), challenge)
    for scope in (None, challenge):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            world.announcement(competition, at(HOUR), scope)


def test_organizers_set_a_moment_for_a_challenge(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    browser = world.client(organizer)
    base = "/en/contest/manage/results"
    number = works[1].team.challenge.number
    sent = browser.post(f"{base}/publication", data={"scope": number})
    assert sent.status_code == 302
    page = client.get("/en/contest/results").text
    assert marked("second") in page
    assert marked("first") not in page
    (row,) = db.session.scalars(select(Announcement))
    assert row.challenge is works[1].team.challenge
    assert browser.post(f"{base}/cancellation", data={"scope": number}).status_code == 409
    page = browser.get(f"{base}/announcement").text
    assert "Being written" in page
    # What is not there publishes nothing, least of all the rest.
    assert browser.post(f"{base}/publication", data={"scope": "no such"}).status_code == 409
    assert browser.post(f"{base}/publication", data={"scope": ""}).status_code == 302


def test_a_prize_among_all_comes_out_with_the_rest(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    """A team whose challenge is public reads nothing of it before, and gets a letter then."""
    grand = world.prize(competition, PrizeKind.SPECIAL, span=Span.ALL, name=both("Grand prize"))
    world.honour(works[0], prize=grand).citation = both("of all")
    team, challenge = works[0].team, works[0].team.challenge
    publishing.release(competition, challenge=challenge, publish_at=at(HOUR), by=organizer)
    publishing.release(competition, publish_at=at(2 * HOUR), by=organizer)
    world.gallery(competition)
    own = world.client(team.captain)
    seen = {}
    for moment in (at(HOUR), at(2 * HOUR)):
        with time_machine.travel(moment, tick=False):
            publishing.tell_teams_when_announced()
            told = [letter.text for letter in letters() if letter.recipient_id == team.captain.id]
            pages = [
                *(client.get(f"/en/contest/{path}").text for path in ("", "results", "projects")),
                client.get(f"/en/contest/projects/{works[0].id}").text,
                own.get(f"/en/contest/teams/{team.id}/results").text,
                told[-1],
            ]
            seen[moment] = [marked("Grand prize") in page for page in pages]
    assert list(seen.values()) == [[False] * 6, [True] * 6]


def test_who_may_still_win_among_all_is_not_told_that_it_won_nothing(
    world: World, competition: Any, works: list[Any], organizer: Any
) -> None:
    world.prize(competition, PrizeKind.SPECIAL, span=Span.ALL)
    other = world.team(competition)
    other.challenge = challenge = works[0].team.challenge
    world.submission(other)
    publishing.release(competition, challenge=challenge, publish_at=at(HOUR), by=organizer)
    publishing.release(competition, publish_at=at(2 * HOUR), by=organizer)
    own, page = world.client(other.captain), f"/en/contest/teams/{other.id}/results"
    with time_machine.travel(at(HOUR), tick=False):
        publishing.tell_teams_when_announced()
        (letter,) = [each for each in letters() if each.recipient_id == other.captain.id]
        for text in (letter.text, own.get(page).text):
            assert "What concerns all challenges comes out later." in text
    with time_machine.travel(at(2 * HOUR), tick=False):
        assert "This project received no honour. Thank you" in own.get(page).text


# -- taken back ------------------------------------------------------------------------------


def test_withdrawn_results_are_nowhere_and_the_page_says_why(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    world.announcement(competition, at(-HOUR))
    world.gallery(competition)
    captain = world.client(works[0].team.captain)
    certificate = world.certificate(competition, works[0].team.captain, kind=Kind.WINNER)
    certificate.reason = ""
    db.session.flush()
    assert unearned_in(competition) == 0
    publishing.withdraw(
        competition, challenge=works[0].team.challenge, note=both("a mistake"), by=organizer
    )
    page = client.get("/en/contest/results").text
    assert marked("a mistake") in page
    assert marked("first") not in page
    assert marked("second") in page
    for path in ("", f"projects/{works[0].id}", "projects?award=winner"):
        text = client.get(f"/en/contest/{path}").text
        assert marked("first") not in text
    assert captain.get(f"/en/contest/teams/{works[0].team.id}/results").status_code == 404
    assert unearned_in(competition) == 1
    manage = world.client(organizer)
    assert "says of somebody" in manage.get("/en/contest/manage/certificates").text
    listed = manage.get("/en/contest/manage/certificates/issued?state=unearned").text
    assert certificate.name in listed
    assert {letter.recipient_id for letter in letters("results_withdrawn")} == {
        member.id for member in works[0].team.members
    }
    assert marked("a mistake") in letters("results_withdrawn")[0].text
    with pytest.raises(publishing.NotPublic):
        publishing.withdraw(
            competition, challenge=works[0].team.challenge, note=both("again"), by=organizer
        )


def test_letters_that_have_not_left_do_not_tell_what_is_withdrawn(
    world: World, competition: Any, works: list[Any], organizer: Any
) -> None:
    judge = world.judge(competition)
    first, second = ({member.id for member in work.team.members} for work in works)
    publishing.release(competition, by=organizer)
    publishing.tell_teams_when_announced()
    for name, left in (("sent_at", works[0]), ("claimed_until", works[1])):
        gone = next(each for each in letters() if each.recipient_id == left.team.captain.id)
        setattr(gone, name, at(-HOUR))
    db.session.flush()

    def told() -> set[Any]:
        news = ("results_winner", "results_public")
        return {each.recipient_id for each in letters() if each.name in news}

    everyone = first | second | {judge.user_id}
    assert told() == everyone
    publishing.withdraw(
        competition, challenge=works[0].team.challenge, note=both("why"), by=organizer
    )
    assert told() == everyone - first | {works[0].team.captain.id}  # which has left
    publishing.withdraw(competition, note=both("why"), by=organizer)
    assert told() == {work.team.captain.id for work in works}  # the other one is leaving


def test_decided_anew_they_are_seen_again_and_both_notes_stay(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    world.announcement(competition, at(-HOUR)).letters_at = at(-HOUR)
    other = world.team(competition)
    other.challenge = works[0].team.challenge
    rightful = world.submission(other)
    amendment = publishing.withdraw(
        competition, challenge=other.challenge, note=both("a mistake"), by=organizer
    )
    prize = honour_of(works[0]).prize
    decided = {
        works[1]: actions.Given(1, both("second")),
        rightful: actions.Given(1, Localized(en="rightly")),
    }
    actions.decide(prize, decided, reason="A mistake.", by=organizer)
    with pytest.raises(actions.CitationMissing):
        publishing.show_again(competition, amendment, note=both("put right"), by=organizer)
    decided[rightful] = actions.Given(1, both("rightly"))
    actions.decide(prize, decided, reason="A mistake.", by=organizer)
    assert marked("rightly") not in client.get("/en/contest/results").text
    told = publishing.show_again(competition, amendment, note=both("put right"), by=organizer)
    assert told == len(letters("results_corrected")) == 4
    page = client.get("/en/contest/results").text
    for words in ("rightly", "second", "a mistake", "put right"):
        assert marked(words) in page, words
    assert marked("first") not in page
    french = client.get("/fr/contest/results").text
    assert marked("put right (fr)") in french
    assert marked("put right") not in french
    with pytest.raises(publishing.ShownAlready):
        publishing.show_again(competition, amendment, note=both("x"), by=organizer)
    manage = world.client(organizer)
    before = manage.get(f"/en/contest/manage/results/changes/{amendment.id}").text
    assert marked("first") in before
    assert works[0].team.name in before
    assert marked("second") not in before
    assert deeds()[0] == "challenge_withdrawn"
    assert deeds()[-1] == "challenge_shown_again"


def test_all_can_be_withdrawn_and_letters_wait(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    world.announcement(competition, at(-HOUR))
    browser = world.client(organizer)
    sent = {"scope": "", "note-en": "Wrong list.", "note-fr": "Mauvaise liste."}
    half = browser.post("/en/contest/manage/results/withdrawal", data=sent | {"note-fr": ""})
    assert half.status_code == 422
    assert disclosure_of(competition).tells(None)
    assert browser.post("/en/contest/manage/results/withdrawal", data=sent).status_code == 302
    page = client.get("/en/contest/results").text
    assert "Wrong list." in page
    assert marked("first") not in page
    assert marked("second") not in page
    assert publishing.tell_teams_when_announced() == 0  # the letters of the announcement wait
    (amendment,) = db.session.scalars(select(Amendment))
    again = f"/en/contest/manage/results/changes/{amendment.id}/end"
    assert browser.get(again).status_code == 200
    sent = {"note-en": "Nothing changed.", "note-fr": "Rien n’a changé."}
    assert browser.post(again, data=sent).status_code == 302
    assert marked("first") in client.get("/en/contest/results").text
    assert browser.post(again, data=sent).status_code == 422
    assert letters("results_corrected") == []  # nobody had been told
    assert publishing.tell_teams_when_announced() == 4


def test_a_citation_is_corrected_at_once(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    world.announcement(competition, at(-HOUR))
    honour = honour_of(works[0])
    browser = world.client(organizer)
    address = f"/en/contest/manage/results/honours/{honour.id}/citation"
    note = {"note-en": "A name was wrong.", "note-fr": "Un nom était faux."}
    same = {"citation-en": marked("first"), "citation-fr": marked("first (fr)")}
    assert browser.post(address, data=same | note).status_code == 422
    new = {"citation-en": "For care.", "citation-fr": "Pour le soin."}
    assert browser.post(address, data=new).status_code == 422
    assert browser.post(address, data=new | note).status_code == 302
    page = client.get("/en/contest/results").text
    assert "For care." in page
    assert "A name was wrong." in page
    assert marked("first") not in page
    (amendment,) = db.session.scalars(select(Amendment))
    assert amendment.kind is Change.CORRECTION
    assert amendment.before[0]["citation"] == dict(both("first"))
    assert len(letters("results_corrected")) == 2
    assert deeds() == ["citation_corrected", "decision_sealed"]
    competition.second_person_confirms = True
    db.session.flush()
    again = new | note | {"citation-en": "Once more."}
    assert browser.post(address, data=again).status_code == 422


def test_who_is_judged_changes_only_while_the_results_are_hidden(
    world: World, competition: Any, works: list[Any], organizer: Any
) -> None:
    world.announcement(competition, at(-HOUR))
    browser = world.client(organizer)
    address = f"/en/contest/manage/submissions/{works[0].id}/disqualification"
    assert browser.get(address).status_code == 403
    world.withdrawal(competition, challenge=works[0].team.challenge)
    assert browser.get(address).status_code == 200
    other = f"/en/contest/manage/submissions/{works[1].id}/disqualification"
    assert browser.get(other).status_code == 403


# -- beforehand ------------------------------------------------------------------------------


def body(page: str) -> str:
    """What stands in the page, apart from what leads to other pages."""
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_preview_is_the_page(
    world: World, competition: Any, works: list[Any], organizer: Any, language: str
) -> None:
    browser, team = world.client(organizer), works[0].team
    base, manage = f"/{language}/contest", f"/{language}/contest/manage"
    pairs = {
        f"{manage}/results/preview": f"{base}/results",
        f"{manage}/results/preview/teams/{team.id}": f"{base}/teams/{team.id}/results",
        f"{manage}/gallery/preview/results": f"{base}/projects",
        f"{manage}/gallery/preview/results/{works[0].id}": f"{base}/projects/{works[0].id}",
    }
    moment = datetime.now(UTC)
    with time_machine.travel(moment, tick=False):
        previews = {}
        for path in pairs:
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["Cache-Control"] == "no-store"
            assert "preview-banner" in answer.text
            previews[path] = body(answer.text)
        world.announcement(competition, moment)
        for path, real in pairs.items():
            page = body(browser.get(real).text)
            assert "preview-banner" not in browser.get(real).text
            for ahead in pairs:  # a preview leads to previews
                if ahead != path:
                    previews[path] = previews[path].replace(f'"{ahead}"', f'"{pairs[ahead]}"')
            ahead = previews[path].replace(f"{manage}/gallery/preview/results", f"{base}/projects")
            assert ahead == page, path


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_preview_as_of_a_planned_moment_is_the_page_then(
    world: World, competition: Any, works: list[Any], organizer: Any, language: str
) -> None:
    """For visitors, a team whose results are out and one that waits; its links stay there."""
    browser, (one, other) = world.client(organizer), works[:2]
    first, last = (datetime.now(UTC) + timedelta(hours=hours) for hours in (1, 2))
    world.announcement(competition, first, one.team.challenge)
    world.announcement(competition, last)
    base, manage = f"/{language}/contest", f"/{language}/contest/manage"
    preview = f"{manage}/results/preview"
    at = f"?{urlencode({'at': first.isoformat()}, safe=':')}"
    with time_machine.travel(first - timedelta(minutes=1), tick=False):
        page = browser.get(preview + at).text
        of_one = browser.get(f"{preview}/teams/{one.team.id}{at}").text
        of_other = browser.get(f"{preview}/teams/{other.team.id}{at}").text
        projects = browser.get(f"{manage}/gallery/preview/results{at}").text
        everything = browser.get(preview).text
    assert page.count('aria-current="true"') == 2  # the language, and the moment
    assert f'href="{preview}"' in page  # as it will be in the end
    for link in (f"{manage}/gallery/preview/results{at}", f"{preview}/teams/{other.team.id}{at}"):
        assert f'href="{link}"' in page
    assert "empty" in body(of_other)
    with time_machine.travel(first, tick=False):
        there = world.client().get(f"{base}/results").text
        assert told(body(page)) == told(body(there)) != told(body(everything))
        member = world.client(one.team.members[-1])
        assert told(body(of_one)) == told(
            body(member.get(f"{base}/teams/{one.team.id}/results").text)
        )
        assert told(body(projects)) == told(body(world.client().get(f"{base}/projects").text))
        waiting = world.client(other.team.captain)
        assert waiting.get(f"{base}/teams/{other.team.id}/results").status_code == 404


def told(page: str) -> list[str]:
    """The words of a page, without the addresses that it leads to."""
    return re.sub(r"<[^>]*>", " ", page).split()


def test_letters_are_seen_beforehand_in_both_languages(
    world: World, competition: Any, works: list[Any], organizer: Any
) -> None:
    browser = world.client(organizer)
    path = f"/en/contest/manage/results/preview/teams/{works[0].team.id}/letter"
    page = browser.get(path)
    assert marked("first") in page.text
    assert marked("first (fr)") in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert letters() == []
    idle = world.team(competition)
    path = f"/en/contest/manage/results/preview/teams/{idle.id}/letter"
    assert "This team gets no letter" in browser.get(path).text


def test_a_preview_leaves_nothing_behind(
    world: World, competition: Any, works: list[Any], organizer: Any, client: Any
) -> None:
    assert world.client(organizer).get("/en/contest/manage/results/preview").status_code == 200
    assert client.get("/en/contest/results").status_code == 404
    assert not disclosure_of(competition).begun
