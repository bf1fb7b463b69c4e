"""Letters to voters. They name no competition, so that organizers do not find them in their list:
who asked to vote is not for them, and the link is the ballot."""

from ..post.actions import Recipient, write
from .models import Poll
from .queries import opening_of_poll


def ballot_link(poll: Poll, *, token: str, address: str, language: str) -> None:
    write(
        "ballot_link",
        to=Recipient(address, "", language),
        poll=poll,
        token=token,
        closes_at=opening_of_poll(poll).closes_at,
    )
