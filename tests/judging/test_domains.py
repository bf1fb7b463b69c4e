"""Whether an address tells of an organization."""

import pytest

from hackathon.judging.domains import organization_of


@pytest.mark.parametrize(
    ("address", "organization"),
    [
        ("a@umontreal.ca", "umontreal.ca"),
        ("a@stat.UMontreal.ca", "umontreal.ca"),
        ("a@statcan.gc.ca", "statcan.gc.ca"),
        ("a@mail.statcan.gc.ca", "statcan.gc.ca"),
        ("a@gov.bc.ca", "gov.bc.ca"),
        ("a@mtess.gouv.qc.ca", "mtess.gouv.qc.ca"),
        ("a@cs.ox.ac.uk", "ox.ac.uk"),
        ("a@gmail.com", ""),
        ("a@mail.videotron.ca", ""),
        ("a@nb.sympatico.ca", ""),
        ("a@example.org", ""),
        ("deleted", ""),
        ("a@localhost", ""),
        ("a@.ca", ""),
        ("", ""),
    ],
)
def test_the_registered_domain_counts_but_for_providers(address: str, organization: str) -> None:
    assert organization_of(address) == organization
