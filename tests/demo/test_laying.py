"""The laid event against the facts, in every phase, on each database."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select
from time_machine import travel

from hackathon.accounts.models import User
from hackathon.calibration.models import Sample
from hackathon.calibration.queries import gathered
from hackathon.checks.actions import look_at_work
from hackathon.checks.models import Finding
from hackathon.checks.models import Kind as Check
from hackathon.competitions.models import Challenge, Competition, Criterion, Document, Gate
from hackathon.competitions.queries import opening_of
from hackathon.demo.content import PASSWORD, ZONE, content, offered
from hackathon.demo.laying import lay, pdf
from hackathon.demo.phases import Phase, wall_clock
from hackathon.extensions import db
from hackathon.gallery.models import Audience, Gallery, Named
from hackathon.gallery.queries import amounts_of, is_open
from hackathon.ground.model import Model
from hackathon.journal.deeds import sentence
from hackathon.journal.models import Entry
from hackathon.judging import ranking
from hackathon.judging.models import Judge, Review, Score
from hackathon.mentoring.models import Conflict, Mentor, Pairing
from hackathon.news.models import NewsItem
from hackathon.registrations.models import Consent, ConsentText, Registration
from hackathon.results.models import Announcement, Grade, Honour
from hackathon.submissions.models import Feedback, File, Submission, Version
from hackathon.submissions.receipt import digest_of, frozen
from hackathon.teams.models import (
    Invitation,
    JoinRequest,
    Membership,
    Outcome,
    Seeker,
    Team,
    Vacancy,
)
from hackathon.voting.models import Ballot, Flag, Poll, Voter
from hackathon.voting.queries import open_vote, public_outcome
from hackathon.workshops.models import Session, SignUp

# How a file of each ending begins.
BEGINS = {"pdf": b"%PDF-1.4", "csv": b"region,", "png": b"\x89PNG"}
NOW = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)  # a Thursday, noon in Toronto


def number(kind: type[Model], *which: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(*which)) or 0


def rows() -> dict[str, list[Any]]:
    """Every row of every table, but for the hash of the password, whose salt is chance."""
    found = {}
    for table in Model.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name != "password"]
        found[table.name] = sorted(map(str, db.session.execute(select(*columns))))
    return found


# What there is in each phase, on a Thursday at noon.
COUNTS = {
    Phase.REGISTRATION: {"people": 61, "teams": 15, "handed in": 0, "drafts": 0, "reviews": 0},
    Phase.TRAINING: {"people": 75, "teams": 16, "handed in": 0, "drafts": 0, "reviews": 0},
    Phase.BUILDING: {"people": 75, "teams": 16, "handed in": 2, "drafts": 16, "reviews": 0},
    Phase.JUDGING: {"people": 75, "teams": 16, "handed in": 15, "drafts": 16, "reviews": 60},
    Phase.RESULTS: {"people": 75, "teams": 16, "handed in": 15, "drafts": 16, "reviews": 60},
}


@pytest.mark.parametrize("phase", list(Phase))
def test_each_phase_has_what_has_happened_so_far(context: None, phase: Phase) -> None:
    lay(phase, NOW)
    assert {
        "people": number(Registration),
        "teams": number(Team),
        "handed in": db.session.scalar(select(func.count(Version.submission_id.distinct()))),
        "drafts": number(Submission),
        "reviews": number(Review),
    } == COUNTS[phase]


def test_people_and_teams_look_for_each_other_until_the_teams_are_there(context: None) -> None:
    lay(Phase.REGISTRATION, NOW)
    assert (number(Seeker), number(Vacancy)) == (3, 2)
    assert db.session.scalars(select(JoinRequest.outcome)).all() == [None]
    lay(Phase.TRAINING, NOW)
    assert (number(Seeker), number(Vacancy)) == (0, 0)
    assert db.session.scalars(select(JoinRequest.outcome)).all() == [Outcome.PLACED]


@pytest.mark.parametrize("phase", [Phase.RESULTS, None])
def test_in_the_end_it_is_the_published_event(context: None, phase: Phase | None) -> None:
    lay(phase, NOW)
    assert [number(kind) for kind in (Registration, Membership, Team, Mentor, Judge)] == [
        *(75, 75, 16, 49, 9)
    ]
    assert [number(kind) for kind in (Challenge, Session, NewsItem, Document)] == [3, 19, 6, 4]
    assert Counter(honour.grade for honour in db.session.scalars(select(Honour))) == {
        Grade.WINNER: 3,
        Grade.OUTSTANDING: 3,
    }
    assert set(Counter(db.session.scalars(select(Membership.team_id))).values()) == {4, 5}
    assert number(Review) == number(Review, Review.completed_at.is_not(None)) == 60
    assert number(Score) == 60 * 4


@pytest.mark.parametrize("phase", list(Phase))
def test_nothing_is_later_than_now(context: None, phase: Phase) -> None:
    lay(phase, NOW)
    for table in Model.metadata.sorted_tables:
        if "created_at" in table.columns:
            latest = db.session.scalar(select(func.max(table.c.created_at)))
            assert latest is None or latest <= NOW, table.name


OPEN = {
    Phase.REGISTRATION: {Gate.REGISTRATION, Gate.TEAM_CHANGES, Gate.CHALLENGE_CHOICE},
    Phase.TRAINING: {Gate.TEAM_CHANGES, Gate.CHALLENGE_CHOICE},
    Phase.BUILDING: {Gate.SUBMISSION, Gate.FEEDBACK},
    Phase.JUDGING: {Gate.JUDGING, Gate.PUBLIC_VOTE},
    Phase.RESULTS: set(),
}


@pytest.mark.parametrize("phase", list(Phase))
def test_the_gates_of_the_phase_are_open(
    context: None, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(phase, NOW)
    competition = db.session.scalars(select(Competition)).one()
    monkeypatch.setattr("hackathon.competitions.queries.now", lambda: NOW)
    assert {gate for gate in Gate if opening_of(competition, gate).is_open} == OPEN[phase]


def test_weekdays_and_hours_are_those_of_the_event(context: None) -> None:
    lay(Phase.BUILDING, NOW)
    laid = {
        session.title.en: wall_clock(session.starts_at, ZONE)
        for session in db.session.scalars(select(Session))
    }
    for session in content("agenda")["sessions"]:
        shown, was = laid[session["title"]["en"]], session["starts_at"]
        assert (shown.weekday(), shown.time()) == (was.weekday(), was.time())
        assert shown - was == timedelta(weeks=289)


def test_the_same_phase_and_moment_give_the_same_rows(context: None) -> None:
    lay(Phase.RESULTS, NOW)
    first = rows()
    lay(Phase.BUILDING, NOW)
    assert rows() != first
    lay(Phase.RESULTS, NOW)
    assert rows() == first


def test_rows_of_other_competitions_and_people_go(context: None, world: Any) -> None:
    world.team(world.competition("another"))
    lay(Phase.BUILDING, NOW)
    assert list(db.session.scalars(select(Competition.slug))) == ["datajam-2021"]


def test_everyone_offered_is_there_in_every_phase(context: None) -> None:
    for phase in [*Phase, None]:
        lay(phase, NOW)
        for address in offered().values():
            person = db.session.scalars(select(User).where(User.email == address)).one()
            assert person.confirmed_at is not None
    assert PASSWORD == "datajam-demo"


def test_everyone_but_one_agreed_to_what_is_required(context: None) -> None:
    lay(Phase.RESULTS, NOW)
    agreed = Counter(
        db.session.execute(
            select(Consent.registration_id).join(Consent.text).where(ConsentText.required)
        ).scalars()
    )
    assert Counter(agreed.values()) == {2: 74, 1: 1}


def test_the_checks_find_one_of_each_that_needs_no_other_host(context: None) -> None:
    lay(Phase.JUDGING, NOW)
    db.session.flush()
    while look_at_work():
        pass
    found = list(db.session.scalars(select(Finding)))
    assert Counter(each.kind for each in found) == {Check.CONSENT: 1, Check.TEXT: 1, Check.LINK: 1}


def test_some_people_look_for_a_team_and_some_invitations_wait(context: None) -> None:
    lay(Phase.REGISTRATION, NOW)
    assert number(Registration) > number(Membership)
    waiting = number(Invitation, Invitation.closed_at.is_(None), Invitation.expires_at > NOW)
    assert waiting > 0
    lay(Phase.BUILDING, NOW)
    assert number(Registration) == number(Membership) == 75
    assert number(Invitation, Invitation.closed_at.is_(None)) == 0


def test_nobody_sits_in_two_sessions_at_once_nor_in_a_full_one(context: None) -> None:
    lay(Phase.RESULTS, NOW)
    seats = db.session.execute(
        select(SignUp.address, Session).join(Session, SignUp.session_id == Session.id)
    ).all()
    until: dict[str, datetime] = {}
    for address, session in sorted(seats, key=lambda seat: seat[1].starts_at):
        assert until.get(address, session.starts_at) <= session.starts_at
        until[address] = session.ends_at
    full = Counter(session.id for _, session in seats)
    assert all(full[s.id] <= s.capacity for _, s in seats if s.capacity)
    assert number(SignUp, SignUp.user_id.is_(None)) > 0


def test_every_team_has_mentors_who_speak_its_language(context: None) -> None:
    lay(Phase.BUILDING, NOW)
    pairings = list(db.session.scalars(select(Pairing)))
    assert set(Counter(pairing.team_id for pairing in pairings).values()) == {2}
    for pairing in pairings:
        assert set(pairing.mentor.languages) & set(pairing.team.languages)
        others = {member.organization for member in pairing.team.members}
        assert pairing.mentor.user.organization not in others
    loads = Counter(pairing.mentor_id for pairing in pairings)
    for mentor in db.session.scalars(select(Mentor)):
        assert loads[mentor.id] <= mentor.capacity
    bruno = db.session.scalars(select(User).where(User.name == "Bruno Castonguay")).one()
    assert number(Pairing, Pairing.mentor.has(Mentor.user_id == bruno.id)) > 0


def test_feedback_comes_from_a_mentor_of_the_team(context: None) -> None:
    lay(Phase.RESULTS, NOW)
    feedback = list(db.session.scalars(select(Feedback)))
    assert len(feedback) == 8
    for each in feedback:
        assert each.submission.team_id in {pairing.team_id for pairing in each.mentor.pairings}
        assert each.submission.language in each.mentor.languages


def test_versions_hold_what_their_digest_says(app: Any, context: None) -> None:
    lay(Phase.RESULTS, NOW)
    versions = list(db.session.scalars(select(Version)))
    assert Counter(version.number for version in versions) == {1: 15, 2: 3}
    for version in versions:
        assert digest_of(version.content) == version.digest
        if version is version.submission.handed_in:
            assert frozen(version.submission) == version.content
    storage = app.extensions["storage"]
    for file in db.session.scalars(select(File)):
        octets = storage.path(file.digest).read_bytes()
        assert (sha256(octets).hexdigest(), len(octets)) == (file.digest, file.size)
        assert octets.startswith(BEGINS[file.name.rpartition(".")[2]])
        assert bool(file.drawn) == file.name.endswith(".png")
        if file.drawn:
            assert storage.path(file.drawn).read_bytes()[8:12] == b"WEBP"


def test_the_gallery_is_for_everyone_who_votes_and_looks(context: None) -> None:
    for phase in (Phase.JUDGING, Phase.RESULTS):
        lay(phase, NOW)
        (gallery,) = db.session.scalars(select(Gallery))
        assert gallery.audience is Audience.PUBLIC
        competition = db.session.scalars(select(Competition)).one()
        assert is_open(competition)
        assert 0 < number(Named) < number(Membership)
        told = amounts_of(competition, files=True)
        assert (told.projects, told.pictures, told.files) == (15, 10, 5)
    lay(Phase.BUILDING, NOW)
    assert number(Gallery) == number(Named) == 0


@travel(NOW, tick=False)
def test_the_public_votes_while_the_jury_reads_and_its_choice_stands_beside_the_results(
    context: None,
) -> None:
    lay(Phase.BUILDING, NOW)
    assert number(Poll) == number(Ballot) == 0
    lay(Phase.JUDGING, NOW)
    (competition,) = db.session.scalars(select(Competition))
    assert open_vote(competition) is not None
    assert number(Voter, Voter.address.is_not(None)) == number(Ballot) > 50
    assert number(Flag) == 0 and public_outcome(competition) is None
    lay(Phase.RESULTS, NOW)
    (competition,) = db.session.scalars(select(Competition))
    assert open_vote(competition) is None
    assert number(Ballot, Ballot.voter_id.is_not(None)) == 0
    assert number(Voter, Voter.address.is_not(None)) == 0
    outcome = public_outcome(competition)
    assert outcome is not None
    assert (outcome.ballots, outcome.aside) == (112, 1)
    assert len(outcome.winners) == 1


def test_the_reference_table_of_a_pdf_points_at_its_objects() -> None:
    octets = pdf("Où en est-on ? (essai)")
    table = octets[int(octets.rsplit(b"startxref\n", 1)[1].split()[0]) :]
    places = [int(line[:10]) for line in table.splitlines()[3:8]]
    for number_, place in enumerate(places, 1):
        assert octets[place:].startswith(b"%d 0 obj" % number_)


def test_judges_keep_to_conflicts_languages_and_loads(context: None) -> None:
    lay(Phase.RESULTS, NOW)
    barred = {(each.user_id, each.team_id) for each in db.session.scalars(select(Conflict))}
    assert len(barred) == 2
    reviews = list(db.session.scalars(select(Review)))
    for review in reviews:
        assert review.submission.language in review.judge.languages
        assert (review.judge.user_id, review.submission.team_id) not in barred
        assert review.comment
    loads = Counter(review.judge_id for review in reviews).values()
    assert (min(loads), max(loads)) == (5, 7)


def test_some_reviews_are_still_to_be_done_while_judging(context: None) -> None:
    lay(Phase.JUDGING, NOW)
    done = number(Review, Review.completed_at.is_not(None))
    assert 0 < done < 60
    assert number(Score) == 4 * done
    assert number(Honour) == number(Announcement) == 0
    mine = Judge.user.has(User.name == "Anne-Sophie Verreault")
    assert number(Review, Review.completed_at.is_(None), Review.judge.has(mine)) > 0


def test_the_ranking_agrees_with_the_awards(context: None) -> None:
    """By the weighted mean and by the corrected estimate, in each challenge."""
    lay(Phase.RESULTS, NOW)
    reviews = [
        ranking.Review(r.judge_id, r.submission_id, {s.criterion_id: s.score for s in r.scores})
        for r in db.session.scalars(select(Review))
    ]
    criteria = {
        each.id: ranking.Criterion(each.weight, 1, 5)
        for each in db.session.scalars(select(Criterion))
    }
    groups = {
        submission.id: submission.team.challenge_id
        for submission in db.session.scalars(select(Submission))
    }
    ranked = ranking.rank(reviews, criteria, groups=groups)
    grades = {honour.submission_id: honour.grade for honour in db.session.scalars(select(Honour))}
    by_place = {1: Grade.WINNER, 2: Grade.OUTSTANDING}
    for standing in ranked.standings:
        assert grades.get(standing.submission) == by_place.get(standing.place or 0)
        assert grades.get(standing.submission) == by_place.get(standing.mean_place or 0)


def test_the_announcement_is_made_in_the_results_and_its_letters_are_written(
    context: None,
) -> None:
    lay(Phase.RESULTS, NOW)
    announcement = db.session.scalars(select(Announcement)).one()
    assert announcement.publish_at <= NOW
    assert announcement.letters_at == announcement.publish_at


def test_documents_can_be_read(app: Any, context: None) -> None:
    lay(Phase.BUILDING, NOW)
    storage = app.extensions["storage"]
    texts = {
        document.file_name: storage.path(document.digest).read_text()
        for document in db.session.scalars(select(Document))
    }
    assert texts["concept-note-fr.md"].startswith("# DataJam contre l’exploitation")
    assert set(texts) == {f"{each['key']}.md" for each in content("documents")["documents"]}


def test_the_journal_tells_of_the_extension(context: None) -> None:
    lay(Phase.REGISTRATION, NOW)
    entry = db.session.scalars(select(Entry).where(Entry.deed == "deadline_extended")).one()
    assert entry.actor.name == "Solène Baril-Achour"
    assert wall_clock(entry.created_at, ZONE).strftime("%A %H:%M") == "Thursday 10:00"


def test_every_deed_of_the_journal_reads_as_a_sentence(context: None) -> None:
    lay(Phase.RESULTS, NOW)
    told = Counter(entry.deed for entry in db.session.scalars(select(Entry)))
    assert told["registered"] == 75
    assert told["team_founded"] == told["challenge_chosen"] == 16
    assert told["team_joined"] == 75 - 16
    assert told["submission_handed_in"] == 18
    assert told["review_completed"] == 60
    sentences = {sentence(entry, "America/Toronto") for entry in db.session.scalars(select(Entry))}
    assert "Amara Nwosu founded the team Level Safe." in sentences
    assert "Solène Baril-Achour assigned reviews: 60 new." in sentences


def test_judges_scored_a_sample_first_and_some_have_yet_to(context: None) -> None:
    lay(Phase.JUDGING, NOW)
    sample = db.session.scalars(select(Sample)).one()
    found = gathered(sample)
    judges = db.session.scalar(select(func.count()).select_from(Judge))
    assert len(found.told) == judges - len(content("calibration")["waiting"]["judges"])
    assert found.unclear == [found.criteria[1]]
    assert sample.required_at is None
