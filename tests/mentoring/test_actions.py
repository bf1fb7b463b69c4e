"""Appointing, needing, pairing: what can be done, what stands in the way, who is told."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hackathon import create_app
from hackathon.competitions.models import Competition, Expertise
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.ground.model import Model
from hackathon.journal.deeds import sentence
from hackathon.journal.models import Entry
from hackathon.mentoring import actions
from hackathon.mentoring.models import Conflict, Mentor, Pairing
from hackathon.mentoring.proposal import matching_of
from hackathon.mentoring.queries import accompanies, mentor_of, needs_of
from hackathon.post.models import Letter
from hackathon.teams.models import Team
from tests.conftest import new_database, settings_for
from tests.world import World, both, marked

FIELDS: dict[str, Any] = {
    "headline": both("headline"),
    "languages": ["en"],
    "expertise": [],
    "capacity": 2,
}


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition()


@pytest.fixture
def organizer(world: World, competition: Competition) -> Any:
    return world.organizer(competition)


def letters() -> list[tuple[str, str]]:
    """(name, address) of all letters, sorted."""
    return sorted((letter.name, letter.address) for letter in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return [entry.deed for entry in db.session.scalars(select(Entry).order_by(Entry.created_at))]


def pairs() -> set[tuple[Any, Any]]:
    return {(p.mentor_id, p.team_id) for p in db.session.scalars(select(Pairing))}


# -- mentors ---------------------------------------------------------------------------------


def test_appointing_writes_a_letter_and_the_journal(
    world: World, competition: Competition, organizer: Any
) -> None:
    user = world.person("Ana", email="ana@example.org", language="fr")
    mentor = actions.appoint(competition, email="Ana@Example.org ", by=organizer, **FIELDS)
    assert mentor_of(user, competition) is mentor
    assert (mentor.headline, mentor.languages, mentor.capacity) == (both("headline"), ["en"], 2)
    assert letters() == [("mentor_appointed", "ana@example.org")]
    assert db.session.scalars(select(Letter)).one().language == "fr"
    entry = db.session.scalars(select(Entry)).one()
    assert (
        sentence(entry, "America/Toronto") == f"{organizer.name} appointed {user.name} as a mentor."
    )


def test_appointing_needs_an_account(competition: Competition, organizer: Any) -> None:
    with pytest.raises(actions.NoAccount):
        actions.appoint(competition, email="nobody@example.org", by=organizer, **FIELDS)
    assert letters() == []


def test_nobody_is_appointed_twice(world: World, competition: Competition, organizer: Any) -> None:
    mentor = world.mentor(competition)
    with pytest.raises(actions.AlreadyMentor):
        actions.appoint(competition, email=mentor.user.email, by=organizer, **FIELDS)
    elsewhere = world.competition()
    assert actions.appoint(elsewhere, email=mentor.user.email, by=organizer, **FIELDS)


def test_capacity_never_falls_below_the_teams_one_has(
    world: World, competition: Competition
) -> None:
    mentor = world.mentor(competition, world.team(competition), world.team(competition))
    with pytest.raises(actions.CapacityBelowLoad) as refused:
        actions.edit_mentor(mentor, **{**FIELDS, "capacity": 1}, by=mentor.user)
    assert "2" in str(refused.value)
    edited = actions.edit_mentor(mentor, **{**FIELDS, "capacity": 3}, by=mentor.user)
    assert (edited.capacity, edited.languages) == (3, ["en"])


def test_dismissing_tells_the_mentor_and_their_teams(
    world: World, competition: Competition, organizer: Any
) -> None:
    team = world.team(competition, 2)
    mentor = world.mentor(competition, team)
    user = mentor.user
    actions.dismiss(mentor, by=organizer)
    assert mentor_of(user, competition) is None
    assert pairs() == set()
    assert letters() == sorted(
        [("mentor_dismissed", user.email)]
        + [("pairing_ended", member.email) for member in team.members]
    )
    assert deeds() == ["mentor_dismissed"]


# -- expertise and needs ---------------------------------------------------------------------


def test_a_team_needs_at_most_five(world: World, competition: Competition) -> None:
    team = world.team(competition)
    fields = [world.expertise(competition) for _ in range(6)]
    with pytest.raises(actions.TooManyNeeds):
        actions.set_needs(team, expertise=fields, by=team.captain)
    actions.set_needs(team, expertise=fields[:5], by=team.captain)
    assert needs_of([team])[team.id] == fields[:5]
    actions.set_needs(team, expertise=fields[5:], by=team.captain)
    assert needs_of([team])[team.id] == fields[5:]
    actions.set_needs(team, expertise=[], by=team.captain)
    assert team.id not in needs_of([team])
    assert deeds() == ["needs_edited"] * 3


def test_removing_an_expertise_takes_it_from_mentors_and_teams(
    world: World, competition: Competition, organizer: Any
) -> None:
    field, other = world.expertise(competition), world.expertise(competition)
    team = world.team(competition)
    mentor = world.mentor(competition, expertise=[field, other])
    actions.set_needs(team, expertise=[field, other], by=team.captain)
    actions.remove_expertise(field, by=organizer)
    db.session.expire_all()
    assert mentor.expertise == [other]
    assert needs_of([team])[team.id] == [other]
    assert list(db.session.scalars(select(Expertise))) == [other]


# -- pairings --------------------------------------------------------------------------------


def test_pairing_by_hand_writes_to_both_sides(
    world: World, competition: Competition, organizer: Any
) -> None:
    field = world.expertise(competition)
    team = world.team(competition, 2)
    actions.set_needs(team, expertise=[field], by=team.captain)
    mentor = world.mentor(competition, expertise=[field])
    assert not accompanies(mentor.user, team)
    pairing = actions.pair(mentor, team, by=organizer)
    assert accompanies(mentor.user, team)
    assert pairing.fit == 1000
    assert letters() == sorted(
        [("mentor_paired", mentor.user.email)]
        + [("team_paired", member.email) for member in team.members]
    )
    actions.part(mentor, team, by=organizer)
    assert not accompanies(mentor.user, team)
    ended = [address for name, address in letters() if name == "pairing_ended"]
    assert ended == sorted([mentor.user.email, *(m.email for m in team.members)])
    assert deeds() == ["needs_edited", "pairing_added", "pairing_ended"]
    with pytest.raises(actions.NotPaired):
        actions.part(mentor, team, by=organizer)


def test_each_side_reads_its_own_words(
    world: World, competition: Competition, organizer: Any
) -> None:
    team = world.team(competition, 1)
    mentor = world.mentor(competition, team)
    actions.part(mentor, team, by=organizer)
    subjects = {letter.address: letter.subject for letter in db.session.scalars(select(Letter))}
    assert subjects == {
        mentor.user.email: f"You no longer accompany the team {team.name}",
        team.members[0].email: f"{mentor.user.name} no longer accompanies your team",
    }


def refused(mentor: Mentor, team: Team, by: Any, **others: Any) -> type[Exception]:
    before = pairs()
    with pytest.raises(actions.Against) as obstacle:
        actions.pair(mentor, team, by=by, **others)
    assert pairs() == before
    assert letters() == []
    return obstacle.type


def test_what_stands_against_a_pairing(
    world: World, competition: Competition, organizer: Any
) -> None:
    team, other = world.team(competition, 2), world.team(competition)
    theirs = world.mentor(competition, team)
    assert refused(theirs, team, organizer) is actions.AlreadyPaired

    conflicted = world.mentor(competition)
    world.conflict(conflicted.user, team)
    assert refused(conflicted, team, organizer) is actions.InConflict
    assert refused(conflicted, team, organizer, language_aside=True) is actions.InConflict

    full = world.mentor(competition, other, capacity=1)
    assert refused(full, team, organizer) is actions.CapacityUsedUp
    assert refused(full, team, organizer, language_aside=True) is actions.CapacityUsedUp

    oneself = world.mentor(competition, user=team.members[1])
    assert refused(oneself, team, organizer) is actions.InTeam


def test_a_missing_language_can_be_set_aside(
    world: World, competition: Competition, organizer: Any
) -> None:
    team = world.team(competition, languages=["fr"])
    mentor = world.mentor(competition, languages=["en"])
    assert refused(mentor, team, organizer) is actions.NoSharedLanguage
    assert actions.pair(mentor, team, language_aside=True, by=organizer).fit == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_organizers_at_once_do_not_exceed_a_capacity(kind: str, tmp_path: Path) -> None:
    app = create_app(settings_for(new_database(kind, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition()
        organizer = world.organizer(competition).id
        mentor = world.mentor(competition, capacity=1).id
        teams = [world.team(competition).id for _ in range(4)]
        by_class = type(db.session.get(Mentor, mentor).user)
        db.session.commit()
        db.session.remove()
    together, outcomes = threading.Barrier(len(teams)), []

    def pair(team: Any) -> None:
        with app.app_context():
            together.wait(10)
            try:
                actions.pair(
                    db.session.get(Mentor, mentor),
                    db.session.get(Team, team),
                    by=db.session.get(by_class, organizer),
                )
                db.session.commit()
                outcomes.append("paired")
            except actions.CapacityUsedUp:
                db.session.rollback()
                outcomes.append("full")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=pair, args=[team]) for team in teams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["full", "full", "full", "paired"]
    with app.app_context():
        assert len(pairs()) == 1
        db.session.remove()
        db.engine.dispose()


# -- matching --------------------------------------------------------------------------------


def test_a_confirmed_matching_is_the_one_that_was_seen(
    world: World, competition: Competition, organizer: Any
) -> None:
    teams = [world.team(competition, 2) for _ in range(2)]
    mentor = world.mentor(competition, teams[0], capacity=1)
    free = world.mentor(competition)
    seen = matching_of(competition, 1)
    made = actions.confirm_matching(competition, wanted=1, digest=seen.digest, by=organizer)
    assert [(p.mentor, p.team) for p in made] == [(free, teams[1])]
    assert pairs() == {(mentor.id, teams[0].id), (free.id, teams[1].id)}
    assert letters() == sorted(
        [("mentor_paired", free.user.email)]
        + [("team_paired", member.email) for member in teams[1].members]
    )
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.deed, entry.details) == ("matching_confirmed", {"pairings": 1})

    again = matching_of(competition, 1)
    with pytest.raises(actions.NothingToConfirm):
        actions.confirm_matching(competition, wanted=1, digest=again.digest, by=organizer)


def test_a_changed_matching_is_not_confirmed(
    world: World, competition: Competition, organizer: Any
) -> None:
    world.team(competition)
    mentor = world.mentor(competition)
    seen = matching_of(competition, 1).digest
    mentor.capacity = 7
    db.session.flush()
    with pytest.raises(actions.MatchingChanged):
        actions.confirm_matching(competition, wanted=1, digest=seen, by=organizer)
    with pytest.raises(actions.MatchingChanged):
        seen = matching_of(competition, 1).digest
        actions.confirm_matching(competition, wanted=2, digest=seen, by=organizer)
    assert pairs() == set()
    assert letters() == []


# -- conflicts -------------------------------------------------------------------------------


def test_a_conflict_is_declared_once_and_not_against_what_stands(
    world: World, competition: Competition, organizer: Any
) -> None:
    team, other = world.team(competition), world.team(competition)
    mentor = world.mentor(competition, team)
    with pytest.raises(actions.StillPaired):
        actions.declare_conflict(mentor, team, reason=marked("reason"), by=organizer)
    conflict = actions.declare_conflict(mentor, other, reason=marked("reason"), by=organizer)
    assert (conflict.user, conflict.team, conflict.by) == (mentor.user, other, organizer)
    with pytest.raises(actions.ConflictKnown):
        actions.declare_conflict(mentor, other, reason=marked("reason"), by=organizer)
    actions.lift_conflict(conflict, by=organizer)
    assert list(db.session.scalars(select(Conflict))) == []
    assert actions.pair(mentor, other, by=organizer)
    assert deeds() == ["conflict_declared", "conflict_lifted", "pairing_added"]


def test_words_in_two_languages(world: World, competition: Competition, organizer: Any) -> None:
    label = Localized(en="Law", fr="Droit")
    expertise = actions.add_expertise(competition, label=label, position=3, by=organizer)
    assert (expertise.label, expertise.position) == (label, 3)
    edited = Localized(en="Law and justice", fr="Droit et justice")
    actions.edit_expertise(expertise, label=edited, position=1, by=organizer)
    assert (expertise.label, expertise.position) == (edited, 1)
    assert deeds() == ["expertise_added", "expertise_edited"]


# -- letters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        (
            "en",
            [
                "You are a mentor of ⟦Jam⟧",
                "You accompany the team ⟦Alpha⟧",
                "⟦Ana⟧ is your mentor",
                "⟦Ana⟧ no longer accompanies your team",
                "You are no longer a mentor of ⟦Jam⟧",
            ],
        ),
        (
            "fr",
            [
                "Vous avez un rôle de mentorat dans ⟦Jam (fr)⟧",
                "Vous accompagnez l’équipe ⟦Alpha⟧",
                "⟦Ana⟧ vous accompagne",
                "⟦Ana⟧ n’accompagne plus votre équipe",
                "Votre rôle de mentorat dans ⟦Jam (fr)⟧ a pris fin",
            ],
        ),
    ],
)
def test_letters_speak_the_readers_language(
    world: World, language: str, subjects: list[str]
) -> None:
    competition = world.competition("jam", name=both("Jam"))
    organizer = world.organizer(competition)
    user = world.person("Ana", language=language)
    team = world.team(competition, 1, name=marked("Alpha"))
    team.captain.language = language
    mentor = actions.appoint(competition, email=user.email, by=organizer, **FIELDS)
    actions.pair(mentor, team, by=organizer)
    actions.dismiss(mentor, by=organizer)
    written = db.session.scalars(select(Letter).order_by(Letter.created_at)).all()
    assert [letter.subject for letter in written] == subjects
    assert [letter.language for letter in written] == [language] * 5
    base = f"http://localhost/{language}/jam"
    for letter, address in zip(
        written,
        [
            f"{base}/mentors/me",
            f"{base}/mentors/me/teams",
            f"{base}/teams/{team.id}/mentors",
            f"{base}/teams/{team.id}/mentors",
            f"{base}/",
        ],
        strict=True,
    ):
        assert address in letter.text.split("\n"), letter.text
        assert f'<a href="{address}">' in letter.html
