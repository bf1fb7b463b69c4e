"""What organizers do between the look and the deed of somebody else, on PostgreSQL."""

from typing import Any

import pytest
from flask import Flask

from hackathon.accounts.models import User
from hackathon.datasets import actions
from hackathon.datasets.models import DataFile, DataSet, Terms
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from tests.teams.test_race import meanwhile, on_postgresql, site  # noqa: F401
from tests.world import World


@pytest.fixture
def keys(site: Flask) -> Any:  # noqa: F811
    """Of a data set with terms, the draft of the next ones, its file and two people."""
    with site.app_context():
        world = World(site)
        data_set = world.data_set(world.competition())
        person, organizer = world.person(), world.organizer(data_set.competition)
        terms, draft = data_set.terms, world.terms(data_set, published_at=None)
        world.acceptance(data_set, person)
        [file] = data_set.files
        found = data_set.id, terms.id, draft.id, file.id, person.id, organizer.id
        db.session.commit()
        db.session.remove()
        yield found


def publish(data_set: Any, organizer: Any) -> None:
    actions.publish_terms(db.session.get(DataSet, data_set), by=db.session.get(User, organizer))


@on_postgresql
def test_nobody_agrees_to_terms_just_replaced(site: Flask, keys: Any) -> None:  # noqa: F811
    data_set_id, terms_id, _draft, _file, _person, organizer = keys
    data_set, terms = db.session.get(DataSet, data_set_id), db.session.get(Terms, terms_id)
    newcomer = db.session.get(User, organizer)
    assert len(data_set.versions) == 2  # as the form looked through them
    meanwhile(site, lambda: publish(data_set_id, organizer))
    with pytest.raises(actions.TermsChanged):
        actions.accept(data_set, terms, by=newcomer)


@on_postgresql
def test_terms_just_published_are_not_edited(site: Flask, keys: Any) -> None:  # noqa: F811
    data_set_id, _terms, draft_id, _file, _person, organizer = keys
    data_set, draft = db.session.get(DataSet, data_set_id), db.session.get(Terms, draft_id)
    before = dict(draft.body)
    assert data_set.draft is draft  # as the form showed it
    meanwhile(site, lambda: publish(data_set_id, organizer))
    written = actions.write_terms(
        data_set,
        body=Localized(en="Anew.", fr="De nouveau."),
        expires_at=None,
        days_after_end=None,
        by=db.session.get(User, organizer),
    )
    assert (written.version, written.published_at) == (3, None)
    assert dict(draft.body) == before


@on_postgresql
def test_nobody_takes_a_file_just_removed(site: Flask, keys: Any) -> None:  # noqa: F811
    data_set_id, _terms, _draft, file_id, person, organizer = keys
    data_set, file = db.session.get(DataSet, data_set_id), db.session.get(DataFile, file_id)
    data_set.link = "https://example.org/data"
    db.session.commit()
    assert file in data_set.files

    def remove() -> None:
        actions.remove_file(db.session.get(DataFile, file_id), by=db.session.get(User, organizer))

    meanwhile(site, remove)
    with pytest.raises(actions.FileRemoved):
        actions.take(data_set, file, by=db.session.get(User, person))
