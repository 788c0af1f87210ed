"""The manual page netcheck(1), in man(7), from the command's own tables."""

from collections.abc import Iterable
from datetime import UTC, datetime

from netcheck_release.tables import Told, commands, run_without_name, say

_FILES = (
    ("~/.config/netcheck/config.toml", "A person's own settings."),
    ("/etc/xdg/netcheck/policy.toml", "An administrator's policy, which outranks all."),
    ("/etc/netcheck/config.toml", "The settings of the service netcheck-watch."),
    ("~/.local/state/netcheck", "A person's history and choices."),
    ("/var/lib/netcheck", "History, consent and waiting reports of the service."),
)
_VARIABLES = (
    ("NETCHECK_CONFIG", "The file of settings to read."),
    ("NETCHECK_STATE_DIR", "The folder of history and choices."),
    ("SSL_CERT_FILE", "The certificate authorities to trust, instead of the system's."),
    ("NO_COLOR", "Set to anything: no colours."),
)


def page(version: str, epoch_s: int) -> str:
    """The page; `epoch_s` dates it."""
    day = datetime.fromtimestamp(epoch_s, UTC).date().isoformat()
    lines = [
        f'.TH NETCHECK 1 "{day}" "netcheck {version}" "User Commands"',
        *(".SH NAME", f"netcheck \\- {_text('whose fault is it: yours or your carrier’s')}"),
        *(".SH SYNOPSIS", ".B netcheck", "[OPTIONS]", ".br"),
        *(".B netcheck", ".I COMMAND", "[...]"),
        *(".SH DESCRIPTION", _text(say("verb.netcheck"))),
        *(".SH OPTIONS", _text(say("verb.options-of-run") + "."), *_options(run_without_name())),
        ".SH COMMANDS",
    ]
    for command in commands():
        lines += [f".SS {_text('netcheck ' + command.typed + command.takes)}", _text(command.long)]
        if command.typed != "run":  # its options stand above
            lines += _options(command.options)
    lines += [".SH EXIT STATUS", _text(say("verb.exit-codes"))]
    lines += [".SH ENVIRONMENT", *_pairs(_VARIABLES), ".SH FILES", *_pairs(_FILES)]
    return "\n".join(lines) + "\n"


def _options(options: Iterable[Told]) -> list[str]:
    rows = []
    for option in options:
        value = f" {option.value}" if option.value else ""
        choices = f": {', '.join(option.choices)}" if option.choices else ""
        rows.append((", ".join(option.flags) + value, option.help + choices + "."))
    return _pairs(rows)


def _pairs(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [line for name, says in rows for line in (".TP", f".B {_text(name)}", _text(says))]


def _text(said: str) -> str:
    """Safe for troff: a hyphen to type stays one, and no line begins with a command."""
    safe = said.replace("\\", "\\e").replace("-", "\\-").replace("’", "\\(cq")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe
