"""Where the service may listen: until access is configured, only on this machine's loopback."""

from __future__ import annotations

import ipaddress
import socket

from config.problems import ConfigProblem


def addresses_of(host: str) -> tuple[str, ...]:
    """Every address the host name stands for; an empty name means all interfaces. Raises ``OSError`` when unknown."""
    if not host:
        return ("0.0.0.0", "::")  # noqa: S104 - named here in order to be refused
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


def binding_problem(host: str, source: str) -> ConfigProblem | None:
    """Why the service must not listen on ``host``; ``None`` when every address of it is a loopback one."""
    advice = (
        "Use 127.0.0.1, ::1 or localhost; or set access.origin, and [tls] or the proxies.networks that TLS ends at, "
        "so that senders prove who they are and nobody can listen."
    )
    try:
        addresses = addresses_of(host)
    except (OSError, UnicodeError):
        return ConfigProblem(source, "server.host", "The host name cannot be resolved.", advice)
    outside = [address for address in addresses if not _is_loopback(address)]
    if not outside:
        return None
    problem = f"The service would listen outside this machine's loopback ({', '.join(outside)})."
    return ConfigProblem(source, "server.host", problem, advice)


def _is_loopback(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.is_loopback
    return parsed.is_loopback
