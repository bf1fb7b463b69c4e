"""Mentor matching: the proposal beside greedy, first come and chance.

    python -m benchmarks.matching

Teams need 2 to 5 weighted tags of 14 and mentors master as many; languages are English 55 %, French
25 %, both 20 %; people sit in eight time zones, keep eight hours a day and need one in common; 2 %
of the pairs are in conflict; mentors take 2 to 6 teams, more where that leaves less than a fifth
more places than teams. Every method gives each team one mentor.

Fits are 0 to 1000. "mean fit" is over all teams, one without a mentor counting 0; "worst-off" is
over the teams with one, as the median of the events and the lowest; "without" counts teams that
have none, over all events; "gap" is the most points that the proved bound leaves open; times
include rating the pairs.
"""

from collections.abc import Callable, Iterable
from random import Random
from statistics import fmean, median
from time import perf_counter
from typing import NamedTuple

from hackathon.mentoring.matching import Key, Mentor, Team, fit, propose

SIZES = ((16, 49, 150), (100, 30, 150), (1000, 200, 5), (5000, 800, 1))  # teams, mentors, events
FIRST_SEED = 2021
TAGS = [f"tag {number}" for number in range(14)]
LANGUAGES = (frozenset({"en"}), frozenset({"fr"}), frozenset({"en", "fr"}))
ZONES = (-8, -7, -6, -5, -4, -3, 0, 1)  # hours from UTC

Pair = tuple[Key, Key]  # (mentor, team)


class Event(NamedTuple):
    teams: list[Team]
    mentors: list[Mentor]
    apart: set[Pair]  # must not or cannot meet
    random: Random


class Outcome(NamedTuple):
    fits: list[int]
    gap: int | None = None


def event(team_count: int, mentor_count: int, seed: int) -> Event:
    random = Random(seed)

    def languages() -> frozenset[str]:
        return random.choices(LANGUAGES, (55, 25, 20))[0]

    def weighted_tags(weights: tuple[float, ...]) -> dict[Key, float]:
        return {tag: random.choice(weights) for tag in random.sample(TAGS, random.randint(2, 5))}

    def hours() -> set[int]:
        start = random.randint(9, 15) - random.choice(ZONES)
        return {hour % 24 for hour in range(start, start + 8)}

    capacities = [random.randint(2, 6) for _ in range(mentor_count)]
    while sum(capacities) < 1.2 * team_count:
        capacities[random.randrange(mentor_count)] += 1

    teams = []
    for key in range(team_count):
        needs = weighted_tags((1, 2, 3))
        teams.append(Team(key, languages(), frozenset(needs), needs))
    mentors = []
    for key, capacity in enumerate(capacities):
        expertise = weighted_tags((0.6, 0.8, 1))
        mentors.append(Mentor(key, languages(), frozenset(expertise), expertise, capacity))

    team_hours = [hours() for _ in teams]
    apart: set[Pair] = set()
    for mentor in mentors:
        mentor_hours = hours()
        apart.update(
            (mentor.key, team.key)
            for team, free in zip(teams, team_hours, strict=True)
            if not free & mentor_hours or random.random() < 0.02
        )
    return Event(teams, mentors, apart, random)


def worst_off_first(event: Event) -> Outcome:
    proposal = propose(event.teams, event.mentors, conflicts=event.apart)
    return Outcome([pair.fit for pair in proposal.pairs], proposal.gap)


def greedy(event: Event) -> Outcome:
    """The best pair of all, then the best of what is left."""
    fits = allowed(event)
    return taken_in_order(sorted(fits, key=fits.__getitem__, reverse=True), fits, event)


def first_come(event: Event) -> Outcome:
    """One team after the other takes the best mentor that is left."""
    fits = allowed(event)
    place = {team.key: number for number, team in enumerate(event.teams)}
    return taken_in_order(sorted(fits, key=lambda pair: (place[pair[1]], -fits[pair])), fits, event)


def at_random(event: Event) -> Outcome:
    fits = allowed(event)
    return taken_in_order(event.random.sample(list(fits), len(fits)), fits, event)


def allowed(event: Event) -> dict[Pair, int]:
    """The fit of every pair that may be."""
    return {
        (mentor.key, team.key): fit(team, mentor)
        for mentor in event.mentors
        for team in event.teams
        if team.languages & mentor.languages and (mentor.key, team.key) not in event.apart
    }


def taken_in_order(pairs: Iterable[Pair], fits: dict[Pair, int], event: Event) -> Outcome:
    """Each pair is taken if its team still waits and its mentor has a place left."""
    room = {mentor.key: mentor.capacity for mentor in event.mentors}
    served: dict[Key, int] = {}
    for mentor, team in pairs:
        if team not in served and room[mentor]:
            served[team] = fits[mentor, team]
            room[mentor] -= 1
    return Outcome(list(served.values()))


METHODS: dict[str, Callable[[Event], Outcome]] = {
    "worst-off first, then the sum": worst_off_first,
    "greedy": greedy,
    "first come": first_come,
    "at random among the allowed": at_random,
}

COLUMNS = (
    "teams x mentors",
    "seeds",
    "method",
    "mean fit",
    "worst-off: median, lowest",
    "without",
    "gap",
    "time: median, longest",
)


def main() -> None:
    print("|", " | ".join(COLUMNS), "|")
    print("|", " | ".join("---" for _ in COLUMNS), "|")
    for team_count, mentor_count, event_count in SIZES:
        seeds = range(FIRST_SEED, FIRST_SEED + event_count)
        outcomes: dict[str, list[Outcome]] = {name: [] for name in METHODS}
        seconds: dict[str, list[float]] = {name: [] for name in METHODS}
        for seed in seeds:
            instance = event(team_count, mentor_count, seed)
            for name, method in METHODS.items():
                started = perf_counter()
                outcomes[name].append(method(instance))
                seconds[name].append(perf_counter() - started)
        for name, results in outcomes.items():
            worst = [min(result.fits) for result in results]
            cells = (
                f"{team_count} x {mentor_count}",
                f"{seeds[0]}-{seeds[-1]}",
                name,
                f"{fmean(sum(result.fits) / team_count for result in results):.1f}",
                f"{median(worst):.0f}, {min(worst)}",
                str(sum(team_count - len(result.fits) for result in results)),
                str(max((result.gap for result in results if result.gap is not None), default="")),
                f"{median(seconds[name]):.4f} s, {max(seconds[name]):.4f} s",
            )
            print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
