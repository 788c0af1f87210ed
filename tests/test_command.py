"""What the tests' own way to start a command does with one that never ends."""

import subprocess
import time
from pathlib import Path

import pytest

from tests import command


def test_a_silent_command_on_a_terminal_is_ended_when_patience_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PATIENCE_S", 1.0)
    silent = f"trap '' HUP; echo $$ > {tmp_path}/pid; exec sleep 30"
    began_s = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        command.on_a_terminal(
            ["sh", "-c", silent], typed=(), environment=command.environment(tmp_path)
        )
    assert time.monotonic() - began_s < 10
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
