"""The record of a decision: bytes that name everything it rests on, signed, and checked by anybody.

A record is one JSON document of five parts. `decision` holds the prizes with who receives them and
why, the reviews with the ranking that comes of them, and who sealed it; `seal` is the signature of
the site over it; `confirmation` is a second person's word, with its own `confirmation_seal`;
`people` gives the keys of people their names as far as they are known today, and is not signed, so
that a name can be forgotten without touching what was signed. Where judges changed scores after a
discussion, `reasons` gives what they wrote about it, likewise; what is signed holds its digest. So
with `rounds`: the rankings of earlier rounds, by their place, on which the selections rest.

What is signed are canonical bytes: JSON in UTF-8, keys sorted, no spaces, nothing escaped that need
not be. Signatures are Ed25519 (RFC 8032) over these bytes; keys and signatures are written in
base64.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..judging.ranking import PODIUM
from ..judging.record import Method, NotARecord, Part
from ..judging.record import verify as verify_ranking
from .models import PrizeKind, Span
from .proposing import Award, Contender, Proposal, by_places, by_rank

FORMAT = "hackathon-decision/1"
ALGORITHM = "Ed25519"
EVERYBODY = "all"  # the one group where all compete together


def canonical(document: Any) -> bytes:
    """The one way to write this document down. Raises ValueError for what JSON cannot say."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(octets: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(octets).hexdigest()


# -- signing ---------------------------------------------------------------------------------


def key_in(octets: bytes, passphrase: str = "") -> Ed25519PrivateKey:
    """The key in a PEM file. Raises ValueError where there is none of this kind."""
    try:
        key = load_pem_private_key(octets, passphrase.encode() or None)
    except TypeError as error:  # a passphrase that is missing, or not needed
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not a key for Ed25519")
    return key


def public_part(key: Ed25519PrivateKey) -> str:
    """What others check signatures with: 32 octets in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def signed(octets: bytes, key: Ed25519PrivateKey | None) -> tuple[str, str]:
    """(signature, public key) in base64; both empty without a key."""
    if key is None:
        return "", ""
    return base64.b64encode(key.sign(octets)).decode(), public_part(key)


def seal(signature: str, signer: str) -> dict[str, str] | None:
    """A signature as the record shows it; nothing where there is none."""
    if not signature:
        return None
    return {"algorithm": ALGORITHM, "key": signer, "signature": signature}


class Signed(StrEnum):
    """What a signature says of the bytes it stands beside."""

    NOT = "not"
    GOOD = "good"
    BAD = "bad"


def _checked(octets: bytes, found: Any) -> tuple[Signed, str]:
    """Whether the seal is good, and the key it names."""
    if found is None:
        return Signed.NOT, ""
    try:
        if found["algorithm"] != ALGORITHM:
            return Signed.BAD, ""
        key = base64.b64decode(found["key"], validate=True)
        signature = base64.b64decode(found["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, octets)
    except (InvalidSignature, ValueError, TypeError, KeyError, binascii.Error):
        return Signed.BAD, ""
    return Signed.GOOD, base64.b64encode(key).decode()


# -- what was decided ------------------------------------------------------------------------


def computed(basis: Mapping[str, Any]) -> dict[str, Any]:
    """The decision with everything in it that can be computed from the rest.

    That is the result of its ranking, its digests, and what is proposed for each prize. Raises
    NotARecord where the ranking cannot be computed.
    """
    ranking = json.loads(verify_ranking(canonical(basis["ranking"])).again)
    whole = {
        **basis,
        "ranking": ranking,
        "reviews_sha256": digest(canonical(ranking["reviews"])),
        "ranking_sha256": digest(canonical(ranking)),
    }
    if "comparisons" in ranking:
        whole["comparisons_sha256"] = digest(canonical(ranking["comparisons"]))
    proposals = _proposals(whole)
    if basis.get("revisions"):
        whole["without_revisions"] = _without_revisions(basis)
    prizes = [
        {**prize, "proposed": written(proposals[prize["key"]].awards)} for prize in basis["prizes"]
    ]
    return {**whole, "prizes": prizes}


def _without_revisions(basis: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The places that there would be had no score been changed after a discussion."""
    ranking = basis["ranking"]
    reviews = {
        key: {**each, "scores": dict(each["scores"])} for key, each in ranking["reviews"].items()
    }
    seen = set()
    for revision in basis["revisions"]:
        scores = reviews[revision["review"]]["scores"]
        for criterion, change in revision["scores"].items():
            if (revision["review"], criterion) in seen or criterion not in ranking["criteria"]:
                continue
            seen.add((revision["review"], criterion))
            if change["before"] is None:
                scores.pop(criterion, None)
            else:
                scores[criterion] = float(change["before"])
    again = json.loads(verify_ranking(canonical({**ranking, "reviews": reviews})).again)
    told = ("submission", "group", "place", "overall_place")
    return [{name: each[name] for name in told} for each in again["result"]]


def podiums(result: Any) -> dict[str, list[tuple[str, int]]]:
    """The podium of each challenge: submission and place, by the challenge's key."""
    found: dict[str, list[tuple[str, int]]] = {}
    for each in sorted(result, key=lambda row: (row["place"] or 0, row["submission"])):
        if each["place"] is not None and each["place"] <= PODIUM:
            found.setdefault(each["group"], []).append((each["submission"], each["place"]))
    return found


def written(awards: Any) -> list[dict[str, Any]]:
    """Awards as they are kept and compared: by the keys of submissions, in their order."""
    return sorted(
        ({"submission": str(each.key), "place": each.place} for each in awards),
        key=lambda award: award["submission"],
    )


def _proposals(decision: Mapping[str, Any]) -> dict[str, Proposal]:
    placed = {
        prize["key"]: [Award(award["submission"]) for award in prize["given"]]
        for prize in decision["prizes"]
        if prize["kind"] == PrizeKind.PLACE
    }
    found = {}
    for prize in decision["prizes"]:
        better = {
            award.key
            for other in decision["prizes"]
            if other["key"] in placed and overlap(other, prize)
            for award in placed[other["key"]]
        }
        found[prize["key"]] = propose(
            prize["kind"],
            _contenders(decision, prize),
            prize["number"],
            better=better,
        )
    return found


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Do two prizes compare projects in the same way?"""
    return bool(one["span"] == other["span"] and one["challenge"] == other["challenge"])


def propose(
    kind: str, contenders: list[Contender], number: int, *, better: Any = frozenset()
) -> Proposal:
    """What is proposed for a prize of this kind. `better`: who has a place already."""
    if kind == PrizeKind.PLACE:
        return by_places(contenders, number)
    if kind == PrizeKind.OUTSTANDING:
        return by_rank(contenders, number, without=better)
    if kind == PrizeKind.PEOPLE:
        return by_rank(contenders, number)
    return Proposal()


def by_votes(votes: Mapping[Any, int], groups: Mapping[Any, Any]) -> list[Contender]:
    """Contenders with the places that their votes give them inside their groups."""
    contenders = []
    for key, group in groups.items():
        own = votes.get(key, 0)
        ahead = sum(votes.get(other, 0) > own for other, its in groups.items() if its == group)
        contenders.append(Contender(key, group, ahead + 1 if own else None))
    return contenders


def _contenders(decision: Mapping[str, Any], prize: Mapping[str, Any]) -> list[Contender]:
    """Who competes for a prize, by what the record says."""
    told = decision["submissions"]
    one = prize["challenge"]
    within = {key for key, each in told.items() if one is None or each["challenge"] == one}
    if prize["kind"] == PrizeKind.PEOPLE:
        if decision["votes"] is None:
            return []
        together = prize["span"] == Span.ALL
        groups = {key: EVERYBODY if together else told[key]["challenge"] for key in sorted(within)}
        return by_votes(decision["votes"], groups)
    if prize["kind"] == PrizeKind.SPECIAL:
        return []
    if decision["method"] == Method.DELIBERATION:
        return []
    return [
        Contender(each["submission"], EVERYBODY, each["overall_place"])
        if prize["span"] == Span.ALL
        else Contender(each["submission"], each["group"], each["place"])
        for each in decision["ranking"]["result"]
        if each["submission"] in within
    ]


# -- checking --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Earlier:
    """The ranking of an earlier round: is it `the_one` on which the next was selected, and does
    the same come of computing it again?"""

    position: int
    digest: str
    the_one: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What can be said of a record without asking anybody.

    `digest` is that of the decision. `differs`: what does not come again, octet for octet, of its
    own data; `codes` are the versions of the code that it names. `confirmed`: a second person's
    word on this very decision is in it.
    """

    digest: str
    number: int
    differs: tuple[Part, ...]
    codes: tuple[str, ...]
    rounds: tuple[Earlier, ...]
    sealed: Signed
    signer: str
    confirmed: bool
    confirmation: Signed
    confirmer: str
    needs_confirmation: bool

    @property
    def same(self) -> bool:
        return not self.differs


def record(
    content: bytes,
    *,
    signature: tuple[str, str],
    confirmation: bytes | None,
    confirmation_signature: tuple[str, str],
    people: Mapping[str, str],
    reasons: Mapping[str, str],
    rounds: Mapping[str, Any],
) -> bytes:
    """The document that is handed out."""
    return canonical(
        {
            **({"reasons": dict(reasons)} if reasons else {}),
            **({"rounds": dict(rounds)} if rounds else {}),
            "decision": json.loads(content),
            "seal": seal(*signature),
            "confirmation": json.loads(confirmation) if confirmation else None,
            "confirmation_seal": seal(*confirmation_signature),
            "people": dict(people),
        }
    )


def verify(octets: bytes) -> Verified:
    """Check the signatures of a record, and compute it again. Raises NotARecord."""
    try:
        document = json.loads(octets)
        if not isinstance(document, dict) or document["decision"]["format"] != FORMAT:
            raise NotARecord("not a record of a decision in a format known here")
        decision, confirmation = document["decision"], document["confirmation"]
        content = canonical(decision)
        sealed, signer = _checked(content, document["seal"])
        confirmed = confirmation is not None and (
            confirmation["decision"] == digest(content)
            and confirmation["by"] != decision["sealed_by"]
        )
        seal_of_it = document["confirmation_seal"]
        word = _checked(canonical(confirmation), seal_of_it) if confirmation else (Signed.NOT, "")
        rankings = document.get("rounds", {})
        rounds = tuple(_earlier(decision, key, rankings[key]) for key in sorted(rankings))
        codes = (decision["code"], *(each["code"] for each in rankings.values()))
        return Verified(
            digest=digest(content),
            number=int(decision["number"]),
            differs=(
                *(() if canonical(document) == octets else (Part.FORM,)),
                *_differences(decision, document.get("reasons", {}), rounds),
            ),
            codes=tuple(dict.fromkeys(str(code) for code in codes)),
            rounds=rounds,
            sealed=sealed,
            signer=signer,
            confirmed=confirmed,
            confirmation=word[0],
            confirmer=word[1],
            needs_confirmation=bool(decision["needs_confirmation"]),
        )
    except NotARecord:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotARecord(str(error)) from error


_OF_DATA = ("reviews_sha256", "comparisons_sha256")
_OF_RANKING = ("ranking", "ranking_sha256")


def _differences(
    decision: Mapping[str, Any], reasons: Mapping[str, str], rounds: tuple[Earlier, ...]
) -> list[Part]:
    """What does not come of computing it again."""
    again = computed(decision)
    others = (decision.keys() | again.keys()) - {*_OF_DATA, *_OF_RANKING}

    def alike(*names: str) -> bool:
        return canonical([again.get(name) for name in names]) == canonical(
            [decision.get(name) for name in names]
        )

    hashes = {each["key"]: each["reason_sha256"] for each in decision.get("revisions", [])}
    told = all(hashes[key] == digest(reason.encode()) for key, reason in reasons.items())
    found = {
        Part.RULES: _same_rules(decision),
        Part.DATA: alike(*_OF_DATA) and told and all(each.the_one for each in rounds),
        Part.RANKING: alike(*_OF_RANKING) and all(each.same for each in rounds),
        Part.DECISION: alike(*sorted(others)),
    }
    return [part for part, same in found.items() if not same]


def _same_rules(decision: Mapping[str, Any]) -> bool:
    """Do the decision and its ranking name the same version of the rules?"""
    rules, of_ranking = decision["rules"], decision["ranking"]["rules"]
    if rules is None:
        return not of_ranking
    return bool((rules["number"], rules["sha256"]) == (of_ranking["version"], of_ranking["digest"]))


def _earlier(decision: Mapping[str, Any], position: str, ranking: Any) -> Earlier:
    """What can be said of the ranking of an earlier round."""
    octets = canonical(ranking)
    rested = {each["round"] - 1: each["rests_on_sha256"] for each in decision["selections"]}
    return Earlier(
        position=int(position),
        digest=digest(octets),
        the_one=rested.get(int(position)) == digest(octets),
        same=verify_ranking(octets).same,
    )
