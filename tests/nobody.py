"""Acting as an ordinary user inside a network namespace: no groups, no capabilities."""

import ctypes
import os
import pickle
import traceback
from collections.abc import Callable
from typing import TypeVar

NOBODY = 65534
_CLONE_NEWNET = 0x40000000
_Answer = TypeVar("_Answer")


def as_nobody(namespace: str | os.PathLike[str], ask: Callable[[], _Answer]) -> _Answer:
    """What `ask` answers in that namespace, in a forked child of user 65534.

    A fork after the imports, because that user may not be able to read where Python lives.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _become_nobody_in(namespace)
            os.write(writing, pickle.dumps(ask()))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answered = file.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "the child failed; its own words are above"
    answer: _Answer = pickle.loads(answered)  # from our own child
    return answer


def _become_nobody_in(namespace: str | os.PathLike[str]) -> None:
    with open(namespace, "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
