"""Which IP addresses a flow may reach: the public internet, and nothing else.

`ipaddress.is_global` is not enough: it calls the NAT64 form of 169.254.169.254, 6to4 forms of
loopback, multicast and two clouds' metadata services global. So the list is written out here,
after the IANA special-purpose registries (RFC 6890) and the clouds' own pages.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The first range that holds the address gives the reason, so narrow ranges come first.
_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(cidr), reason)
    for cidr, reason in (
        ("169.254.169.254/32", "a cloud's metadata service"),
        ("169.254.170.2/32", "a cloud's metadata service"),
        ("100.100.100.200/32", "a cloud's metadata service"),
        ("192.0.0.192/32", "a cloud's metadata service"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("0.0.0.0/8", "this machine (unspecified)"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's shared network"),
        ("127.0.0.0/8", "this machine (loopback)"),
        ("169.254.0.0/16", "a link-local network"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "reserved for documentation"),
        ("192.31.196.0/24", "reserved for protocols"),
        ("192.52.193.0/24", "reserved for protocols"),
        ("192.88.99.0/24", "a tunnel (6to4 relay)"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "reserved for protocols"),
        ("198.18.0.0/15", "reserved for benchmarks"),
        ("198.51.100.0/24", "reserved for documentation"),
        ("203.0.113.0/24", "reserved for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "this machine (unspecified)"),
        ("::1/128", "this machine (loopback)"),
        ("fd00:ec2::254/128", "a cloud's metadata service"),
        ("fd20:ce::254/128", "a cloud's metadata service"),
        ("::/96", "an IPv4-compatible address"),
        ("64:ff9b:1::/48", "a local translation prefix (NAT64)"),
        ("100::/64", "discarded traffic"),
        ("2001::/32", "a tunnel (Teredo)"),
        ("2001:db8::/32", "reserved for documentation"),
        ("2001::/23", "reserved for protocols"),
        ("2002::/16", "a tunnel (6to4)"),
        ("2620:4f:8000::/48", "reserved for protocols"),
        ("3ffe::/16", "reserved"),
        ("3fff::/20", "reserved for documentation"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link-local network"),
        ("fec0::/10", "a private network (site-local)"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # the only IPv6 space handed out: RFC 4291 §2.4
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_ISATAP = (0x00005EFE, 0x02005EFE)  # upper half of the interface identifier, RFC 5214 §6.1


def refusal(address: Address | str) -> str:
    """Say why a flow may not reach this address: the reason, or "" where it may.

    A text must be one canonical address. Raises `ValueError` for anything else.
    """
    ip = ip_address(address) if isinstance(address, str) else address
    if isinstance(ip, IPv6Address):
        return _refusal_v6(ip)
    return _listed(ip)


def _refusal_v6(ip: IPv6Address) -> str:
    if ip.scope_id:
        return "an address with a zone"
    inner = ip.ipv4_mapped or _translated(ip)
    if inner is not None:
        return _listed(inner)
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "a tunnel (ISATAP)"
    listed = _listed(ip)
    if listed:
        return listed
    return "" if ip in _GLOBAL_UNICAST else "reserved"


def _translated(ip: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address that a NAT64 gateway would connect to, if this is such a form."""
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


def _listed(ip: Address) -> str:
    for network, reason in _REFUSED:
        if ip in network:
            return reason
    return ""
