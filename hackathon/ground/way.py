"""The way a person was on when something else had to come first, such as signing in."""

from urllib.parse import urlsplit

from flask import request


def goes_on() -> str:
    """The page of this site that the person was on the way to, or nothing."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if local and not parts.scheme and not parts.netloc else ""


def here() -> str:
    """The page being shown, as a `next` for others to come back to."""
    return request.script_root + request.full_path.rstrip("?")
