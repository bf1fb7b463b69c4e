"""The whole story in a real browser: from the first visit to the published results.

A visitor, two participants, a mentor, two judges and an organizer, each with a browser of their
own, in English and in French, on a desk and on a phone. Only the clock is moved.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from tests.browser import PHONE, Person, Site
from tests.world import World

pytestmark = pytest.mark.browser

START = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
TORONTO = ZoneInfo("America/Toronto")
# When each gate opens and closes, in days from the start.
GATES = {
    Gate.REGISTRATION: (-10, 5),
    Gate.TEAM_CHANGES: (-10, 6),
    Gate.CHALLENGE_CHOICE: (-10, 7),
    Gate.SUBMISSION: (6, 12),
    Gate.FEEDBACK: (6, 13),
    Gate.JUDGING: (12, 20),
    Gate.PUBLIC_VOTE: (13, 20),
}
JAM = "/the-jam"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def typed(moment: datetime) -> str:
    """As one types it into a field, on the competition's clock."""
    return moment.astimezone(TORONTO).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def addresses(site: Site) -> dict[str, str]:
    """The competition before anyone registers, with its crew and one rival team."""
    with site.app.app_context():
        world = World(site.app)
        competition = world.competition("the-jam", minimum_age=18)
        for window in competition.windows:
            window.opens_at, window.closes_at = (day(d) for d in GATES[window.gate])
        world.consent_text(competition)
        challenge = world.challenge(competition)
        world.challenge(competition)
        world.criterion(competition, 60)
        world.criterion(competition, 40)
        world.session(competition, starts_at=day(3), ends_at=day(3) + timedelta(hours=1))
        rival = world.team(competition, 2)
        rival.challenge = challenge
        world.submission(rival)
        people = {
            "organizer": world.organizer(competition),
            "mentor": world.mentor(competition).user,
            "judge": world.judge(competition).user,
            "other judge": world.judge(competition).user,
        }
        db.session.commit()
        return {role: user.email for role, user in people.items()}


def opens_an_account(person: Person, site: Site, name: str, email: str) -> None:
    """From the page for a new account, through the letter, to where the person was going."""
    person.fills(name=name, email=email, password="quatre mots pour entrer")
    person.submits()
    person.goes_to(site.link_for(email, "confirm_address"))
    person.submits()


def registers(person: Person) -> None:
    person.page.locator("[name=of_age]").check()
    person.page.locator("[name=residence]").select_option("QC")
    for box in person.page.locator("[name^=consent_]").all():
        box.check()
    person.submits()


def test_the_whole_story(
    site: Site, addresses: dict[str, str], someone: Callable[..., Person]
) -> None:
    site.move_to(START)

    # -- the public, in French: reads, and takes a seat without an account ---------------------
    visitor = someone(language="fr", viewport=PHONE)
    visitor.goes_to(JAM + "/")
    assert visitor.page.locator("h1").inner_text().startswith("⟦Competition")
    assert visitor.fits()
    visitor.goes_to(JAM + "/agenda")
    visitor.page.locator(".session h3 a").first.click()
    visitor.page.locator("main a[href$='/sign-up']").first.click()
    visitor.fills(name="Élise Guay", email="elise@example.org")
    visitor.submits()
    visitor.goes_to(site.link_for("elise@example.org", "sign_up_confirm"))
    visitor.presses("Confirmer ma place")
    assert visitor.sees("Votre place est confirmée.")
    assert site.letters_to("elise@example.org")[0].name == "signed_up"

    # -- Ana founds a team and invites Benoît, who has no account yet ---------------------------
    ana = someone(viewport=PHONE)
    ana.goes_to(JAM + "/")
    ana.follows("Register")  # asks to sign in first
    ana.follows("I do not have an account yet")
    opens_an_account(ana, site, "Ana Okafor", "ana@example.org")
    assert ana.page.url.endswith("/the-jam/registration/new")
    ana.submits()  # nothing ticked yet
    assert ana.page.locator("[aria-invalid=true]").count() >= 2
    registers(ana)
    assert site.letters_to("ana@example.org")[0].name == "registered"
    ana.goes_to(JAM + "/teams/new")
    ana.fills(name="Les Boréales")
    ana.page.locator("[name=languages]").first.check()
    ana.submits()
    assert ana.page.locator("h1").inner_text() == "Les Boréales"
    ana.page.locator("main a[href$='/invitations']").click()
    ana.fills(address="benoit@example.org")
    ana.presses("Send the invitation")

    benoit = someone(language="fr")
    benoit.goes_to(site.link_for("benoit@example.org", "team_invitation").replace("/en/", "/fr/"))
    benoit.page.locator("main").get_by_role("link", name="Créer un compte").click()
    opens_an_account(benoit, site, "Benoît Tremblay", "benoit@example.org")
    benoit.page.locator("main a[href*='/registration']").click()
    registers(benoit)
    benoit.page.locator("main form button.btn-primary").click()  # accepts
    assert benoit.page.locator("h1").inner_text() == "Les Boréales"
    assert site.letters_to("ana@example.org")[0].name == "joined_team"

    ana.goes_to(JAM + "/team")
    team = ana.page.url.split("/en")[1]
    ana.page.locator("main a[href$='/challenge']").first.click()
    ana.page.locator("[name=challenge]").first.check()
    ana.submits()
    assert ana.page.locator("main").get_by_text("⟦Challenge").count() >= 1

    # -- the organizer extends registration; everyone hears of it -------------------------------
    organizer = someone()
    organizer.signs_in(addresses["organizer"])
    organizer.goes_to(JAM + "/manage/dates/registration/extension")
    organizer.page.locator("[name=closes_at]").fill(typed(day(5.5)))
    organizer.submits()  # the reason is missing
    assert organizer.page.locator("[aria-invalid=true]").count() == 2
    assert organizer.page.locator("[name=closes_at]").input_value() == typed(day(5.5))
    organizer.fills(**{"reason-en": "Exams are on.", "reason-fr": "Les examens ont lieu."})
    organizer.submits()
    assert organizer.sees("Extend this deadline?")  # what it will mean, before it is done
    visitor.goes_to(JAM + "/dates")
    assert visitor.page.locator("del").count() == 0
    organizer.presses("Extend the deadline")
    visitor.goes_to(JAM + "/dates")
    assert visitor.page.locator("del").count() == 1
    assert visitor.sees("Les examens ont lieu.")
    site.move_to(START + timedelta(minutes=2))  # until then it could be undone
    news = site.letters_to("benoit@example.org")[0]
    assert (news.name, news.language) == ("deadline_extended", "fr")
    assert "Les examens ont lieu." in news.text

    # -- mentors are matched; the work is written, handed in and commented ----------------------
    site.move_to(day(8))
    visitor.goes_to(JAM + "/registration")  # too late: but a visitor is asked to sign in first
    assert "/account/sign-in" in visitor.page.url
    organizer.goes_to(JAM + "/manage/pairings/matching")
    organizer.page.locator("main form[method=post] button[type=submit]").last.click()
    mentor = someone(language="fr")
    mentor.signs_in(addresses["mentor"])
    mentor.goes_to(JAM + "/mentors/me/teams")
    assert mentor.sees("Les Boréales")

    ana.goes_to(team + "/submission/draft")
    ana.fills(title="Northern Lights", summary="A map of silence.", description="## What\n\nA map.")
    ana.submits()
    assert ana.sees("The draft is saved.")
    benoit.goes_to(team + "/submission/files")
    benoit.page.locator("[name=files]").set_input_files(
        {"name": "carte.csv", "mimeType": "text/csv", "buffer": b"lieu,nombre\nnord,3\n"}
    )
    benoit.presses("Ajouter")
    benoit.goes_to(team + "/submission")
    benoit.page.locator("main button.btn-accent").click()  # hands in
    assert re.search(r"[0-9a-f]{64}", benoit.page.locator(".receipt").inner_text())
    receipt = site.letters_to("ana@example.org")[0]
    assert receipt.name == "submission_received"
    assert "UTC" in receipt.text

    mentor.goes_to(team + "/submission/feedback")
    mentor.fills(overall="Très clair. Montrez vos **limites**.")
    mentor.page.locator("main button[name=send]").click()
    benoit.goes_to(team + "/submission")
    assert benoit.sees("Très clair.")

    # -- closed; judges score on a phone ---------------------------------------------------------
    site.move_to(day(12.1))
    ana.goes_to(team + "/submission/draft")
    assert ana.page.locator("[data-refusal=closed]").count() == 1
    organizer.goes_to(JAM + "/manage/judging/reviews/proposal?wanted=2")
    organizer.presses("Confirm the proposal")
    for role, level in (("judge", 5), ("other judge", 4)):
        judge = someone(language="fr", viewport=PHONE)
        judge.signs_in(addresses[role])
        judge.goes_to(JAM + "/judging")
        judge.page.locator("main a[href$='/judging/declarations']").click()
        assert judge.sees("Un conflit d’intérêts")
        judge.page.locator("main button[value=rest]").click()
        assert judge.sees("Votre réponse est conservée.")
        for number in range(2):
            judge.goes_to(JAM + "/judging")
            work = judge.page.locator("main .rows a")
            work.nth(number).click()
            ours = judge.page.get_by_text("Northern Lights").count() > 0
            for group in judge.page.locator("main fieldset").all():
                group.locator("input[type=radio]").nth(level - 1 if ours else 1).check()
            judge.fills(comment="Un travail soigné.")
            judge.page.locator("[data-until-complete] button[value=complete]").click()
            assert judge.sees("Votre évaluation est terminée.")

    # -- decided, announced for a moment to come, and not a word before it -----------------------
    site.move_to(day(20.1))
    organizer.goes_to(JAM + "/manage/judging/ranking")
    assert organizer.sees("Les Boréales")
    organizer.goes_to(JAM + "/manage/results/prizes")
    organizer.presses("Begin with these two")
    organizer.goes_to(JAM + "/manage/results")
    organizer.page.locator("main article a", has_text="Decide").first.click()
    organizer.page.get_by_role("link", name="Take the proposal").click()
    for field in organizer.page.locator("textarea[name^=citation_][name$='-en']:visible").all():
        field.fill("For its care.")
    for field in organizer.page.locator("textarea[name^=citation_][name$='-fr']:visible").all():
        field.fill("Pour son soin.")
    organizer.presses("Save the decision")
    organizer.goes_to(JAM + "/manage/results/comments")
    organizer.follows("Northern Lights")
    for choice in organizer.page.locator("main input[type=radio][value=release]").all():
        choice.check()
    organizer.presses("Save")
    organizer.goes_to(JAM + "/manage/results/announcement")
    organizer.page.locator("[name=publish_at]").fill(typed(day(21)))
    organizer.submits()
    for person in (visitor, ana):
        person.goes_to(JAM + "/results")
        assert person.page.locator("h1").inner_text() in (
            "There is no such page",
            "Cette page n’existe pas",
        )
    assert visitor.page.get_by_text("Northern Lights").count() == 0

    # -- and then everyone sees, and every team is told ------------------------------------------
    site.move_to(day(21) + timedelta(seconds=1))
    visitor.goes_to(JAM + "/results")
    assert visitor.sees("Northern Lights")
    assert visitor.sees("Pour son soin.")
    assert visitor.fits()
    letter = site.letters_to("benoit@example.org")[0]
    assert (letter.name, letter.language) == ("results_winner", "fr")
    ana.goes_to(team + "/results")
    assert ana.sees("Un travail soigné.")

    # -- the organizer's record holds it all -----------------------------------------------------
    organizer.goes_to(JAM + "/manage/journal")
    assert organizer.sees("The results became public.")
    organizer.goes_to(JAM + "/manage/letters")
    assert organizer.page.get_by_text("Waiting").count() == 0
