"""Where the frozen program begins: the same door as the installed command."""

from netcheck.cli import main

main()
