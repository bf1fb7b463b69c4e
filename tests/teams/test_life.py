"""Random lives of teams: several people act through the doors, gates close and open, and nothing
that must hold is ever broken.

After each deed the rows, the journal and the letters are compared with what they were before it:
invitations, requests to join, mergers, the challenge with its quota, and requests to change it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from hackathon.competitions.models import Challenge, Gate
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of
from hackathon.teams.models import (
    Allowance,
    ChallengeRequest,
    Invitation,
    JoinRequest,
    Membership,
    Merger,
    Outcome,
    Seeker,
    Team,
)
from tests.world import World

SIZES = (3, 2, 1)  # of the teams there are at first
PEOPLE = sum(SIZES) + 2
MIN, MAX = 2, 4
QUOTA = 1  # of the first challenge
GATES = (Gate.TEAM_CHANGES, Gate.CHALLENGE_CHOICE)
SOMEONE = st.integers(0, PEOPLE - 1)
ANY = st.integers(0, 5)
SIDES = st.sampled_from(["proposer", "asked"])
MERGER_DEEDS = ["acceptance", "acceptance", "refusal", "withdrawal"]
APT = st.sampled_from([True, True, True, False])  # mostly whoever can do it, at times whoever


@dataclass(frozen=True)
class Seen:
    """Who is in which team, and what the team decided, at one moment."""

    members: dict[Any, frozenset[Any]]  # team → registrations
    captains: dict[Any, frozenset[Any]]
    challenges: dict[Any, Any]
    names: dict[Any, str]
    taking_part: frozenset[Any]
    requests: dict[Any, tuple[Any, Any, Outcome | None]]  # team, registration, how it ended


def see() -> Seen:
    db.session.expire_all()
    places = db.session.scalars(select(Membership)).all()
    teams = db.session.scalars(select(Team)).all()
    return Seen(
        {t.id: frozenset(p.registration_id for p in places if p.team_id == t.id) for t in teams},
        {
            t.id: frozenset(p.registration_id for p in places if p.team_id == t.id and p.captain)
            for t in teams
        },
        {t.id: t.challenge_id for t in teams},
        {t.id: t.name for t in teams},
        frozenset(db.session.scalars(select(Registration.id).where(Registration.takes_part))),
        {
            row.id: (row.team_id, row.registration_id, row.outcome)
            for row in db.session.scalars(select(JoinRequest))
        },
    )


class Life(RuleBasedStateMachine):
    """What people, captains and organizers try, whether or not they may."""

    app: Flask  # set by the test

    @initialize()
    def begin(self) -> None:
        self.context = self.app.app_context()
        self.context.push()
        engine = db.engine
        self.connection = engine.connect()
        self.outer = self.connection.begin()
        self.session_class = db.session.session_factory.class_
        self.session_class.get_bind = lambda *_, **__: self.connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        self.world = World(self.app)
        self.competition = self.world.competition("c", team_min=MIN, team_max=MAX)
        self.challenges = [self.world.challenge(self.competition).id for _ in range(2)]
        db.session.get_one(Challenge, self.challenges[0]).quota = QUOTA
        teams = [self.world.team(self.competition, size) for size in SIZES]
        free = [self.world.participant(self.competition) for _ in range(2)]
        self.people = [person for team in teams for person in team.members] + free
        self.registrations = [registration_of(p, self.competition).id for p in self.people]
        self.organizer = self.world.organizer(self.competition)
        self.open = dict.fromkeys(GATES, True)
        self.names = 0
        self.deeds = self.letters = 0
        db.session.commit()

    def teardown(self) -> None:
        if not hasattr(self, "outer"):
            return
        db.session.remove()
        self.outer.rollback()
        self.connection.close()
        del self.session_class.get_bind
        self.context.pop()

    # -- acting and comparing --------------------------------------------------------------

    def act(
        self, user: Any, path: str, data: dict[str, Any] | None = None, *, gate: Gate | None = None
    ) -> Any:
        """Knock, then hold the world against what it was: `gate` is the one that the deed needs."""
        before = see()
        gate_open = {team: gate is None or self.is_open(gate, team) for team in before.members}
        organizer = user == self.organizer
        answer = self.world.client(user).post(f"/en/c/{path}", data=data or {})
        after = see()
        assert answer.status_code in (302, 403, 404, 409, 422), (path, answer.status)
        told = db.session.scalars(
            select(Entry).order_by(Entry.created_at, Entry.id).offset(self.deeds)
        ).all()
        written = db.session.scalars(
            select(Letter).order_by(Letter.created_at, Letter.id).offset(self.letters)
        ).all()
        self.deeds, self.letters = self.deeds + len(told), self.letters + len(written)
        if answer.status_code != 302:
            assert (before, [], []) == (after, list(told), list(written)), path
            return answer
        changed = [
            team
            for team in before.members.keys() | after.members.keys()
            if before.members.get(team) != after.members.get(team)
            or before.captains.get(team) != after.captains.get(team)
            or before.challenges.get(team) != after.challenges.get(team)
            or before.names.get(team) != after.names.get(team)
        ]
        if changed or before.taking_part != after.taking_part:
            assert told, f"{path} changed something and the journal does not know"
        if gate is not None and not organizer:
            for team in changed:
                allowed = gate_open.get(team, self.open[gate])
                assert allowed, f"{path} changed a team outside its gate"
        assert Counter(self.expected(told, before, after, user)) == Counter(
            (letter.name, letter.address) for letter in written
        ), path
        return answer

    def expected(self, told: Any, before: Seen, after: Seen, by: Any) -> list[tuple[str, str]]:
        """The letters that the deeds call for, each with its address."""
        letters = self.expected_of_requests(before, after)
        for entry in told:
            team = entry.details.get("team")
            was, now = self.people_of(before, team), self.people_of(after, team)
            captain = self.captain_of(after, team)
            match entry.deed:
                case "team_joined":
                    letters.append(("joined_team", captain))
                case "team_left":
                    letters.append(("left_team", captain))
                case "member_added":
                    [person] = now - was
                    letters.append(("added_to_team", person))
                    letters.append(("joined_team", captain))
                case "member_moved":
                    letters.append(("left_team", captain))
                case "member_removed":
                    [person] = was - now
                    letters.append(("removed_from_team", person))
                    if captain != by.email:
                        letters.append(("left_team", captain))
                case "captaincy_handed_over":
                    told_of_it = {captain, self.captain_of(before, team)} - {by.email}
                    letters += [("captaincy_handed_over", address) for address in told_of_it]
                case "team_dissolved":
                    letters += [("team_dissolved", address) for address in was - {by.email}]
                case "challenge_chosen":
                    letters += [("challenge_chosen", address) for address in now - {by.email}]
                case "allowance_granted":
                    letters += [("allowance_granted", address) for address in now]
                case "invitation_sent":
                    invitation = db.session.scalars(
                        select(Invitation)
                        .where(Invitation.address.is_not(None))
                        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
                    ).first()
                    letters.append(("team_invitation", invitation.address))
                case "request_sent":
                    letters.append(("join_request", captain))
                case "request_accepted":
                    [person] = now - was
                    letters.append(("join_request_accepted", person))
                case "merger_proposed" | "merger_declined":
                    name = entry.details["other"]
                    other = next(str(key) for key, each in before.names.items() if each == name)
                    asked = self.captain_of(after, other)
                    proposed = entry.deed == "merger_proposed"
                    letters.append((entry.deed, asked if proposed else captain))
                case "merger_ended":
                    stays = self.still_apart(told, before, after, entry)
                    letters.append(("merger_ended", self.captain_of(after, stays)))
                case "teams_merged" | "teams_merged_by_hand":
                    letters += [("teams_merged", address) for address in now]
                case "challenge_request_granted" | "challenge_request_refused":
                    letters += [("challenge_request_answered", address) for address in now]
                case "registration_withdrawn":
                    [gone] = before.taking_part - after.taking_part
                    letters.append(("withdrawn", self.address(gone)))
                case "registered":
                    letters.append(("registered", by.email))
        return letters

    def still_apart(self, told: Any, before: Seen, after: Seen, ended: Any) -> str | None:
        """Of the two whose proposal ended by itself, the team that neither went nor became one."""
        both = {ended.subject, ended.details["other"]}
        parties = {str(key) for key, name in before.names.items() if name in both}
        merged = {e.details["team"] for e in told if e.deed.startswith("teams_merged")}
        [stays] = (parties & {str(key) for key in after.names}) - merged
        return stays

    def expected_of_requests(self, before: Seen, after: Seen) -> list[tuple[str, str]]:
        """Whoever waits for an answer is told when there will be none, and why."""
        letters = []
        for key, (team, registration, outcome) in before.requests.items():
            if outcome is not None:
                continue
            if key not in after.requests:
                letters.append(("join_request_overtaken", self.address(registration)))
                continue
            match after.requests[key][2]:
                case Outcome.FULL:
                    letters.append(("join_request_overtaken", self.address(registration)))
                case Outcome.DECLINED:
                    letters.append(("join_request_declined", self.address(registration)))
                case Outcome.PLACED:
                    letters.append(("join_request_settled", self.captain_of(after, str(team))))
        return letters

    def address(self, registration: Any) -> str:
        return self.people[self.registrations.index(registration)].email

    def people_of(self, seen: Seen, team: Any) -> set[str]:
        return {
            self.address(key)
            for team_id, members in seen.members.items()
            if str(team_id) == team
            for key in members
        }

    def captain_of(self, seen: Seen, team: Any) -> str | None:
        return next(
            (
                self.address(key)
                for team_id, captains in seen.captains.items()
                if str(team_id) == team
                for key in captains
            ),
            None,
        )

    def is_open(self, gate: Gate, team: Any) -> bool:
        allowance = db.session.scalar(
            select(Allowance).where(Allowance.team_id == team, Allowance.gate == gate)
        )
        return self.open[gate] or allowance is not None

    def team(self, number: int) -> Any:
        """One of the teams there are, or a key that none has."""
        teams = db.session.scalars(select(Team.id).order_by(Team.created_at, Team.id)).all()
        return teams[number % len(teams)] if teams else self.registrations[0]

    def place(self, team: Any, number: int) -> Any:
        places = db.session.scalars(
            select(Membership.id).where(Membership.team_id == team).order_by(Membership.created_at)
        ).all()
        return places[number % len(places)] if places else team

    def actor(self, team: Any, someone: int, as_captain: bool) -> Any:
        """The captain of the team when wanted and there; otherwise whoever."""
        captain = db.session.scalar(
            select(Membership.registration_id).where(Membership.team_id == team, Membership.captain)
        )
        if as_captain and captain is not None:
            return self.people[self.registrations.index(captain)]
        return self.people[someone]

    def someone(self, number: int, *, apt: bool, placed: bool) -> Any:
        """A person who is in a team, or in none, when wanted and there; otherwise whoever."""
        seen = see()
        in_teams = {key for members in seen.members.values() for key in members}
        fitting = [
            person
            for person, key in zip(self.people, self.registrations, strict=True)
            if key in seen.taking_part and (key in in_teams) is placed
        ]
        return fitting[number % len(fitting)] if apt and fitting else self.people[number]

    # -- what people do --------------------------------------------------------------------

    @rule(someone=SOMEONE, again=st.sampled_from([False, False, False, True]), apt=APT)
    def found(self, someone: int, again: bool, apt: bool) -> None:
        self.names += not again
        data = {"name": f"Team {self.names}", "languages": ["fr"], "about": ""}
        user = self.someone(someone, apt=apt, placed=False)
        self.act(user, "teams/new", data, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, as_captain=APT)
    def rename(self, someone: int, number: int, as_captain: bool) -> None:
        team = self.team(number)
        self.names += 1
        data = {"name": f"Team {self.names}", "languages": ["en"], "about": "Anew."}
        user = self.actor(team, someone, as_captain)
        self.act(user, f"teams/{team}/edit", data, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, guest=SOMEONE, as_captain=APT)
    def invite(self, someone: int, number: int, guest: int, as_captain: bool) -> None:
        team = self.team(number)
        user, data = self.actor(team, someone, as_captain), {"address": self.people[guest].email}
        self.act(user, f"teams/{team}/invitations", data, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, as_captain=APT)
    def make_link(self, someone: int, number: int, as_captain: bool) -> None:
        team = self.team(number)
        user = self.actor(team, someone, as_captain)
        data = {"days": "7", "most_uses": "0"}
        self.act(user, f"teams/{team}/invitations/link", data, gate=Gate.TEAM_CHANGES)

    def invitation(self, number: int, *, apt: bool) -> Any:
        """One that can be accepted when wanted and there; otherwise any that was ever made."""
        made = db.session.scalars(select(Invitation).order_by(Invitation.created_at)).all()
        chosen = [each for each in made if each.waiting] if apt else []
        chosen = chosen or made
        return chosen[number % len(chosen)] if chosen else None

    @rule(someone=SOMEONE, number=st.integers(0, 20), apt=APT)
    def accept(self, someone: int, number: int, apt: bool) -> None:
        invitation = self.invitation(number, apt=apt)
        token = invitation.token if invitation else "no-such-token"
        user = self.someone(someone, apt=apt, placed=False)
        self.act(user, f"invitations/{token}/acceptance", gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=st.integers(0, 20), apt=APT)
    def accept_now(self, someone: int, number: int, apt: bool) -> None:
        """An invitation made and accepted at once, so that lives have full teams in them."""
        self.make_link(someone, number, True)
        self.accept(someone, -1, apt)

    @rule(someone=SOMEONE, number=st.integers(0, 20), apt=APT)
    def decline(self, someone: int, number: int, apt: bool) -> None:
        invitation = self.invitation(number, apt=apt)
        token = invitation.token if invitation else "no-such-token"
        self.act(self.people[someone], f"invitations/{token}/refusal")

    @rule(number=st.integers(0, 20), someone=SOMEONE, as_captain=APT)
    def revoke(self, number: int, someone: int, as_captain: bool) -> None:
        if invitation := self.invitation(number, apt=True):
            user = self.actor(invitation.team_id, someone, as_captain)
            path = f"teams/{invitation.team_id}/invitations/{invitation.token}/revocation"
            self.act(user, path, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, apt=APT)
    def leave(self, someone: int, number: int, apt: bool) -> None:
        user = self.someone(someone, apt=apt, placed=True)
        mine = db.session.scalar(
            select(Membership.team_id).where(
                Membership.registration_id == self.registrations[self.people.index(user)]
            )
        )
        self.act(user, f"teams/{mine or self.team(number)}/departure", gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, place=ANY, as_captain=APT)
    def remove(self, someone: int, number: int, place: int, as_captain: bool) -> None:
        team = self.team(number)
        user, path = self.actor(team, someone, as_captain), self.place(team, place)
        data = {"reason": "We went separate ways."}
        self.act(user, f"teams/{team}/members/{path}/removal", data, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, place=ANY, as_captain=APT)
    def hand_over(self, someone: int, number: int, place: int, as_captain: bool) -> None:
        team = self.team(number)
        user, data = self.actor(team, someone, as_captain), {"membership": self.place(team, place)}
        self.act(user, f"teams/{team}/captaincy", data, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, which=st.integers(0, 1), as_captain=APT)
    def choose(self, someone: int, number: int, which: int, as_captain: bool) -> None:
        team = self.team(number)
        user, data = self.actor(team, someone, as_captain), {"challenge": self.challenges[which]}
        self.act(user, f"teams/{team}/challenge", data, gate=Gate.CHALLENGE_CHOICE)

    @precondition(lambda self: len(see().taking_part) > PEOPLE - 2)
    @rule(someone=SOMEONE)
    def withdraw(self, someone: int) -> None:
        self.act(self.people[someone], "registration/withdrawal", gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE)
    def register_again(self, someone: int) -> None:
        gone = [
            person
            for person, key in zip(self.people, self.registrations, strict=True)
            if key not in see().taking_part
        ]
        user = gone[someone % len(gone)] if gone else self.people[someone]
        self.act(user, "registration/new", {"residence": "QC", "of_age": "y"})

    @rule(someone=SOMEONE, apt=APT)
    def look(self, someone: int, apt: bool) -> None:
        data = {"languages": ["fr"], "about": "I map.", "friends": ""}
        user = self.someone(someone, apt=apt, placed=False)
        self.act(user, "teams/board/looking", data, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, as_captain=APT)
    def call(self, someone: int, number: int, as_captain: bool) -> None:
        team = self.team(number)
        user = self.actor(team, someone, as_captain)
        self.act(user, f"teams/{team}/seeking", {"about": "We map."}, gate=Gate.TEAM_CHANGES)

    @rule(someone=SOMEONE, number=ANY, apt=APT)
    def ask(self, someone: int, number: int, apt: bool) -> None:
        self.call(someone, number, True)
        user = self.someone(someone, apt=apt, placed=False)
        path, data = f"teams/{self.team(number)}/requests/new", {"message": "May I?"}
        self.act(user, path, data, gate=Gate.TEAM_CHANGES)

    @rule(number=st.integers(0, 9), someone=SOMEONE, deed=st.sampled_from(["accept", "decline"]))
    def answer(self, number: int, someone: int, deed: str) -> None:
        if request := self.pick(JoinRequest, number):
            user = self.actor(request.team_id, someone, True)
            path = f"teams/{request.team_id}/requests/{request.id}"
            self.act(user, path, {"deed": deed, "answer": "Well."}, gate=Gate.TEAM_CHANGES)

    @rule(number=st.integers(0, 9))
    def take_request_back(self, number: int) -> None:
        if request := self.pick(JoinRequest, number):
            user = self.people[self.registrations.index(request.registration_id)]
            self.act(user, f"requests/{request.id}/withdrawal")

    @rule(number=st.integers(0, 9), team=ANY)
    def invite_from_the_board(self, number: int, team: int) -> None:
        if seeker := self.pick(Seeker, number):
            user = self.actor(self.team(team), 0, True)
            path = f"teams/board/{seeker.id}/invitation"
            self.act(user, path, gate=Gate.TEAM_CHANGES)

    @rule(number=ANY, other=ANY, someone=SOMEONE, as_captain=APT, stays=SIDES)
    def propose(self, number: int, other: int, someone: int, as_captain: bool, stays: str) -> None:
        team, second = self.team(number), self.team(other)
        user = self.actor(team, someone, as_captain)
        data = {name: stays for name in ("name_of", "captain_of", "challenge_of")}
        self.act(user, f"teams/{team}/mergers/{second}", data, gate=Gate.TEAM_CHANGES)

    @rule(number=ANY, someone=SOMEONE, as_captain=APT, deed=st.sampled_from(MERGER_DEEDS))
    def answer_merger(self, number: int, someone: int, as_captain: bool, deed: str) -> None:
        if merger := self.pick(Merger, number):
            whose = merger.team_id if deed == "withdrawal" else merger.other_id
            user = self.actor(whose, someone, as_captain)
            self.act(user, f"mergers/{merger.id}/{deed}", gate=Gate.TEAM_CHANGES)

    @rule(number=ANY, which=st.integers(0, 1), someone=SOMEONE, as_captain=APT)
    def ask_for_change(self, number: int, which: int, someone: int, as_captain: bool) -> None:
        team = self.team(number)
        user = self.actor(team, someone, as_captain)
        data = {"challenge": self.challenges[which], "reason": "We know more now."}
        self.act(user, f"teams/{team}/challenge/request", data)

    @rule(number=ANY, grants=st.booleans())
    def answer_change(self, number: int, grants: bool) -> None:
        if request := self.pick(ChallengeRequest, number):
            data = {"grant" if grants else "refuse": "y", "answer": "Well."}
            path = f"manage/challenge-requests/{request.id}"
            self.act(self.organizer, path, data)

    def pick(self, kind: Any, number: int) -> Any:
        rows = db.session.scalars(select(kind).order_by(kind.created_at, kind.id)).all()
        return rows[number % len(rows)] if rows else None

    # -- what organizers do ----------------------------------------------------------------

    @rule(someone=SOMEONE, number=ANY)
    def put(self, someone: int, number: int) -> None:
        data = {"address": self.people[someone].email}
        self.act(self.organizer, f"manage/teams/{self.team(number)}/admission", data)

    @rule(number=ANY)
    def dissolve(self, number: int) -> None:
        self.act(self.organizer, f"manage/teams/{self.team(number)}/dissolution")

    @rule(number=ANY, gate=st.sampled_from(GATES))
    def allow(self, number: int, gate: Gate) -> None:
        until = datetime.now(UTC) + timedelta(days=60)
        data = {
            "gate": gate.value,
            "closes_at": until.strftime("%Y-%m-%dT12:00"),
            "reason-en": "They lost a day.",
            "reason-fr": "L’équipe a perdu une journée.",
        }
        self.act(self.organizer, f"manage/teams/{self.team(number)}/allowance", data)

    @rule(gate=st.sampled_from(GATES))
    def gate_turns(self, gate: Gate) -> None:
        """It closes, or opens anew; an allowance lives as long as the close that it outlasts."""
        self.open[gate] = not self.open[gate]
        self.world.set_gates(self.competition, "open" if self.open[gate] else "closed", gate)
        db.session.commit()

    @precondition(lambda self: not all(self.open.values()))
    @rule()
    def gates_open(self) -> None:
        self.open = dict.fromkeys(GATES, True)
        self.world.set_gates(self.competition, "open", *GATES)
        db.session.execute(delete(Allowance))
        db.session.commit()

    # -- what always holds -----------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "competition"):
            return
        seen = see()
        placed = [key for members in seen.members.values() for key in members]
        assert len(placed) == len(set(placed)), "one person, one team"
        assert set(placed) <= seen.taking_part, "only people who take part are in teams"
        for team, members in seen.members.items():
            assert 1 <= len(members) <= MAX, "nobody left behind, nobody too many"
            assert len(seen.captains[team]) == 1, "one captain"
            assert seen.challenges[team] in (None, *self.challenges), "one challenge or none yet"
        chosen = list(seen.challenges.values())
        assert chosen.count(self.challenges[0]) <= QUOTA, "no more than the quota"
        waiting = [(t, r) for t, r, outcome in seen.requests.values() if outcome is None]
        assert len(waiting) == len(set(waiting)), "one open request for a person and a team"
        assert not set(placed) & {r for _, r in waiting}, "whoever has a place asks no more"


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_no_life_of_a_team_breaks_what_must_hold(app: Flask) -> None:
    run_state_machine_as_test(
        type("LifeHere", (Life,), {"app": app}),
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
