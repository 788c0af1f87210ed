"""The wheel and the sdist, the same bytes from the same source."""

from pathlib import Path

from netcheck_release.work import Work, environment_with


def build(made: Work) -> list[Path]:
    """Both, in the folder of packages."""
    python = environment_with(made, "frozen", "requirements.txt", "requirements-freeze.txt")
    made.run(python, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", made.into)
    stem = f"netcheck_agent-{made.version}"
    return [made.into / f"{stem}-py3-none-any.whl", made.into / f"{stem}.tar.gz"]
