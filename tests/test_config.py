"""Settings: everything wrong is named at once, and production is never a demo."""

from pathlib import Path

import pytest

from hackathon.config import MODES, Settings, SettingsError

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


def production(tmp_path: Path, **others: str) -> dict[str, str]:
    return {
        "DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://example.org",
        "MAIL_URL": "smtp://user:p%40ss@mail.example.org:587",
        "MAIL_FROM": "hackathon@example.org",
        **others,
    }


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environment)
    assert all(fault in str(raised.value) for fault in raised.value.faults)
    return [fault.split()[0] for fault in raised.value.faults]


def test_production_with_everything_given(tmp_path: Path) -> None:
    settings = Settings.from_environment(production(tmp_path))
    assert settings == Settings(
        mode="production",
        data_dir=tmp_path / "data",
        database_url=f"sqlite:///{tmp_path / 'data' / 'hackathon.sqlite3'}",
        secret_key=SECRET,
        base_url="https://example.org",
        mail_url="smtp://user:p%40ss@mail.example.org:587",
        mail_from="hackathon@example.org",
    )
    assert (settings.production, settings.demo, settings.secure_cookies) == (True, False, True)


def test_everything_missing_is_named_at_once(tmp_path: Path) -> None:
    assert faults({"DATA_DIR": str(tmp_path)}) == [
        "SECRET_KEY",
        "BASE_URL",
        "MAIL_URL",
        "MAIL_FROM",
    ]


def test_everything_bad_is_named_at_once(tmp_path: Path) -> None:
    bad = {
        "HACKATHON_MODE": "prod",
        "SECRET_KEY": "secret",
        "BASE_URL": "ftp://example.org",
        "MAIL_URL": "imap://example.org",
        "MAIL_FROM": "nobody",
        "DATABASE_URL": "mysql://localhost/hackathon",
        "TRUSTED_PROXIES": "one",
        "UPLOAD_LIMIT": "-1",
        "LETTER_DAYS": "36501",
    }
    assert sorted(faults(production(tmp_path, **bad))) == sorted(bad)


@pytest.mark.parametrize(
    "secret", ["", "short", "x" * 31, "a" * 64, "changemechangemechangemechangeme"]
)
def test_a_weak_secret_is_refused(tmp_path: Path, secret: str) -> None:
    assert faults(production(tmp_path, SECRET_KEY=secret)) == ["SECRET_KEY"]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "example.org",
        "https://",
        "https://example.org/hackathon",
        "https://example.org?x=1",
        "https://example.org#top",
        "https://[::1",
        "https://example.org:port",
        "javascript:alert(1)",
    ],
)
def test_an_unusable_base_url_is_refused(tmp_path: Path, address: str) -> None:
    assert faults(production(tmp_path, BASE_URL=address)) == ["BASE_URL"]


def test_a_closing_slash_of_base_url_is_forgiven(tmp_path: Path) -> None:
    settings = Settings.from_environment(production(tmp_path, BASE_URL="https://example.org:8443/"))
    assert settings.base_url == "https://example.org:8443"


@pytest.mark.parametrize(
    "address", ["mailbox:", "smtp://", "smtp://host:port", "http://host", "smtps://[", "host:25"]
)
def test_production_needs_a_mail_server(tmp_path: Path, address: str) -> None:
    assert faults(production(tmp_path, MAIL_URL=address)) == ["MAIL_URL"]


@pytest.mark.parametrize("sender", ["nobody", "a@b.example\nBcc: c@d.example"])
def test_letters_come_from_an_address(tmp_path: Path, sender: str) -> None:
    assert faults(production(tmp_path, MAIL_FROM=sender)) == ["MAIL_FROM"]


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "²", "١"])
def test_numbers_are_plain_figures(tmp_path: Path, number: str) -> None:
    assert faults(production(tmp_path, TRUSTED_PROXIES=number)) == ["TRUSTED_PROXIES"]


@pytest.mark.parametrize("mode", MODES)
def test_an_unwritable_data_dir_is_named(tmp_path: Path, mode: str) -> None:
    (tmp_path / "file").write_text("")
    given = production(tmp_path, DATA_DIR=str(tmp_path / "file" / "data"), HACKATHON_MODE=mode)
    assert faults(given) == ["DATA_DIR"]
    assert faults({**given, "SECRET_KEY": SECRET}) == ["DATA_DIR"]


@pytest.mark.parametrize(
    "given, used",
    [
        ("postgres://me@host/db", "postgresql+psycopg://me@host/db"),
        ("postgresql://me@host/db", "postgresql+psycopg://me@host/db"),
        ("postgresql+psycopg://me@host/db", "postgresql+psycopg://me@host/db"),
        ("sqlite:////srv/site.sqlite3", "sqlite:////srv/site.sqlite3"),
    ],
)
def test_the_database_is_spoken_to_by_psycopg_or_sqlite(
    tmp_path: Path, given: str, used: str
) -> None:
    settings = Settings.from_environment(production(tmp_path, DATABASE_URL=given))
    assert settings.database_url == used


def test_the_demo_needs_nothing_and_keeps_its_secret(tmp_path: Path) -> None:
    given = {"HACKATHON_MODE": "demo", "DATA_DIR": str(tmp_path / "new" / "data")}
    first, second = Settings.from_environment(given), Settings.from_environment(given)
    assert first.demo and first == second
    assert len(first.secret_key) == 64
    assert (tmp_path / "new" / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_production_is_never_a_demo(tmp_path: Path) -> None:
    for demo in ("1", "true", "demo", "yes"):
        given = production(tmp_path, DEMO=demo, HACKATHON_DEMO=demo, SITE_NAME="demo")
        assert not Settings.from_environment(given).demo
    for mode in ("production", "test"):
        given = production(tmp_path, HACKATHON_MODE=mode)
        assert not Settings.from_environment(given).demo
    # A mistyped mode counts as production, and is named.
    assert faults({**production(tmp_path), "HACKATHON_MODE": "DEMO"}) == ["HACKATHON_MODE"]


def test_other_hosts_are_asked_only_where_the_operator_says_so(tmp_path: Path) -> None:
    assert not Settings.from_environment(production(tmp_path)).link_checks
    given = {
        "LINK_CHECKS": "on",
        "LINK_PORTS": "443,8443",
        "GITLAB_HOSTS": "Git.Example,gitlab.com",
    }
    settings = Settings.from_environment(production(tmp_path, **given))
    assert settings.link_checks
    assert settings.link_ports == {443, 8443}
    assert settings.gitlab_hosts == {"git.example", "gitlab.com"}


def test_arrivals_are_stamped_only_by_a_proxy_that_is_there(tmp_path: Path) -> None:
    assert not Settings.from_environment(production(tmp_path, TRUSTED_PROXIES="1")).arrival_stamps
    given = {"ARRIVAL_STAMPS": "on", "TRUSTED_PROXIES": "1"}
    assert Settings.from_environment(production(tmp_path, **given)).arrival_stamps
    assert faults(production(tmp_path, ARRIVAL_STAMPS="on")) == ["ARRIVAL_STAMPS"]
    assert faults(production(tmp_path, ARRIVAL_STAMPS="1")) == ["ARRIVAL_STAMPS"]


def test_what_cannot_be_asked_is_named(tmp_path: Path) -> None:
    bad = {"LINK_CHECKS": "yes", "LINK_PORTS": "https", "GITLAB_HOSTS": "https://gitlab.com/"}
    assert faults(production(tmp_path, **bad)) == list(bad)
