"""The way a person was on when something else had to come first, such as signing in."""

from flask import request


def goes_on() -> str:
    """The page of this site that the person was on the way to, or nothing."""
    wanted = request.values.get("next", "")
    # A browser drops line ends and tabs, and takes \\ for /: an address with these is nobody's way.
    ours = wanted.startswith("/") and not wanted.startswith("//") and wanted.isprintable()
    return wanted if ours and "\\" not in wanted else ""


def here() -> str:
    """The page being shown, as a `next` for others to come back to."""
    return request.script_root + request.full_path.rstrip("?")
