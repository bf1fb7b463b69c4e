"""Where hosts tell of repositories, and what they tell."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hackathon.checks.forges import birth_address, born_at

HUB = "https://api.github.com/repos/"
LAB = "https://gitlab.com/api/v4/projects/"


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/team/atlas", f"{HUB}team/atlas"),
        ("https://www.github.com/team/atlas.git", f"{HUB}team/atlas"),
        ("http://github.com/team/atlas/tree/main?x=1#y", f"{HUB}team/atlas"),
        ("https://gitlab.com/group/sub/atlas", f"{LAB}group%2Fsub%2Fatlas"),
        ("https://gitlab.com/group/atlas.git", f"{LAB}group%2Fatlas"),
        ("https://gitlab.com/group/atlas/-/tree/main", f"{LAB}group%2Fatlas"),
        ("https://git.example/group/atlas", "https://git.example/api/v4/projects/group%2Fatlas"),
        ("https://github.com/team", None),
        ("https://github.com/team/..", None),
        ("https://github.com/a%2Fb/atlas", None),
        ("https://github.com.evil.example/team/atlas", None),
        ("https://github.com:8443/team/atlas", None),
        ("https://other.example/team/atlas", None),
        ("ssh://github.com/team/atlas", None),
        ("https://[::1", None),
        ("https://github.com:99999/team/atlas", None),
        ("", None),
    ],
)
def test_where_a_host_tells_of_it(repository: str, address: str | None) -> None:
    assert birth_address(repository, {"gitlab.com", "git.example"}) == address


@given(st.text())
def test_any_address_leads_to_the_host_that_it_names_or_nowhere(text: str) -> None:
    for address in (text, f"https://github.com/{text}"):
        found = birth_address(address, {"gitlab.com"})
        assert found is None or found.startswith((HUB, LAB))
        assert found is None or (found.isascii() and found.isprintable() and "?" not in found)


@pytest.mark.parametrize(
    ("body", "moment"),
    [
        (b'{"created_at": "2011-01-26T19:01:12Z"}', datetime(2011, 1, 26, 19, 1, 12, tzinfo=UTC)),
        (b'{"created_at": "2011-01-26"}', None),
        (b'{"created_at": 7}', None),
        (b'{"created_at": null}', None),
        (b"{}", None),
        (b"[]", None),
        (b"[" * 100_000, None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_when_it_was_made(body: bytes, moment: datetime | None) -> None:
    assert born_at(body) == moment
