"""May this host be called, and may this address be connected to?

Against server-side request forgery (OWASP SSRF, RFC 6890 for special addresses). A host is compared as text in one
plain form, so that no other spelling of an address (decimal, octal, hexadecimal, mapped into IPv6) is ever on the list;
each address that its name leads to is judged by itself. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import idna

Address = IPv4Address | IPv6Address

LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
METADATA: Final = frozenset(map(ip_address, ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16",
                                             "fd00:ec2::254")))  # fmt: skip
"""Where clouds tell their machines keys and passwords; one of them looks like a public address."""
NAT64: Final = ip_network("64:ff9b::/96")
COMPATIBLE: Final = ip_network("::/96")
HIGHEST_PORT: Final = 65_535


class HostRefused(Exception):
    """A host that may not be called; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A host on the list. `port`: None for any; `private`: also where its address is one of a private network."""

    host: str
    port: int | None = None
    private: bool = False


def plain_host(text: str) -> str:
    """A host's name or address in the one form in which it is compared. Raises HostRefused."""
    host = text.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")
    if not host or "%" in host:
        raise HostRefused(f"{text[:100]!r} is no host.")
    try:
        return str(ip_address(host))
    except ValueError:
        return _plain_name(host)


def _plain_name(host: str) -> str:
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise HostRefused(f"{host[:100]!r} is no name of a host.") from None
    labels = name.split(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in labels) or NUMBER.fullmatch(labels[-1]):
        raise HostRefused(f"{host[:100]!r} is no name of a host, and no address as addresses are written.")
    return name


def permitted(host: str, port: int, listed: Iterable[Listed]) -> Listed:
    """The entry of the list that lets this host be called. Raises HostRefused."""
    name = plain_host(host)
    if not 0 < port <= HIGHEST_PORT:
        raise HostRefused(f"{name} has no port {port}.")
    found = [one for one in listed if one.host == name and one.port in (None, port)]
    if not found:
        raise HostRefused(f"{name}:{port} is not on the list of hosts that connectors may call.")
    return max(found, key=lambda one: (one.private, one.port is not None))


def address_refused(address: Address, entry: Listed) -> str:
    """Why this address, to which a listed host leads, is not connected to; empty where it may be."""
    inner = _inner(address)
    if inner.is_unspecified or inner.is_multicast or inner == IPv4Address("255.255.255.255"):
        return f"{entry.host} leads to an address that is no machine's."
    if inner in METADATA or inner.is_link_local:
        written = entry.private and entry.host == str(address) == str(inner)
        return "" if written else f"{entry.host} leads to an address of its own network segment or of a cloud's keys."
    if entry.private or inner.is_global:
        return ""
    return f"{entry.host} leads to a private address, and is not listed as private."


def _inner(address: Address) -> Address:
    """The address of version 4 that one of version 6 stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
