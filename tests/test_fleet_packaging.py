"""The collector's production shape: its units, its configurations and its page fit the command."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from netcheck.cli.verbs import module_of, split
from netcheck.fleet.store.sharding import CLUSTER

HERE = Path(__file__).parent.parent / "packaging" / "collector"
UNITS = sorted(HERE.glob("*.service"))


def options(verb: str) -> set[str]:
    return {option.flag for option in module_of(verb).OPTIONS}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_verb_with_options_that_it_has(unit):
    text = unit.read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    words = [word for word in shlex.split(command)[1:] if not word.startswith("$")]
    asked = split(words)
    hinted = re.findall(r"^# \w+_OPTIONS: (.*)$", text, re.MULTILINE)
    named = {*asked.rest, *re.findall(r"--[a-z-]+", hinted[0])}
    assert {word for word in named if word.startswith("--")} <= options(asked.verb)


def test_a_unit_is_hardened_and_knows_how_it_ends():
    for unit in UNITS:
        lines = unit.read_text().splitlines()
        assert {"DynamicUser=yes", "SuccessExitStatus=143", "ProtectSystem=strict"} <= set(lines)


def test_the_image_starts_a_verb_with_options_that_it_has():
    (words,) = re.findall(r"^CMD \[(.*)\]$", (HERE / "Containerfile").read_text(), re.MULTILINE)
    verb, *rest = re.findall(r'"([^"]*)"', words)
    assert {word for word in rest if word.startswith("--")} <= options(f"fleet-{verb}")


def test_the_page_names_only_options_that_there_are():
    named = set(re.findall(r"(?<!-)--[a-z][a-z-]+", (HERE / "README.md").read_text()))
    named -= {"--now"}  # systemctl's
    assert named <= options("fleet-serve") | options("fleet-relay")


def test_the_cluster_has_the_name_that_its_tables_use():
    servers = ElementTree.parse(HERE / "cluster" / "server.xml").find("remote_servers")
    assert [one.tag for one in servers] == [CLUSTER]
    replicated = [one.text for one in servers.iter("internal_replication")]
    assert replicated == ["true"] * len(servers.findall(f"{CLUSTER}/shard"))
    keeper = ElementTree.parse(HERE / "cluster" / "keeper.xml")
    assert len(keeper.findall(".//raft_configuration/server")) == 3
