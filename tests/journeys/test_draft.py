"""The draft that is never lost: two people, two tabs, no line, no session, a deadline."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select, update

from hackathon.accounts.models import SignIn
from hackathon.competitions.models import Competition, Gate, Window
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.questions.fields import name_of
from hackathon.questions.models import Kind, Question, Questionnaire
from hackathon.submissions.models import Submission, SubmissionAnswer, Version
from tests.browser import PHONE, Person, Site
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(site: Site) -> tuple[str, list[str]]:
    """The address of a draft that says something, and those of the two people who write it."""
    with site.app.app_context():
        world = World(site.app)
        competition = world.competition("the-jam")
        team = world.team(competition, challenge=world.challenge(competition))
        submission = world.submission(team, handed_in=False)
        submission.title, submission.summary = "A lamp", "It shines."
        path = f"/the-jam/teams/{team.id}/submission/draft"
        addresses = [person.email for person in team.members]
        db.session.commit()
        db.session.remove()
    return path, addresses


@pytest.fixture
def asked(site: Site, draft: Any) -> tuple[str, str, str]:
    """The names of the fields of three questions: a text, boxes, and a file."""
    with site.app.app_context():
        world = World(site.app)
        competition = db.session.scalars(select(Competition)).one()
        kinds = ((Kind.LONG, ()), (Kind.SEVERAL, ("home", "street")), (Kind.FILE, ()))
        names = [
            name_of(
                world.question(competition, kind, *options, questionnaire=Questionnaire.SUBMISSION)
            )
            for kind, options in kinds
        ]
        db.session.commit()
        db.session.remove()
    return names[0], names[1], names[2]


def answers(site: Site) -> dict[str, Any]:
    """What is saved, by the name of its field."""
    with site.app.app_context():
        rows = db.session.scalars(select(SubmissionAnswer))
        found = {f"q_{row.question_id.hex}": row.value for row in rows}
        db.session.remove()
    return found


def saved(site: Site, *names: str) -> Any:
    with site.app.app_context():
        found = db.session.execute(select(*(getattr(Submission, name) for name in names))).one()
        db.session.remove()
    return found[0] if len(names) == 1 else tuple(found)


def opens(person: Person, draft: tuple[str, list[str]], number: int = 0) -> Person:
    person.signs_in(draft[1][number])
    person.goes_to(draft[0])
    return person


def stands(person: Person, state: str) -> str:
    """Waits until the page says so; gives the words."""
    line = person.page.locator(f"[data-draft-state] [data-state={state}]")
    line.wait_for(state="visible")
    return line.inner_text().strip()


def kept(person: Person) -> list[str]:
    return person.page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('draft:'))")


def types(person: Person, name: str, text: str) -> None:
    """At the end of the field, key by key."""
    field = person.page.locator(f"#draft [name='{name}']")
    field.focus()
    field.press("End")
    field.press_sequentially(text)


def test_what_was_written_before_the_script_came_is_saved_too(
    site: Site, someone: Callable[..., Person], draft: Any, asked: tuple[str, str, str]
) -> None:
    _text, boxes, _file = asked
    ana = someone()
    ana.signs_in(draft[1][0])
    waiting: list[Any] = []
    ana.page.route(re.compile(r"/app\.js"), lambda route: waiting.append(route))
    ana.page.goto(f"{site.address}/en{draft[0]}", wait_until="commit")
    ana.fills(title="A lamp in the night")
    ana.page.locator(f"[name='{boxes}'][value]:not([type=hidden])").first.check()
    assert waiting
    for route in waiting:
        route.continue_()
    stands(ana, "saved")
    assert saved(site, "title", "summary") == ("A lamp in the night", "It shines.")
    assert len(answers(site)[boxes]) == 1
    assert kept(ana) == []


def test_it_saves_by_itself_and_never_hands_in(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    assert ana.page.get_by_role("button", name="Preview").count() == 0  # the live one is there
    types(ana, "title", " for the night")
    assert len(kept(ana)) == 1
    assert re.search(r"Saved at \d\d:\d\d:\d\d$", stands(ana, "saved"))
    assert ana.page.locator("#status").inner_text().startswith("Saved at")
    assert kept(ana) == []
    assert saved(site, "title", "summary") == ("A lamp for the night", "It shines.")
    with site.app.app_context():
        for kind in (Letter, Entry, Version):
            assert db.session.scalars(select(kind)).all() == []
        db.session.remove()
    ana.fills(summary="")
    assert "A summary" in ana.page.locator("[data-needs] .step-current").inner_text()
    ana.fills(repository="code.example")
    assert "beginning with https" in ana.page.locator("#repository-error").inner_text()
    stands(ana, "wrong")
    ana.fills(repository="https://code.example/lamp")
    stands(ana, "saved")
    ana.presses("Save the draft")
    ana.page.wait_for_url(re.compile("/submission$"))
    assert ana.sees("The draft is saved.")


def test_no_line_no_loss(site: Site, someone: Callable[..., Person], draft: Any) -> None:
    ana = opens(someone(), draft)
    ana.context.set_offline(True)
    types(ana, "title", " without a line")
    assert stands(ana, "offline") == "Not saved: no connection; kept on this device."
    assert saved(site, "title") == "A lamp"
    ana.context.set_offline(False)  # the page hears of it, and saves
    stands(ana, "saved")
    assert saved(site, "title") == "A lamp without a line"
    # The browser's page crashes without a line: the words come back with the next one.
    ana.context.set_offline(True)
    types(ana, "summary", " At night.")
    stands(ana, "offline")
    with pytest.raises(PlaywrightError, match="crash"):
        ana.page.goto("chrome://crash")
    ana.page.close()
    ana.context.set_offline(False)
    assert saved(site, "summary") == "It shines."
    ana.page = ana.context.new_page()
    ana.goes_to(draft[0])
    assert ana.page.locator("#summary").input_value() == "It shines. At night."
    assert ana.page.locator("[data-restored]").is_visible()
    stands(ana, "saved")
    assert saved(site, "summary") == "It shines. At night."
    assert kept(ana) == []


def test_a_session_that_ended_loses_nothing(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    with site.app.app_context():
        db.session.execute(update(SignIn).values(ended_at=now()))
        db.session.commit()
        db.session.remove()
    types(ana, "title", " that stays")
    assert "Signed out: kept on this device." in stands(ana, "sign_in")
    ana.follows("Sign in to go on")
    ana.fills(email=draft[1][0], password=PASSWORD)
    ana.submits()
    ana.page.wait_for_url(re.compile("/draft$"))
    assert ana.page.locator("#title").input_value() == "A lamp that stays"
    stands(ana, "saved")
    assert saved(site, "title") == "A lamp that stays"


def test_what_one_person_typed_is_not_shown_to_the_next(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    ana.context.set_offline(True)
    types(ana, "title", " of Ana")
    stands(ana, "offline")
    ana.context.clear_cookies()  # so that nothing is saved when the page closes, either
    ana.page.close()
    ana.context.set_offline(False)
    ana.page = ana.context.new_page()
    opens(ana, draft, 1)
    assert ana.page.locator("#title").input_value() == "A lamp"
    assert ana.page.locator("main").inner_text().count("of Ana") == 0
    ana.context.clear_cookies()
    opens(ana, draft, 0)
    assert ana.page.locator("#title").input_value() == "A lamp of Ana"


def test_what_is_kept_can_be_removed(someone: Callable[..., Person], draft: Any) -> None:
    ana = opens(someone(), draft)
    ana.context.set_offline(True)
    types(ana, "title", " at a library")
    stands(ana, "offline")
    ana.presses("Remove what is kept on this device")  # and a browser without a person declines
    assert len(kept(ana)) == 1
    agrees(ana)
    ana.presses("Remove what is kept on this device")
    assert kept(ana) == []


def agrees(person: Person) -> None:
    """To whatever the page asks from now on."""
    person.page.on("dialog", lambda dialog: dialog.accept())


def signs_in_beside(person: Person, site: Site, email: str) -> None:
    """In another tab of the same browser, once nobody is signed in there any more."""
    person.context.clear_cookies()
    other = person.context.new_page()
    other.goto(f"{site.address}/en/account/sign-in")
    other.locator("[name=email]").fill(email)
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("main form button[type=submit]").first.click()
    other.wait_for_url(re.compile("/home"))
    other.close()


def test_a_token_of_an_older_session_is_renewed(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    """Signed out and in again in another tab: the form goes on with the new session."""
    ana = opens(someone(), draft)
    signs_in_beside(ana, site, draft[1][0])
    types(ana, "title", " goes on")
    stands(ana, "saved")
    assert saved(site, "title") == "A lamp goes on"


def test_somebody_else_at_the_same_browser_saves_nothing_of_mine(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    signs_in_beside(ana, site, draft[1][1])
    types(ana, "title", " of Ana")
    stands(ana, "other")
    assert saved(site, "title") == "A lamp"


@pytest.mark.parametrize(
    ("choice", "title"),
    [
        ("mine", "A lamp of Ana"),
        ("theirs", "A lamp of Ben"),
        ("together", "A lamp of Ana / A lamp of Ben"),
    ],
)
def test_two_people_in_one_field_see_both(
    site: Site, someone: Callable[..., Person], draft: Any, choice: str, title: str
) -> None:
    ana, ben = opens(someone(), draft), opens(someone(viewport=PHONE), draft, 1)
    types(ben, "title", " of Ben")
    stands(ben, "saved")
    types(ana, "summary", " By day.")
    types(ana, "title", " of Ana")
    stands(ana, "choose")
    assert saved(site, "title", "summary") == ("A lamp of Ben", "It shines. By day.")
    box = ana.page.locator("#conflict-title")
    assert box.locator("[data-mine]").inner_text() == "A lamp of Ana"
    assert box.locator("[data-theirs]").inner_text() == "A lamp of Ben"
    box.locator(f"[value={choice}]").click()
    assert box.count() == 0
    ana.page.locator("#summary").focus()
    stands(ana, "saved" if choice != "theirs" else "idle")
    assert saved(site, "title") == title
    # The other one writes on in what was changed meanwhile, on a phone.
    types(ben, "summary", " And on.")
    stands(ben, "choose")
    assert ben.page.locator("#conflict-summary [data-theirs]").inner_text() == "It shines. By day."
    assert ben.fits()


def test_what_others_save_comes_into_fields_that_i_did_not_touch(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana, ben = opens(someone(), draft), opens(someone(language="fr"), draft, 1)
    types(ben, "title", " de Ben")
    stands(ben, "saved")
    types(ana, "summary", " By day.")
    stands(ana, "saved")
    assert ana.page.locator("#title").input_value() == "A lamp de Ben"
    assert "Changed by" in ana.page.locator("[data-newer]").inner_text()
    assert saved(site, "title", "summary") == ("A lamp de Ben", "It shines. By day.")


def test_two_tabs_of_one_browser_do_not_fight(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    second = ana.context.new_page()
    second.goto(f"{site.address}/en{draft[0]}")
    types(ana, "title", " one")
    stands(ana, "saved")
    assert second.locator("#title").input_value() == "A lamp one"
    second.locator("#title").press("End")
    second.locator("#title").press_sequentially(" two")
    second.locator("[data-state=saved]").wait_for(state="visible")
    assert saved(site, "title") == "A lamp one two"
    assert ana.page.locator("#title").input_value() == "A lamp one two"
    types(ana, "title", " three")
    stands(ana, "saved")
    assert saved(site, "title") == "A lamp one two three"
    assert [page.locator("#draft [data-conflict]").count() for page in ana.context.pages] == [0, 0]


def test_two_tabs_that_both_crash_without_a_line_lose_neither_text(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = someone()
    ana.context.add_init_script("delete window.BroadcastChannel")  # as of a tab that sleeps
    opens(ana, draft)
    second = ana.context.new_page()
    second.goto(f"{site.address}/en{draft[0]}")
    ana.context.set_offline(True)
    types(ana, "title", " of glass")
    second.locator("#title").press("End")
    second.locator("#title").press_sequentially(" of clay")
    stands(ana, "offline")
    second.locator("[data-state=offline]").wait_for(state="visible")
    assert len(kept(ana)) == 2
    ana.context.clear_cookies()  # so that nothing is saved when the pages close, either
    for page in (ana.page, second):
        page.close()
    ana.context.set_offline(False)
    ana.page = ana.context.new_page()
    opens(ana, draft)
    title = ana.page.locator("#title").input_value()
    other = ana.page.locator("#kept-title")
    other.wait_for(state="visible")
    assert sorted([title, other.input_value()]) == ["A lamp of clay", "A lamp of glass"]
    stands(ana, "saved")
    assert saved(site, "title") == title
    assert len(kept(ana)) == 1  # the other one, until it is removed
    agrees(ana)
    ana.page.locator("[data-kept] [data-forget]").click()
    assert kept(ana) == []


def test_the_deadline_passes_while_typing(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    types(ana, "title", " in time")
    stands(ana, "saved")
    with site.app.app_context():
        window = db.session.scalars(select(Window).where(Window.gate == Gate.SUBMISSION)).one()
        window.closes_at = datetime.now(UTC) - timedelta(seconds=1)
        db.session.commit()
        db.session.remove()
    ana.page.locator("[name=language][value=fr]").check()
    types(ana, "title", ", and late")
    assert stands(ana, "closed").startswith("Submissions are closed.")
    assert ana.page.locator("#kept-language").input_value() == "Français"  # and not its key
    assert saved(site, "title") == "A lamp in time"
    area = ana.page.locator("#kept-title")
    assert area.input_value() == "A lamp in time, and late"
    ana.page.locator("[data-kept] button", has_text="Copy").first.click()
    copied = "navigator.clipboard.readText()"
    assert ana.page.evaluate(copied) == "A lamp in time, and late"
    # Later, too: on the page of the submission, and gone once it is removed.
    ana.goes_to(draft[0])
    ana.follows("See your submission, and what this device keeps of your draft")
    assert area.input_value() == "A lamp in time, and late"
    agrees(ana)
    ana.presses("Remove what is kept on this device")
    ana.page.reload()
    assert area.count() == 0


@pytest.mark.parametrize("choice", ["mine", "theirs", "together"])
def test_two_people_in_one_answer_see_both(
    site: Site, someone: Callable[..., Person], draft: Any, asked: Any, choice: str
) -> None:
    text, boxes, _file = asked
    ana, ben = opens(someone(), draft), opens(someone(viewport=PHONE), draft, 1)
    types(ben, text, "Nurses")
    ben.page.get_by_label("⟦street⟧").check()
    stands(ben, "saved")
    types(ana, text, "Teachers")
    stands(ana, "choose")
    assert answers(site) == {text: "Nurses", boxes: ["street"]}
    assert ana.page.get_by_label("⟦street⟧").is_checked()  # which nobody else had touched
    box = ana.page.locator(f"#conflict-{text}")
    assert box.locator("[data-mine]").inner_text() == "Teachers"
    assert box.locator("[data-theirs]").inner_text() == "Nurses"
    box.locator(f"[value={choice}]").click()
    ana.page.locator("#summary").focus()
    stands(ana, "saved" if choice != "theirs" else "idle")
    outcome = {"mine": "Teachers", "theirs": "Nurses", "together": "Teachers / Nurses"}[choice]
    assert answers(site)[text] == outcome
    # And boxes, on which Ben does not know yet what Ana ticked.
    ana.page.get_by_label("⟦street⟧").uncheck()
    ana.page.get_by_label("⟦home⟧").check()
    ana.page.locator("#summary").focus()
    stands(ana, "saved")
    ben.page.get_by_label("⟦home⟧").check()
    stands(ben, "choose")
    theirs = ben.page.locator(f"#conflict-{boxes} [data-theirs]").inner_text()
    assert (theirs, answers(site)[boxes]) == ("⟦home⟧", ["home"])
    assert ben.fits()


def test_no_line_while_answering(
    site: Site, someone: Callable[..., Person], draft: Any, asked: Any
) -> None:
    text, boxes, _file = asked
    ana = opens(someone(), draft)
    ana.context.set_offline(True)
    types(ana, text, "Written in the metro")
    ana.page.get_by_label("⟦home⟧").check()
    stands(ana, "offline")
    assert answers(site) == {}
    with pytest.raises(PlaywrightError, match="crash"):
        ana.page.goto("chrome://crash")
    ana.page.close()
    ana.context.set_offline(False)
    ana.page = ana.context.new_page()
    ana.goes_to(draft[0])
    assert ana.page.locator(f"[name={text}]").input_value() == "Written in the metro"
    assert ana.page.get_by_label("⟦home⟧").is_checked()
    stands(ana, "saved")
    assert answers(site) == {text: "Written in the metro", boxes: ["home"]}
    assert kept(ana) == []


def test_a_question_retired_while_one_writes_leaves_the_words_to_copy(
    site: Site, someone: Callable[..., Person], draft: Any, asked: Any
) -> None:
    ana = opens(someone(), draft)
    with site.app.app_context():
        db.session.execute(update(Question).values(retired_at=now()))
        db.session.commit()
        db.session.remove()
    types(ana, asked[0], "Too late")
    stands(ana, "wrong")
    assert "is not asked any more" in ana.page.locator(f"#{asked[0]}-error").inner_text()
    ana.page.reload()
    assert ana.page.locator(f"#kept-{asked[0]}").input_value() == "Too late"
    assert answers(site) == {}


def test_a_file_goes_with_the_button_once_the_words_are_saved(
    site: Site, someone: Callable[..., Person], draft: Any, asked: Any
) -> None:
    text, _boxes, file = asked
    ana = opens(someone(), draft)
    pdf = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a plan"}
    ana.page.locator(f"[name={file}]").set_input_files(pdf)
    types(ana, text, "Nurses")
    stands(ana, "saved")
    assert list(answers(site)) == [text]
    ana.presses("Save the draft")
    ana.page.wait_for_url(re.compile("/submission$"))
    assert answers(site)[file]["name"] == "plan.pdf"
    assert answers(site)[text] == "Nurses"


def test_a_page_left_in_haste_is_saved(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(), draft)
    types(ana, "title", " left in haste")
    ana.goes_to("/the-jam/dates")
    end = time.monotonic() + 10
    while saved(site, "title") == "A lamp" and time.monotonic() < end:
        ana.page.wait_for_timeout(50)
    assert saved(site, "title") == "A lamp left in haste"


def test_the_preview_is_alive(someone: Callable[..., Person], draft: Any) -> None:
    ana = opens(someone(), draft)
    ana.page.locator("[data-preview] summary").click()
    ana.fills(description="A *fine* <b>idea</b>")
    shown = ana.page.locator("[data-preview-of] em")
    shown.wait_for()
    assert shown.inner_text() == "fine"
    assert ana.page.locator("[data-preview-of] b").count() == 0


def test_without_a_script_the_choice_and_the_preview_work(
    site: Site, someone: Callable[..., Person], draft: Any
) -> None:
    ana = opens(someone(scripts=False), draft)
    with site.app.app_context():
        db.session.execute(update(Submission).values(title="A lamp of Ben"))
        db.session.commit()
        db.session.remove()
    ana.fills(title="A lamp of Ana", summary="By day.")
    ana.presses("Preview")
    assert ana.page.locator("#preview").inner_text().count("A lamp of Ana") == 1
    ana.presses("Save the draft")
    assert saved(site, "title", "summary") == ("A lamp of Ben", "By day.")
    ana.page.locator("#conflict-title [value=mine]").check()
    ana.presses("Save the draft")
    ana.page.wait_for_url(re.compile("/submission$"))
    assert saved(site, "title") == "A lamp of Ana"
