"""Numbers of certificates: short enough to type, too many to guess, and a slip shows.

Eleven characters by chance and one to check them, of 31 that nobody mistakes for one another.
31 is a prime: so any one wrong character, and any two that changed places, are noticed.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12


def new_number() -> str:
    chosen = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return chosen + check_character(chosen)


def check_character(chosen: str) -> str:
    """What follows these eleven: all twelve, weighted by their places, then add up to nothing."""
    total = sum(place * ALPHABET.index(each) for place, each in enumerate(chosen, 2))
    return ALPHABET[-total % len(ALPHABET)]


def typed(text: str) -> str:
    """The number as it is kept, however it was typed."""
    return "".join(c for c in text.upper() if c.isalnum())[: LENGTH * 2]


def well_formed(number: str) -> bool:
    return (
        len(number) == LENGTH
        and set(number) <= set(ALPHABET)
        and check_character(number[:-1]) == number[-1]
    )


def spaced(number: str) -> str:
    """`7KQM-3XWD-PB9R`, as people read it."""
    return "-".join(number[place : place + 4] for place in range(0, len(number), 4))
