"""Completion for bash, zsh and fish, from the command's own tables."""

from netcheck_release.tables import Command, Told, commands, run_without_name

_HEAD = "# Completion of netcheck, made from the command's own tables.\n"


def bash() -> str:
    """For bash-completion's folder."""
    cases = [_bash_case(command) for command in commands()]
    names = " ".join(sorted({command.typed.split()[0] for command in commands()}))
    return f"""{_HEAD}
_netcheck() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb='' options=''
    case "${{COMP_WORDS[1]-}} ${{COMP_WORDS[2]-}}" in
        'fleet '[a-z]*) [ "$COMP_CWORD" -gt 2 ] && verb="fleet ${{COMP_WORDS[2]}}" || verb=fleet ;;
        *) [ "$COMP_CWORD" -gt 1 ] && verb=${{COMP_WORDS[1]}} ;;
    esac
    case $before in
{_bash_values()}
    esac
    case $verb in
{chr(10).join(cases)}
        *) options={_quoted(_flags(run_without_name()))} ;;
    esac
    [ "$COMP_CWORD" -eq 1 ] && options="$options {names}"
    COMPREPLY=($(compgen -W "$options" -- "$word"))
    [[ $word == -* ]] || COMPREPLY+=($(compgen -f -- "$word"))
}}
complete -F _netcheck netcheck
"""


def zsh() -> str:
    """For a folder of $fpath, as `_netcheck`."""
    verbs = "\n".join(
        f"        {_quoted(f'{one.typed}:{one.says}')}"
        for one in commands()
        if " " not in one.typed
    )
    cases = "\n".join(
        f"        {_quoted(one.typed)}) _arguments {_zsh_arguments(one.options)} '*:file:_files' ;;"
        for one in commands()
    )
    return f"""#compdef netcheck
{_HEAD}
_netcheck() {{
    local -a verbs=(
{verbs}
    )
    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
        _describe command verbs
        return
    fi
    local verb=$words[2]
    [[ $verb == fleet && $words[3] == [a-z]* ]] && verb="fleet $words[3]"
    case $verb in
{cases}
        *) _arguments {_zsh_arguments(run_without_name())} ;;
    esac
}}
_netcheck "$@"
"""


def fish() -> str:
    """For fish's vendor_completions.d."""
    first = "__fish_use_subcommand"
    lines = [
        f"complete -c netcheck -f -n {first} -a {_quoted(one.typed)} -d {_quoted(one.says)}"
        for one in commands()
        if " " not in one.typed
    ]
    lines += [_fish(first, option) for option in run_without_name()]
    for command in commands():
        seen = " ; and ".join(f"__fish_seen_subcommand_from {w}" for w in command.typed.split())
        lines += [_fish(seen, option) for option in command.options]
    return _HEAD + "\n".join(lines) + "\n"


def _flags(options: tuple[Told, ...]) -> str:
    return " ".join(flag for option in options for flag in option.flags)


def _bash_case(command: Command) -> str:
    return f"        {_quoted(command.typed)}) options={_quoted(_flags(command.options))} ;;"


def _bash_values() -> str:
    """What follows an option that takes one of a few words, or a file."""
    choices: dict[str, set[str]] = {}
    for command in commands():
        for option in command.options:
            if option.choices:
                choices.setdefault(option.flags[-1], set()).update(option.choices)
    lines = [
        f'        {flag}) COMPREPLY=($(compgen -W {_quoted(" ".join(sorted(of)))} -- "$word"));'
        " return ;;"
        for flag, of in sorted(choices.items())
    ]
    return "\n".join(lines)


def _zsh_arguments(options: tuple[Told, ...]) -> str:
    return " ".join(_quoted(_zsh(option, flag)) for option in options for flag in option.flags)


def _zsh(option: Told, flag: str) -> str:
    help = option.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
    if not option.value:
        return f"{flag}[{help}]"
    what = f"({' '.join(option.choices)})" if option.choices else ""
    return f"{flag}[{help}]:{option.value}:{what or ('_files' if option.takes_file else ' ')}"


def _fish(when: str, option: Told) -> str:
    parts = [f"complete -c netcheck -n {_quoted(when)}"]
    parts += [
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    ]
    if option.value:
        parts.append("-r" if option.takes_file else "-x")
    if option.choices:
        parts.append(f"-a {_quoted(' '.join(option.choices))}")
    return " ".join([*parts, f"-d {_quoted(option.help)}"])


def _quoted(text: str) -> str:
    """For a shell, in single quotes. All three shells end a quote alike."""
    return "'" + text.replace("'", "'\\''") + "'"
