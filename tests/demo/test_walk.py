"""A walk through the demo by its links, in every role: none leads to a shut door or a fault."""

import html
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hackathon import create_app
from hackathon.demo.content import Role
from hackathon.demo.laying import lay
from hackathon.demo.phases import Phase
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.model import Model
from tests.conftest import Client, settings_for

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data_dir = tmp_path_factory.mktemp("walk")
    app = create_app(settings_for(f"sqlite:///{data_dir / 'demo.sqlite3'}", data_dir, mode="demo"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Client
    with app.app_context():
        Model.metadata.create_all(db.engine)
        lay(Phase.JUDGING, now())
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def walk(client: FlaskClient, language: str) -> dict[str, int]:
    """The status of every page that links lead to; of pages of one kind, the first."""
    met: dict[str, int] = {}
    known: set[str] = set()
    todo = [f"/{language}/datajam-2021/", f"/{language}/home", f"/{language}/demo/mailbox"]
    while todo:
        path = todo.pop()
        kind = KEY.sub("*", path.partition("?")[0])
        if kind in known:
            continue
        known.add(kind)
        with client.get(path) as answer:
            met[path] = answer.status_code
            page = answer.text if answer.mimetype == "text/html" else ""
        page = re.sub(r"<a data-way [^>]*>", "", page)  # shown by a script to who is signed out
        links = re.findall(r'href="([^"#]+)', page)
        todo += [html.unescape(link) for link in links if link.startswith(f"/{language}/")]
    return met


@pytest.mark.parametrize("role", [None, *Role])
def test_every_link_leads_somewhere(site: Flask, role: Role | None) -> None:
    client = site.test_client()
    if role is not None:
        client.post("/en/demo/sign-in", data={"role": role})
    met = walk(client, "fr" if role in (None, Role.PARTICIPANT, Role.ORGANIZER) else "en")
    assert {path: status for path, status in met.items() if status not in (200, 302)} == {}
    assert len(met) > 15
