"""The demo's content: complete in both languages, consistent with itself, well set."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

DATAJAM = Path(__file__).parents[2] / "hackathon" / "demo" / "datajam"
CONTENT: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(DATAJAM.glob("*.toml"))
}
LANGUAGES = {"en", "fr"}
GATES = {
    *("registration", "team_changes", "challenge_choice"),
    *("submission", "feedback", "judging", "public_vote"),
}

PARTICIPANTS = CONTENT["people"]["participants"]
MENTORS = CONTENT["people"]["mentors"]
JUDGES = CONTENT["people"]["judges"]
TEAMS = {team["key"]: team for team in CONTENT["teams"]["teams"]}
SUBMISSIONS = CONTENT["submissions"]["submissions"]
SESSIONS = {session["key"]: session for session in CONTENT["agenda"]["sessions"]}
WINDOWS = {window["gate"]: window for window in CONTENT["competition"]["windows"]}
PARTNERS = {partner["key"] for partner in CONTENT["partners"]["partners"]}
EXPERTISE = {tag["key"] for tag in CONTENT["expertise"]["expertise"]}
BOARD = CONTENT["board"]


def strings(value: Any, trail: str) -> Iterator[tuple[str, str]]:
    """Every string below `value` with the trail of keys that leads to it."""
    if isinstance(value, str):
        yield trail, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, f"{trail}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from strings(item, f"{trail}[{number}]")


def localized(value: Any, trail: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every table below `value` whose keys are languages."""
    if isinstance(value, dict):
        if value and set(value) <= LANGUAGES:
            yield trail, value
        else:
            for key, item in value.items():
                yield from localized(item, f"{trail}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from localized(item, f"{trail}[{number}]")


def written_in(language: str) -> Iterator[tuple[str, str]]:
    """All prose in `language`: localized values, and what teams and mentors wrote in it."""
    for trail, table in localized(CONTENT, ""):
        if language in table:
            yield trail, table[language]
    for team in TEAMS.values():
        if team["languages"][0] == language:
            yield f"teams.{team['key']}", team["about"]
    for item in BOARD["people"]:
        if item["languages"][0] == language:
            yield f"board.{item['email']}", item["about"]
    for item in BOARD["teams"]:
        if TEAMS[item["key"]]["languages"][0] == language:
            yield f"board.{item['key']}", item["about"]
    for item in [*SUBMISSIONS, *CONTENT["submissions"]["drafts"]]:
        if item["language"] == language:
            for field in ("title", "summary", "description"):
                yield f"submissions.{item['team']}.{field}", item[field]
    for item in CONTENT["feedback"]["feedback"]:
        if item["language"] == language:
            yield from strings(item["comments"], f"feedback.{item['team']}")


def final_close(gate: str) -> datetime:
    window = WINDOWS[gate]
    closes_at: datetime = window.get("extensions", [window])[-1]["closes_at"]
    return closes_at


# Languages


def test_texts_are_in_both_languages_but_for_some_news_and_documents() -> None:
    single = {
        re.sub(r"\[\d+\]", "", trail)
        for trail, table in localized(CONTENT, "")
        if set(table) != LANGUAGES
    }
    assert single == {".news.news.title", ".news.news.body", ".documents.documents.body"}
    assert all(text.strip() for language in LANGUAGES for _, text in written_in(language))


def test_news_has_items_in_one_language_only() -> None:
    items = CONTENT["news"]["news"]
    assert all(set(item["title"]) == set(item["body"]) for item in items)
    assert Counter(tuple(item["title"]) for item in items) == {
        ("en", "fr"): 4,
        ("fr",): 1,
        ("en",): 1,
    }


def test_documents_hold_the_languages_they_announce() -> None:
    announced = {"en": {"en"}, "fr": {"fr"}, "both": LANGUAGES}
    for document in CONTENT["documents"]["documents"]:
        assert set(document["body"]) == announced[document["language"]], document["key"]
        assert set(document["title"]) == LANGUAGES


# Typography

ADDRESS = re.compile(r"https?://\S+")
FRENCH_FAULTS = {
    "breaking space before a sign": re.compile(r" [;:!?»]"),
    "no space before a sign": re.compile(r"[^\W\d][;:!?](?!\w)|[^\W\d]»"),
    "no-break space missing inside guillemets": re.compile(r"«[^\u00a0]|[^\u00a0]»"),
    "English quotation marks": re.compile(r"[“”\"]"),
    "breaking space in a quantity": re.compile(r"\d (?:%|h\b|\d{3})"),
}


@pytest.mark.parametrize("fault", FRENCH_FAULTS)
def test_french_typography(fault: str) -> None:
    faulty = [
        (trail, found.group())
        for trail, text in written_in("fr")
        if (found := FRENCH_FAULTS[fault].search(ADDRESS.sub("", text)))
    ]
    assert faulty == []


def test_english_typography() -> None:
    faulty = re.compile(r"\u00a0|[«»\"]| [;:!?%]")
    assert [trail for trail, text in written_in("en") if faulty.search(text)] == []


def test_apostrophes_are_curly() -> None:
    assert [trail for trail, text in strings(CONTENT, "") if "'" in text] == []


def test_prose_names_no_date() -> None:
    """The demo moves the event in time, so a date in a text would be wrong."""
    dates = re.compile(
        r"\b20[0-9]{2}\b|\b\d{1,2}(?:er)?[ \u00a0](?:avril|mai|juin|April|May|June)\b"
        r"|\b(?:April|May|June) \d"
    )
    prose = [item for language in LANGUAGES for item in written_in(language)]
    assert [trail for trail, text in prose if dates.search(text)] == []


# The event


def test_the_calendar_is_that_of_the_published_event() -> None:
    assert date(2021, 5, 9).strftime("%A") == "Sunday"
    assert set(WINDOWS) == GATES
    assert WINDOWS["registration"]["closes_at"] == datetime(2021, 4, 26, 23, 59)
    assert final_close("registration") == datetime(2021, 5, 3, 23, 59)
    sunday = [s["key"] for s in SESSIONS.values() if s["starts_at"].date() == date(2021, 5, 9)]
    assert [key for key in sunday if SESSIONS[key]["public"]] == [
        "trafficking-and-data-analysis",
        "project-shadow",
    ]


def test_gates_open_before_they_close_and_extensions_lengthen() -> None:
    for window in WINDOWS.values():
        close = window["closes_at"]
        assert window["opens_at"] < close
        for extension in window.get("extensions", []):
            assert extension["announced_at"] < close < extension["closes_at"]
            close = extension["closes_at"]
    assert final_close("judging") < CONTENT["competition"]["results"]["publish_at"]


def test_weekdays_that_the_texts_rely_on() -> None:
    moments = {
        "Friday": [final_close("team_changes")],
        "Monday": [
            WINDOWS["registration"]["closes_at"],
            final_close("registration"),
            final_close("challenge_choice"),
            final_close("submission"),
        ],
        "Wednesday": [SESSIONS["drop-in"]["starts_at"]],
        "Thursday": [SESSIONS["webinar-cyberaide"]["starts_at"]],
        "Saturday": [SESSIONS["submission-clinic"]["starts_at"]],
    }
    for weekday, when in moments.items():
        assert {moment.strftime("%A") for moment in when} == {weekday}


def test_every_moment_is_a_wall_clock_time() -> None:
    def moments(value: Any) -> Iterator[datetime]:
        if isinstance(value, datetime):
            yield value
        elif isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from moments(item)

    found = list(moments(CONTENT))
    assert len(found) > 150
    assert all(moment.tzinfo is None for moment in found)


# The agenda


def test_public_and_training_sessions() -> None:
    public = [session for session in SESSIONS.values() if session["public"]]
    before = [s for s in public if s["starts_at"] < CONTENT["competition"]["starts_at"]]
    assert (len(before), len(public) - len(before)) == (2, 9)
    assert all(not s["speakers"] for s in SESSIONS.values() if not s["public"])
    assert Counter("+".join(s["languages"]) for s in public) == {"en": 5, "fr": 3, "en+fr": 3}


def test_no_speaker_or_place_is_in_two_sessions_at_once() -> None:
    for one, other in combinations(SESSIONS.values(), 2):
        if one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]:
            assert one["place"] != other["place"], (one["key"], other["key"])
            assert not set(one["speakers"]) & set(other["speakers"]), (one["key"], other["key"])


def test_agenda_keys_resolve() -> None:
    agenda = CONTENT["agenda"]
    places = {place["key"] for place in agenda["places"]}
    speakers = {speaker["key"] for speaker in agenda["speakers"]}
    assert {session["place"] for session in SESSIONS.values()} == places
    assert {key for session in SESSIONS.values() for key in session["speakers"]} == speakers
    assert all(s["starts_at"] < s["ends_at"] for s in SESSIONS.values())
    assert {s["kind"] for s in SESSIONS.values()} == {
        "opening",
        "information",
        "webinar",
        "conference",
        "panel",
        "case_study",
        "workshop",
    }


# People and teams


def test_counts_of_the_published_event() -> None:
    assert [len(PARTICIPANTS), len(TEAMS), len(MENTORS), len(SUBMISSIONS)] == [75, 16, 49, 15]
    assert len(CONTENT["challenges"]["challenges"]) == 3
    assert len(JUDGES) == 9
    assert len(EXPERTISE) == 14


def test_teams_have_four_or_five_people_and_one_captain() -> None:
    sizes = Counter(person["team"] for person in PARTICIPANTS)
    assert set(sizes) == set(TEAMS)
    assert Counter(sizes.values()) == {5: 11, 4: 5}
    assert Counter(p["team"] for p in PARTICIPANTS if p.get("captain")) == dict.fromkeys(TEAMS, 1)
    assert Counter(team["challenge"] for team in TEAMS.values()) == {1: 5, 2: 6, 3: 5}
    for team in TEAMS.values():
        assert set(team["needs"]) <= EXPERTISE
        assert set(team["languages"]) <= LANGUAGES
        speak = {person["language"] for person in PARTICIPANTS if person["team"] == team["key"]}
        assert speak == set(team["languages"])


def test_people_register_and_found_teams_while_the_gates_are_open() -> None:
    for person in PARTICIPANTS:
        at = person["registered_at"]
        assert WINDOWS["registration"]["opens_at"] <= at < final_close("registration")
        if person.get("captain"):
            assert at < TEAMS[person["team"]]["formed_at"] < final_close("team_changes")


def test_addresses_are_unique_ascii_and_undeliverable() -> None:
    people = [person for group in CONTENT["people"].values() for person in group]
    emails = [person["email"] for person in people]
    assert [email for email, times in Counter(emails).items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z.]+@[a-z]+\.example", email) for email in emails)
    assert len({person["name"] for person in people}) == len(people)


def test_the_banner_offers_one_person_for_each_role() -> None:
    offered = Counter(
        "captain" if person.get("captain") else group
        for group, people in CONTENT["people"].items()
        for person in people
        if person.get("sign_in")
    )
    roles = ["captain", "participants", "mentors", "judges", "organizers", "administrators"]
    assert offered == dict.fromkeys(roles, 1)


def test_participants_live_in_canada() -> None:
    provinces = r"AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT"
    assert all(re.fullmatch(provinces, person["province"]) for person in PARTICIPANTS)


def test_mentors_can_serve_every_team_in_its_language() -> None:
    for mentor in MENTORS:
        assert set(mentor["expertise"]) <= EXPERTISE
        assert 2 <= len(set(mentor["expertise"])) == len(mentor["expertise"]) <= 5
        assert set(mentor["languages"]) <= LANGUAGES
        assert mentor["capacity"] in {1, 2, 3}
    for team in TEAMS.values():
        serving = [m for m in MENTORS if set(m["languages"]) & set(team["languages"])]
        assert set(team["needs"]) <= {key for mentor in serving for key in mentor["expertise"]}


def test_judges_come_from_every_partner() -> None:
    assert {judge["organization"] for judge in JUDGES} == PARTNERS
    assert Counter("+".join(judge["languages"]) for judge in JUDGES) == {
        "en+fr": 4,
        "en": 3,
        "fr": 2,
    }
    organizing = {p["key"] for p in CONTENT["partners"]["partners"] if p["kind"] == "organizer"}
    organizers = CONTENT["people"]["organizers"]
    assert {person["organization"] for person in organizers} == organizing
    assert len(organizers) == len(organizing)


# Submissions, feedback, judging


def test_one_submission_a_team_and_one_draft() -> None:
    drafts = [draft["team"] for draft in CONTENT["submissions"]["drafts"]]
    assert sorted([s["team"] for s in SUBMISSIONS] + drafts) == sorted(TEAMS)
    for item in [*SUBMISSIONS, *CONTENT["submissions"]["drafts"]]:
        assert item["language"] in TEAMS[item["team"]]["languages"]
    for submission in SUBMISSIONS:
        assert 120 <= len(submission["description"].split()) <= 200, submission["team"]


def test_submissions_arrive_in_time_and_mostly_late() -> None:
    gate = WINDOWS["submission"]
    for item in SUBMISSIONS:
        first = item.get("first_submitted_at", item["submitted_at"])
        assert gate["opens_at"] <= first <= item["submitted_at"] < gate["closes_at"]
    minutes_left = [
        (gate["closes_at"] - s["submitted_at"]).total_seconds() / 60 for s in SUBMISSIONS
    ]
    assert sum(left <= 10 for left in minutes_left) == 4
    assert all(left <= 36 * 60 for left in minutes_left)
    assert sum("first_submitted_at" in s for s in SUBMISSIONS) == 3


def test_awards_go_to_one_winner_and_one_outstanding_team_in_each_challenge() -> None:
    awards = [(s["award"], TEAMS[s["team"]]["challenge"]) for s in SUBMISSIONS if "award" in s]
    assert sorted(awards) == [(a, c) for a in ("outstanding", "winner") for c in (1, 2, 3)]
    assert all(("award" in s) == ("citation" in s) for s in SUBMISSIONS)
    for challenge in (1, 2, 3):
        entered = [s for s in SUBMISSIONS if TEAMS[s["team"]]["challenge"] == challenge]
        by_merit = sorted(entered, key=lambda s: s["quality"], reverse=True)
        assert [s.get("award") for s in by_merit[:3]] == ["winner", "outstanding", None]


def test_links_lead_to_reserved_domains() -> None:
    entries = [*SUBMISSIONS, *CONTENT["submissions"]["drafts"]]
    links = [entry[key] for entry in entries for key in ("repository", "demo") if key in entry]
    assert len(links) == len(set(links)) == 31
    assert all(re.match(r"https://[a-z-]+\.example\.org/", link) for link in links)


def test_criteria_weigh_one_and_describe_every_level() -> None:
    criteria = CONTENT["criteria"]["criteria"]
    scale = CONTENT["criteria"]["scale"]
    assert [criterion["weight"] for criterion in criteria] == [0.3, 0.3, 0.2, 0.2]
    assert {len(criterion["levels"]) for criterion in criteria} == {5}
    assert (scale["lowest"], scale["highest"], len(scale["words"])) == (1, 5, 5)
    assert all(set(word) == {"en", "fr"} for word in scale["words"])


def test_feedback_is_on_every_criterion_in_the_language_of_the_team() -> None:
    items = CONTENT["feedback"]["feedback"]
    language = {s["team"]: s["language"] for s in SUBMISSIONS}
    assert len({item["team"] for item in items}) == len(items) == 8
    for item in items:
        assert list(item["comments"]) == [c["key"] for c in CONTENT["criteria"]["criteria"]]
        assert item["language"] == language[item["team"]]
        assert WINDOWS["feedback"]["opens_at"] <= item["written_at"] < final_close("feedback")


# Texts beside the competition


def test_consents_exist_before_anyone_registers() -> None:
    consents = CONTENT["consents"]["consents"]
    assert {c["key"]: c["required"] for c in consents} == {
        "rules": True,
        "privacy": True,
        "publicity": False,
    }
    assert all(c["published_at"] <= WINDOWS["registration"]["opens_at"] for c in consents)


def test_the_extension_is_news_the_moment_it_is_announced() -> None:
    items = {item["slug"]: item for item in CONTENT["news"]["news"]}
    (extension,) = WINDOWS["registration"]["extensions"]
    assert items["registration-extended"]["published_at"] == extension["announced_at"]
    assert len(items) == 6


def test_no_news_of_results_before_they_are_published() -> None:
    items = {item["slug"]: item for item in CONTENT["news"]["news"]}
    published = CONTENT["competition"]["results"]["publish_at"]
    assert items["results-are-out"]["published_at"] >= published


def test_keys_are_ascii_slugs_used_once() -> None:
    slug = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
    for stem, tables in CONTENT.items():
        for table, rows in tables.items():
            if isinstance(rows, list):
                keys = [row[name] for row in rows for name in ("key", "slug") if name in row]
                assert len(keys) == len(set(keys)), (stem, table)
                assert all(slug.fullmatch(key) for key in keys), (stem, table)


# The board


def test_the_board_names_who_and_what_there_is() -> None:
    addresses = {person["email"] for person in PARTICIPANTS}
    numbers = {challenge["number"] for challenge in CONTENT["challenges"]["challenges"]}
    named = {person["email"] for person in BOARD["people"]}
    assert named <= addresses
    assert {team["key"] for team in BOARD["teams"]} <= set(TEAMS)
    for each in [*BOARD["people"], *BOARD["teams"]]:
        assert set(each["skills"]) <= EXPERTISE
        assert set(each.get("interests", ())) <= numbers
        assert set(each.get("friends", ())) <= named
    for request in BOARD["requests"]:
        assert request["email"] in named
        assert request["team"] in {team["key"] for team in BOARD["teams"]}
