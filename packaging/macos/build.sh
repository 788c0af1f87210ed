#!/bin/sh
# Makes the program for this Mac's processor, and a .pkg of it. Not run on a real Mac.
# usage: sh packaging/macos/build.sh [SIGNING-IDENTITY INSTALLER-IDENTITY NOTARY-PROFILE]
# Needs Python 3.11 or newer and Apple's command line tools. Without identities nothing is signed,
# and another Mac will refuse to run it.
set -eu
cd "$(dirname "$0")/../.."
sh packaging/build binary
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' netcheck/__init__.py)
tarball=dist/netcheck-$version-macos-$(uname -m).tar.gz
root=build/packaging/pkg
rm -rf "$root"
mkdir -p "$root/usr/local/lib/netcheck" "$root/usr/local/bin"
tar -xzf "$tarball" -C "$root/usr/local/lib/netcheck"
if [ $# -ge 1 ]; then
    find "$root/usr/local/lib/netcheck" -type f \( -name '*.so' -o -name '*.dylib' -o -name netcheck \) \
        -exec codesign --force --timestamp --options runtime --sign "$1" {} +
    # Homebrew's formula hands out the signed program.
    tar -czf "$tarball" -C "$root/usr/local/lib/netcheck" .
fi
ln -s ../lib/netcheck/netcheck "$root/usr/local/bin/netcheck"
package=dist/netcheck-$version-macos-$(uname -m).pkg
if [ $# -ge 2 ]; then
    pkgbuild --root "$root" --identifier netcheck --version "$version" --sign "$2" "$package"
else
    pkgbuild --root "$root" --identifier netcheck --version "$version" "$package"
fi
if [ $# -ge 3 ]; then
    xcrun notarytool submit "$package" --keychain-profile "$3" --wait
    xcrun stapler staple "$package"
fi
(cd dist && shasum -a 256 netcheck-* netcheck_* > SHA256SUMS)
