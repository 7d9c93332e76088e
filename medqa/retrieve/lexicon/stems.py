"""English words as the lexicon compares them: case, accents, plurals and British spelling folded."""

from __future__ import annotations

_ACCENTS = str.maketrans("áàâäãåéèêëíìîïóòôöõøúùûüñç’", "aaaaaaeeeeiiiioooooouuuunc'")
_LONG, _LONGER, _LONGEST = 3, 4, 5  # letters; shorter words are taken as they are


def folded(text: str) -> str:
    """Lower case without accents, of the same length as ``text``."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a capital whose small letter is two characters, such as İ
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return lowered if lowered.isascii() else lowered.translate(_ACCENTS)


def stem(word: str) -> str:
    """The word without possessive and plural endings, in American spelling; both sides are compared so."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) > _LONGEST:
        word = word.replace("ae", "e").replace("oe", "e").replace("our", "or")
    if len(word) > _LONGER and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > _LONG and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


class Stems(dict[str, str]):
    """Stems by word, each worked out once."""

    def __missing__(self, word: str) -> str:
        self[word] = found = stem(word)
        return found
