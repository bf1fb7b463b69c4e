"""The pages of registering."""

from datetime import timedelta
from typing import Any

import pytest
from flask_babel import force_locale
from time_machine import travel

from hackathon.competitions.models import Approval, Gate
from hackathon.extensions import db
from hackathon.ground.i18n import LOCALES
from hackathon.registrations.actions import offer_free_places
from hackathon.registrations.queries import consents_of, entry_of, registration_of
from hackathon.registrations.states import State
from tests.counting import cost
from tests.world import World


def entry(*texts: Any, **others: str) -> dict[str, str]:
    given = {f"consent_{text.id.hex}": "y" for text in texts}
    return {"of_age": "y", "residence": "QC"} | given | others


def test_a_person_registers(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    text = world.consent_text(competition)
    answer = world.client(user).post("/en/c/registration/new", data=entry(text))
    assert (answer.status_code, answer.location) == (302, "/en/c/registration")
    registration = registration_of(user, competition)
    assert [c.text.version for c in consents_of(registration)] == [1]
    page = world.client(user).get("/en/c/registration")
    assert "version 1" in page.text


@pytest.mark.parametrize(
    ("language", "label", "too_young", "abroad"),
    [
        (
            "en",
            "I am 18 or older",
            "This competition is for people aged 18 or older.",
            "This competition is for people who live in Canada, so you cannot enter it.",
        ),
        (
            "fr",
            "J’ai 18 ans ou plus",
            "Cette compétition s’adresse aux personnes de 18 ans ou plus.",
            "Cette compétition s’adresse aux personnes qui vivent au Canada\u00a0: "
            "vous ne pouvez donc pas y participer.",
        ),
    ],
)
def test_who_cannot_enter_is_told_why(
    world: World, language: str, label: str, too_young: str, abroad: str
) -> None:
    competition, user = world.competition("c"), world.person()
    client = world.client(user)
    page = client.get(f"/{language}/c/registration/new")
    assert label in page.text
    answer = client.post(f"/{language}/c/registration/new", data={"residence": "outside"})
    assert answer.status_code == 422
    assert too_young in answer.text
    assert abroad in answer.text
    assert registration_of(user, competition) is None


def test_abroad_is_welcome_where_the_competition_is_for_everyone(world: World) -> None:
    competition, user = world.competition("c", country=None, minimum_age=None), world.person()
    world.client(user).post("/en/c/registration/new", data={"residence": "outside"})
    assert registration_of(user, competition).residence == "outside"


def test_needed_consents_are_needed_and_others_are_free(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    needed = world.consent_text(competition)
    free = world.consent_text(competition, "photo", required=False)
    client = world.client(user)
    answer = client.post("/en/c/registration/new", data=entry(free))
    assert answer.status_code == 422
    assert "You need to agree to this to take part." in answer.text
    assert client.post("/en/c/registration/new", data=entry(needed)).status_code == 302
    assert [c.text.key for c in consents_of(registration_of(user, competition))] == ["rules"]


@pytest.mark.parametrize("residence", ["", "XX", "qc", "<script>", "QC" * 200])
def test_unknown_places_are_refused(world: World, residence: str) -> None:
    competition, user = world.competition("c"), world.person()
    answer = world.client(user).post("/en/c/registration/new", data=entry(residence=residence))
    assert answer.status_code == 422
    assert registration_of(user, competition) is None


def test_full_is_said_kindly(world: World) -> None:
    competition = world.competition("c", capacity=1)
    world.participant(competition)
    answer = world.client(world.person()).post("/en/c/registration/new", data=entry())
    assert answer.status_code == 422
    assert "Every place in this competition is taken." in answer.text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Registration is not open."), ("fr", "L’inscription n’est pas ouverte.")],
)
def test_registering_counts_up_to_the_close_and_not_at_it(
    world: World, language: str, said: str
) -> None:
    competition = world.competition("c")
    window = next(w for w in competition.windows if w.gate is Gate.REGISTRATION)
    closes_at = window.closes_at
    early, late = (world.client(world.person()) for _ in range(2))
    path = f"/{language}/c/registration/new"
    with travel(closes_at, tick=False):
        answer = late.post(path, data=entry())
        assert (answer.status_code, said in answer.text) == (403, True)
    with travel(closes_at - timedelta(microseconds=1), tick=False):
        assert early.post(path, data=entry()).status_code == 302


def test_after_the_deadline_with_its_history(world: World) -> None:
    competition = world.competition("c")
    world.set_gates(competition, "closed", Gate.REGISTRATION)
    answer = world.client(world.person()).post("/en/c/registration/new", data=entry())
    assert answer.status_code == 403
    assert "Registration is not open." in answer.text
    assert "Closed on" in answer.text


def test_who_is_registered_is_sent_to_the_status(world: World) -> None:
    user = world.participant(world.competition("c"))
    answer = world.client(user).get("/en/c/registration/new")
    assert (answer.status_code, answer.location) == (302, "/en/c/registration")


def test_goes_on_to_a_page_of_this_site_only(world: World) -> None:
    world.competition("c")
    for wanted, reached in [
        ("/en/c/teams", "/en/c/teams"),
        ("https://evil.example/", "/en/c/registration"),
        ("//evil.example", "/en/c/registration"),
    ]:
        data = entry(next=wanted)
        answer = world.client(world.person()).post("/en/c/registration/new", data=data)
        assert answer.location == reached


def test_consents_change_on_the_status_page(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    photo = world.consent_text(competition, "photo", required=False)
    client = world.client(user)
    path = f"/en/c/consents/{photo.id}"
    assert f"{path}/agreement" in client.get("/en/c/registration").text
    assert client.post(f"{path}/agreement").location == "/en/c/registration"
    assert f"{path}/revocation" in client.get("/en/c/registration").text
    assert client.post(f"{path}/revocation").location == "/en/c/registration"
    assert consents_of(registration_of(user, competition)) == []


def test_withdrawing_from_the_page(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    answer = world.client(user).post("/en/c/registration/withdrawal")
    assert answer.location == "/en/c/"
    assert registration_of(user, competition) is None


def test_a_draft_text_is_not_public(world: World) -> None:
    competition = world.competition("c")
    text = world.consent_text(competition)
    path = f"/en/c/consents/{text.id}"
    assert world.client().get(path).status_code == 200
    text.published_at = None
    db.session.commit()
    assert world.client().get(path).status_code == 404
    assert world.client(world.organizer(competition)).get(path).status_code == 200


# -- the waitlist, offers and applications ---------------------------------------------------


def test_what_the_form_says_of_the_places(world: World) -> None:
    competition, client = world.competition("c", capacity=30), world.client(world.person())

    def said() -> str:
        return client.get("/en/c/registration/new").text

    assert "30 places are left." in said()
    competition.capacity, competition.approval = 1, Approval.BY_HAND
    assert "There is one place in all. One place is left." in said()
    world.participant(competition)
    competition.approval = Approval.AUTOMATIC
    assert "There is no waitlist." in said()
    assert "<select" not in said()  # nothing to fill in for nothing
    competition.waitlist = True
    assert "Nobody is waiting yet: you would be the first." in said()
    world.waiting(competition)
    assert "One person is waiting already." in said()
    assert "Join the waitlist" in said()


def test_a_person_waits_is_offered_a_place_and_confirms(world: World) -> None:
    competition = world.competition("c", capacity=1, waitlist=True)
    world.participant(competition)
    user = world.person()
    client = world.client(user)
    answer = client.post("/en/c/registration/new", data=entry(next="/en/c/teams"))
    assert answer.location == "/en/c/registration"  # teams are for those who take part
    page = client.get(answer.location).text
    assert "Your place in line: 1." in page
    assert client.get("/en/c/teams").status_code == 403
    assert client.get("/en/c/registration/new").location == "/en/c/registration"
    assert ">My registration</a>" in client.get("/en/c/").text
    competition.capacity = 2
    assert offer_free_places() == 1
    db.session.commit()
    page = client.get("/en/c/registration").text
    assert "A place is kept for you until" in page
    assert "data-countdown=" in page
    assert "Confirm your place, until" in client.get("/en/home").text
    for _ in range(2):  # the second is a double click, or the other tab
        answer = client.post("/en/c/registration/confirmation")
        assert (answer.status_code, answer.location) == (302, "/en/c/registration")
    assert client.get("/en/c/teams").status_code == 200


def test_an_offer_is_one_persons_alone(world: World) -> None:
    competition = world.competition("c", waitlist=True)
    world.registration(world.person(), competition, State.OFFERED)
    waiting = world.waiting(competition).user
    assert world.client().post("/en/c/registration/confirmation").status_code == 302
    stranger = world.client(world.person())
    assert stranger.post("/en/c/registration/confirmation").status_code == 403
    answer = world.client(waiting).post("/en/c/registration/confirmation")
    assert answer.status_code == 409
    assert "There is no place kept for you any more." in answer.text
    assert entry_of(waiting, competition).state is State.WAITLISTED


def test_an_offer_that_ended_says_so(world: World) -> None:
    """The page was left open, or the browser went back to it."""
    competition = world.competition("c")
    offered = world.registration(world.person(), competition, State.OFFERED)
    offered.offered_until = offered.moved_at
    client = world.client(offered.user)
    for language, ended, gone in (
        ("en", "This offer has ended.", "There is no place kept for you any more."),
        ("fr", "Cette offre a pris fin.", "Plus aucune place n’est gardée pour vous."),
    ):
        page = client.get(f"/{language}/c/registration").text
        assert ended in page
        assert "/registration/confirmation" not in page
        answer = client.post(f"/{language}/c/registration/confirmation")
        assert (answer.status_code, gone in answer.text) == (409, True)
    assert not registration_of(offered.user, competition)


def test_a_place_is_let_go_and_cannot_be_had_back_by_the_old_page(world: World) -> None:
    competition = world.competition("c", gates="closed")
    offered = world.registration(world.person(), competition, State.OFFERED)
    client = world.client(offered.user)
    for _ in range(2):
        assert client.post("/en/c/registration/withdrawal").location == "/en/c/"
    assert client.post("/en/c/registration/confirmation").status_code == 409
    page = client.get("/en/c/registration").text
    assert "you cannot enter again by yourself" in page
    world.set_gates(competition, "open")
    db.session.commit()
    assert "/en/c/registration/new" in client.get("/en/c/registration").text


def test_what_is_needed_is_agreed_to_again_with_the_confirmation(world: World) -> None:
    competition = world.competition("c")
    text = world.consent_text(competition)
    offered = world.registration(world.person(), competition, State.OFFERED)
    client = world.client(offered.user)
    answer = client.post("/en/c/registration/confirmation")
    assert answer.status_code == 422
    assert "You need to agree to this to take part." in answer.text
    answer = client.post("/en/c/registration/confirmation", data={f"consent_{text.id.hex}": "y"})
    assert answer.status_code == 302
    assert [c.text for c in consents_of(registration_of(offered.user, competition))] == [text]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", list(State))
def test_everyone_who_entered_sees_where_they_stand(
    world: World, state: State, language: str
) -> None:
    registration = world.registration(world.person(), world.competition("c"), state)
    answer = world.client(registration.user).get(f"/{language}/c/registration")
    assert answer.status_code == 200
    with force_locale(LOCALES[language]):
        assert str(state.label) in answer.text


def test_a_declined_person_reads_why_and_cannot_apply_again(world: World) -> None:
    competition = world.competition("c", approval=Approval.BY_HAND)
    declined = world.registration(world.person(), competition, State.DECLINED)
    declined.changes[0].reason = "You live <b>too</b> far away."
    client = world.client(declined.user)
    assert "You live &lt;b&gt;too&lt;/b&gt; far away." in client.get("/en/c/registration").text
    answer = client.post("/en/c/registration/new", data=entry())
    assert answer.location == "/en/c/registration"
    assert entry_of(declined.user, competition).state is State.DECLINED


def test_the_place_in_line_costs_the_same_at_its_end(world: World) -> None:
    competition = world.competition("c", waitlist=True)
    first = world.client(world.waiting(competition).user)
    for _ in range(5):
        last = world.client(world.waiting(competition).user)
    costs = {cost(world.app, client, "/en/c/registration") for client in (first, last)}
    assert len(costs) == 1
