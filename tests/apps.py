"""Sites of their own, for what the common site of the tests leaves off or shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from hackathon import create_app
from hackathon.extensions import db, limiter, security
from hackathon.ground.model import Model
from tests.conftest import Client, new_database, settings_for


@contextmanager
def own_app(data_dir: Path, kind: str = "sqlite", **settings: Any) -> Iterator[Flask]:
    """A site with its own database, nothing undone between requests, in its app context."""
    kept = [(thing, dict(vars(thing))) for thing in (security, limiter)]
    try:
        app = create_app(settings_for(new_database(kind, data_dir), data_dir, **settings))
        app.test_client_class = Client
        with app.app_context():
            Model.metadata.create_all(db.engine)
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        for thing, attributes in kept:
            vars(thing).clear()
            vars(thing).update(attributes)


def kept_site(database: str, data_dir: Path) -> Flask:
    """A site that keeps pages, as every site does but that of the tests."""
    app = create_app(settings_for(database, data_dir))
    app.config["KEEP_PAGES"] = True
    app.test_client_class = Client
    return app
