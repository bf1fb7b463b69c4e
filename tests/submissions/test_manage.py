import csv
import io

import pytest
from flask import Flask

from hackathon.ground.paging import PER_PAGE
from tests.counting import queries
from tests.world import World


def test_an_organizer_sees_how_far_every_team_is(world: World) -> None:
    competition = world.competition("jam")
    nothing = world.team(competition)
    draft = world.submission(world.team(competition), handed_in=False)
    done = world.submission(world.team(competition))
    client = world.client(world.organizer(competition))
    names = {team.name for team in (nothing, draft.team, done.team)}

    def listed(query: str = "") -> set[str]:
        page = client.get(f"/en/jam/manage/submissions{query}").text
        return {name for name in names if name in page}

    assert listed() == names
    assert listed("?progress=none") == {nothing.name}
    assert listed("?progress=draft") == {draft.team.name}
    assert listed("?progress=handed_in") == {done.team.name}
    assert listed(f"?challenge={done.team.challenge.number}") == {done.team.name}
    assert listed("?progress=odd&challenge=odd&page=odd") == names
    empty = client.get(f"/fr/jam/manage/submissions?progress=none&challenge={999}").text
    assert nothing.name in empty


def test_an_organizer_reads_the_work_and_only_sent_feedback(world: World) -> None:
    competition = world.competition("jam")
    submission = world.submission(world.team(competition))
    file = world.file(submission)
    sent = world.feedback(world.mentor(competition, submission.team), submission)
    unsent = world.feedback(world.mentor(competition, submission.team), submission, sent=False)
    unsent.overall = "for my eyes"
    client = world.client(world.organizer(competition))
    page = client.get(f"/en/jam/manage/submissions/{submission.id}").text
    for words in (submission.title, file.name, submission.versions[0].digest, sent.overall):
        assert words in page
    assert "for my eyes" not in page


def test_the_table_to_take_away_is_safe_and_whole(world: World) -> None:
    competition = world.competition("jam")
    world.team(competition, name="=HYPERLINK(1)", name_key="a")
    done = world.submission(world.team(competition, name_key="b"))
    world.feedback(world.mentor(competition, done.team), done)
    client = world.client(world.organizer(competition))
    answer = client.get("/en/jam/manage/submissions.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    version = done.versions[0]
    assert [row[0] for row in rows] == ["Team", "'=HYPERLINK(1)", done.team.name]
    assert rows[1][1:] == ["2", "Nothing yet", *([""] * 11), "0"]
    assert rows[2][1:7] == [
        "2",
        "Handed in",
        str(version.challenge.number),
        done.title,
        "en",
        "1",
    ]
    assert rows[2][7][-6:] in ("-04:00", "-05:00")
    assert rows[2][8:] == ["", "", version.digest, "https://code.example/project", "", "", "1"]
    french = client.get("/fr/jam/manage/submissions.csv").data.decode("utf-8-sig")
    assert french.startswith("Équipe,")


@pytest.mark.parametrize("path", ["submissions", "submissions.csv"])
def test_lists_ask_as_many_questions_for_many_teams(app: Flask, world: World, path: str) -> None:
    competition = world.competition("jam")
    client = world.client(world.organizer(competition))

    def questions() -> int:
        submission = world.submission(world.team(competition))
        world.feedback(world.mentor(competition, submission.team), submission)
        with queries(app) as sent:
            assert client.get(f"/en/jam/manage/{path}").status_code == 200
        return len(sent)

    few = questions()
    assert [questions() for _ in range(4)] == [few] * 4


def test_a_long_list_has_pages(world: World) -> None:
    competition = world.competition("jam")
    for number in range(PER_PAGE + 1):
        world.team(competition, 0, name_key=f"{number:03}")
    client = world.client(world.organizer(competition))
    pages = [client.get(f"/en/jam/manage/submissions?page={page}").text for page in (1, 2, 3)]
    assert [page.count("Nothing yet</span>") for page in pages] == [PER_PAGE, 1, 1]
