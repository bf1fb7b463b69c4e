"""The site as a whole: its errors, its files, its address behind a proxy."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from hackathon import create_app
from hackathon.config import SettingsError
from tests.apps import own_app
from tests.world import World


def test_the_site_does_not_start_without_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HACKATHON_MODE", "SECRET_KEY", "BASE_URL", "MAIL_URL", "MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match="SECRET_KEY is missing"):
        create_app()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_not_there(client: Any, language: str) -> None:
    for path in ("nothing/at/all", "account/nothing", "%00/", "<script>/", "a" * 5000 + "/"):
        answer = client.get(f"/{language}/{path}")
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text
        assert "<script>" not in answer.text.split("<body")[1]


def test_another_method_is_refused_with_a_page(client: Any) -> None:
    answer = client.post("/en/")
    assert answer.status_code == 405
    assert "<h1>" in answer.text


def test_a_fault_shows_a_page_and_no_secrets(
    app: Flask, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise ZeroDivisionError("a secret")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "competitions.index", fail)
    answer = client.get("/fr/")
    assert answer.status_code == 500
    assert '<html lang="fr"' in answer.text
    assert "secret" not in answer.text and "ZeroDivisionError" not in answer.text


def test_health(client: Any) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_only_trusted_proxies_are_believed(tmp_path: Path) -> None:
    said = {
        "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
    }
    seen = []
    for proxies in (0, 1, 2):
        data_dir = tmp_path / str(proxies)
        data_dir.mkdir()
        with own_app(data_dir, trusted_proxies=proxies) as app:

            def show() -> Any:
                return {"from": request.remote_addr, "secure": request.is_secure}

            app.view_functions["healthz"] = show
            seen.append(app.test_client().get("/healthz", headers=said).get_json())
    assert [row["from"] for row in seen] == ["127.0.0.1", "192.0.2.2", "192.0.2.1"]
    assert [row["secure"] for row in seen][:2] == [False, True]


def test_addresses_do_not_follow_the_host_header(world: World, client: Any) -> None:
    world.competition("c")
    page = client.get("/en/c/", headers={"Host": "evil.example"})
    assert "evil.example" not in page.text
