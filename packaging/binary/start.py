"""Where the frozen program begins: the same door as the installed command."""

import sys

if getattr(sys, "frozen", False):
    from pyimod02_importers import PyiFrozenFinder

    def _modules_in(finder, prefix=""):  # type: ignore[no-untyped-def]
        """What pkgutil asks a finder it does not know; `bundle` lists modules with it. PyInstaller
        teaches pkgutil at each start, which would take as long as the whole start."""
        import pkgutil

        import pyi_rth_pkgutil  # noqa: F401  (from now on pkgutil knows)

        return pkgutil.iter_importer_modules(finder, prefix)

    PyiFrozenFinder.iter_modules = _modules_in

from netcheck.cli import main

main()
