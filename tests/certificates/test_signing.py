"""Signed with a key made here, and read again by who checks signatures."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hackathon.certificates.drawing import Press
from hackathon.certificates.signing import Signer, signer_of
from hackathon.config import Settings, SettingsError
from tests.certificates.test_drawing import SHEET, tags
from tests.world import World

PASSPHRASE = "four words of secret"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PKCS#12 file beside the certificate that one trusts."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The Competition")])
    begun = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=30))
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, True, False, False, False), critical=True
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    directory = tmp_path_factory.mktemp("key")
    encryption = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    octets = pkcs12.serialize_key_and_certificates(b"key", private, certificate, None, encryption)
    (directory / "key.p12").write_bytes(octets)
    (directory / "trusted.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return directory / "key.p12"


@pytest.fixture(scope="module")
def drawn() -> bytes:
    with Press() as press:
        return press.pdf(SHEET.__class__(**{**vars(SHEET), "logos": [], "signatories": []}))


def elsewhere(deed: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """In a thread of its own: pyHanko wants no event loop, and a browser may have left one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(deed, *args, **named).result()


def signed_by(signer: Signer, octets: bytes) -> bytes:
    return bytes(elsewhere(signer.sign, octets, name="Organizers"))


def checked(octets: bytes, key: Path) -> Any:
    reader = PdfFileReader(io.BytesIO(octets))
    (signature,) = reader.embedded_signatures
    root = load_cert_from_pemder(str(key.with_name("trusted.pem")))
    trust = ValidationContext(trust_roots=[root])
    return elsewhere(validate_pdf_signature, signature, trust)


def test_the_signature_holds_and_covers_the_file(key: Path, drawn: bytes) -> None:
    signer = Signer(key, PASSPHRASE)
    assert "The Competition" in signer.holder
    status = checked(signed_by(signer, drawn), key)
    assert status.intact and status.valid and status.trusted and status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


def test_a_changed_octet_is_noticed(key: Path, drawn: bytes) -> None:
    signed = bytearray(signed_by(Signer(key, PASSPHRASE), drawn))
    signed[drawn.index(b"stream") + 40] ^= 1  # within a picture or a letter
    status = checked(bytes(signed), key)
    assert not status.intact and not status.bottom_line


def test_the_tags_stay_and_the_field_is_out_of_sight(key: Path, drawn: bytes) -> None:
    signed = pypdf.PdfReader(io.BytesIO(signed_by(Signer(key, PASSPHRASE), drawn)))
    assert tags(signed) == tags(pypdf.PdfReader(io.BytesIO(drawn)))
    root = signed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    (field,) = root["/AcroForm"]["/Fields"]
    field = field.get_object()
    assert field["/F"] & 2  # hidden
    assert field["/TU"] == "Organizers"
    assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"


def test_without_a_key_nothing_is_signed(app: Any) -> None:
    assert signer_of(app) is None


def test_a_key_that_goes_is_said_on_the_page(
    app: Any, world: World, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    competition = world.competition("jam")
    organizer = world.client(world.organizer(competition))
    gone = replace(app.config["SETTINGS"], signing_key=str(tmp_path / "gone.p12"))
    monkeypatch.setitem(app.config, "SETTINGS", gone)
    page = organizer.get("/en/jam/manage/certificates")
    assert page.status_code == 200
    assert "The site’s key cannot be read now: ask its operators." in page.text
    there = replace(gone, signing_key=str(key), signing_passphrase=PASSPHRASE)
    monkeypatch.setitem(app.config, "SETTINGS", there)
    assert "Each file is signed digitally (PAdES) by:" in (
        organizer.get("/en/jam/manage/certificates").text
    )
    del app.extensions["certificate_signer"]


def environment(tmp_path: Path, **others: str) -> dict[str, str]:
    return {"HACKATHON_MODE": "demo", "DATA_DIR": str(tmp_path), **others}


def test_settings_try_the_key(key: Path, tmp_path: Path) -> None:
    given = environment(tmp_path, SIGNING_KEY=str(key), SIGNING_PASSPHRASE=PASSPHRASE)
    assert Settings.from_environment(given).signing_key == str(key)
    other = tmp_path / "other.p12"
    other.write_bytes(b"no key")
    for path, passphrase, said in (
        (key, "wrong", "does not open it"),
        (other, "", "is no PKCS#12 file"),
        (tmp_path / "gone.p12", "", "cannot be read"),
    ):
        with pytest.raises(SettingsError, match=said):
            Settings.from_environment(
                environment(tmp_path, SIGNING_KEY=str(path), SIGNING_PASSPHRASE=passphrase)
            )
