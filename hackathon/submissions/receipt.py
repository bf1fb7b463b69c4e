"""What a version holds, and the fingerprint by which anyone can check it.

Pure: rows in, plain values out.
"""

import hashlib
import json
from typing import Any

from .models import File, Submission

WRITTEN = (
    *("title", "summary", "description", "language"),
    *("repository", "demonstration", "video"),
)


def frozen(submission: Submission) -> dict[str, Any]:
    """Everything a version says, as plain JSON; its team has chosen a challenge."""
    challenge = submission.team.challenge
    assert challenge is not None
    return {
        **{name: getattr(submission, name) for name in WRITTEN},
        "challenge": {"number": challenge.number, "title": dict(challenge.title)},
        "files": [
            {"name": file.name, "size": file.size, "sha256": file.digest, **_as_picture(file)}
            for file in sorted(submission.files, key=lambda file: file.name)
        ],
    }


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
