"""Who earns a certificate, and all that becomes of it."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from hackathon.certificates import actions
from hackathon.certificates.models import (
    Certificate,
    Condition,
    Ending,
    Kind,
    Omission,
    Speaks,
)
from hackathon.certificates.production import draw_issued
from hackathon.certificates.queries import check, earners, style_of, unearned_in, waiting
from hackathon.certificates.wording import sheet_of
from hackathon.desk.forgetting import delete_account
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.deeds import Deed
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations.states import State
from hackathon.results import publishing
from hackathon.results.models import Grade, PrizeKind
from hackathon.submissions.models import Exclusion, Ground
from tests.counting import queries
from tests.world import World, both


def plain(person: Any, name: str) -> Any:
    """With a name that our typefaces can draw."""
    person.name = name
    db.session.flush()
    return person


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition("contest", gates="closed")


@pytest.fixture
def organizer(world: World, competition: Any) -> Any:
    return world.organizer(competition)


def named(query: Any) -> set[Any]:
    return set(db.session.scalars(query))


def issued(kind: Kind = Kind.PARTICIPANT) -> list[Certificate]:
    query = select(Certificate).where(Certificate.kind == kind).order_by(Certificate.id)
    return list(db.session.scalars(query))


def test_a_picture_has_a_largest_size(context: None) -> None:
    with pytest.raises(actions.PictureTooLarge):
        actions.keep_picture(io.BytesIO(b"\x00" * (actions.MOST_OCTETS + 1)))


# -- who earns one ---------------------------------------------------------------------------


def test_participants_by_each_condition(world: World, competition: Any) -> None:
    style = world.certificate_style(competition)
    handed_in, drafting, excluded = (world.team(competition) for _ in range(3))
    world.submission(handed_in)
    world.submission(drafting, handed_in=False)
    world.add(
        Exclusion(
            submission=world.submission(excluded), ground=Ground.DISQUALIFIED, reason="Copied."
        )
    )
    alone = world.participant(competition)
    world.registration(world.person(), competition, State.WITHDRAWN)
    world.submission(world.team(world.competition()))
    expected = {
        Condition.HANDED_IN: {*handed_in.members},
        Condition.IN_TEAM: {*handed_in.members, *drafting.members, *excluded.members},
    }
    expected[Condition.REGISTERED] = expected[Condition.IN_TEAM] | {alone}
    for condition, people in expected.items():
        style.participants = condition
        db.session.flush()
        assert named(earners(competition, Kind.PARTICIPANT)) == people


def test_winners_only_once_the_results_are_public(
    world: World, competition: Any, organizer: Any
) -> None:
    teams = [world.team(competition) for _ in range(3)]
    first, second, _ = (world.submission(team) for team in teams)
    world.honour(first)
    world.honour(second, Grade.OUTSTANDING)
    announcement = world.announcement(competition, datetime.now(UTC) + timedelta(hours=1))
    assert named(earners(competition, Kind.WINNER)) == set()
    with pytest.raises(actions.NotAnnounced):
        actions.issue(competition, Kind.WINNER, by=organizer)
    announcement.publish_at = datetime.now(UTC) - timedelta(hours=1)
    db.session.flush()
    assert named(earners(competition, Kind.WINNER)) == set(teams[0].members)
    assert named(earners(competition, Kind.OUTSTANDING)) == set(teams[1].members)
    assert actions.issue(competition, Kind.WINNER, by=organizer) == 2
    facts = issued(Kind.WINNER)[0].facts
    assert (facts["team"], facts["project"]) == (teams[0].name, first.title)
    assert facts["challenge"] == dict(teams[0].challenge.title)
    assert facts["prizes"] == [
        {"name": {"en": "⟦Winner⟧", "fr": "⟦Projet gagnant⟧"}, "place": None}
    ]


def test_any_prize_wins_and_the_certificate_names_all_of_them(
    app: Any, world: World, competition: Any, organizer: Any
) -> None:
    work = world.submission(world.team(competition, 1))
    places = world.prize(competition, number=3, name=Localized(en="Grand prize", fr="Grand prix"))
    world.honour(work, prize=places, place=2)
    name = Localized(en="Ethics prize", fr="Prix d’éthique")
    world.honour(work, prize=world.prize(competition, PrizeKind.SPECIAL, name=name))
    world.honour(work, Grade.OUTSTANDING)
    world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
    actions.issue(competition, Kind.WINNER, by=organizer)
    (certificate,) = issued(Kind.WINNER)
    sheet = sheet_of(certificate, style_of(competition), [], [])
    assert sheet.words["en"].details[:2] == [
        "Award: Grand prize, second place",
        "Award: Ethics prize",
    ]
    assert sheet.words["fr"].details[:2] == [
        "Distinction\N{NO-BREAK SPACE}: Grand prix, deuxième place",
        "Distinction\N{NO-BREAK SPACE}: Prix d’éthique",
    ]
    assert named(earners(competition, Kind.OUTSTANDING)) == set(work.team.members)


def test_mentors_and_judges_by_each_condition(world: World, competition: Any) -> None:
    style = world.certificate_style(competition)
    team, other = world.team(competition), world.team(competition)
    submission, second = world.submission(team), world.submission(other)
    idle = world.mentor(competition)
    paired, wrote = world.mentor(competition, team), world.mentor(competition)
    world.feedback(wrote, submission)
    world.feedback(idle, submission, sent=False)
    for condition, mentors in {
        Condition.EVERY_MENTOR: {idle, paired, wrote},
        Condition.ACCOMPANIED: {paired, wrote},
        Condition.GAVE_FEEDBACK: {wrote},
    }.items():
        style.mentors = condition
        db.session.flush()
        assert named(earners(competition, Kind.MENTOR)) == {each.user for each in mentors}
    done, half, none, gone = (world.judge(competition) for _ in range(4))
    db.session.expire(competition, ["criteria"])
    levels = [3] * len(competition.criteria)
    for judge in (done, half, gone):
        world.review(judge, submission, *levels)
    world.review(half, second)
    world.review(none, second)
    gone.dismissed_at = datetime.now(UTC)
    for condition, judges in {
        Condition.COMPLETED: {done, half},
        Condition.COMPLETED_ALL: {done},
    }.items():
        style.judges = condition
        db.session.flush()
        assert named(earners(competition, Kind.JUDGE)) == {each.user for each in judges}


def test_speakers_of_sessions_that_took_place(
    world: World, competition: Any, organizer: Any
) -> None:
    spoke, cancelled, silent = (world.speaker(competition) for _ in range(3))
    session = world.session(competition)
    session.speakers = [spoke]
    world.session(competition, cancelled_at=datetime.now(UTC)).speakers = [cancelled]
    db.session.flush()
    assert named(earners(competition, Kind.SPEAKER)) == {spoke}
    assert silent not in named(earners(competition, Kind.SPEAKER))
    actions.issue(competition, Kind.SPEAKER, by=organizer)
    (certificate,) = issued(Kind.SPEAKER)
    assert certificate.speaker is spoke and certificate.user is None
    assert len(certificate.token or "") > 30
    assert certificate.facts == {"sessions": [dict(session.title)]}


# -- issuing ---------------------------------------------------------------------------------


def test_issuing_twice_is_once(world: World, competition: Any, organizer: Any) -> None:
    team = world.team(competition)
    world.submission(team)
    assert actions.issue(competition, Kind.PARTICIPANT, by=organizer) == 2
    with pytest.raises(actions.NobodyWaits):
        actions.issue(competition, Kind.PARTICIPANT, by=organizer)
    assert {each.user for each in issued()} == set(team.members)
    assert len({each.number for each in issued()}) == 2
    entry = db.session.scalars(
        select(Entry).where(Entry.deed == Deed.CERTIFICATES_ISSUED.value)
    ).one()
    assert entry.details == {"certificate_kind": "participant", "count": 2}
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_issuing_costs_the_same_for_few_and_many(
    app: Flask, world: World, competition: Any, organizer: Any
) -> None:
    world.submission(world.team(competition, 1))
    with queries(app) as few:
        actions.issue(competition, Kind.PARTICIPANT, by=organizer)
    for _ in range(6):
        world.submission(world.team(competition, 3))
    with queries(app) as many:
        assert actions.issue(competition, Kind.PARTICIPANT, by=organizer) == 18
    assert len(many) <= len(few)  # the look of certificates was there by then


def test_who_is_left_out_gets_none_until_let_in_again(
    world: World, competition: Any, organizer: Any
) -> None:
    team = world.team(competition)
    world.submission(team)
    captain, member = team.members
    kept = actions.leave_out(
        competition, Kind.PARTICIPANT, member, reason="Asked for it.", by=organizer
    )
    with pytest.raises(actions.LeftOutAlready):
        actions.leave_out(competition, Kind.PARTICIPANT, member, reason="Again.", by=organizer)
    assert actions.issue(competition, Kind.PARTICIPANT, by=organizer) == 1
    with pytest.raises(actions.LeftOutAlready):
        actions.leave_out(competition, Kind.PARTICIPANT, captain, reason="Late.", by=organizer)
    actions.let_in_again(kept, by=organizer)
    assert named(waiting(competition, Kind.PARTICIPANT)) == {member}
    assert db.session.scalar(select(func.count()).select_from(Omission)) == 0


def test_by_hand_to_an_account_or_to_a_name(world: World, competition: Any, organizer: Any) -> None:
    person = plain(world.person(), "Renée")
    given = {"reason": "Carried chairs.", "by": organizer}
    to_name = actions.issue_by_hand(competition, Kind.VOLUNTEER, name="Ann", **given)
    assert (to_name.user, to_name.name) == (None, "Ann") and to_name.token
    to_account = actions.issue_by_hand(competition, Kind.VOLUNTEER, address=person.email, **given)
    assert (to_account.user, to_account.name, to_account.token) == (person, "Renée", None)
    with pytest.raises(actions.HasOne):
        actions.issue_by_hand(competition, Kind.VOLUNTEER, address=person.email, **given)
    with pytest.raises(actions.NoSuchAccount):
        actions.issue_by_hand(competition, Kind.VOLUNTEER, address="no@example.org", **given)
    with pytest.raises(actions.NoName):
        actions.issue_by_hand(competition, Kind.VOLUNTEER, **given)
    with pytest.raises(actions.CannotBeDrawn):
        actions.issue_by_hand(competition, Kind.VOLUNTEER, name="Ann 😀", **given)


# -- names and editions ----------------------------------------------------------------------


def test_the_name_one_wants_stands_on_what_is_issued_later(
    world: World, competition: Any, organizer: Any
) -> None:
    team = world.team(competition)
    world.submission(team)
    captain = team.members[0]
    actions.wish(competition, name="ᓀᐦᐃᔭᐍᐏᐣ", speaks=Speaks.FR, by=captain)
    actions.issue(competition, Kind.PARTICIPANT, by=organizer)
    by_person = {each.user: each for each in issued()}
    assert by_person[captain].name == "ᓀᐦᐃᔭᐍᐏᐣ"
    assert by_person[captain].speaks is Speaks.FR
    assert by_person[team.members[1]].name == team.members[1].name


def test_a_correction_is_a_new_edition_of_the_same_number(world: World, competition: Any) -> None:
    person = plain(world.participant(competition), "Renee")
    certificate = world.certificate(competition, person)
    number = certificate.number
    for count in range(actions.MOST_CORRECTIONS):
        actions.wish(competition, name=f"Renée {count}", speaks=Speaks.BOTH, by=person)
    assert (certificate.number, certificate.edition) == (number, 4)
    assert certificate.digest == ""
    assert [each.name for each in certificate.corrections] == ["Renee", "Renée 0", "Renée 1"]
    with pytest.raises(actions.TooManyCorrections):
        actions.wish(competition, name="Once more", speaks=Speaks.BOTH, by=person)
    actions.wish(competition, name="Renée 2", speaks=Speaks.BOTH, by=person)  # nothing changes
    assert certificate.edition == 4


def test_revoked_and_replaced(world: World, competition: Any, organizer: Any) -> None:
    person = plain(world.participant(competition), "Renée")
    certificate = world.certificate(competition, person)
    actions.revoke(certificate, reason="A mistake.", by=organizer)
    assert (certificate.ending, certificate.end_reason) == (Ending.REVOKED, "A mistake.")
    letter = db.session.scalars(select(Letter)).one()
    assert "A mistake." in letter.text and letter.address == person.email
    with pytest.raises(actions.Ended):
        actions.revoke(certificate, reason="Again.", by=organizer)
    with pytest.raises(actions.Ended):
        actions.correct(certificate, name="X", speaks=Speaks.EN, by=organizer)
    new = actions.replace(certificate, name="Renée", reason="It was none.", by=organizer)
    assert certificate.replaced_by is new and certificate.ending is Ending.REPLACED
    assert new.holds and new.number != certificate.number
    with pytest.raises(actions.Ended):
        actions.replace(certificate, name="Renée", reason="Twice.", by=organizer)
    again = actions.replace(new, name="René", reason="The name.", by=organizer)
    assert (new.ending, new.replaced_by, again.name) == (Ending.REPLACED, again, "René")


def test_a_certificate_of_another_place_is_found_and_issued_again_as_it_is_now(
    world: World, competition: Any, organizer: Any
) -> None:
    """The results were corrected: the team still wins, but has another place, and another name."""
    work = world.submission(world.team(competition, 1))
    prize = world.prize(competition, number=3, name=Localized(en="Grand prize", fr="Grand prix"))
    honour = world.honour(work, prize=prize, place=1)
    world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
    actions.issue(competition, Kind.WINNER, by=organizer)
    (certificate,) = issued(Kind.WINNER)
    assert unearned_in(competition) == 0
    honour.place, work.team.name = 2, "Another name"
    db.session.flush()
    assert unearned_in(competition) == 1
    withdrawn = world.withdrawal(competition)
    kept = actions.replace(certificate, name="A", reason="Its name.", by=organizer)
    assert kept.facts["prizes"] == certificate.facts["prizes"]  # while nothing is known
    withdrawn.ended_at = datetime.now(UTC)
    db.session.flush()
    new = actions.replace(kept, name="A", reason="Its place.", by=organizer)
    assert new.facts["team"] == "Another name"
    assert [each["place"] for each in new.facts["prizes"]] == [2]
    assert unearned_in(competition) == 0


def test_one_that_replaced_another_is_looked_at_like_it(
    world: World, competition: Any, organizer: Any
) -> None:
    work = world.submission(plain_team(world, competition))
    world.honour(work)
    world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
    actions.issue(competition, Kind.WINNER, by=organizer)
    (certificate,) = issued(Kind.WINNER)
    for reason in ("Misspelt.", "Misspelt again."):
        certificate = actions.replace(certificate, name="Noor", reason=reason, by=organizer)
    other = plain(world.person(), "Ada")
    by_hand = actions.issue_by_hand(
        competition, Kind.WINNER, address=other.email, reason="Helped them.", by=organizer
    )
    actions.replace(by_hand, name="Ada L", reason="Misspelt.", by=organizer)
    assert unearned_in(competition) == 0
    publishing.withdraw(competition, note=both("why"), by=organizer)
    db.session.expire_all()
    assert unearned_in(competition) == 1  # what was given by hand has reasons of its own


def test_nobody_is_given_by_hand_what_comes_out_later(
    world: World, competition: Any, organizer: Any
) -> None:
    teams = [plain_team(world, competition, world.challenge(competition)) for _ in range(2)]
    works = [world.submission(team) for team in teams]
    for work in works:
        world.honour(work)
    db.session.refresh(competition, ["challenges"])
    world.announcement(
        competition, datetime.now(UTC) - timedelta(hours=1), challenge=teams[0].challenge
    )
    given = {"reason": "Asked for it.", "by": organizer}
    early, late = (team.members[0] for team in teams)
    with pytest.raises(actions.NotAnnounced):
        actions.issue_by_hand(competition, Kind.WINNER, address=late.email, **given)
    actions.issue_by_hand(competition, Kind.WINNER, address=early.email, **given)
    actions.issue_by_hand(competition, Kind.JUDGE, address=late.email, **given)
    publishing.withdraw(competition, note=both("why"), by=organizer)
    with pytest.raises(actions.NotAnnounced):
        actions.issue_by_hand(competition, Kind.WINNER, name="Noor", **given)


def test_no_letter_brings_a_prize_while_the_results_are_withdrawn(
    world: World, competition: Any, organizer: Any
) -> None:
    work = world.submission(plain_team(world, competition))
    world.honour(work)
    world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
    for kind in (Kind.WINNER, Kind.PARTICIPANT):
        actions.issue(competition, kind, by=organizer)
    draw_issued()
    actions.tell_holders(competition, by=organizer)
    amendment = publishing.withdraw(competition, note=both("why"), by=organizer)
    assert actions.write_letters() == 1  # of having taken part
    assert actions.write_letters() == 0
    publishing.show_again(competition, amendment, note=both("so"), by=organizer)
    assert actions.write_letters() == 1
    assert actions.write_letters() == 0


def plain_team(world: World, competition: Any, challenge: Any = None) -> Any:
    team = world.team(competition, 1, **({"challenge": challenge} if challenge else {}))
    plain(team.members[0], "Noor")
    return team


def test_whose_was_revoked_is_not_issued_another_with_everyone(
    world: World, competition: Any, organizer: Any
) -> None:
    team = world.team(competition, 1)
    world.submission(team)
    actions.issue(competition, Kind.PARTICIPANT, by=organizer)
    actions.revoke(issued()[0], reason="Copied.", by=organizer)
    with pytest.raises(actions.NobodyWaits):
        actions.issue(competition, Kind.PARTICIPANT, by=organizer)


# -- drawing and telling ---------------------------------------------------------------------


def draw_all() -> int:
    total = 0
    while drawn := draw_issued():
        total += drawn
    return total


def text_of(app: Flask, certificate: Certificate) -> str:
    with app.extensions["storage"].open(certificate.digest) as file:
        return pypdf.PdfReader(io.BytesIO(file.read())).pages[0].extract_text()


def test_the_worker_draws_what_was_issued(
    app: Flask, world: World, competition: Any, organizer: Any
) -> None:
    world.signatory(competition)
    world.certificate_logo(competition)
    person = plain(world.person(), "Renée Œuvray")
    certificate = actions.issue_by_hand(
        competition, Kind.VOLUNTEER, address=person.email, reason="Chairs.", by=organizer
    )
    assert draw_all() == 1
    assert certificate.claimed_until is None and certificate.fault == ""
    text = text_of(app, certificate)
    assert "Renée Œuvray" in text and certificate.shown_number in text
    first = certificate.digest
    actions.draw_again(certificate, by=organizer)
    draw_all()
    assert certificate.digest == first
    actions.correct(certificate, name="Renée O.", speaks=Speaks.FR, by=organizer)
    draw_all()
    assert certificate.digest != first and "Renée O." in text_of(app, certificate)
    assert "certifies" not in text_of(app, certificate)


def test_what_cannot_be_drawn_says_why_and_keeps_nobody_waiting(
    world: World, competition: Any
) -> None:
    faulty = world.certificate(competition, drawn=False, name="Ann 😀")
    good = world.certificate(competition, drawn=False, name="Ann")
    assert draw_all() == 2
    assert "😀" in faulty.fault and faulty.digest == ""
    assert good.digest and not good.fault
    assert faulty.claimed_until > datetime.now(UTC)  # tried again later


def test_what_another_worker_claimed_or_ended_is_left(
    world: World, competition: Any, organizer: Any
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=4)
    world.certificate(competition, drawn=False, name="Ann", claimed_until=later)
    ended = world.certificate(competition, drawn=False, name="Ann")
    actions.revoke(ended, reason="No.", by=organizer)
    assert draw_all() == 0


def test_each_holder_gets_one_letter_once_all_are_drawn(
    world: World, competition: Any, organizer: Any
) -> None:
    person = plain(world.participant(competition), "Renée")
    first = world.certificate(competition, person)
    second = world.certificate(competition, person, Kind.WINNER, drawn=False)
    world.certificate(competition)  # of nobody with an account
    assert actions.tell_holders(competition, by=organizer) == 2
    assert actions.tell_holders(competition, by=organizer) == 0
    assert actions.write_letters() == 0
    draw_all()
    assert actions.write_letters() == 1
    assert first.told_at and second.told_at
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.name, letter.address) == ("certificate_ready", person.email)
    assert "/my-certificates" in letter.text
    assert actions.write_letters() == 0


# -- forgetting ------------------------------------------------------------------------------


def test_of_who_leaves_only_the_number_stays(world: World, competition: Any) -> None:
    person = plain(world.participant(competition), "Renée")
    certificate = world.certificate(competition, person, facts={"team": "T"})
    actions.wish(competition, name="Renée O.", speaks=Speaks.EN, by=person)
    number = certificate.number
    assert check(number, competition=competition).certificate is certificate
    delete_account(person)
    db.session.expire_all()
    assert (certificate.name, certificate.facts, certificate.digest) == ("", {}, "")
    assert (certificate.user_id, certificate.ending) == (None, Ending.FORGOTTEN)
    assert certificate.corrections == []
    forgotten = check(number, competition=competition)
    assert (forgotten.certificate, forgotten.mistyped) == (None, False)
