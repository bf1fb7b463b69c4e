"""What a version holds, and the fingerprint by which anyone can check it.

Pure: rows in, plain values out.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ..ground.i18n import NAMES
from ..ground.merging import written as as_text
from .answers import Said, drafted
from .asks import ALWAYS, LINKS, OTHER_LICENCE, STATEMENTS, Part, asked, licence_name
from .models import File, Submission


def written(submission: Submission) -> dict[str, Any]:
    """What the draft says of what is asked.

    A statement or an answer that is not there leaves no trace, so that what was handed in before
    organizers asked for it stays the same as its draft.
    """
    wanted = asked(submission.competition.submission_asks)
    content = {part.value: getattr(submission, part) for part in ALWAYS}
    content["language"] = submission.language
    for part in LINKS:
        content[part.value] = getattr(submission, part) if part in wanted else ""
    for part in STATEMENTS:
        if part in wanted and getattr(submission, part):
            content[part.value] = getattr(submission, part)
    if content.get(Part.LICENCE) == OTHER_LICENCE:
        content["licence_other"] = submission.licence_other
    if answers := drafted(submission):
        content["answers"] = answers
    return content


def latest(submission: Submission) -> dict[str, Any]:
    """What the version that counts says, or while there is none, the draft."""
    return submission.handed_in.content if submission.handed_in else written(submission)


def statements(content: dict[str, Any]) -> list[tuple[Part, str]]:
    """The licence, the warning and the disclosures that there are, in words."""
    texts = {part: content[part] for part in STATEMENTS if content.get(part)}
    if Part.LICENCE in texts:
        texts[Part.LICENCE] = licence_name(texts[Part.LICENCE], content.get("licence_other", ""))
    return list(texts.items())


def frozen(submission: Submission) -> dict[str, Any]:
    """Everything a version says, as plain JSON; its team has chosen a challenge."""
    challenge = submission.team.challenge
    assert challenge is not None
    return {
        **written(submission),
        "challenge": {"number": challenge.number, "title": dict(challenge.title)},
        "files": [
            {"name": file.name, "size": file.size, "sha256": file.digest, **_as_picture(file)}
            for file in sorted(submission.files, key=lambda file: file.name)
        ],
    }


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Does the team say the same in both? The words of the questions are the organizers'."""
    return _own(one) == _own(other)


def _own(content: dict[str, Any]) -> dict[str, Any]:
    answers = {each["key"]: as_text(each["value"]) for each in content.get("answers", ())}
    return {**content, "answers": answers}


def as_read(
    content: Mapping[str, Any], answers: Mapping[str, Said], others: Mapping[str, Said]
) -> dict[str, Any]:
    """What a version says, as people read it, to be compared with another one.

    `answers`, by key, are those that the reader may see, `others` those of the other version. An
    answer that is in both is left out: its words may have changed, and they are not the team's.
    """
    read = {
        name: value for name, value in content.items() if name not in ("answers", "licence_other")
    }
    read["language"] = NAMES.get(content["language"], content["language"])
    if "licence" in content:
        read["licence"] = licence_name(content["licence"], content.get("licence_other", ""))
    for key, each in answers.items():
        if key not in others or as_text(others[key].value) != as_text(each.value):
            file = each.file
            read[key] = f"{each.text} (SHA-256 {file['sha256'][:16]}…)" if file else each.text
    return read


def _as_picture(file: File) -> dict[str, Any]:
    """What is shown of it; nothing of other files, so that what was frozen before stays equal."""
    if not file.drawn:
        return {}
    shown = {"alt": file.alt, "drawn": file.drawn, "width": file.width, "height": file.height}
    return {"picture": True, "cover": file.cover, **shown}


def canonical(content: dict[str, Any]) -> bytes:
    """The one way to write the content down: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest_of(content: dict[str, Any]) -> str:
    """The SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()
