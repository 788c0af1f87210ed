#!/data/data/com.termux/files/usr/bin/sh
# Installs netcheck in Termux from a wheel beside this script. Not run on a real phone.
# usage: sh install.sh netcheck_agent-VERSION-py3-none-any.whl
# With Termux:API (the app, and this package) netcheck also reads what the phone says of its network.
# With Termux:Boot (the app) it looks each 15 minutes, from the next start of the phone on.
set -eu
[ $# -eq 1 ] && [ -f "$1" ] || { echo "usage: sh install.sh WHEEL" >&2; exit 2; }
pkg install -y python termux-api
# Without msgspec, psutil and cryptography, which have no wheels here: a run needs none of them.
python -m pip install --upgrade "$1"
job=$PREFIX/bin/netcheck-look
printf '#!%s/bin/sh\nexec netcheck watch --looks 1 --json >/dev/null\n' "$PREFIX" > "$job"
chmod 700 "$job"
mkdir -p "$HOME/.termux/boot"
boot=$HOME/.termux/boot/netcheck
printf '#!%s/bin/sh\ntermux-job-scheduler --script %s --period-ms 900000 --persisted true\n' \
    "$PREFIX" "$job" > "$boot"
chmod 700 "$boot"
netcheck --version
