"""The record of a decision can be checked by anybody, from its bytes alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import select
from structlog.testing import capture_logs

from hackathon.cli import results
from hackathon.comparisons.models import Stand, Word
from hackathon.config import Settings, SettingsError
from hackathon.deliberation.models import Revision
from hackathon.desk.forgetting import delete_account
from hackathon.extensions import db
from hackathon.judging.models import Review
from hackathon.judging.outcome import ranking_of
from hackathon.judging.record import NotARecord, Part, code_version
from hackathon.results import actions
from hackathon.results.actions import Given, Means
from hackathon.results.deciding import document_of, panels
from hackathon.results.models import Announcement, Decision, PrizeKind, Span
from hackathon.results.sealing import (
    Signed,
    canonical,
    digest,
    key_in,
    public_part,
    signed,
    verify,
)
from tests.world import World, both

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("contest", gates="closed")
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    return competition


def judged(world: World, competition: Any) -> list[Any]:
    """Six works in two challenges, each with two reviews."""
    judges = [world.judge(competition, capacity=20) for _ in range(2)]
    works = []
    for number in range(6):
        if number % 3 == 0:
            challenge = world.challenge(competition)
        team = world.team(competition)
        team.challenge = challenge
        works.append(world.submission(team))
        for judge in judges:
            world.review(judge, works[-1], 5 - number % 3)
    return works


def decided(world: World, competition: Any, means: Means, by: Any) -> Any:
    """Four prizes, of which one departs from what was proposed."""
    works = judged(world, competition)
    organizer = by
    prizes = [
        world.prize(competition, position=1),
        world.prize(competition, PrizeKind.OUTSTANDING, position=2),
        world.prize(competition, span=Span.ALL, number=3, position=3),
        world.prize(competition, PrizeKind.PEOPLE, Span.ALL, position=4),
    ]
    for prize in prizes[:2]:
        panel = panels(competition, ranking_of(competition), votes=means.votes)[prize.id]
        given = {
            row.submission: Given(panel.proposed[row.submission.id], both("citation"))
            for row in ranking_of(competition).rows
            if row.submission.id in panel.proposed
        }
        assert len(given) == 2
        actions.decide(prize, given, proposed=panel.proposal.awards, by=organizer)
    given = {works[5]: Given(1, both("citation"))}
    actions.decide(prizes[2], given, reason="The jury’s vœu.", by=organizer)
    return actions.seal(competition, means=means, by=organizer)


@pytest.fixture
def sealed(world: World, competition: Any) -> Any:
    votes = None
    return decided(world, competition, Means(votes=votes, key=KEY), world.organizer(competition))


def test_it_is_signed_confirmed_and_computed_again_to_the_same_bytes(
    world: World, competition: Any
) -> None:
    competition.second_person_confirms = True
    sealed = decided(world, competition, Means(key=KEY), world.organizer(competition))
    found = verify(document_of(sealed))
    assert (found.same, found.sealed, found.signer) == (True, Signed.GOOD, public_part(KEY))
    assert (found.digest, found.number) == (sealed.digest, 1)
    assert (found.confirmed, found.confirmation) == (False, Signed.NOT)
    actions.confirm(sealed, means=Means(key=KEY), by=world.organizer(competition))
    found = verify(document_of(sealed))
    assert (found.confirmed, found.confirmation, found.confirmer) == (
        *(True, Signed.GOOD, public_part(KEY)),
    )


def test_it_holds_all_that_it_rests_on(world: World, competition: Any, sealed: Any) -> None:
    told = json.loads(document_of(sealed))
    decision = told["decision"]
    assert decision["sealed_by"] == str(sealed.by.id)
    assert told["people"] == {str(sealed.by.id): sealed.by.name}
    assert decision["reviews_sha256"] == digest(canonical(decision["ranking"]["reviews"]))
    assert len(decision["ranking"]["reviews"]) == 12
    assert {"mean", "corrected"} <= decision["ranking"]["result"][0].keys()
    assert {each["overall_place"] for each in decision["ranking"]["result"]} == {1, 3, 5}
    assert decision["rules"]["number"] == 1
    kinds = [prize["kind"] for prize in decision["prizes"]]
    assert kinds == ["place", "outstanding", "place", "people"]
    assert decision["prizes"][2]["reason"] == "The jury’s vœu."
    assert decision["prizes"][0]["proposed"] == decision["prizes"][0]["proposed_then"]
    assert {award["place"] for award in decision["prizes"][0]["given"]} == {1}
    assert decision["prizes"][3]["given"] == decision["prizes"][3]["proposed"] == []


def test_comparisons_that_decide_propose_and_are_sealed(world: World, competition: Any) -> None:
    """Each judge goes through the works of a challenge, of which the last is the best."""
    organizer = world.organizer(competition)
    works = judged(world, competition)
    world.rules(competition, method="comparisons")
    for way in (works[:3], works[3:5]):
        for _ in range(3):
            compared(world, world.judge(competition), *way)
    prizes = [
        world.prize(competition, number=2, position=1),
        world.prize(competition, span=Span.ALL, number=3, position=2),
    ]
    found = panels(competition, ranking_of(competition))
    assert found[prizes[0].id].proposed == {
        **{works[2].id: 1, works[1].id: 2},
        **{works[4].id: 1, works[3].id: 2},  # nobody saw the sixth: it has no place
    }
    assert found[prizes[1].id].proposed == {}  # nothing leads from one challenge to the other
    for prize in prizes:
        panel = found[prize.id]
        given = {
            row.submission: Given(panel.proposed[row.submission.id], both("citation"))
            for row in ranking_of(competition).rows
            if row.submission.id in panel.proposed
        }
        actions.decide(prize, given, proposed=panel.proposal.awards, by=organizer)
    document = document_of(actions.seal(competition, means=Means(key=KEY), by=organizer))
    checked = verify(document)
    assert (checked.same, checked.sealed) == (True, Signed.GOOD)
    told = json.loads(document)
    decision = told["decision"]
    said = decision["ranking"]["comparisons"]
    assert (decision["method"], len(said)) == ("comparisons", 9)
    assert decision["comparisons_sha256"] == digest(canonical(said))
    said[0]["said"] = "earlier"
    changed = verify(canonical(told))
    assert (changed.same, changed.sealed) == (False, Signed.BAD)


def compared(world: World, judge: Any, *works: Any) -> None:
    visit = None
    for work in works:
        stand = db.session.scalar(select(Stand).filter_by(submission_id=work.id))
        word = Word.LATER if visit else Word.SEEN
        visit = world.visit(judge, stand or world.stand(work), word, earlier=visit)


def test_it_holds_what_scores_were_before_a_discussion(
    world: World, competition: Any, sealed: Any
) -> None:
    """With what the places would be without, computed from the record; the reasons beside it."""
    assert json.loads(sealed.content)["revisions"] == []
    db.session.delete(sealed)
    [criterion] = competition.criteria
    [review, *_] = db.session.scalars(
        select(Review).where(Review.completed_at.is_not(None)).order_by(Review.id)
    )
    [score] = review.scores
    now_there, key = score.score, str(criterion.id)
    revision = Revision(
        discussion=world.discussion(review.submission),
        review=review,
        reason="⟦The others are right.⟧",
        before={"scores": {key: 1}, "comment": ""},
        after={"scores": {key: now_there}, "comment": ""},
    )
    world.add(revision)
    organizer = world.organizer(competition)
    again = actions.seal(competition, means=Means(key=KEY), by=organizer)
    document = document_of(again)
    told = json.loads(document)
    [held] = told["decision"]["revisions"]
    assert held == {
        "key": str(revision.id),
        "review": str(review.id),
        "at": revision.created_at.isoformat(),
        "reason_sha256": digest("⟦The others are right.⟧".encode()),
        "scores": {key: {"before": 1, "after": now_there}},
    }
    assert told["reasons"] == {held["key"]: "⟦The others are right.⟧"}
    without = {each["submission"]: each["place"] for each in told["decision"]["without_revisions"]}
    other = ranking_of(competition, instead={review.id: {criterion.id: 1}})
    assert without == {str(row.submission.id): row.place for row in other.rows}
    found = verify(document)
    assert (found.same, found.sealed) == (True, Signed.GOOD)
    # Another reason than the one that was sealed is found; none is none.
    told["reasons"][held["key"]] = "⟦Another.⟧"
    assert not verify(canonical(told)).same
    revision.reason = "–"
    db.session.flush()
    forgotten = document_of(again)
    assert "reasons" not in json.loads(forgotten)
    assert verify(forgotten).same
    # So is another level before.
    told = json.loads(forgotten)
    told["decision"]["revisions"][0]["scores"][key]["before"] = 5
    assert not verify(canonical(told)).same
    page = world.client(organizer).get(
        f"/en/{competition.slug}/manage/results/decisions/{again.id}"
    )
    assert "1 score was revised after discussion." in page.text


def test_what_people_voted_proposes_theirs(world: World, competition: Any) -> None:
    organizer = world.organizer(competition)
    works = judged(world, competition)
    prize = world.prize(competition, PrizeKind.PEOPLE, Span.ALL)
    world.honour(works[3], prize=prize)
    votes = {works[3].id: 5, works[0].id: 4}
    sealed = actions.seal(competition, means=Means(votes=votes), by=organizer)
    told = json.loads(document_of(sealed))["decision"]
    assert told["votes"][str(works[3].id)] == 5
    assert told["prizes"][0]["proposed"] == [{"submission": str(works[3].id), "place": None}]
    found = verify(document_of(sealed))
    assert (found.same, found.sealed) == (True, Signed.NOT)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["decision"]["prizes"][2].update(reason="Another."),
        lambda told: told["decision"]["prizes"][0]["given"].pop(),
        lambda told: told["decision"].update(sealed_at="2021-01-01T00:00:00+00:00"),
        lambda told: told["seal"].update(signature="A" * 86 + "=="),
        lambda told: told["seal"].update(key=public_part(Ed25519PrivateKey.generate())),
        lambda told: told["seal"].update(algorithm="none"),
        lambda told: told.update(seal={}),
    ],
)
def test_what_was_changed_afterwards_is_not_what_was_signed(sealed: Any, change: Any) -> None:
    told = json.loads(document_of(sealed))
    change(told)
    assert verify(canonical(told)).sealed is Signed.BAD


@pytest.mark.parametrize(
    "change, differs",
    [
        (lambda told: told["ranking"]["result"][0].update(place=2), [Part.RANKING]),
        (
            lambda told: next(iter(told["ranking"]["reviews"].values()))["scores"].clear(),
            [Part.DATA, Part.RANKING],
        ),
        (lambda told: told.update(reviews_sha256="0" * 64), [Part.DATA]),
        (lambda told: told["prizes"][0]["proposed"].reverse(), [Part.DECISION]),
        (lambda told: told["ranking"]["result"].pop(), [Part.RANKING]),
        (lambda told: told["rules"].update(sha256="0" * 64), [Part.RULES]),
        (lambda told: told.update(rules=None), [Part.RULES]),
    ],
)
def test_what_does_not_come_of_its_data_is_found_whoever_signed_it(
    sealed: Any, change: Any, differs: list[Part]
) -> None:
    told = json.loads(document_of(sealed))
    change(told["decision"])
    content = canonical(told["decision"])
    signature, key = signed(content, KEY)
    told["seal"].update(signature=signature, key=key)
    found = verify(canonical(told))
    assert (found.sealed, found.same) == (Signed.GOOD, False)
    assert set(differs) <= set(found.differs)
    assert Part.FORM not in found.differs


def test_the_same_in_other_bytes_is_not_the_same(sealed: Any) -> None:
    told = json.loads(document_of(sealed))
    assert verify(json.dumps(told, indent=1).encode()).differs == (Part.FORM,)


def test_who_sealed_cannot_be_the_second_person(world: World, sealed: Any) -> None:
    told = json.loads(document_of(sealed))
    told["confirmation"] = {
        "decision": sealed.digest,
        "by": told["decision"]["sealed_by"],
        "at": "2021-05-29T20:10:00+00:00",
    }
    assert not verify(canonical(told)).confirmed
    told["confirmation"].update(by="somebody", decision="0" * 64)
    assert not verify(canonical(told)).confirmed


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b"{}",
        b'{"decision":{}}',
        b'{"decision":{"format":"hackathon-decision/1"}}',
        b'{"decision":{"format":"hackathon-decision/1"},"confirmation":null,"seal":null}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_no_record_is_said_to_be_none(octets: bytes) -> None:
    with pytest.raises(NotARecord):
        verify(octets)


def test_a_name_is_forgotten_and_the_signature_stays(
    world: World, competition: Any, sealed: Any
) -> None:
    world.organizer(competition)
    by = sealed.by
    delete_account(by)
    db.session.flush()
    told = json.loads(document_of(sealed))
    assert told["people"] == {}
    found = verify(document_of(sealed))
    assert (found.same, found.sealed) == (True, Signed.GOOD)


@pytest.mark.parametrize("passphrase", ["", "secret"])
def test_the_key_comes_from_a_file(passphrase: str) -> None:
    cipher = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    octets = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cipher)
    assert public_part(key_in(octets, passphrase)) == public_part(KEY)
    for given, word in ((octets, "another"), (b"nothing", passphrase)):
        with pytest.raises(ValueError):
            key_in(given, word)


def test_the_command_line_writes_and_verifies(
    app: Any, world: World, competition: Any, sealed: Any, tmp_path: Path
) -> None:
    file = tmp_path / "record.json"
    runner = app.test_cli_runner()
    db.session.commit()
    wrote = runner.invoke(results, ["record", "contest", str(file)])
    assert wrote.output == f"Decision 1: SHA-256 {sealed.digest}\n"
    assert file.read_bytes() == document_of(sealed)
    told = runner.invoke(results, ["verify", str(file), "--key", public_part(KEY)])
    assert told.output == (
        f"The same, octet for octet: decision 1, SHA-256 {sealed.digest}\n"
        f"The decision is signed by {public_part(KEY)}\n"
    )
    other = public_part(Ed25519PrivateKey.generate())
    refused = runner.invoke(results, ["verify", str(file), "--key", other])
    assert refused.exit_code == 1
    assert "NOT signed by the key" in refused.output
    file.write_bytes(file.read_bytes().replace(b"vote", b"note"))
    assert runner.invoke(results, ["verify", str(file)]).exit_code == 1
    assert runner.invoke(results, ["record", "contest", str(file), "--number", "2"]).exit_code == 1
    assert runner.invoke(results, ["record", "elsewhere", str(file)]).exit_code == 1
    without = runner.invoke(results, ["key"])
    assert (without.exit_code, "RECORD_KEY is not set" in without.output) == (1, True)


def test_another_version_of_the_software_is_named(
    app: Any, competition: Any, sealed: Any, tmp_path: Path
) -> None:
    file, then = tmp_path / "record.json", "f" * 64
    told = json.loads(document_of(sealed))
    told["decision"]["ranking"]["result"][0]["corrected"] += 0.5
    file.write_bytes(canonical(told))
    runner = app.test_cli_runner()
    answer = runner.invoke(results, ["verify", str(file)])
    same = f"Computed then and now by code {code_version()}: the record was changed."
    assert (answer.exit_code, same in answer.output) == (1, True)
    told["decision"]["code"] = told["decision"]["ranking"]["code"] = then
    file.write_bytes(canonical(told))
    answer = runner.invoke(results, ["verify", str(file)])
    assert (answer.exit_code, "  Differs: the ranking.\n" in answer.output) == (1, True)
    assert f"Computed then by code {then}.\nComputed now by code {code_version()}" in answer.output


def test_a_confirmation_that_is_needed_is_missed(
    app: Any, world: World, competition: Any, tmp_path: Path
) -> None:
    competition.second_person_confirms = True
    file = tmp_path / "record.json"
    sealed = decided(world, competition, Means(key=KEY), world.organizer(competition))
    file.write_bytes(document_of(sealed))
    runner = app.test_cli_runner()
    refused = runner.invoke(results, ["verify", str(file)])
    assert (refused.exit_code, "NOT confirmed" in refused.output) == (1, True)
    actions.confirm(sealed, means=Means(key=KEY), by=world.organizer(competition))
    file.write_bytes(document_of(sealed))
    assert runner.invoke(results, ["verify", str(file)]).exit_code == 0
    assert datetime.fromisoformat(
        json.loads(file.read_bytes())["confirmation"]["at"]
    ) <= datetime.now(UTC)


def test_the_operator_s_key_is_looked_at_before_the_site_starts(tmp_path: Path) -> None:
    good, other = tmp_path / "good.pem", tmp_path / "other.pem"
    cipher = BestAvailableEncryption(b"secret")
    good.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cipher))
    exchange = X25519PrivateKey.generate()
    other.write_bytes(exchange.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def settings(path: Path, passphrase: str) -> Settings:
        return Settings.from_environment(
            {
                "HACKATHON_MODE": "demo",
                "DATA_DIR": str(tmp_path / "data"),
                "RECORD_KEY": str(path),
                "RECORD_PASSPHRASE": passphrase,
            }
        )

    assert settings(good, "secret").record_key == str(good)
    for path, passphrase, fault in (
        (good, "", "RECORD_PASSPHRASE does not open it."),
        (good, "wrong", "RECORD_PASSPHRASE does not open it."),
        (other, "", "must hold a key for Ed25519."),
        (tmp_path / "missing.pem", "", "cannot be read"),
    ):
        with pytest.raises(SettingsError) as refused:
            settings(path, passphrase)
        assert fault in str(refused.value)


def test_a_key_that_is_gone_since_the_start_is_said(
    app: Any,
    world: World,
    competition: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages open; sealing, confirming and announcing are refused, and nothing goes out unsigned."""
    decided(world, competition, Means(), world.organizer(competition))
    gone = tmp_path / "gone.pem"
    monkeypatch.setitem(
        app.config, "SETTINGS", replace(app.config["SETTINGS"], record_key=str(gone))
    )
    browser = world.client(world.organizer(competition))
    base = f"/en/{competition.slug}/manage/results"
    (sealed,) = db.session.scalars(select(Decision))
    for path in ("", f"/decisions/{sealed.id}", "/announcement"):
        assert browser.get(base + path).status_code == 200, path
    assert "The site’s key cannot be read now" in browser.get(f"{base}/decisions/{sealed.id}").text
    world.honour(world.submission(world.team(competition)))
    said = "The key with which this site signs records cannot be read"
    for path in ("/decisions", "/publication"):
        with capture_logs() as log:
            answer = browser.post(base + path)
        assert [(each["event"], each["RECORD_KEY"]) for each in log if "RECORD_KEY" in each] == [
            ("record_key_lost", str(gone))
        ]
        assert (answer.status_code, said in answer.text) == (409, True), path
    confirming = browser.post(f"{base}/decisions/{sealed.id}/confirmation")
    assert confirming.status_code == 409
    assert db.session.scalars(select(Decision)).all() == [sealed]
    assert db.session.scalars(select(Announcement)).all() == []
