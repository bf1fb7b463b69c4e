"""A judge who may not learn whose work they read does not, at any door and in no letter."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfWriter
from sqlalchemy import select

from hackathon.competitions.models import Competition, Gate
from hackathon.extensions import db
from hackathon.ground.storage import Stored
from hackathon.judging import actions, rulebook
from hackathon.judging.blind import blinded
from hackathon.judging.models import Declaration, Judge, Problem, Review, Stand, Trouble
from hackathon.judging.outcome import record_of
from hackathon.mentoring.models import Conflict
from hackathon.post.models import Letter
from hackathon.questions.models import Kind, Questionnaire
from hackathon.redaction.actions import clear, decide, make_copies
from hackathon.redaction.models import Copy, Redaction
from hackathon.redaction.queries import copies_of, desk_of, lots_of
from hackathon.submissions.models import Submission, Translation, Version
from tests.counting import cost
from tests.world import World, both

TEAM = "Zephyr Nine"
PERSON = "Quillon Dahlia"
ORGANIZATION = "Umbra Institute"
SECRETS = ("zephyr", "quillon", "dahlia", "umbra", "report-final")


def report() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": PERSON, "/Title": TEAM})
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


class Blind:
    """A blind competition with one submission that says in every place whose it is, cleared, and a
    judge who has said that they are tied to nobody."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        self.question = world.question(
            self.competition,
            Kind.LONG,
            questionnaire=Questionnaire.SUBMISSION,
            shown_to=["judges"],
        )
        team_question = world.question(
            self.competition, Kind.LONG, questionnaire=Questionnaire.TEAM, shown_to=["judges"]
        )
        self.criterion = world.criterion(self.competition, 100)
        world.rules(self.competition, blind=True)
        self.team = world.team(self.competition, 0, name=TEAM, name_key="zephyr nine")
        self.person = world.person(
            PERSON, organization=ORGANIZATION, email="quillon.dahlia@umbra.example"
        )
        world.join(self.person, self.team, captain=True)
        world.team_answer(self.team, team_question, f"We are {TEAM}")
        self.submission: Submission = world.submission(self.team)
        self.version = self.submission.versions[0]
        self.file = self.stored(report())
        picture = world.picture(self.submission)
        said = f"{PERSON} of {TEAM} ({ORGANIZATION}, quillon.dahlia@umbra.example)"
        self.version.content = {
            **self.version.content,
            "title": f"A map by {TEAM}",
            "summary": f"Made by {said}.",
            "description": f"See [the code](https://code.example/zephyr-nine) of {said}.",
            "prior_work": f"Of {PERSON}.",
            "repository": "https://code.example/zephyr-nine",
            "answers": [
                {
                    "key": self.question.key,
                    "kind": "long",
                    "label": {"en": "Who?", "fr": "Qui ?"},
                    "value": said,
                }
            ],
            "files": [
                {
                    "name": "report-final-zephyr.pdf",
                    "size": self.file.size,
                    "sha256": self.file.digest,
                },
                {
                    "name": "umbra.png",
                    "size": picture.size,
                    "sha256": picture.digest,
                    "picture": True,
                    "cover": True,
                    "alt": f"Faces of {TEAM}",
                    "drawn": picture.drawn,
                    "width": picture.width,
                    "height": picture.height,
                },
            ],
        }
        world.translation(
            self.submission,
            title=f"Une carte de {TEAM}",
            summary=f"Fait par {said}.",
            of_title=self.version.content["title"],
            of_summary=self.version.content["summary"],
        )
        self.organizer = world.organizer(self.competition)
        self.judge: Judge = world.judge(self.competition)
        self.review: Review = world.review(self.judge, self.submission)
        self.client = world.client(self.judge.user)

    def stored(self, octets: bytes) -> Stored:
        return self.world.app.extensions["storage"].keep(io.BytesIO(octets), len(octets))

    def prepared(self) -> Redaction:
        redaction = self.world.redaction(self.submission, cleared=False)
        while make_copies():
            pass
        return redaction

    def cleared(self) -> Redaction:
        """With what the site proposes, every file shown and every address withheld."""
        redaction = self.prepared()
        desk = desk_of(redaction)
        decide(
            redaction,
            seen=desk.digest,
            stands=[],
            texts={},
            links=dict.fromkeys(desk.links.values(), False),
            files={copy.id: True for _, copy in desk.files if copy},
            by=self.organizer,
        )
        return clear(redaction, seen=desk_of(redaction).digest, by=self.organizer)

    @property
    def home(self) -> str:
        return f"/en/{self.competition.slug}/judging"

    @property
    def address(self) -> str:
        return f"{self.home}/{self.review.id}"

    @property
    def name(self) -> str:
        return f"Project {lots_of(self.competition)[self.submission.id]}"


@pytest.fixture
def blind(world: World) -> Blind:
    return Blind(world)


def told(answer: Any) -> str:
    """All that an answer says: its body and its headers."""
    return f"{answer.headers}\n{answer.data.decode('utf-8', 'replace')}".casefold()


def gives_away(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text.casefold()]


def links_in(text: str) -> set[str]:
    found = re.findall(r'(?:href|src|action)="(/(?:en|fr)/[^"#]*)', text)
    return {address.replace("&amp;", "&") for address in found}


def walk(blind: Blind, *starts: str) -> dict[str, Any]:
    """Every page of this competition that a judge can come to, by its address."""
    seen: dict[str, Any] = {}
    to_do = list(starts)
    while to_do:
        address = to_do.pop()
        if address in seen:
            continue
        seen[address] = answer = blind.client.get(address)
        if answer.mimetype == "text/html":
            inside = links_in(answer.text)
            to_do += [a for a in inside if a[3:].startswith(f"/{blind.competition.slug}/judging")]
        assert answer.data  # read before its file is closed
        answer.close()
    return seen


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_that_a_judge_can_come_to_says_whose_it_is(blind: Blind, language: str) -> None:
    blind.cleared()
    discussion = blind.world.discussion(blind.submission)
    other = blind.world.review(blind.world.judge(blind.competition), blind.submission, 3)
    blind.world.contribution(discussion, other)
    actions.score(
        blind.review,
        *criteria(blind),
        {f"criterion_{blind.criterion.id.hex}": 4, "complete": "yes"},
        by=blind.judge.user,
    )
    home = blind.home.replace("/en/", f"/{language}/", 1)
    pages = walk(blind, home, f"{home}/discussions", f"{home}/{blind.review.id}/revision")
    for address, answer in pages.items():
        assert answer.status_code == 200, address
        # The list of teams by name is where ties are said, and tells of no work.
        if "/declarations" not in address:
            assert gives_away(told(answer) + address) == [], address
    kinds = {answer.mimetype for answer in pages.values()}
    assert kinds == {"text/html", "application/octet-stream", "image/webp"}
    assert len(pages) > 8


def criteria(blind: Blind) -> tuple[Any, Any]:
    rules = rulebook.drafted(
        blind.competition.rounds[0], blind.competition.criteria, blind.competition.conditions
    )
    return rules.criteria, rules.conditions


def test_what_is_cleared_is_read(blind: Blind) -> None:
    blind.cleared()
    page = blind.client.get(blind.address).text
    for words in (
        blind.name,
        "A map by [team]",
        "Made by [name] of [team] ([organization], [email address]).",
        "See [the code] [link] of [name]",
        "Of [name].",
        "Faces of [team]",
        "document-1.pdf",
    ):
        assert words in page, words
    french = blind.client.get(blind.address.replace("/en/", "/fr/", 1)).text
    assert "Une carte de [équipe]" in french
    assert "Fait par [nom] of [équipe] ([organisme], [courriel])." in french
    assert "code.example" not in page


@pytest.mark.parametrize(
    "way",
    [
        "/en/{slug}/submissions/{submission}/versions/{version}",
        "/en/{slug}/submissions/{submission}/files/{file}",
        "/en/{slug}/submissions/{submission}/pictures/{file}",
        "/en/{slug}/submissions/{submission}/versions/{version}/content",
        "/en/{slug}/projects",
        "/en/{slug}/projects/{submission}",
        "/en/{slug}/comparisons",
        "/en/{slug}/manage/redaction",
        "/en/{slug}/manage/redaction/{submission}",
    ],
)
def test_other_doors_to_the_work_are_shut(blind: Blind, way: str) -> None:
    blind.cleared()
    blind.world.comparisons(blind.competition)
    blind.world.gallery(blind.competition)
    address = way.format(
        slug=blind.competition.slug,
        submission=blind.submission.id,
        version=blind.version.id,
        file=blind.file.digest,
    )
    answer = blind.client.get(address)
    assert answer.status_code in (403, 404)
    assert gives_away(told(answer)) == []


def test_answers_of_the_team_and_its_people_are_not_for_judges(blind: Blind) -> None:
    blind.cleared()
    page = blind.client.get(blind.address).text
    assert ("We are" in page, "What they answered" in page) == (False, False)


def test_a_script_is_told_no_more_than_a_page(blind: Blind) -> None:
    blind.cleared()
    asks = {"Accept": "application/json"}
    answer = blind.client.get(blind.address, headers=asks)
    assert answer.status_code == 200
    assert gives_away(told(answer)) == []
    field = f"criterion_{blind.criterion.id.hex}"
    answer = blind.client.post(blind.address, data={field: "4"}, headers=asks)
    assert answer.json["saved"] == [field]
    assert gives_away(told(answer)) == []


def test_files_come_under_a_neutral_name_without_their_authors(blind: Blind) -> None:
    blind.cleared()
    copy = copies_of(blind.submission)[blind.file.digest]
    answer = blind.client.get(f"{blind.address}/files/{copy.id}")
    assert answer.headers["Content-Disposition"] == "attachment; filename=document-1.pdf"
    assert answer.data.startswith(b"%PDF")
    assert gives_away(told(answer)) == []
    answer.close()


def test_letters_to_judges_name_the_number(blind: Blind) -> None:
    blind.cleared()
    number = blind.name
    review, judge = blind.review, blind.judge
    problem = actions.report(review, kind=Trouble.OTHER, text="?", by=judge.user)
    actions.settle_problem(problem, answer="Yes.", by=blind.organizer)
    actions.remove_review(review, confirmed=True, by=blind.organizer)
    mine = db.session.scalars(select(Letter).where(Letter.recipient_id == judge.user_id)).all()
    assert sorted(each.name for each in mine) == ["problem_settled", "review_removed"]
    for letter in mine:
        text = letter.subject + letter.text + letter.html
        assert gives_away(text) == []
        assert number in text
    theirs = db.session.scalars(select(Letter).where(Letter.recipient_id == blind.organizer.id))
    assert TEAM in " ".join(each.text for each in theirs)  # organizers know


def test_until_it_is_cleared_no_judge_opens_it(blind: Blind) -> None:
    redaction = blind.prepared()
    page = blind.client.get(blind.home)
    assert "Being prepared" in page.text
    assert (gives_away(told(page)), f'{blind.address}"' in page.text) == ([], False)
    answer = blind.client.get(blind.address)
    assert (answer.status_code, gives_away(told(answer))) == (403, [])
    assert "The organizers are preparing this submission" in answer.text
    field = f"criterion_{blind.criterion.id.hex}"
    assert blind.client.post(blind.address, data={field: "4"}).status_code == 403
    copy = db.session.scalars(select(Copy)).first()
    assert copy is not None
    assert blind.client.get(f"{blind.address}/files/{copy.id}").status_code == 403
    assert redaction.cleared_at is None


def test_before_anybody_prepared_it_it_has_no_number(blind: Blind) -> None:
    page = blind.client.get(blind.home).text
    assert "A project without a number yet" in page
    assert gives_away(page) == []


def test_a_new_version_is_read_only_once_it_is_cleared_too(blind: Blind) -> None:
    blind.cleared()
    assert blind.client.get(blind.address).status_code == 200
    content = {**blind.version.content, "summary": f"New words of {PERSON}"}
    blind.world.add(
        Version(
            submission=blind.submission,
            number=2,
            challenge=blind.version.challenge,
            content=content,
            digest="0" * 64,
        )
    )
    answer = blind.client.get(blind.address)
    assert (answer.status_code, gives_away(told(answer))) == (403, [])


def test_a_translation_that_changed_since_is_not_shown(blind: Blind) -> None:
    blind.cleared()
    row = db.session.scalars(select(Translation)).one()
    row.title = f"Autres mots de {TEAM}"
    page = blind.client.get(blind.address.replace("/en/", "/fr/", 1)).text
    assert gives_away(page) == []
    assert "A map by [team]" in page


def test_a_file_that_is_withheld_is_not_there(blind: Blind) -> None:
    blind.cleared()
    copy = copies_of(blind.submission)[blind.file.digest]
    copy.shown = False
    assert copy.name not in blind.client.get(blind.address).text
    assert blind.client.get(f"{blind.address}/files/{copy.id}").status_code == 404


# -- ties and conflicts ------------------------------------------------------------------------


def test_ties_are_said_of_teams_by_name_before_anything_is_read(blind: Blind) -> None:
    blind.cleared()
    other = blind.world.submission(blind.world.team(blind.competition, name="Friends"))
    for row in db.session.scalars(select(Declaration)).all():
        db.session.delete(row)
    answer = blind.client.get(blind.address)
    assert answer.location.startswith(f"{blind.home}/declarations?next=")
    assert str(blind.submission.id) not in answer.location
    page = blind.client.get(blind.home).text
    assert (blind.name in page, "Say first to which teams you are tied" in page) == (False, True)
    assert "Nothing to judge yet" not in page
    page = blind.client.get(answer.location).text
    assert (TEAM in page, "Friends" in page, ORGANIZATION in page) == (True, True, True)
    assert str(blind.submission.id) not in page
    tied = {"teams": [str(other.team_id)], "reason": ""}
    assert "Please fill this in." in blind.client.post(answer.location, data=tied).text
    nobody = {"reason": "My sister"}
    page = blind.client.post(answer.location, data=nobody)
    assert "Choose the teams that you are tied to." in page.text
    assert "My sister" in page.text
    assert db.session.scalars(select(Declaration)).all() == []
    tied["reason"] = "My sister"
    tied["next"] = blind.address
    answer = blind.client.post(f"{blind.home}/declarations", data=tied)
    assert answer.location == blind.address
    said = {row.submission_id: row.said for row in db.session.scalars(select(Declaration))}
    assert said == {blind.submission.id: Stand.NONE, other.id: Stand.CONFLICT}
    assert db.session.scalars(select(Conflict)).one().team_id == other.team_id
    assert blind.client.get(blind.address).status_code == 200


def test_a_tie_can_be_said_later(blind: Blind) -> None:
    blind.cleared()
    page = blind.client.get(f"{blind.home}/declarations").text
    assert TEAM not in page
    page = blind.client.get(f"{blind.home}/declarations?everything=1").text
    assert TEAM in page
    data = {"teams": [str(blind.team.id)], "reason": "I remembered"}
    address = blind.address
    blind.client.post(f"{blind.home}/declarations?everything=1", data=data)
    assert blind.client.get(address).status_code == 404
    assert blind.name not in blind.client.get(blind.home).text


@pytest.mark.parametrize("ground", ["declared", "mentor", "organization"])
def test_a_refusal_does_not_say_why(blind: Blind, ground: str) -> None:
    blind.cleared()
    if ground == "declared":
        blind.world.conflict(blind.judge.user, blind.team)
    elif ground == "mentor":
        mentor = blind.world.mentor(blind.competition, blind.team)
        mentor.user = blind.judge.user
    else:
        blind.judge.user.organization = ORGANIZATION
    answer = blind.client.get(blind.address)
    assert answer.status_code == 403
    assert "This submission was not given to you to judge." in answer.text
    page = blind.client.get(blind.home).text
    assert (blind.name in page, "Conflict of interest" in page) == (False, False)


def test_who_recognizes_a_work_tells_the_organizers(blind: Blind) -> None:
    blind.cleared()
    page = blind.client.get(f"{blind.address}/problem").text
    assert "I recognize whose work it is" in page
    data = {"kind": "recognized", "text": "I saw it last year."}
    assert blind.client.post(f"{blind.address}/problem", data=data).status_code == 302
    assert db.session.scalars(select(Problem)).one().kind is Trouble.RECOGNIZED
    page = blind.client.get(f"{blind.address}/conflict").text
    assert "You recognize whose work" in page
    answer = blind.client.post(f"{blind.address}/conflict", data={"reason": "My old class"})
    assert (answer.status_code, gives_away(told(answer))) == (302, [])
    assert db.session.scalars(select(Conflict)).one().team is blind.team


def test_where_names_are_seen_nobody_reports_that_they_recognize_it(world: World) -> None:
    competition = world.competition()
    world.criterion(competition, 100)
    judge = world.judge(competition)
    review = world.review(judge, world.submission(world.team(competition)))
    address = f"/en/{competition.slug}/judging/{review.id}/problem"
    client = world.client(judge.user)
    assert "I recognize whose work it is" not in client.get(address).text
    data = {"kind": "recognized", "text": "?"}
    assert client.post(address, data=data).status_code == 422


# -- the order ---------------------------------------------------------------------------------


def test_lists_go_by_the_number(blind: Blind) -> None:
    blind.cleared()
    others = [blind.world.submission(blind.world.team(blind.competition)) for _ in range(3)]
    for each in others:
        blind.world.redaction(each)
        blind.world.review(blind.judge, each)
    lots = lots_of(blind.competition)
    order = sorted(lots.values())
    page = blind.client.get(blind.home).text
    shown = [int(n) for n in re.findall(r">Project (\d+)</a></strong>", page)]
    assert shown == order
    first = next(each for each in [blind.submission, *others] if lots[each.id] == order[0])
    review = db.session.scalars(select(Review).where(Review.submission_id == first.id)).one()
    page = blind.client.get(f"{blind.home}/{review.id}").text
    assert "1 of 4" in page
    assert 'rel="prev"' not in page


# -- when it begins and ends -------------------------------------------------------------------


def test_a_draft_that_is_blind_holds_until_rules_are_published(world: World) -> None:
    competition = world.competition()
    assert blinded(competition) is False
    competition.rounds[0].blind = True
    db.session.flush()
    assert blinded(competition) is True


def test_rules_that_hold_decide_not_the_draft(world: World) -> None:
    competition = world.competition()
    world.criterion(competition, 100)
    competition.rounds[0].blind = True
    db.session.flush()
    assert blinded(competition) is False


def test_with_the_results_judges_see_whose_it_was(blind: Blind) -> None:
    blind.cleared()
    assert blinded(blind.competition) is True
    blind.world.set_gates(blind.competition, "closed")
    blind.world.announcement(blind.competition, datetime.now(UTC))
    page = blind.client.get(blind.address)
    assert (page.status_code, TEAM in page.text) == (200, True)


def test_organizers_can_show_it_once_judging_is_over(blind: Blind) -> None:
    blind.cleared()
    way = f"/en/{blind.competition.slug}/manage/redaction/unblinding"
    client = blind.world.client(blind.organizer)
    assert client.post(way).status_code == 409
    blind.world.set_gates(blind.competition, "closed", Gate.JUDGING)
    assert client.post(way, data={"round": "2"}).status_code == 409  # it was there a moment ago
    assert TEAM not in blind.client.get(blind.address).text
    assert client.post(way).status_code == 302
    assert TEAM in blind.client.get(blind.address).text


def test_what_is_shown_after_a_round_is_hidden_again_in_the_next(blind: Blind) -> None:
    blind.cleared()
    competition = blind.competition
    final = blind.world.round(competition, name=both("Final"), blind=True)
    blind.world.rules(competition, round_=final, blind=True)
    blind.world.set_gates(competition, "closed", Gate.JUDGING)
    desk = f"/en/{competition.slug}/manage/redaction"
    client = blind.world.client(blind.organizer)
    assert f"The round to come, {final.name}, stays blind until its" in client.get(desk).text
    assert client.post(f"{desk}/unblinding", data={"round": "1"}).status_code == 302
    assert TEAM in blind.client.get(blind.address).text
    assert f"Round of judging: {competition.rounds[0].name}." in client.get(desk).text
    blind.world.selection(final, blind.submission)
    blind.world.review(blind.judge, blind.submission, round_=final)
    assert blinded(competition) is True
    assert TEAM not in blind.client.get(blind.address).text
    # Nobody opens it before its own end, nor by the button of the round before.
    assert client.post(f"{desk}/unblinding", data={"round": "2"}).status_code == 409
    blind.world.set_gates(competition, "closed", Gate.SECOND_ROUND)
    assert client.post(f"{desk}/unblinding", data={"round": "1"}).status_code == 409
    assert blinded(competition) is True
    assert client.post(f"{desk}/unblinding", data={"round": "2"}).status_code == 302
    assert (blinded(competition), final.unblinded_at is None) == (False, False)


def test_the_record_says_that_judging_was_blind(blind: Blind) -> None:
    assert b'"rules":{"blind":true,' in record_of(blind.competition)
    blind.world.rules(blind.competition, blind=False)
    assert b'"blind"' not in record_of(blind.competition)


def test_comparisons_at_tables_are_not_opened(blind: Blind) -> None:
    blind.cleared()
    blind.world.comparisons(blind.competition, opened_at=None)
    blind.world.stand(blind.submission)
    blind.world.stand(blind.world.submission(blind.world.team(blind.competition)))
    client = blind.world.client(blind.organizer)
    answer = client.post(f"/en/{blind.competition.slug}/manage/comparisons/opening")
    assert answer.status_code == 409
    assert "at the tables they would" in answer.text


def test_the_cost_of_a_judges_pages_does_not_grow(blind: Blind) -> None:
    blind.cleared()

    def costs() -> list[int]:
        return [
            cost(blind.world.app, blind.client, address)
            for address in (blind.home, blind.address, f"{blind.home}/declarations?everything=1")
        ]

    def more(number: int) -> None:
        for _ in range(number):
            each = blind.world.submission(blind.world.team(blind.competition))
            blind.world.redaction(each)
            blind.world.review(blind.judge, each)

    more(1)
    costs()
    few = costs()
    more(5)
    assert costs() == few


@pytest.mark.parametrize("later", [True, False])
def test_the_round_that_is_judged_says_whether_it_is_blind(blind: Blind, later: bool) -> None:
    world, competition = blind.world, blind.competition
    blind.cleared()
    round_ = world.round(competition, blind.submission)
    world.rules(competition, round_, blind=later)
    review = world.review(blind.judge, blind.submission, round_=round_)
    assert blinded(competition) is later
    page = blind.client.get(blind.home)
    assert "What you judged before" in page.text
    assert page.text.count(str(blind.review.url_key)) and page.text.count(str(review.url_key))
    if later:
        assert blind.name in page.text
        for address, answer in walk(blind, blind.home).items():
            if "/declarations" not in address:
                assert gives_away(told(answer) + address) == [], address
    else:
        assert TEAM in page.text


def test_earlier_work_that_is_not_cleared_has_no_link(blind: Blind) -> None:
    blind.prepared()
    other = blind.world.submission(blind.world.team(blind.competition, 1))
    blind.world.rules(blind.competition, blind.world.round(blind.competition, other), blind=True)
    blind.review.touched_at = datetime.now(UTC)
    db.session.flush()
    page = blind.client.get(blind.home).text
    assert "What you judged before" in page
    assert blind.name in page
    assert blind.address not in page
    assert gives_away(page) == []
