"""Why something could not be read or written, in the user's own words."""

import errno
import os

from netcheck.model.finding import Parameter
from netcheck.model.verdict import Worded
from netcheck.text import Words

# What the system says often enough to have words of its own: `reason.eacces` and its kin.
_OF_THE_SYSTEM = {
    os.strerror(number).lower(): f"reason.{errno.errorcode[number].lower()}"
    for number in (
        errno.EACCES,
        errno.EADDRINUSE,
        errno.EADDRNOTAVAIL,
        errno.EBADF,
        errno.EEXIST,
        errno.EIO,
        errno.EISDIR,
        errno.ENOENT,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    )
}


def in_words(value: Parameter | Worded, words: Words) -> Parameter:
    """A param as it stands in a sentence. What a library or a file format says stays English."""
    if isinstance(value, Worded):
        return words.say(value.id, value.params)
    if isinstance(value, str) and value in _OF_THE_SYSTEM:
        return words.say(_OF_THE_SYSTEM[value])
    return value
