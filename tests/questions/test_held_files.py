"""A file chosen on a form that is refused need not be chosen again."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.questions.fields import HELD_FOR
from hackathon.questions.models import Kind, Question, Questionnaire
from hackathon.registrations.queries import registration_of
from tests.submissions import samples
from tests.world import World

ANSWERS = "/en/c/registration/answers"
GONE = "The file that you had chosen is no longer kept. Please choose it again."


class Form:
    """A letter and a number to answer; a word instead of the number has the form refused."""

    def __init__(self, world: World) -> None:
        self.world, self.competition = world, world.competition("c")
        self.letter = world.question(self.competition, Kind.FILE)
        self.number = world.question(self.competition, Kind.NUMBER)
        self.user = world.participant(self.competition)
        self.client = world.client(self.user)

    def send(self, file: Any = None, *, well: bool, path: str = ANSWERS, **others: Any) -> Any:
        name = f"q_{self.letter.key}"
        data = {f"q_{self.number.key}": "1" if well else "one"}
        if file:
            data[name] = (io.BytesIO(file[1]), file[0])
        data |= {f"{name}-{part}": value for part, value in others.items()}
        return self.client.post(path, data=data, content_type="multipart/form-data")

    @property
    def kept(self) -> Any:
        [value] = [
            row.value["name"]
            for row in registration_of(self.user, self.competition).answers
            if row.kind is Kind.FILE
        ] or [None]
        return value


@pytest.fixture
def form(world: World) -> Form:
    return Form(world)


def reference(page: Any, question: Question) -> str | None:
    found = re.search(rf'name="q_{question.key}-held" value="([^"]+)"', page.text)
    return found and found[1]


PDF = ("letter.pdf", samples.PDF)


def test_the_next_submit_needs_no_upload(form: Form) -> None:
    refused = form.send(PDF, well=False)
    assert refused.status_code == 422
    assert "letter.pdf is kept; choose another to replace it." in refused.text
    assert form.kept is None
    again = form.send(well=False, held=reference(refused, form.letter))
    assert "letter.pdf is kept" in again.text
    assert form.send(well=True, held=reference(again, form.letter)).status_code == 302
    assert form.kept == "letter.pdf"
    entry = registration_of(form.user, form.competition)
    with form.client.get(f"/en/c/registrations/{entry.id}/answers/{form.letter.id}") as file:
        assert file.data == samples.PDF


def test_a_needed_file_that_is_held_is_there(form: Form) -> None:
    form.letter.required = True
    held = reference(form.send(PDF, well=False), form.letter)
    assert form.send(well=True, held=held).status_code == 302


def test_another_file_replaces_it_and_a_box_drops_it(form: Form) -> None:
    held = reference(form.send(PDF, well=False), form.letter)
    other = form.send(("other.pdf", samples.PDF), well=False, held=held)
    assert "other.pdf is kept" in other.text
    bad = form.send(("page.html", samples.HTML), well=True, held=held)
    assert "are not accepted" in bad.text
    assert "letter.pdf is kept" in bad.text
    assert form.send(well=True, held=held, drop="y").status_code == 302
    assert form.kept is None


def test_a_file_that_was_refused_is_not_held(form: Form) -> None:
    refused = form.send(("letter.pdf", samples.HTML), well=False)
    assert reference(refused, form.letter) is None


def test_only_for_this_person_and_this_question(form: Form) -> None:
    world = form.world
    held = reference(form.send(PDF, well=False), form.letter)
    another = world.question(form.competition, Kind.FILE)
    sent = form.client.post(ANSWERS, data={f"q_{another.key}-held": held})
    assert (sent.status_code, GONE in sent.text) == (422, True)
    form.user = world.participant(form.competition)
    form.client = world.client(form.user)
    refused = form.send(well=True, held=held)
    assert (refused.status_code, GONE in refused.text) == (422, True)
    assert reference(refused, form.letter) is None
    assert form.send(well=True).status_code == 302
    assert form.kept is None


@pytest.mark.parametrize("forged", ["x", "WyJhIl0.aaaa.bbbb", "é\u202e", "." * 5000])
def test_a_forged_reference_is_no_file(form: Form, forged: str) -> None:
    refused = form.send(well=True, held=forged)
    assert (refused.status_code, GONE in refused.text) == (422, True)
    assert form.send(PDF, well=True, held=forged).status_code == 302
    assert form.kept == "letter.pdf"


def test_a_file_in_the_place_of_a_reference_is_none(form: Form) -> None:
    sent = form.send(well=True, held=(io.BytesIO(samples.PDF), "held.pdf"))
    assert (sent.status_code, GONE in sent.text) == (422, True)


def test_it_lasts_for_hours_and_no_longer(form: Form) -> None:
    held, start = reference(form.send(PDF, well=False), form.letter), now()
    with time_machine.travel(start + HELD_FOR + timedelta(minutes=1), tick=False):
        form.client = form.world.client(form.user)
        assert GONE in form.send(well=True, held=held).text
    form.client = form.world.client(form.user)
    assert form.send(well=True, held=held).status_code == 302


def test_what_was_swept_meanwhile_is_no_file(form: Form) -> None:
    held = reference(form.send(PDF, well=False), form.letter)
    form.world.app.extensions["storage"].sweep(set(), now() + timedelta(days=1))
    assert GONE in form.send(well=True, held=held).text


def test_narrower_limits_count(form: Form) -> None:
    held = reference(form.send(PDF, well=False), form.letter)
    form.letter.limits = {"size": 10}
    db.session.flush()
    assert "A file can have at most" in form.send(well=True, held=held).text
    form.letter.limits = {"endings": ["png"]}
    db.session.flush()
    assert "Send a file that ends in .png." in form.send(well=True, held=held).text


def test_at_registration_and_for_a_team(world: World) -> None:
    form = Form(world)
    form.user = world.person()
    form.client = world.client(form.user)
    new = "/fr/c/registration/new"
    refused = form.send(PDF, well=True, path=new)  # nothing said about age and residence
    assert "letter.pdf est conservé" in refused.text
    data = {"of_age": "y", "residence": "QC"}
    data |= {f"q_{form.letter.key}-held": reference(refused, form.letter)}
    assert form.client.post(new, data=data).status_code == 302
    assert form.kept == "letter.pdf"

    team = world.team(form.competition)
    form.client = world.client(team.members[0])
    ours = {"questionnaire": Questionnaire.TEAM}
    form.letter = world.question(form.competition, Kind.FILE, **ours)
    form.number = world.question(form.competition, Kind.NUMBER, **ours)
    path = f"/en/c/teams/{team.id}/answers"
    held = reference(form.send(PDF, well=False, path=path), form.letter)
    assert form.send(well=True, path=path, held=held).status_code == 302
    assert sorted(row.kind for row in team.answers) == [Kind.FILE, Kind.NUMBER]
