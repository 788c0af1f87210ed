"""What waits in the outbox, sent one by one, each read again and written down before it goes.

What lay on the disk may have been changed there: what is no report to the last byte never goes.
"""

import time
from dataclasses import dataclass

from netcheck.report.delivery import Came, Way
from netcheck.report.reading import NotAReport, read
from netcheck.report.sending import deliver, lacking
from netcheck.report.timing import next_try_s
from netcheck.store import outbox, sent_log


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What came of it. `dropped` were too old or no reports; `left` still wait; `came` is the last
    answer, None where nothing was due."""

    accepted: int = 0
    refused: int = 0
    dropped: int = 0
    left: int = 0
    came: Came | None = None


def send_waiting(way: Way, *, only_due: bool) -> Outgoing:
    """Send what waits, oldest first, until a try is in vain; then the rest waits too.

    With `only_due` one report goes and the next waits for the next time: what waited for days in
    one outbox would else arrive in one row, and tell that it is one device's. Weakness: who sends
    all at once by hand gives that away.

    Raises:
        StoreUnavailable: somebody else sends just now, or the state cannot be written. What cannot
            be written down is not sent.
    """
    before = _dropped()
    outbox.drop_old(time.time())
    accepted = refused = 0
    came = lacking(way)
    if came is not None:
        left = len(outbox.waiting())
        return Outgoing(dropped=_dropped() - before, left=left, came=came if left else None)
    with outbox.sending():
        for report in outbox.waiting():
            if only_due and not report.is_due(time.time()):
                continue
            if not outbox.waits(report.id):  # thrown away meanwhile
                continue
            if not _is_report(report):
                outbox.drop_broken(report.id)
                continue
            came = _send(report, way)
            accepted += came is Came.ACCEPTED
            refused += came is Came.REFUSED
            if only_due or not came.is_final:
                break
    return Outgoing(accepted, refused, _dropped() - before, len(outbox.waiting()), came)


def _dropped() -> int:
    known = outbox.state()
    return known.dropped_old + known.dropped_full + known.dropped_broken


def _is_report(waiting: outbox.Waiting) -> bool:
    try:
        return read(waiting.body.encode("ascii")).report_id == waiting.id
    except (UnicodeEncodeError, NotAReport):
        return False


def _send(report: outbox.Waiting, way: Way) -> Came:
    began_s = time.time()
    entry = sent_log.Sent(report.id, began_s, way.first_stop or "", report.body)
    sent_log.begin(entry)
    answer = deliver(report.body.encode("ascii"), way)
    sent_log.end(entry, answer.came.value)
    now_s = time.time()
    if answer.came.is_final:
        outbox.settle(report, now_s, accepted=answer.came is Came.ACCEPTED)
    else:
        outbox.put_off(report, next_try_s(report.tries, now_s, answer.after_s))
    return answer.came
