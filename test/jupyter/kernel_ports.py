"""Ports for kernels that nobody else is given meanwhile.

jupyter_client asks the system for free ports, lets go of them and tells them to the kernel, which binds them a second later. Until
then the system may hand them to a suite that runs beside this one (https://github.com/jupyter/jupyter_client/issues/487).
"""

import itertools
import os
import socket

from jupyter_client.connect import LocalPortCache

# Below those that systems hand out.
PORTS = range(20_000, 32_000)
# How many a process is likely to take: the next process begins behind them.
SHARE = 97


class OwnPorts(LocalPortCache):
    """Counts up from a place of this process's own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        start = os.getpid() * SHARE % len(PORTS)
        self.candidates = itertools.cycle([*PORTS[start:], *PORTS[:start]])

    def find_available_port(self, ip):
        for port in self.candidates:
            if port in self.currently_used_ports:
                continue
            with socket.socket() as probe:
                try:
                    probe.bind((ip, port))
                except OSError:
                    continue
            self.currently_used_ports.add(port)
            return port


def use_own_ports():
    """From now on, every kernel that this process starts gets such ports."""
    OwnPorts.instance()
