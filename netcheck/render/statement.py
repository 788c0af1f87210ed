"""A statement as it is read by whoever gets it: plain text, always the same for the same statement.

In English and in UTC, whatever the device speaks: `verify` makes it anew and compares.
"""

from collections.abc import Mapping
from typing import Any

from netcheck.model.finding import Parameter
from netcheck.render.history import fault_name
from netcheck.render.layout import wrap
from netcheck.text import Words

_WIDTH = 78


def render(statement: Mapping[str, Any], *, key: str, stamped: bool, words: Words) -> str:
    """`statement` as a document (`desk.statement.Statement`), `key` the public one in base64."""
    english = words.english
    name = fault_name(statement["fault"], statement["side"], english)

    def said(id: str, **params: Parameter) -> str:
        return english.say(f"statement.{id}", params)

    lines = [said("title"), ""]
    lines += wrap(said("about", name=statement["netcheck"], count=statement["rules"]), _WIDTH)
    if statement["carrier"]:
        lines += wrap(said("carrier", name=statement["carrier"]), _WIDTH)
    lines += wrap(said("began", time=statement["began"]), _WIDTH)
    over = statement["over"]
    lines += wrap(
        said("over", time=over) if over else said("last", time=statement["seen_last"]), _WIDTH
    )
    sure = round(100 * statement["confidence"])
    lines += wrap(said("verdict", name=name, reason=_side(statement, english), count=sure), _WIDTH)
    lines += ["", *wrap(said("looks", count=statement["looks_seen"]), _WIDTH), ""]
    for look in statement["looks"]:
        if look["cut"]:
            lines.append("  " + said("cut", count=look["cut"]))
        lines.append(_look(look["body"]))
    lines += ["", *wrap(said("proves"), _WIDTH), *wrap(said("limits"), _WIDTH)]
    lines += wrap(said("timestamp" if stamped else "no-timestamp"), _WIDTH)
    lines += ["", said("key", name=key), ""]
    return "\n".join(lines) + "\n"


def _side(statement: Mapping[str, Any], words: Words) -> str:
    id = f"side.{statement['side']}"
    return words.say(id) if id in words else str(statement["side"])


def _look(body: Mapping[str, Any]) -> str:
    sure = body.get("confidence")
    share = f"{round(100 * sure)} %" if isinstance(sure, int | float) else ""
    what = body.get("fault") or body.get("side")
    return f"  {body.get('at')}  {body.get('severity')!s:9} {what}  {share}".rstrip()
