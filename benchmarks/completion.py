"""Completing teams: the proposal beside first fit and chance.

    python -m benchmarks.completion

Teams have 4 or 5 people; those that are there have 1 to 5 and two in five of them are open to
nobody. Languages are English 55 %, French 25 %, both 20 %; people bring 3 skills of 14 and like one
or two of three challenges; three in ten name a friend who names them too.

"placed" is the share of the people who get a place in a team whose size and language are right;
"all right" counts the events in which no team that was touched breaks a size or has no language in
common; "together" is the share of the friends who are in one team; "completed" the share of the
small teams, open ones, that end with enough people; "skills" how many different ones the newcomers
of a touched team bring, per newcomer. First fit takes the people as they come and the first open
team with a free place that speaks their language, then new teams; chance takes any such team.
Times are those of the processor.
"""

from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean, median
from time import process_time
from typing import NamedTuple

from hackathon.teams.completion import (
    Filled,
    Key,
    New,
    Person,
    Team,
    fill,
    groups_of_friends,
    propose,
)

SIZES = ((10, 16, 100), (40, 20, 50), (100, 40, 10), (400, 100, 2))  # people, teams, events
FIRST_SEED = 2021
LEAST, MOST = 4, 5
LANGUAGES = (frozenset({"en"}), frozenset({"fr"}), frozenset({"en", "fr"}))

Places = dict[Key, Key]


class Event(NamedTuple):
    people: list[Person]
    teams: list[Team]
    random: Random


class Outcome(NamedTuple):
    placed: float
    right: bool
    together: float
    completed: float
    skills: float


def event(people: int, teams: int, seed: int) -> Event:
    random = Random(seed)

    def languages() -> frozenset[str]:
        return random.choices(LANGUAGES, (55, 25, 20))[0]

    friends: dict[int, set[Key]] = {number: set() for number in range(people)}
    for number in range(0, people - 1, 2):
        if random.random() < 0.3:
            friends[number].add(number + 1)
            friends[number + 1].add(number)
    crowd = [
        Person(
            number,
            languages(),
            frozenset(random.sample(range(14), 3)),
            frozenset(random.sample((1, 2, 3), random.randint(1, 2))),
            frozenset(friends[number]),
        )
        for number in random.sample(range(people), people)
    ]
    there = [
        Team(
            f"team {number}",
            random.randint(1, MOST),
            languages(),
            wanted=frozenset(random.sample(range(14), 2)),
            challenge=random.choice((None, 1, 2, 3)),
            open=random.random() < 0.6,
        )
        for number in range(teams)
    ]
    return Event(crowd, there, random)


def proposed(event: Event) -> Places:
    return dict(propose(event.people, event.teams, least=LEAST, most=MOST).places)


def first_fit(event: Event) -> Places:
    return one_after_the_other(event, lambda choices: choices[0])


def chance(event: Event) -> Places:
    return one_after_the_other(event, event.random.choice)


def one_after_the_other(event: Event, choose: Callable[[Sequence[Key]], Key]) -> Places:
    """Each person into a team with room in one of their languages; new ones are begun as needed."""
    room = {team.key: MOST - team.size for team in event.teams if team.open}
    speaks = {team.key: team.languages for team in event.teams}
    places: Places = {}
    for person in event.people:
        choices = [key for key, free in room.items() if free > 0 and speaks[key] & person.languages]
        if not choices:
            key = New(sum(isinstance(each, New) for each in room) + 1)
            room[key], speaks[key] = MOST, person.languages
            choices = [key]
        place = choose(choices)
        places[person.key] = place
        room[place] -= 1
        speaks[place] = speaks[place] & person.languages
    return places


def judged(event: Event, places: Places) -> Outcome:
    filled = fill(event.people, event.teams, places, least=LEAST, most=MOST)
    good = [each for each in filled if not each.faults]
    groups = groups_of_friends(event.people)
    inside = {person.key: each.team.key for each in good for person in each.people}
    together = sum(
        len({inside.get(person.key, person.key) for person in group}) == 1 for group in groups
    )
    small = sum(team.open and team.size < LEAST for team in event.teams)
    return Outcome(
        placed=len(inside) / len(event.people),
        right=len(good) == len(filled),
        together=together / len(groups) if groups else 1,
        completed=sum(each.completed for each in good) / small if small else 1,
        skills=fmean(map(variety, good)) if good else 0,
    )


def variety(filled: Filled) -> float:
    brought = frozenset[Key]().union(*(person.skills for person in filled.people))
    return len(brought) / len(filled.people)


METHODS: dict[str, Callable[[Event], Places]] = {
    "the proposal": proposed,
    "first fit": first_fit,
    "chance": chance,
}
COLUMNS = (
    *("people x teams", "events", "method", "placed", "all right", "together", "completed"),
    *("skills", "time: median, longest"),
)


def main() -> None:
    print("|", " | ".join(COLUMNS), "|")
    print("|", " | ".join("---" for _ in COLUMNS), "|")
    for people, teams, events in SIZES:
        outcomes: dict[str, list[Outcome]] = {name: [] for name in METHODS}
        seconds: dict[str, list[float]] = {name: [] for name in METHODS}
        for seed in range(FIRST_SEED, FIRST_SEED + events):
            instance = event(people, teams, seed)
            for name, method in METHODS.items():
                started = process_time()
                places = method(instance)
                seconds[name].append(process_time() - started)
                outcomes[name].append(judged(instance, places))
        for name, results in outcomes.items():
            cells = (
                f"{people} x {teams}",
                str(events),
                name,
                f"{fmean(each.placed for each in results):.1%}",
                f"{sum(each.right for each in results)}",
                f"{fmean(each.together for each in results):.1%}",
                f"{fmean(each.completed for each in results):.1%}",
                f"{fmean(each.skills for each in results):.2f}",
                f"{median(seconds[name]):.3f} s, {max(seconds[name]):.3f} s",
            )
            print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
