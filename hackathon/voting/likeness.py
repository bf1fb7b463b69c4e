"""What addresses and networks have in common. Pure: plain values in, plain values out."""

from ipaddress import IPv6Address, ip_address, ip_network

# Hosts whose mailboxes do not care for dots, under the name that stands for them all.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def likeness(address: str) -> str:
    """The address without the ways in which one mailbox can be written: case, +tags, and dots
    where the host ignores them. Two addresses with one likeness may still be two people's."""
    local, _, host = address.strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if host in DOTLESS:
        local, host = local.replace(".", ""), DOTLESS[host]
    return f"{local}@{host}"


def domain_of(address: str) -> str:
    return address.strip().casefold().rpartition("@")[2]


def network_of(address: str | None) -> str | None:
    """The network that an IP address lies in, about a household or a small office.

    /24 in version 4, /48 in version 6; None when it is no IP address.
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))
