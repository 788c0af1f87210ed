#!/bin/sh
# Kandji's audit of a custom app: 0 where this netcheck or a newer one is there, 1 to install it.
# Set `wanted` to the version of the .pkg that you uploaded. Not run on a real Mac.
wanted=${NETCHECK_WANTED:-0}
program=/usr/local/bin/netcheck
[ -x "$program" ] || { echo "netcheck is not installed"; exit 1; }
have=$("$program" --version 2>/dev/null | sed -n 's/^netcheck //p')
[ -n "$have" ] || { echo "netcheck does not start"; exit 1; }
older=$(printf '%s\n%s\n' "$wanted" "$have" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)
[ "$older" = "$wanted" ] && { echo "netcheck $have is installed"; exit 0; }
echo "netcheck $have is older than $wanted"
exit 1
