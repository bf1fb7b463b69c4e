"""Signing PDFs with the operator's key, in the European form for such signatures (PAdES).

Without a key nothing is signed, and nothing pretends to be.
"""

import io
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from flask import Flask

FIELD = "Signature"


class Signer:
    """The key of the site. Raises ValueError when the file or its passphrase is not good."""

    def __init__(self, path: Path, passphrase: str) -> None:
        # Its library is an extra, and heavy: only a site that signs loads it.
        self._fields = import_module("pyhanko.sign.fields")
        self._writer = import_module("pyhanko.pdf_utils.incremental_writer")
        self._generic = import_module("pyhanko.pdf_utils.generic")
        self._signers = import_module("pyhanko.sign.signers")
        key = self._signers.SimpleSigner.load_pkcs12(
            path, passphrase=passphrase.encode() if passphrase else None
        )
        if key is None:
            raise ValueError(f"{path} holds no key that this passphrase opens.")
        self._key = key

    @property
    def holder(self) -> str:
        """Whose key it is, as the key's own certificate says."""
        return str(self._key.signing_cert.subject.human_friendly)

    def sign(self, octets: bytes, *, name: str) -> bytes:
        """The same PDF with an invisible signature. It is still tagged as it was.

        PDF/UA asks nothing of an annotation that is hidden and lies outside the page.
        """
        writer = self._writer.IncrementalPdfFileWriter(io.BytesIO(octets))
        hidden = self._fields.InvisSigSettings(
            set_print_flag=False, set_hidden_flag=True, box_out_of_bounds=True
        )
        spec = self._fields.SigFieldSpec(FIELD, readable_field_name=name, invis_sig_settings=hidden)
        metadata = self._signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            name=name,
            subfilter=self._fields.SigSeedSubFilter.PADES,
        )
        signer = self._signers.PdfSigner(metadata, signer=self._key, new_field_spec=spec)
        signed: Any = signer.sign_pdf(writer)
        return bytes(signed.getbuffer())


class KeyLost(ValueError):
    """The operator's key was there when the site started, and cannot be read any more."""


def signer_of(app: Flask) -> Signer | None:
    """The site's own, read from its file once; None where the operator has set no key. Raises
    KeyLost, and tells the operator in the log."""
    settings = app.config["SETTINGS"]
    if not settings.signing_key:
        return None
    if "certificate_signer" not in app.extensions:
        try:
            app.extensions["certificate_signer"] = Signer(
                Path(settings.signing_key), settings.signing_passphrase
            )
        except (OSError, ValueError) as error:
            structlog.get_logger().error(
                "signing_key_lost", SIGNING_KEY=settings.signing_key, error=str(error)
            )
            raise KeyLost("SIGNING_KEY cannot be read") from error
    signer: Signer = app.extensions["certificate_signer"]
    return signer
