"""A device with a passkey, in software: what a browser would answer, or wrong in one respect."""

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


class Device:
    """Holds one passkey. `origin`, `host` and `verified` are what it tells a site."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost") -> None:
        self.host, self.origin, self.verified = host, origin, True
        self.id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def told(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin}
        ).encode()

    def facts(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def makes(self, options: dict[str, Any]) -> str:
        numbers = self.key.public_key().public_numbers()
        public = {
            **{1: 2, 3: -7, -1: 1},
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        facts = self.facts(NEW) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id
        attestation = {"fmt": "none", "attStmt": {}, "authData": facts + cbor2.dumps(public)}
        return self.answer(
            clientDataJSON=self.told("create", options["challenge"]),
            attestationObject=cbor2.dumps(attestation),
        )

    def answers(self, options: dict[str, Any]) -> str:
        self.count += 1
        told, facts = self.told("get", options["challenge"]), self.facts(0)
        signed = self.key.sign(facts + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self.answer(clientDataJSON=told, authenticatorData=facts, signature=signed)

    def answer(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": text(self.id),
                "rawId": text(self.id),
                "type": "public-key",
                "response": {name: text(octets) for name, octets in response.items()},
            }
        )
