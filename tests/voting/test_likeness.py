"""What addresses and networks have in common."""

import pytest

from hackathon.voting.likeness import domain_of, likeness, network_of


@pytest.mark.parametrize(
    "address",
    [
        "ana.li@gmail.com",
        "AnaLi@Gmail.com",
        "a.n.a.l.i+jam@gmail.com",
        "anali@googlemail.com",
        " analI+1+2@gmail.com",
    ],
)
def test_ways_to_write_one_mailbox(address: str) -> None:
    assert likeness(address) == "anali@gmail.com"


def test_elsewhere_dots_tell_people_apart() -> None:
    assert likeness("ana.li@example.org") != likeness("anali@example.org")
    assert likeness("ana.li+vote@example.org") == "ana.li@example.org"
    assert likeness("ana@gmail.com.example") != likeness("ana@gmail.com")


def test_odd_addresses_are_left_alone() -> None:
    assert likeness("+tag@example.org") == "+tag@example.org"
    assert likeness("") == "@"
    assert domain_of("Somebody@Sub.Example.ORG") == "sub.example.org"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.200", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("not an address", None),
        ("", None),
        (None, None),
    ],
)
def test_networks(address: str | None, network: str | None) -> None:
    assert network_of(address) == network
