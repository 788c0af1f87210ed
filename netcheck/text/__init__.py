"""Every word a person reads, by id: `words("en").say("step.plug-cable")`. English is complete."""

from netcheck.text.loader import Words, words
from netcheck.text.template import clean, shown

__all__ = ["Words", "clean", "shown", "words"]
