"""Ports for kernels that nobody else is given meanwhile.

jupyter_client asks the system for free ports, lets go of them and tells them to the kernel, which binds them a second later. Until
then the system may hand them to a suite that runs beside this one (https://github.com/jupyter/jupyter_client/issues/487).
"""

import itertools
import os
import socket

from jupyter_client.connect import LocalPortCache

# Below those that systems hand out. test/support/ports.ts shares them by the same rules.
FIRST = 20_000
SHARE = 400
SHARES = 30
HOST = "127.0.0.1"


def bound(ip, port):
    """A socket that holds the port, or None where somebody else does."""
    holder = socket.socket()
    try:
        holder.bind((ip, port))
    except OSError:
        holder.close()
        return None
    return holder


class OwnPorts(LocalPortCache):
    """Counts up through a share of the ports, whose first one stays taken as long as this process lives: nobody else chooses from it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        for n in range(SHARES):
            first = FIRST + (os.getpid() + n) % SHARES * SHARE
            self.holder = bound(HOST, first)
            if self.holder:
                break
        else:
            raise RuntimeError("all shares of the ports are taken")
        self.holder.listen()
        self.candidates = itertools.cycle(range(first + 1, first + SHARE))

    def find_available_port(self, ip):
        for port in itertools.islice(self.candidates, SHARE - 1):
            if port in self.currently_used_ports:
                continue
            probe = bound(ip, port)
            if probe:
                probe.close()
                self.currently_used_ports.add(port)
                return port
        raise RuntimeError("no port of this process's share is free")


def use_own_ports():
    """From now on, every kernel that this process starts gets such ports."""
    OwnPorts.instance()


def own_ports(count):
    """Ports for a kernel that a test starts by hand."""
    return [OwnPorts.instance().find_available_port(HOST) for _ in range(count)]
