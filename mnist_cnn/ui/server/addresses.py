"""The addresses at which other computers reach this one."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

# For documentation (RFC 5737, RFC 3849): nothing is sent to connect a UDP socket.
_AWAY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_IN_A_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))


def network_address() -> str | None:
    """This computer's address in its network, IPv4 if there is one; works offline.

    Returns:
        None without a network, and in a container, whose own address nobody reaches.
    """
    if any(path.exists() for path in _IN_A_CONTAINER):
        return None
    found = [*_routed(), *_named()]
    usable = [text for text in found if _is_usable(text)]
    return min(usable, key=lambda text: ":" in text, default=None)


def is_this_machine(host: str) -> bool:
    """Whether a host name or address means the machine that asks."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _routed() -> list[str]:
    """The addresses with which packets would leave."""
    found = []
    for family, target in _AWAY:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.append(probe.getsockname()[0])
        except OSError:
            continue
    return found


def _named() -> list[str]:
    """The addresses of this computer's own name: in a network without a way out."""
    try:
        entries = socket.getaddrinfo(socket.gethostname(), None)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in entries]


def _is_usable(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)
