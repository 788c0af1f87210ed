"""Every word a person reads, by id: `words("en").say("step.plug-cable")`. English is complete."""

from netcheck.text.template import clean, shown
from netcheck.text.words import Words, words

__all__ = ["Words", "clean", "shown", "words"]
