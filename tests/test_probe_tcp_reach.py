"""How far a SYN gets: on this machine every number of hops is enough."""

import socket

import pytest

from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.network import CAN_READ_ERRORS, AllowList, Network, NotAllowed
from netcheck.probe.tcp_reach import TcpReach, tcp_reach

pytestmark = pytest.mark.skipif(not CAN_READ_ERRORS, reason="this system tells no hop")


def net_to(port: int) -> Network:
    return Network(AllowList([AllowedTarget("127.0.0.1", port, Protocol.TCP, "test")]))


def test_a_host_that_accepts_has_answered_the_first_hop() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        net = net_to(server.getsockname()[1])
        found = tcp_reach(net, "127.0.0.1", server.getsockname()[1], max_ttl=3)
    assert found == TcpReach(last_ttl=None, answered_ttl=1)
    assert net.packets_sent == 6  # three SYNs, and the end of three connections


def test_a_host_that_resets_has_answered_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert tcp_reach(net_to(port), "127.0.0.1", port) == TcpReach(None, 1)


def test_a_host_outside_the_list_is_a_defect() -> None:
    with pytest.raises(NotAllowed):
        tcp_reach(net_to(443), "127.0.0.1", 80)
