"""Mentor matching: the proposal against greedy, first come and chance.

    python -m benchmarks.matching

Each event has teams that need 2 to 5 weighted tags of 14 and mentors who master as many, languages
(English 55 %, French 25 %, both 20 %), eight time zones with at least one common hour needed, 2 %
conflicts, and capacities of 2 to 6, raised where that is too little for a fifth more places than
teams. Every method gives each team one mentor. Fits are 0 to 1000.
"""

from collections.abc import Callable, Iterable
from random import Random
from statistics import fmean, median
from time import perf_counter

from hackathon.mentoring.matching import Mentor, Team, fit, propose

SIZES = ((16, 49, 150), (100, 30, 150), (1000, 200, 3))  # teams, mentors, events
FIRST_SEED = 2021
TAGS = [f"tag {number}" for number in range(14)]
ZONES = (-8, -7, -6, -5, -4, -3, 0, 1)  # hours from UTC

Event = tuple[list[Team], list[Mentor], set[tuple[int, int]]]
Matching = list[tuple[int, int]]


def event(team_count: int, mentor_count: int, seed: int) -> Event:
    """Teams, mentors and the (mentor, team) keys that must not or cannot meet."""
    random = Random(seed)

    def languages() -> frozenset[str]:
        return random.choices(
            [frozenset({"en"}), frozenset({"fr"}), frozenset({"en", "fr"})], [55, 25, 20]
        )[0]

    def tags(weights: tuple[float, ...]) -> dict[str, float]:
        return {tag: random.choice(weights) for tag in random.sample(TAGS, random.randint(2, 5))}

    def hours() -> set[int]:
        start = random.choice((9, 13, 17)) - random.choice(ZONES)
        return {hour % 24 for hour in range(start, start + 5)}

    capacities = [random.randint(2, 6) for _ in range(mentor_count)]
    while sum(capacities) < 1.2 * team_count:
        capacities[random.randrange(mentor_count)] += 1

    teams, mentors = [], []
    for key in range(team_count):
        needs = tags((1, 2, 3))
        teams.append(Team(key, languages(), frozenset(needs), needs))
    for key, capacity in enumerate(capacities):
        expertise = tags((0.4, 0.7, 1))
        mentors.append(Mentor(key, languages(), frozenset(expertise), expertise, capacity))
    team_hours = [hours() for _ in teams]
    mentor_hours = [hours() for _ in mentors]
    apart = {
        (mentor.key, team.key)
        for team in teams
        for mentor in mentors
        if not team_hours[team.key] & mentor_hours[mentor.key] or random.random() < 0.02
    }
    return teams, mentors, apart


def allowed(
    teams: list[Team], mentors: list[Mentor], apart: set[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """The fit of every pair (team, mentor) that may be."""
    return {
        (team.key, mentor.key): fit(team, mentor)
        for team in teams
        for mentor in mentors
        if team.languages & mentor.languages and (mentor.key, team.key) not in apart
    }


def fill(order, mentors):
    """Take the pairs in this order as long as team and mentor are free."""
    room = {mentor.key: mentor.capacity for mentor in mentors}
    taken = {}
    for team, mentor in order:
        if team not in taken and room[mentor]:
            taken[team] = mentor
            room[mentor] -= 1
    return list(taken.items())
