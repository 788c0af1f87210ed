"""The run's own packets in a file, and nobody else's; without the right to it, one sentence."""

import pytest
from scapy.layers.inet import IP, UDP
from scapy.utils import rdpcap

from tests.lab.names import operator
from tests.lab.runner import agent, run_agent, run_on_device

pytestmark = pytest.mark.lab


def test_an_administrator_keeps_the_packets_of_a_run(world, tmp_path):
    file = tmp_path / "run.pcap"
    command, needed = agent()
    run = run_on_device(
        world,
        *(*command, "run", "--json", "--no-input", "--carrier", "att", "--capture", str(file)),
        environment=needed,
        as_user=False,
    )
    assert run.exit_code == 0, run.stderr
    frames = rdpcap(str(file))
    own = {one.ipv4 for one in operator("att").epdg_addresses}
    asked = [f for f in frames if f.haslayer(IP) and f[IP].dst in own and f[UDP].dport == 500]
    assert asked
    assert f"is in {file} ({len(frames)} parts)" in run.stderr


def test_an_ordinary_user_is_told_why_not(world, tmp_path):
    run = run_agent(world, "--capture", str(tmp_path / "run.pcap"))
    assert run.exit_code == 2
    assert (
        run.stderr
        == "What is sent can't be kept: only an administrator may send and see bare frames.\n"
    )
    assert not (tmp_path / "run.pcap").exists()
