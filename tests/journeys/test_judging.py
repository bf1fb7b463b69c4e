"""Judging on the phone, on a bad line: nothing is lost, overwritten, or there twice."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from hackathon.accounts.models import SignIn
from hackathon.competitions.models import Competition, Gate, Window
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.judging.models import ConditionAnswer, Review, ReviewChange, Stoppage
from hackathon.judging.scoring import answer_to, field_of, reason_of, said
from hackathon.results.models import Span
from tests.browser import PHONE, Person, Site
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser


class Desk:
    """What a judge has to do: two submissions, two criteria."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.app.app_context():
            world = World(site.app)
            competition = world.competition("the-jam")
            self.fields = [field_of(world.criterion(competition).id) for _ in range(2)]
            judge = world.judge(competition)
            self.email = judge.user.email
            self.reviews = [
                world.review(
                    judge, world.submission(world.team(competition, name=name, name_key=name))
                ).id
                for name in ("ada", "babbage")
            ]
            db.session.commit()
            db.session.remove()
        self.list = "/the-jam/judging"

    def path(self, number: int = 0) -> str:
        return f"{self.list}/{self.reviews[number]}"

    def saved(self, number: int = 0) -> list[Any]:
        """The levels, and whether it is complete."""
        with self.site.app.app_context():
            found = said(db.session.get(Review, self.reviews[number]))
            db.session.remove()
        return [*(found.get(name) for name in self.fields), found["complete"] == "yes"]

    def comes_to(self, *expected: Any) -> bool:
        """Waits until this is saved: what is shown may be of the save before."""
        until = time.monotonic() + 10
        while self.saved() != list(expected) and time.monotonic() < until:
            time.sleep(0.1)
        return self.saved() == list(expected)

    def history(self) -> list[dict[str, Any]]:
        with self.site.app.app_context():
            rows = db.session.scalars(select(ReviewChange).order_by(ReviewChange.created_at))
            found = [row.after for row in rows]
            db.session.remove()
        return found

    def reasons(self) -> list[str]:
        with self.site.app.app_context():
            found = list(db.session.scalars(select(ConditionAnswer.reason)))
            db.session.remove()
        return found

    def touches(self, person: Person, criterion: int, level: int) -> None:
        name = self.fields[criterion]
        person.page.locator(f".level:has([name='{name}'][value='{level}'])").click()


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def opens(person: Person, desk: Desk, number: int = 0) -> Person:
    person.signs_in(desk.email)
    person.goes_to(desk.path(number))
    return person


def stands(person: Person, state: str) -> str:
    line = person.page.locator(f"[data-draft-state] [data-state={state}]")
    line.wait_for(state="visible")
    return line.inner_text().strip()


def kept(person: Person) -> list[str]:
    return person.page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('draft:'))")


def test_a_judge_scores_on_the_phone_while_the_line_is_cut(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(viewport=PHONE), desk)
    box = ana.page.locator(".level").first.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["width"] >= PHONE["width"] * 0.8
    desk.touches(ana, 0, 4)
    stands(ana, "saved")
    assert desk.comes_to(4, None, False)

    ana.context.set_offline(True)
    desk.touches(ana, 0, 2)
    desk.touches(ana, 1, 5)
    note = ana.page.locator(".optional-text:has([name=own_note])")
    assert note.get_attribute("open") is None
    note.locator("summary").click()
    note.locator("textarea").fill("The method is sound.")
    assert stands(ana, "offline").startswith("Not sent yet: kept on this device.")
    ana.presses("Complete the review")
    stands(ana, "offline")
    assert desk.saved() == [4, None, False]
    assert len(kept(ana)) == 4
    # The phone closes the page; the list shows what waits, and sends it once there is a line.
    ana.page.close()
    ana.page = ana.context.new_page()
    ana.context.set_offline(False)
    ana.goes_to(desk.list)
    nothing_kept = "() => !Object.keys(localStorage).some((k) => k.startsWith('draft:'))"
    ana.page.wait_for_function(nothing_kept)
    assert ana.page.locator(".unsent:visible").count() == 0
    assert desk.comes_to(2, 5, True)
    assert [each.get("complete") for each in desk.history()] == ["yes"]
    ana.goes_to(desk.path())
    assert ana.page.locator("[name=own_note]").input_value() == "The method is sound."
    assert note_is_open(ana)
    assert ana.sees("Review complete")


def note_is_open(person: Person) -> bool:
    return person.page.locator(".optional-text:has([name=own_note])").get_attribute("open") == ""


def test_the_page_comes_back_with_what_was_not_sent(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(viewport=PHONE), desk)
    site_down = re.compile(r"/judging/")
    ana.page.route(site_down, lambda route: route.abort())
    desk.touches(ana, 1, 3)
    stands(ana, "offline")
    ana.page.unroute(site_down)
    ana.page.reload()
    assert ana.page.locator(f"[name={desk.fields[1]}][value='3']").is_checked()
    stands(ana, "saved")
    assert desk.comes_to(None, 3, False)
    assert kept(ana) == []


def test_what_was_chosen_before_the_script_came_is_saved_too(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = someone(viewport=PHONE)
    ana.signs_in(desk.email)
    waiting: list[Any] = []
    ana.page.route(re.compile(r"/app\.js"), lambda route: waiting.append(route))
    ana.page.goto(f"{site.address}/en{desk.path()}", wait_until="commit")
    desk.touches(ana, 0, 4)
    desk.touches(ana, 1, 5)
    ana.fills(comment="The method is sound.")
    assert kept(ana) == []
    assert waiting
    for route in waiting:
        route.continue_()
    stands(ana, "saved")
    assert desk.comes_to(4, 5, False)
    ana.presses("Complete the review")
    assert ana.sees("Your review is complete.")
    assert desk.comes_to(4, 5, True)
    assert kept(ana) == []


def test_an_answer_that_is_lost_is_no_conflict_and_comes_once(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    """The save arrives, the line breaks before its answer; the judge goes on to another level."""
    ana = opens(someone(), desk)

    def swallows(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    ana.page.route(re.compile(r"/judging/"), swallows)
    desk.touches(ana, 0, 3)
    stands(ana, "offline")
    assert desk.saved() == [3, None, False]
    desk.touches(ana, 0, 5)
    ana.page.unroute(re.compile(r"/judging/"))
    ana.page.evaluate("dispatchEvent(new Event('online'))")
    stands(ana, "saved")
    assert ana.page.locator("[data-conflict]:visible").count() == 0
    assert desk.comes_to(5, None, False)


def test_two_devices_of_one_judge_see_both_and_choose(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    phone, tablet = opens(someone(viewport=PHONE), desk), opens(someone(), desk)
    desk.touches(phone, 0, 2)
    stands(phone, "saved")
    desk.touches(tablet, 0, 4)
    desk.touches(tablet, 1, 1)
    stands(tablet, "choose")
    assert desk.comes_to(2, 1, False)
    box = tablet.page.locator("[data-conflict]")
    mine = box.locator("[data-mine]").inner_text()
    assert "level 4" in mine and "\n" not in mine
    assert "level 2" in box.locator("[data-theirs]").inner_text()
    box.get_by_label("Keep mine").click()
    stands(tablet, "saved")
    assert desk.comes_to(4, 1, False)
    # The phone hears of it when it comes back.
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.page.locator(f"[name={desk.fields[0]}][value='4']:checked").wait_for(state="attached")
    assert "Changed on another device" in phone.page.locator("[data-newer]").inner_text()


def test_two_tabs_of_one_browser_say_the_same(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(), desk)
    other = ana.context.new_page()
    other.goto(f"{site.address}/en{desk.path()}")
    desk.touches(ana, 0, 4)
    stands(ana, "saved")
    other.locator(f"[name={desk.fields[0]}][value='4']:checked").wait_for(state="attached")
    other.locator(f".level:has([name='{desk.fields[0]}'][value='5'])").click()
    ana.page.locator(f"[name={desk.fields[0]}][value='5']:checked").wait_for(state="attached")
    other.locator("[data-state=saved]").wait_for(state="visible")
    assert desk.comes_to(5, None, False)
    assert kept(ana) == []


def test_a_session_that_ended_loses_nothing(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(), desk)
    with site.app.app_context():
        db.session.execute(update(SignIn).values(ended_at=now()))
        db.session.commit()
        db.session.remove()
    desk.touches(ana, 0, 4)
    assert "Signed out: kept on this device." in stands(ana, "sign_in")
    ana.follows("Sign in to go on")
    ana.fills(email=desk.email, password=PASSWORD)
    ana.submits()
    ana.page.wait_for_url(re.compile(str(desk.reviews[0])))
    stands(ana, "saved")
    assert desk.comes_to(4, None, False)


def test_after_the_close_the_device_still_has_it_and_says_so(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(viewport=PHONE), desk)
    with site.app.app_context():
        (window,) = db.session.scalars(select(Window).where(Window.gate == Gate.JUDGING))
        window.closes_at = datetime.now(UTC) - timedelta(minutes=1)
        db.session.commit()
        db.session.remove()
    desk.touches(ana, 0, 4)
    assert "does not count" in stands(ana, "closed")
    assert desk.saved() == [None, None, False]
    ana.goes_to(desk.path())
    area = ana.page.locator("[data-kept] textarea")
    area.wait_for(state="visible")
    assert "level 4" in area.input_value()


def test_keys_choose_levels_and_are_letters_in_texts(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(), desk)
    ana.page.locator(f"[name={desk.fields[0]}]").first.focus()
    ana.page.keyboard.press("4")
    assert ana.page.evaluate("document.activeElement.name") == desk.fields[1]
    ana.page.keyboard.press("2")
    ana.page.keyboard.press("9")  # there is none
    ana.page.keyboard.press("ArrowDown")
    assert ana.page.locator(f"[name={desk.fields[0]}]:checked").input_value() == "4"
    assert ana.page.locator(f"[name={desk.fields[1]}]:checked").input_value() == "3"
    ana.page.keyboard.press("Tab")
    assert ana.page.evaluate("document.activeElement.name") == "comment"
    ana.page.keyboard.type("1 of 5")
    assert ana.page.locator("[name=comment]").input_value() == "1 of 5"
    stands(ana, "saved")
    assert desk.comes_to(4, 3, False)


def test_completing_says_at_once_what_lacks_then_goes_on(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(viewport=PHONE), desk)
    ana.presses("Complete the review")
    assert stands(ana, "lacking") == "Not complete yet: what is missing is marked in the form."
    ana.context.set_offline(True)  # the page knows it by itself
    desk.touches(ana, 0, 4)
    ana.presses("Complete the review")
    assert "Choose a level." in ana.page.locator(f"#{desk.fields[1]}-error").inner_text()
    ana.context.set_offline(False)
    desk.touches(ana, 1, 5)
    ana.presses("Complete the review")
    ana.page.wait_for_url(re.compile(str(desk.reviews[1])))
    assert ana.sees("Your review is complete.")
    assert desk.comes_to(4, 5, True)
    ana.page.locator(".review-bar [rel=prev]").click()
    ana.page.wait_for_url(re.compile(str(desk.reviews[0])))
    desk.touches(ana, 1, 2)
    stands(ana, "saved")
    assert desk.comes_to(4, 2, True)


def test_a_no_waits_for_its_reason(site: Site, someone: Callable[..., Person], desk: Desk) -> None:
    with site.app.app_context():
        competition = db.session.scalars(select(Competition)).one()
        condition = World(site.app).condition(competition).id
        db.session.commit()
        db.session.remove()
    ana = opens(someone(viewport=PHONE), desk)
    for criterion in (0, 1):
        desk.touches(ana, criterion, 3)
    ana.page.locator(f"[name={answer_to(condition)}][value=no]").check()
    stands(ana, "saved")
    ana.context.set_offline(True)
    ana.presses("Complete the review")
    assert "Say why not." in ana.page.locator(f"#{reason_of(condition)}-error").inner_text()
    ana.page.locator(f"[name={reason_of(condition)}]").fill("It is about another subject.")
    ana.presses("Complete the review")
    stands(ana, "offline")
    assert desk.saved() == [3, 3, False]
    ana.context.set_offline(False)
    ana.page.locator("[data-when-complete] .badge").wait_for(state="visible")
    assert desk.comes_to(3, 3, True)
    # Of a complete review, a no without its reason is not taken; with it, it is.
    ana.page.locator(f"[name={reason_of(condition)}]").fill("")
    stands(ana, "wrong")
    assert desk.reasons() == ["It is about another subject."]
    ana.page.locator(f"[name={reason_of(condition)}]").fill("Another subject.")
    stands(ana, "saved")
    assert desk.reasons() == ["Another subject."]


def test_in_french_and_without_a_script(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    plain = someone(scripts=False, language="fr", viewport=PHONE)
    plain.signs_in(desk.email)
    plain.goes_to(desk.path())
    assert plain.page.locator("html").get_attribute("lang") == "fr"
    for field, level in zip(desk.fields, (3, 4), strict=True):
        plain.page.locator(f"[name={field}][value='{level}']").check()
    plain.page.locator("form#review button[value=complete]:visible").click()
    plain.page.wait_for_url(re.compile("/judging$"))
    assert desk.comes_to(3, 4, True)


def test_what_is_said_while_judging_is_stopped_is_saved_when_it_goes_on(
    site: Site, someone: Callable[..., Person], desk: Desk
) -> None:
    ana = opens(someone(viewport=PHONE), desk)
    with site.app.app_context():
        competition = db.session.scalars(select(Competition)).one()
        stoppage = World(site.app).stoppage(competition)
        db.session.commit()
        key = stoppage.id
        db.session.remove()
    desk.touches(ana, 0, 4)
    assert stands(ana, "stopped").startswith("Judging is stopped for a while.")
    assert len(kept(ana)) == 1
    assert desk.saved() == [None, None, False]
    # It stays through a reload, and says why.
    ana.goes_to(desk.path())
    assert "why judging is stopped" in ana.page.content()
    stands(ana, "stopped")
    with site.app.app_context():
        db.session.execute(update(Stoppage).where(Stoppage.id == key).values(ended_at=now()))
        db.session.commit()
        db.session.remove()
    ana.page.evaluate("dispatchEvent(new Event('online'))")
    assert desk.comes_to(4, None, False)
    stands(ana, "saved")
    assert kept(ana) == []


@pytest.mark.parametrize(("language", "other"), [("en", "fr"), ("fr", "en")])
def test_from_the_first_score_to_the_prize(
    site: Site, someone: Callable[..., Person], desk: Desk, language: str, other: str
) -> None:
    """All of it on the phone: judging on a bad line, deciding, publishing, reading, claiming."""
    with site.app.app_context():
        world = World(site.app)
        competition = db.session.scalars(select(Competition)).one()
        prize = world.prize(competition, span=Span.ALL).id
        organizer = world.organizer(competition).email
        team = db.session.get_one(Review, desk.reviews[0]).submission.team
        key, captain = team.id, team.captain.email
        db.session.commit()
        db.session.remove()
    here = {"language": language, "viewport": PHONE}
    nobody = someone(**here)
    nobody.goes_to("/the-jam/results")
    assert nobody.page.get_by_text("⟦Winner⟧").count() == 0

    judge = opens(someone(**here), desk)
    desk.touches(judge, 0, 5)
    stands(judge, "saved")
    judge.context.set_offline(True)
    desk.touches(judge, 1, 4)
    judge.page.locator("[data-until-complete] button[value=complete]").click()
    stands(judge, "offline")
    judge.context.set_offline(False)
    judge.page.locator("[data-when-complete] .badge").wait_for(state="visible")
    assert desk.comes_to(5, 4, True)
    judge.page.locator("[data-when-complete] a").click()
    judge.page.wait_for_url(re.compile(str(desk.reviews[1])))
    for criterion in (0, 1):
        desk.touches(judge, criterion, 2)
    judge.page.locator("[data-until-complete] button[value=complete]").click()
    judge.page.wait_for_url(re.compile("/judging$"))
    assert judge.fits()

    with site.app.app_context():
        (window,) = db.session.scalars(select(Window).where(Window.gate == Gate.JUDGING))
        window.closes_at = datetime.now(UTC) - timedelta(minutes=1)
        db.session.commit()
        db.session.remove()
    chair = someone(**here)
    chair.signs_in(organizer)
    chair.goes_to(f"/the-jam/manage/results/prizes/{prize}/decision?proposed=1")
    words = {"en": "For its care.", "fr": "Pour son soin."}
    for code, citation in words.items():
        chair.page.locator(f"textarea[name^=citation_][name$='-{code}']:visible").fill(citation)
    assert chair.fits()
    chair.page.locator("main form button[type=submit]").last.click()
    chair.page.wait_for_url(re.compile("/manage/results$"))
    nobody.goes_to("/the-jam/results")
    assert nobody.page.get_by_text("⟦Winner").count() == 0
    chair.goes_to("/the-jam/manage/results/announcement")
    publication = chair.page.locator("details.confirm:has(form[action$='/results/publication'])")
    publication.first.locator("summary").click()
    assert chair.fits()
    publication.first.locator("button").click()
    chair.page.wait_for_url(re.compile("/the-jam/results$"))

    nobody.goes_to("/the-jam/results")
    page = nobody.page.locator("main").inner_text()
    assert [words[code] in page for code in (language, other)] == [True, False]
    assert nobody.fits()

    winner = someone(**here)
    winner.signs_in(captain)
    winner.goes_to(f"/the-jam/teams/{key}/results")
    winner.page.locator("main a[href*='/prizes/']").click()
    winner.page.locator("[name=reply][value=accepted]").check()
    winner.page.locator("[name=contact]").fill("1 Main Street")
    assert winner.fits()
    winner.submits()
    winner.page.wait_for_url(re.compile("/results$"))
    chair.goes_to("/the-jam/manage/results/deliveries")
    assert chair.sees("1 Main Street")
    assert chair.fits()
