"""What the user says: of their own phone, of a phone beside it, of the Wi-Fi. People err."""

from dataclasses import dataclass
from enum import StrEnum

from netcheck.model.symptom import Symptom


class Switch(StrEnum):
    """A switch on the phone, as its owner sees it."""

    ON = "on"
    OFF = "off"


class Beside(StrEnum):
    """A second phone on the same carrier in the same place: the symptom's control."""

    WORKS = "works"
    FAILS = "fails"


class SameWifi(StrEnum):
    """Whether the phone is on the network that this device tests."""

    YES = "yes"
    NO = "no"
    HOTSPOT = "hotspot"  # it is the phone that gives this device its network


class Question(StrEnum):
    """What a person may be asked about their phone; the value is the thing the answer finds."""

    SYMPTOM = "symptom"
    AIRPLANE = "airplane-told"
    BESIDE_ME = "beside-me"
    SAME_WIFI = "same-wifi"


ANSWERS: dict[Question, tuple[str, ...]] = {
    Question.SYMPTOM: tuple(Symptom),
    Question.AIRPLANE: tuple(Switch),
    Question.BESIDE_ME: tuple(Beside),
    Question.SAME_WIFI: tuple(SameWifi),
}
"""All that can be said to each question."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """The witness's word, one closed choice a question. None: not asked, or not answered."""

    symptom: Symptom | None = None
    airplane: Switch | None = None
    beside_me: Beside | None = None
    same_wifi: SameWifi | None = None

    def answer_to(self, question: Question) -> str | None:
        """What was said to it."""
        return {
            Question.SYMPTOM: self.symptom,
            Question.AIRPLANE: self.airplane,
            Question.BESIDE_ME: self.beside_me,
            Question.SAME_WIFI: self.same_wifi,
        }[question]

    def with_answer(self, question: Question, answer: str) -> "Testimony":
        """The same word with one more answer. Raises ValueError for what is no choice."""
        answers = {one: self.answer_to(one) for one in Question} | {question: answer}
        return said(*(answers[one] for one in Question))


NOTHING_SAID = Testimony()


def said(
    symptom: str | None = None,
    airplane: str | None = None,
    beside_me: str | None = None,
    same_wifi: str | None = None,
) -> Testimony:
    """From the words of a command line. Raises ValueError for what is no choice."""
    return Testimony(
        Symptom(symptom) if symptom else None,
        Switch(airplane) if airplane else None,
        Beside(beside_me) if beside_me else None,
        SameWifi(same_wifi) if same_wifi else None,
    )
