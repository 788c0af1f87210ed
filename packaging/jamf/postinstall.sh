#!/bin/sh
# Jamf's script after the netcheck package: sets the policy and starts the watch of whoever is logged
# in. Parameter 4: the policy, as TOML; empty for none. Not run on a real Mac.
set -eu
policy=${4:-}
folder="/Library/Application Support/netcheck"
job=/Library/LaunchAgents/netcheck.watch.plist
if [ -n "$policy" ]; then
    mkdir -p "$folder"
    printf '%s\n' "$policy" > "$folder/policy.toml"
    # Others than the administrator may not write it, or netcheck ignores it.
    chown root:wheel "$folder" "$folder/policy.toml"
    chmod 755 "$folder"
    chmod 644 "$folder/policy.toml"
fi
cat > "$job" <<'PLIST'
@PLIST@
PLIST
chown root:wheel "$job"
chmod 644 "$job"
person=$(stat -f %u /dev/console)
if [ "$person" -ne 0 ]; then
    launchctl bootout "gui/$person/netcheck.watch" 2>/dev/null || true
    launchctl bootstrap "gui/$person" "$job"
fi
