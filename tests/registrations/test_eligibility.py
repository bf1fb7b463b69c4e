"""Who may enter: ages at the edges, and provinces."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from hackathon.extensions import db
from hackathon.registrations.eligibility import Conditions, age_at, may_live, old_enough
from hackathon.registrations.queries import conditions_of, registration_of
from tests.world import World


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2003, 5, 8), date(2021, 5, 7), 17),
        (date(2003, 5, 8), date(2021, 5, 8), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2021, 5, 8), date(2021, 5, 8), 0),
    ],
)
def test_ages(born: date, on: date, age: int) -> None:
    assert age_at(born, on) == age
    assert old_enough(born, Conditions(age=18, age_on=on)) is (age >= 18)


@pytest.mark.parametrize(
    ("residence", "country", "provinces", "may"),
    [
        ("QC", "CA", [], True),
        ("outside", "CA", [], False),
        ("QC", "CA", ["ON"], False),
        ("ON", "CA", ["ON"], True),
        ("outside", None, [], True),
    ],
)
def test_residence(residence: str, country: str | None, provinces: list[str], may: bool) -> None:
    assert may_live(residence, Conditions(country=country, provinces=provinces)) is may


def test_the_date_of_birth_decides_on_the_day(world: World) -> None:
    competition = world.competition(
        "c", asks_birth_date=True, age_on=date(2021, 5, 8), provinces=["ON", "QC"]
    )
    user = world.person()
    client = world.client(user)
    data = {"residence": "QC", "birth_date": "2003-05-09"}
    answer = client.post("/en/c/registration/new", data=data)
    assert answer.status_code == 422
    assert "people who are 18 or older on May 8, 2021." in answer.text
    assert 'href="/en/c/agenda"' in answer.text
    assert registration_of(user, competition) is None
    answer = client.post("/en/c/registration/new", data=data | {"residence": "BC"})
    assert "people who live in: Ontario, Quebec." in answer.text
    answer = client.post("/en/c/registration/new", data=data | {"birth_date": "2003-05-08"})
    assert answer.status_code == 302
    assert registration_of(user, competition).birth_date == date(2003, 5, 8)
    page = world.client(world.organizer(competition)).get("/en/c/manage/answers.csv")
    assert "2003-05-08" in page.text


@pytest.mark.parametrize("born", ["", "0000-01-01", "9999-01-01", "2003-02-30", "\x00", "1e9"])
def test_odd_dates_of_birth_are_refused(world: World, born: str) -> None:
    competition = world.competition("c", asks_birth_date=True)
    user = world.person()
    data = {"residence": "QC", "birth_date": born}
    assert world.client(user).post("/en/c/registration/new", data=data).status_code == 422
    assert registration_of(user, competition) is None


def test_without_a_day_the_age_counts_when_the_first_step_opens(world: World) -> None:
    competition = world.competition("c")
    first = min(window.opens_at for window in competition.windows)
    assert conditions_of(competition).age_on == first.astimezone(ZoneInfo(competition.zone)).date()


def test_the_conditions_are_told_beforehand(world: World) -> None:
    competition = world.competition("c", age_on=date(2021, 5, 8))
    world.question(competition, "yes_no", lets_in=["yes"])
    world.consent_text(competition)
    db.session.commit()
    page = world.client().get("/fr/c/who-can-enter").text
    assert "18 ans ou plus le 8 mai 2021" in page
    assert "<strong>Oui</strong>" in page
    assert "⟦rules (fr)⟧" in page
    assert "18 or older on May 8, 2021" in world.client().get("/en/c/rules").text
