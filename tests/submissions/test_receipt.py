import hashlib
from typing import Any

from hackathon.submissions.receipt import canonical, digest_of, frozen
from tests.world import World


def test_canonical_form_has_sorted_keys_no_spaces_and_utf8() -> None:
    content: dict[str, Any] = {"b": ["é", {"d": 1, "c": 2}], "a": ""}
    assert canonical(content) == '{"a":"","b":["é",{"c":2,"d":1}]}'.encode()
    assert digest_of(content) == hashlib.sha256(canonical(content)).hexdigest()


def test_frozen_holds_every_field_the_challenge_and_the_files(world: World) -> None:
    team = world.team(world.competition())
    submission = world.submission(team)
    file = world.file(submission)
    assert team.challenge is not None
    assert frozen(submission) == {
        "title": submission.title,
        "summary": submission.summary,
        "description": submission.description,
        "language": "en",
        "repository": "https://code.example/project",
        "demonstration": "",
        "video": "",
        "challenge": {
            "number": team.challenge.number,
            "title": dict(team.challenge.title),
        },
        "files": [{"name": file.name, "size": file.size, "sha256": file.digest}],
    }
