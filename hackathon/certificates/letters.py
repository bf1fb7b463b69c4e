"""Letters about certificates."""

from ..post.actions import write
from .models import Certificate


def certificate_ready(certificate: Certificate) -> None:
    """To its holder: where all that they have of the competition are."""
    write("certificate_ready", to=certificate.user, competition=certificate.competition)


def certificate_revoked(certificate: Certificate) -> None:
    """To its holder, where there is an account."""
    if certificate.user is not None:
        write(
            "certificate_revoked",
            to=certificate.user,
            competition=certificate.competition,
            certificate=certificate,
        )
