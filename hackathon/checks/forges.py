"""Where GitHub and GitLab say when a repository was made. Pure: text in, plain values out."""

import json
from collections.abc import Collection
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit


def birth_address(repository: str, gitlabs: Collection[str]) -> str | None:
    """The address at which its host tells of the repository; None where we know none."""
    try:
        parts = urlsplit(repository)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if parts.scheme not in ("http", "https") or port not in (None, 80, 443):
        return None
    path = [unquote(each) for each in parts.path.split("/-/")[0].split("/") if each]
    if len(path) < 2 or any(each in (".", "..") or "/" in each for each in path):
        return None
    if host == "github.com":
        owner, name = path[:2]
        return f"https://api.github.com/repos/{quote(owner)}/{quote(name.removesuffix('.git'))}"
    if host in gitlabs:
        name = "/".join(path).removesuffix(".git")
        return f"https://{host}/api/v4/projects/{quote(name, safe='')}"
    return None


def born_at(body: bytes) -> datetime | None:
    """The moment that such an answer tells; None when it tells none."""
    try:
        told = json.loads(body)
        moment = datetime.fromisoformat(told["created_at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return moment if moment.tzinfo else None
