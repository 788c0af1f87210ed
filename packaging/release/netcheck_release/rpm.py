"""The RPM: the same tree as the .deb's, and a spec that only packs it."""

from pathlib import Path

from netcheck_release.frozen import archive
from netcheck_release.tree import lay
from netcheck_release.work import PACKAGING, CannotBuild, Work


def spec(made: Work) -> str:
    """The spec of this version."""
    return (PACKAGING / "rpm" / "netcheck.spec.in").read_text().replace("@VERSION@", made.version)


def build(made: Work, frozen: Path) -> Path:
    """The package, for the processor it is built on. Needs rpmbuild."""
    top = made.aside / "rpm"
    root = top / "root"
    lay(made, frozen, root, "usr/share/zsh/site-functions")
    (top / "SOURCES").mkdir(exist_ok=True)
    (top / "SOURCES" / "netcheck-tree.tar").write_bytes(archive(root, made.epoch_s))
    (top / "netcheck.spec").write_text(spec(made))
    made.run(
        *("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {top}"),
        *("--define", "use_source_date_epoch_as_buildtime 1"),
        top / "netcheck.spec",
    )
    built = sorted((top / "RPMS").rglob(f"netcheck-{made.version}-*.rpm"))
    if not built:
        raise CannotBuild("rpmbuild made no package.")
    path = made.into / built[-1].name
    path.write_bytes(built[-1].read_bytes())
    return path
