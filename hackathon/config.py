"""Settings: one frozen object, read once from the environment, faults named all at once."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

MODES = ("production", "demo", "test")
MAIL_SCHEMES = ("smtp", "smtps", "mailbox")
MOST_DAYS = 36500


class SettingsError(Exception):
    """The environment cannot run the site; `faults` names everything that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The settings are not usable:\n" + "\n".join(f"  - {f}" for f in faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    `mail_url` is `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or `mailbox:`,
    which delivers to the local mailbox page and exists only outside production.
    `base_url` is the address people type: links in letters are built from it. `letter_days` is how
    long the text of a letter that was sent is kept. `upload_room` is how many octets all unfinished
    uploads may take together. `storage` is `s3://bucket/prefix?endpoint=https://…`, or empty: a
    directory in `data_dir`. `clamav` is the `host:port` or the socket of a virus scanner; with
    `clamav_required` no file is taken while it is away. With `link_checks`, the worker asks the
    addresses that teams hand in, on `link_ports` alone; `gitlab_hosts` tell when a repository was
    made. `signing_key` is the path of a PKCS#12 file with which certificates are signed; empty:
    they are not. `record_key` is the path of a PEM file with an Ed25519 key, with which records of
    decisions are signed. With `arrival_stamps`, a trusted proxy says when a request came.
    """

    mode: str
    data_dir: Path
    database_url: str
    secret_key: str
    base_url: str
    mail_url: str
    mail_from: str
    site_name: str = "Hackathon"
    redis_url: str | None = None
    trusted_proxies: int = 0
    arrival_stamps: bool = False
    upload_limit: int = 25 * 1024 * 1024
    upload_room: int = 5 * 1024 * 1024 * 1024
    letter_days: int = 180
    storage: str = ""
    clamav: str = ""
    clamav_required: bool = False
    link_checks: bool = False
    link_ports: frozenset[int] = frozenset({80, 443})
    gitlab_hosts: frozenset[str] = frozenset({"gitlab.com"})
    signing_key: str = ""
    signing_passphrase: str = ""
    record_key: str = ""
    record_passphrase: str = ""

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings. Raises SettingsError naming every missing or unusable value."""
        given = os.environ if environment is None else environment
        faults: list[str] = []
        mode = given.get("HACKATHON_MODE", "production")
        if mode not in MODES:
            faults.append(f"HACKATHON_MODE is {mode!r}; it must be one of {', '.join(MODES)}.")
            mode = "production"
        production = mode == "production"
        data_dir = Path(given.get("DATA_DIR") or "data").expanduser().resolve()

        def required(name: str, otherwise: str, why: str) -> str:
            value = given.get(name, "")
            if not value and production:
                faults.append(f"{name} is missing: {why}")
            return value or otherwise

        def number(name: str, otherwise: int) -> int:
            value = given.get(name, "")
            if value and not (value.isascii() and value.isdigit()):
                faults.append(f"{name} is {value!r}; it must be a whole number.")
                return otherwise
            return int(value or otherwise)

        secret_key = given.get("SECRET_KEY", "")
        if production:
            if not secret_key:
                faults.append("SECRET_KEY is missing: it signs sessions and links in letters.")
            elif len(secret_key) < 32 or len(set(secret_key)) < 8:
                faults.append("SECRET_KEY is shorter than 32 characters or too uniform.")
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=data_dir):
                pass
            secret_key = secret_key or ("" if production else _kept_secret(data_dir))
        except OSError as error:
            faults.append(f"DATA_DIR {data_dir} cannot be written: {error.strerror}.")

        base_url = required(
            "BASE_URL", "http://127.0.0.1:8000", "the public address, such as https://example.org"
        ).rstrip("/")
        parts = _parts(base_url)
        if parts.scheme not in ("http", "https") or base_url != f"{parts.scheme}://{parts.netloc}":
            faults.append(f"BASE_URL is {base_url!r}; it must be a web address without a path.")
        elif production and given.get("BASE_URL") and parts.scheme != "https":
            faults.append("BASE_URL must begin with https://, so that cookies travel encrypted.")

        mail_url = required("MAIL_URL", "mailbox:", "letters need smtp://user:password@host:587")
        scheme = _parts(mail_url).scheme
        if scheme not in MAIL_SCHEMES or (scheme != "mailbox" and not _parts(mail_url).hostname):
            faults.append("MAIL_URL must be smtp://… or smtps://… with a host.")
        elif production and given.get("MAIL_URL") and scheme == "mailbox":
            faults.append("MAIL_URL is mailbox:, which is only for the demo.")
        mail_from = required("MAIL_FROM", "hackathon@localhost", "the address letters come from")
        if "@" not in mail_from or not mail_from.isprintable():
            faults.append(f"MAIL_FROM is {mail_from!r}; it must be an e-mail address.")

        database_url = given.get("DATABASE_URL") or f"sqlite:///{data_dir / 'hackathon.sqlite3'}"
        if database_url.startswith(("postgres://", "postgresql://")):
            database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
        if not database_url.startswith(("sqlite://", "postgresql+psycopg://")):
            faults.append("DATABASE_URL must begin with sqlite:/// or postgresql://.")

        storage = given.get("STORAGE", "")
        if storage and (_parts(storage).scheme != "s3" or not _parts(storage).netloc):
            faults.append("STORAGE must be s3://bucket, or be left out for files in DATA_DIR.")
        elif storage and find_spec("boto3") is None:
            faults.append("STORAGE needs the package boto3: see requirements/s3.txt.")

        clamav = given.get("CLAMAV", "")
        if clamav and "/" not in clamav and not re.fullmatch(r".+:[0-9]{1,5}", clamav):
            faults.append("CLAMAV must be host:port or the path of a socket.")
        away = given.get("CLAMAV_AWAY") or "accept"
        if away not in ("accept", "refuse"):
            faults.append(f"CLAMAV_AWAY is {away!r}; it must be accept or refuse.")

        stamps = given.get("ARRIVAL_STAMPS") or "off"
        if stamps not in ("on", "off"):
            faults.append(f"ARRIVAL_STAMPS is {stamps!r}; it must be on or off.")
        if stamps == "on" and not number("TRUSTED_PROXIES", 0):
            faults.append("ARRIVAL_STAMPS is on, but TRUSTED_PROXIES says that there is no proxy.")
        link_checks = given.get("LINK_CHECKS") or "off"
        if link_checks not in ("on", "off"):
            faults.append(f"LINK_CHECKS is {link_checks!r}; it must be on or off.")
        ports = given.get("LINK_PORTS") or "80,443"
        if not re.fullmatch(r"[0-9]{1,5}(,[0-9]{1,5})*", ports, re.ASCII):
            faults.append(f"LINK_PORTS is {ports!r}; it must be numbers with commas between.")
            ports = "80,443"
        gitlab_hosts = (given.get("GITLAB_HOSTS") or "gitlab.com").lower()
        if not re.fullmatch(r"[a-z0-9.-]+(,[a-z0-9.-]+)*", gitlab_hosts):
            faults.append(
                f"GITLAB_HOSTS is {gitlab_hosts!r}; it must be names with commas between."
            )
        signing_key = given.get("SIGNING_KEY", "")
        signing_passphrase = given.get("SIGNING_PASSPHRASE", "")
        if signing_key and find_spec("pyhanko") is None:
            faults.append("SIGNING_KEY needs the package pyhanko: see requirements/signing.txt.")
        elif signing_key and (fault := _fault_of_key(signing_key, signing_passphrase)):
            faults.append(f"SIGNING_KEY {signing_key} {fault}")

        record_key = given.get("RECORD_KEY", "")
        record_passphrase = given.get("RECORD_PASSPHRASE", "")
        if record_key and (fault := _fault_of_record_key(record_key, record_passphrase)):
            faults.append(f"RECORD_KEY {record_key} {fault}")

        letter_days = number("LETTER_DAYS", cls.letter_days)
        if letter_days > MOST_DAYS:
            faults.append(f"LETTER_DAYS is {letter_days}; it must be at most {MOST_DAYS}.")

        settings = cls(
            mode=mode,
            data_dir=data_dir,
            database_url=database_url,
            secret_key=secret_key,
            base_url=base_url,
            mail_url=mail_url,
            mail_from=mail_from,
            site_name=given.get("SITE_NAME") or cls.site_name,
            redis_url=given.get("REDIS_URL") or None,
            trusted_proxies=number("TRUSTED_PROXIES", 0),
            arrival_stamps=stamps == "on",
            upload_limit=number("UPLOAD_LIMIT", cls.upload_limit),
            upload_room=number("UPLOAD_ROOM", cls.upload_room),
            letter_days=letter_days,
            storage=storage,
            clamav=clamav,
            clamav_required=away == "refuse",
            link_checks=link_checks == "on",
            link_ports=frozenset(map(int, ports.split(","))),
            gitlab_hosts=frozenset(gitlab_hosts.split(",")),
            signing_key=signing_key,
            signing_passphrase=signing_passphrase,
            record_key=record_key,
            record_passphrase=record_passphrase,
        )
        if faults:
            raise SettingsError(faults)
        return settings


def _parts(address: str) -> SplitResult:
    """The address in its parts; all of them empty when it is malformed."""
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 and parts.netloc.isprintable() else urlsplit("")
    except ValueError:
        return urlsplit("")


def _fault_of_key(path: str, passphrase: str) -> str:
    """What keeps the key in this PKCS#12 file from signing; empty when nothing does."""
    try:
        octets = Path(path).read_bytes()
        key, certificate, _ = load_key_and_certificates(octets, passphrase.encode() or None)
    except OSError as error:
        return f"cannot be read: {error.strerror}."
    except (ValueError, UnsupportedAlgorithm):
        return "is no PKCS#12 file, or SIGNING_PASSPHRASE does not open it."
    if key is None or certificate is None:
        return "must hold a key and its certificate."
    return ""


def _fault_of_record_key(path: str, passphrase: str) -> str:
    """What keeps the key in this PEM file from signing; empty when nothing does."""
    try:
        octets = Path(path).read_bytes()
        key = load_pem_private_key(octets, passphrase.encode() or None)
    except OSError as error:
        return f"cannot be read: {error.strerror}."
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "is no PEM file with a private key, or RECORD_PASSPHRASE does not open it."
    return "" if isinstance(key, Ed25519PrivateKey) else "must hold a key for Ed25519."


def _kept_secret(data_dir: Path) -> str:
    """A random secret of this data directory, so that a demo keeps people signed in.

    Raises OSError where it can be neither written nor read.
    """
    path = data_dir / "secret.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(secret := secrets.token_hex(32))
    return secret
