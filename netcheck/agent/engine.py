"""Runs the plan: every check against every target in its own thread, each with its deadline.

Daemon threads and one queue, not an executor: an executor would hold the process's exit for a
hung `getaddrinfo`. Only the thread that calls `run` touches the engine's state.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from netcheck.agent.plan import Progress, ready
from netcheck.checks.contract import Check, Situation
from netcheck.model.observation import Observation, Observed, Target, error, failed, skipped
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.lag import LagWatch

_GRACE_S = 0.05  # a probe that keeps its own deadline reports within this
_MOST_ATTEMPTS = 2  # a starved check is tried once more
_SUMS_UP_MS = 1500  # what sends nothing and may last longer waits for something

_WEIGHED_EVERY_S = 0.2
_BUDGET, _ENOUGH = "budget", "enough-known"
CUT_SHORT = frozenset({_BUDGET, _ENOUGH})
"""What a check is told to have lacked that would have been made in a longer run."""

Heard = Callable[[Observation], None]
Summed = Callable[[Situation], Situation]
More = Callable[[], Sequence[Check]]


@dataclass(slots=True)
class _Task:
    check: Check
    target: Target
    started_s: float
    attempt: int
    over: bool = False


@dataclass(frozen=True, slots=True)
class _Done:
    """What a task observed, and when it had: the queue may be read later."""

    task: _Task
    observed: Observed
    ended_s: float


@dataclass(slots=True)
class _State:
    """Where one check stands."""

    started: bool = False
    ended: bool = False
    running: int = 0
    aimed: set[Target] = field(default_factory=set)


@dataclass(slots=True)
class _Added:
    """Further checks, or why there are none."""

    checks: Sequence[Check] = ()
    problem: Exception | None = None


_Event = _Done | _Added | Situation


class Engine:
    """One run of a catalogue of checks over one situation."""

    def __init__(
        self,
        checks: Sequence[Check],
        situation: Situation,
        *,
        budget_ms: float,
        starved_ms: float,
        heard: Heard | None = None,
        more: More | None = None,
        holds: Callable[[Check], bool] | None = None,
        settled: Callable[[Sequence[Check]], bool] | None = None,
        summed: Summed | None = None,
    ) -> None:
        """`more` gives further checks, and is asked in a thread while the first ones run.
        `holds` says which checks wait for `release`, whatever their needs. `settled` is shown the
        checks that have not ended, and says whether they can be spared. `summed` is the situation
        for checks that send nothing: with what was seen elsewhere than in this run."""
        self._checks = {check.id: check for check in checks}
        self._more = more
        self._holds = holds
        self._settled = settled
        self._summed = summed
        self._weighed_s = 0.0
        self._situation = situation
        self._budget_s = budget_ms / 1000
        self._starved_ms = starved_ms
        self._heard = heard
        self._states = {check.id: _State() for check in checks}
        self._good: set[str] = set()
        self._running: list[_Task] = []
        self._done: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._lag = LagWatch()
        self._began_s = self._ended_s = time.monotonic()
        self._idle_s = self._after_s = 0.0

    @property
    def idle_ms(self) -> float:
        """How long nothing ran because checks were held; it counts for no budget."""
        return self._idle_s * 1000

    def release(self, situation: Situation) -> None:
        """Let the held checks start, and look at this situation from now on. From any thread."""
        self._done.put(situation)

    def look_again(self, situation: Situation, checks: Iterable[str]) -> None:
        """Once `run` has returned: let these checks, which send nothing, look at what this
        situation newly gives them. In the calling thread."""
        self._situation = situation
        self._after_s = time.monotonic() - self._ended_s
        for id in checks:
            check, state = self._checks.get(id), self._states.get(id)
            if check is None or state is None:
                continue  # the budget was spent before it was loaded
            self._observe_here(check, state)

    def run(self) -> None:
        """Until every check has ended or the budget is spent. A KeyboardInterrupt passes through
        and leaves what was seen in the situation."""
        self._lag = LagWatch()  # one that was stopped watches no more
        self._lag.start()
        if self._more is not None:
            threading.Thread(target=self._load, args=(self._more,), daemon=True).start()
        try:
            self._advance()
            while self._running or self._more is not None or self._waits_for_release():
                if time.monotonic() > self._budget_ends_s:
                    self._give_up()
                    return
                self._wait()
                self._advance()
                if self._is_settled():
                    self._give_up(_ENOUGH)
                    return
        finally:
            self._lag.stop()
            self._ended_s = time.monotonic()

    def _is_settled(self) -> bool:
        """Asked only once something has failed, and a few times a second: it costs time itself."""
        now_s = time.monotonic()
        waits = self._more is not None or self._holds is not None
        if self._settled is None or waits or now_s - self._weighed_s < _WEIGHED_EVERY_S:
            return False
        if not any(o.outcome is Outcome.FAILED for o in self._situation.seen.all()):
            return False
        self._weighed_s = now_s
        return self._settled([c for id, c in self._checks.items() if not self._states[id].ended])

    def add(self, checks: Iterable[Check]) -> None:
        """Further checks; once `run` has returned, for another `run` in what is left of the
        budget."""
        for check in checks:
            self._checks[check.id] = check
            self._states[check.id] = _State()

    @property
    def left_ms(self) -> float:
        """What is left of the budget."""
        return max(0.0, (self._budget_ends_s - time.monotonic()) * 1000)

    def _load(self, more: More) -> None:
        try:
            self._done.put(_Added(more()))
        except Exception as problem:
            self._done.put(_Added(problem=problem))

    def _waits_for_release(self) -> bool:
        return any(self._is_held(id) and not self._states[id].ended for id in self._checks)

    def _is_held(self, id: str) -> bool:
        return self._holds is not None and self._holds(self._checks[id])

    @property
    def _budget_ends_s(self) -> float:
        return self._began_s + self._idle_s + self._budget_s

    def _wait(self) -> None:
        """For the next result, for a release, or for the next deadline."""
        if not self._running:
            waited_from_s, for_a_person = time.monotonic(), self._more is None
            self._take(self._done.get())
            if for_a_person:
                self._idle_s += time.monotonic() - waited_from_s
            return
        until = min(task.started_s + task.check.spec.deadline_ms / 1000 for task in self._running)
        until = min(until + _GRACE_S, self._budget_ends_s)
        try:
            self._take(self._done.get(timeout=max(0.001, until - time.monotonic())))
        except queue.Empty:
            self._end_overdue()

    def _take(self, event: _Event) -> None:
        if isinstance(event, _Done):
            if not event.task.over:
                self._finish(event.task, event.observed, event.ended_s)
        elif isinstance(event, _Added):
            self._more = None
            if event.problem is not None:
                raise event.problem
            self.add(event.checks)
        else:
            self._situation, self._holds = event, None

    def _end_overdue(self) -> None:
        now_s = time.monotonic()
        for task in list(self._running):
            if now_s - task.started_s > task.check.spec.deadline_ms / 1000:
                # What sends no packet can only be late because this machine is.
                packets = task.check.spec.packets
                late = error(Failure.STARVED, "this machine stood still")
                self._finish(task, failed(Failure.TIMEOUT) if packets else late, now_s)

    def _give_up(self, why: str = _BUDGET) -> None:
        """What is under way is not waited for, what only sums up does so now, and what never began
        says so, as far as it is loaded."""
        for task in list(self._running):
            self._finish(task, skipped(why), time.monotonic(), final=True)
        for id, state in self._states.items():
            check = self._checks[id]
            if state.started:
                continue
            state.started = state.ended = True
            waits = check.spec.packets or check.spec.deadline_ms > _SUMS_UP_MS
            if waits or not self._good.issuperset(check.spec.needs):
                self._skip(check, why)
                continue
            self._observe_here(check, state)

    def _observe_here(self, check: Check, state: _State) -> None:
        """What sends nothing, in the calling thread."""
        for target in self._targets(check):
            if target not in state.aimed:
                state.aimed.add(target)
                started_s = time.monotonic()
                self._tell(check, target, self._observed(check, target), started_s)

    def _for(self, check: Check) -> Situation:
        """The situation as that check is to see it."""
        if self._summed is None or check.spec.packets:
            return self._situation
        return self._summed(self._situation)

    def _targets(self, check: Check) -> list[Target]:
        try:
            return list(check.targets(self._for(check)))
        except Exception as problem:
            self._tell(check, Target(check.id), _broken(problem), time.monotonic())
            return []

    def _observed(self, check: Check, target: Target) -> Observed:
        try:
            return check.observe(target, self._for(check))
        except Exception as problem:
            return _broken(problem)

    def _advance(self) -> None:
        """Start and skip whatever may be, until nothing more follows from what is known."""
        while True:
            specs = [check.spec for check in self._checks.values()]
            started = {id for id, state in self._states.items() if state.started}
            ended = frozenset(id for id, state in self._states.items() if state.ended)
            now = ready(specs, started, Progress(frozenset(self._good), ended))
            start = [id for id in now.start if not self._is_held(id)]
            for id, unmet in now.skip:
                self._skip(self._checks[id], unmet)
            for id in start:
                self._states[id].started = True
                self._aim(self._checks[id])
            if not self._close() and not start and not now.skip:
                return

    def _skip(self, check: Check, unmet: str) -> None:
        state = self._states[check.id]
        state.started = state.ended = True
        self._tell(check, Target(check.id), skipped(unmet), time.monotonic())

    def _aim(self, check: Check) -> None:
        """Start the check against every target it names now and has not been aimed at."""
        state = self._states[check.id]
        for target in self._targets(check):
            if target not in state.aimed:
                state.aimed.add(target)
                self._launch(check, target, attempt=1)

    def _launch(self, check: Check, target: Target, attempt: int) -> None:
        task = _Task(check, target, time.monotonic(), attempt)
        self._states[check.id].running += 1
        self._running.append(task)
        threading.Thread(target=self._perform, args=(task,), daemon=True).start()

    def _perform(self, task: _Task) -> None:
        observed = self._observed(task.check, task.target)
        self._done.put(_Done(task, observed, time.monotonic()))

    def _finish(
        self, task: _Task, observed: Observed, ended_s: float, *, final: bool = False
    ) -> None:
        task.over = True
        self._running.remove(task)
        self._states[task.check.id].running -= 1
        observed = self._starved(task, observed, ended_s)
        if observed.failure == Failure.STARVED and task.attempt < _MOST_ATTEMPTS:
            self._launch(task.check, task.target, task.attempt + 1)
            return
        self._tell(task.check, task.target, observed, task.started_s, ended_s)
        if final:
            return
        for follower in self._checks.values():
            if follower.spec.follows == task.check.id and self._states[follower.id].started:
                self._aim(follower)

    def _starved(self, task: _Task, observed: Observed, ended_s: float) -> Observed:
        """A failure measured while this machine stood still says nothing of the network."""
        if observed.outcome != Outcome.FAILED or not task.check.spec.packets:
            return observed
        lag_ms = self._lag.worst_between(task.started_s, ended_s)
        if lag_ms <= (task.check.spec.bears_lag_ms or self._starved_ms):
            return observed
        detail = f"this machine stood still for {lag_ms:.0f} ms"
        return replace(error(Failure.STARVED, detail), facts=None)

    def _tell(
        self,
        check: Check,
        target: Target,
        observed: Observed,
        started_s: float,
        ended_s: float | None = None,
    ) -> None:
        """`ended_s`: now, unless it was earlier. A person's time to think counts for nobody, while
        the checks were held or after all of them."""
        ended_s = time.monotonic() if ended_s is None else ended_s
        began_s = self._began_s + self._idle_s + self._after_s
        interface = self._situation.interface
        observation = Observation(
            check=check.id,
            target=target,
            outcome=observed.outcome,
            failure=observed.failure,
            facts=observed.facts,
            start_ms=round((started_s - began_s) * 1000, 1),
            duration_ms=round((ended_s - started_s) * 1000, 1),
            interface=interface.name if interface else None,
            unmet=observed.unmet,
            detail=observed.detail,
        )
        self._situation.seen.add(observation)
        if observed.outcome == Outcome.OK:
            self._good.add(check.id)
        if self._heard is not None:
            self._heard(observation)

    def _close(self) -> bool:
        """End the checks that have nothing running and nothing more to wait for."""
        closed = False
        for id, state in self._states.items():
            follows = self._checks[id].spec.follows
            waits = (
                follows in self._states and not self._states[follows].ended if follows else False
            )
            if state.started and not state.ended and not state.running and not waits:
                if follows and not state.aimed:
                    now_s = time.monotonic()
                    self._tell(self._checks[id], Target(id), skipped(str(follows)), now_s)
                state.ended = closed = True
        return closed


def _broken(problem: Exception) -> Observed:
    """A defect of ours must not look like a broken network, nor end the run."""
    return error(Failure.BROKEN, f"{type(problem).__name__}: {problem}")
