"""The socket that the service listens on."""

import os
import socket

from stage.checks import ConfigError


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address or host name (`::` accepts IPv4, too), or raise a ConfigError with the reason."""
    try:
        host.encode("idna")  # or gevent's resolver prints a traceback first
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = min(found)  # prefers IPv4 if a name has both, because probes use 127.0.0.1
        both = address[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address, family=family, backlog=2048, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise ConfigError(f"cannot listen on {where} (BIND_HOST, STAGE_PORT): {_reason(error)}") from error


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, socket.gaierror):
        return error.strerror or "unknown name"
    return os.strerror(error.errno or 0) if isinstance(error, OSError) else "not a valid host name"
