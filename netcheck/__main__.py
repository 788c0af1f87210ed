"""`python -m netcheck`: the same command."""

from netcheck.cli import main

main()
