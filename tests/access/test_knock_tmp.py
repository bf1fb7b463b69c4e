import pytest
from tests.access.test_matrix import MATRIX, observe
import tests.access.test_matrix as m
from tests.doors import doors
from tests.world import Story
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_some(app, world, connection, monkeypatch):
    words=("judging/rounds","judging/<key:review>","reviews/removal","manage/dates","comparing","discussion", "rules/judging")
    monkeypatch.setattr(m,"doors",lambda a:[d for d in doors(a) if any(w in d[1].rule for w in words)])
    seen=[l.split() for l in observe(app, Story(world), connection).split("\n") if l.startswith(("GET","POST"))]
    there=[l.split() for l in MATRIX.read_text().split("\n")]
    assert [l for l in seen if l not in there]==[]
