"""Whether words that name an alarm also raise one: negation, time, person, and talk about things in general.

The cues are concepts like any other, in ``concepts/scope.toml``. After NegEx and ConText (Chapman 2001,
Harkema 2009): a cue governs what stands in its clause, and some phrases only look like cues.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import IntEnum

from medqa.safety.matching import Spans
from medqa.safety.patterns import Span

_SENTENCE_END = re.compile(r"[!?;\n]|\.(?!\d)")
_CLAUSE_END = re.compile(r"[,:()!?;\n]|\.(?!\d)| (?:but|and|then|although|though|however|so|because|since|yet) ")
_HANZI_CLAUSE_END = re.compile(r"但是?|不过|可是|然后|而且|并且|所以|因为")
_CONDITION_END = re.compile(r"[,:()!?;\n]|\.(?!\d)| (?:but|then|although|though|however|because) |但是?|不过|可是")
"""Where a condition ends; "if I am stung and my throat swells" is one."""
_NEGATION_STOP = re.compile(
    r"[.!?;:\n()]| (?:but|except|only|however|though|although|just|now|then|because|so|since|and (?:i|my|he|she|now))"
    r"(?![a-z])|但|不过|可是|只是|而是|就是|,(?=.{0,3}(?:i |my |he |she |his |her |我|他|她|现在|今|突然))|却|反而"
)
_CUES = (
    "negation",
    "past",
    "lately",
    "onset",
    "now",
    "info",
    "weak_info",
    "personal",
    "hypothetical",
    "quoted",
    "animal",
    "prevent",
    "knowing_if",
    "own",
    "scene",
    "denial",
    "imagined",
)
_DENYING = ("negation", "quoted", "animal", "prevent", "denial", "imagined")
_DENIED_AFTER = re.compile(
    r"(?: ?: ?(?:no(?!\.? ?\d)|none|nil|无|没有|阴性)| ?\(-\)|(?:都|也)?(?:没有|阴性)(?=[,.;!\n]|$)| negative)(?![a-z])"
)


_PLAIN_DENIAL = re.compile(
    r"(?<![a-z])(?:denie[sd]|denying|ruled out|never had (?:any|trouble|problems?)(?!.{0,40}(?:like|this bad|before)))"
    r"(?![a-z])"
)
"""Denies wherever it stands, even between the words of one mention: "coughed and never had any blood"."""
_WANTING = re.compile(r"(?:want|wish|plan|intend|going|mean|like) to .* (?:or|and) (?:to )?$")
_AWAKE = re.compile(
    r"(?<![a-z])(?:woke|wake|awake|waking|now|really|honestly|actually|truth|real life|so (?:do|am) i|me too)(?![a-z])|"
    r"醒|现在|真的"
)
"""After a dream, what is told of the waking hours."""
_STILL_THERE = re.compile(r"(?:woke|wake|awake)[^\n]{0,30}(?<![a-z])still(?![a-z])|醒[^\n]{0,8}(?:还|依然|仍|也)")
_AS_FOR_ME = re.compile(
    r" ?(?:i|id|im|ill|ive|我)(?: (?:just|really|actually|did|do|was|were|had|go|went))*(?:真的|就)? ?"
)
"""Between "if" and a wish to die: whoever supposes it of themselves speaks of themselves."""
_BARE_WORD = re.compile(r"suicid[a-z]*|self ?harm[a-z]*|overdos[a-z]*|kms|自[杀伤残尽虐]|轻生|跳楼|遗书|告别信")
_I_AM = re.compile(
    r"(?<![a-z])(?:i am|im|i feel|i keep feeling|i want|ive been)(?: [a-z]+)? $|"
    r"我(?:真的?|现在|很|又|好|就)?(?:想|要|准备|打算)$"
)
_I = re.compile(r"(?<![a-z])(?:i|im|ive|ill|id|myself)(?![a-z])|我")
_SOMEBODY_SAYS = re.compile(
    r"(?<![a-z])(?:he|she|they|who|someone|people|patients?|friends?|mates?|hes|shes|if|when|asked|physio)(?![a-z])|"
    r"[他她]|如果|要是|朋友|同学|别人|有人|病人|孩子|学生|[痒忙困烦饿辣]得?我?|哈哈|[猫狗「」]|歌词|我家|跟我说"
)
_QUOTED = re.compile(r'"[^"\n]{4,}"|[「『][^」』\n]{2,}[」』]')
_OPENING = 4
"""A time cue that starts within so many characters of its sentence ("In 2015, …") governs all of it."""


class Standing(IntEnum):
    """How far a mention counts: not at all, as a reason for a soft card, or in full."""

    ABSENT = 0
    SOFT = 1
    ACTIVE = 2


class Scope:
    """The cues of one text, ready to be asked about any stretch of it."""

    def __init__(self, text: str, spans: Spans) -> None:
        self._text = text
        self._sentence_ends = [m.end() for m in _SENTENCE_END.finditer(text)]
        self._turn_ends = [m.end() for m in re.finditer("\n", text)]
        ends = {m.end() for p in (_CLAUSE_END, _HANZI_CLAUSE_END) for m in p.finditer(text)}
        self._clause_ends = sorted(ends)
        self._condition_ends = [m.end() for m in _CONDITION_END.finditer(text)]
        said = [span for name, found in spans.items() if not name.startswith("cue_") for span in found]
        self._cues = {name: _outside(spans.get(f"cue_{name}", []), spans.get(f"cue_not_{name}", [])) for name in _CUES}
        for name in ("negation", "animal"):
            self._cues[name] = [
                cue for cue in self._cues[name] if _PLAIN_DENIAL.match(text, cue[0]) or not _is_inside(cue, said)
            ]
        learning = [*spans.get("cue_learning", []), *spans.get("cue_quoted", [])]
        self._cues["personal"] = _outside(self._cues["personal"], learning)
        self._cues["info"] = [*self._cues["info"], *spans.get("cue_learning", [])]
        self._fiction = spans.get("cue_fiction", [])
        self._professional = spans.get("cue_professional", [])
        self._may_cause = spans.get("cue_may_cause", [])
        written = {self.turn(a) for a, _ in spans.get("cue_written", [])}
        self._quotations = [m.span() for m in _QUOTED.finditer(text) if self.turn(m.start()) in written]

    def _sentence_start(self, sentence: int) -> int:
        return self._sentence_ends[sentence - 1] if sentence else 0

    def sentence(self, at: int) -> int:
        """The number of the sentence at an offset."""
        return bisect_right(self._sentence_ends, at)

    def turn(self, at: int) -> int:
        """The number of the user's turn at an offset."""
        return bisect_right(self._turn_ends, at)

    def standing(self, span: Span, *, is_background: bool, is_grave: bool = False) -> Standing:
        """How far a mention counts."""
        if self._is_negated(span):
            return Standing.ABSENT
        if is_background:
            return Standing.ACTIVE
        if is_grave and self.is_said_of_oneself(span):
            return Standing.ABSENT if self._is_past(span, is_grave=True) else Standing.ACTIVE
        if self._is_elsewhere(span) or self._is_past(span, is_grave=is_grave):
            return Standing.ABSENT
        return min(self._learning(span), self._hypothetical(span, is_grave=is_grave))

    @property
    def has_denials(self) -> bool:
        """Whether there is any cue by which a mention could be denied."""
        told = self._fiction or self._professional or self._may_cause or self._quotations
        return bool(told) or any(self._cues[name] for name in _DENYING) or _DENIED_AFTER.search(self._text) is not None

    def is_denied(self, span: Span) -> bool:
        """Whether a mention says that the thing is not there: negated, or in a story."""
        return self._is_negated(span) or self._is_elsewhere(span)

    def is_elsewhere(self, window: Span) -> bool:
        """Whether a stretch as a whole is a story, a case for clinicians, or about a pet."""
        if _starts_inside(self._cues["own"], window):
            return False
        told = [*self._fiction, *self._professional]
        if not _starts_inside(self._cues["personal"], window):
            told += self._cues["quoted"]
        is_now = any(_starts_inside(self._cues[cue], window) for cue in ("now", "scene"))
        if _starts_inside(told, window) and not is_now:
            return True
        return _starts_inside(self._cues["animal"], window)

    def _is_negated(self, span: Span) -> bool:
        start, end = span
        if _DENIED_AFTER.match(self._text, end) or _PLAIN_DENIAL.search(self._text, start, end):
            return True
        if any(a <= start and end <= b for a, b in self._cues["denial"]):
            return True
        for cue_start, cue_end in self._cues["negation"]:
            if cue_end > start or start - cue_end > 60:
                continue
            between = self._text[cue_end:start]
            cue = self._text[cue_start:cue_end]
            if not _NEGATION_STOP.search(between) and _within_reach(cue, between, self._text[end : end + 40]):
                return True
        return False

    def is_said_of_oneself(self, span: Span) -> bool:
        """Whether "I" is the subject: a student of nursing who wants to die does not study that."""
        if self._is_imagined(span):
            return False
        start = max((end for end in self._clause_ends if end <= span[0]), default=0)
        if _BARE_WORD.fullmatch(self._text, *span):
            return _I_AM.search(self._text, start, span[0]) is not None
        clause = self._text[start : span[1]]
        return _I.search(clause) is not None and _SOMEBODY_SAYS.search(clause) is None

    def _is_elsewhere(self, span: Span) -> bool:
        """In a story, a leaflet, a side-effect list, somebody's patient, or a pet."""
        turn, sentence = self.turn(span[0]), self.sentence(span[0])
        if self._is_imagined(span) or any(a < span[0] and span[1] < b for a, b in self._quotations):
            return True
        is_own = self._has("own", span) or _STILL_THERE.search(self._text, span[1]) is not None
        if not is_own and any(self.turn(a) == turn for a, _ in self._fiction):
            return True
        is_case = any(self.turn(a) == turn for a, _ in self._professional)
        if is_case and not is_own and not self._has("now", span) and not self._has("scene", span):
            return True
        if any(self.sentence(a) == sentence and b <= span[0] for a, b in self._cues["animal"]):
            return True
        clause = bisect_right(self._clause_ends, span[0])
        if any(b <= span[0] and bisect_right(self._clause_ends, a) == clause for a, b in self._cues["prevent"]):
            return True
        effects = [b for a, b in self._may_cause if b <= span[0] and bisect_right(self._clause_ends, a) == clause]
        quotes = [b for a, b in self._cues["quoted"] if b <= span[0] and self.sentence(a) == sentence]
        return any(not any(b <= p < span[0] for p, _ in self._cues["personal"]) for b in effects + quotes)

    def _is_imagined(self, span: Span) -> bool:
        """Dreamt or played: after such a word in its sentence, before any of waking, and not still there after that."""
        sentence = self.sentence(span[0])
        imagined = [b for a, b in self._cues["imagined"] if b <= span[0] and self.sentence(a) == sentence]
        is_still_there = _STILL_THERE.search(self._text, span[1]) is not None
        return not is_still_there and any(not _AWAKE.search(self._text, b, span[1]) for b in imagined)

    def _is_past(self, span: Span, *, is_grave: bool) -> bool:
        """By the nearest time cue before the mention in its clause, else after it there, else opening its sentence.

        What is grave is not past for being some weeks old.
        """
        if not self._cues["past"] and not self._cues["lately"]:
            return False
        clause, sentence = bisect_right(self._clause_ends, span[0]), self.sentence(span[0])
        cues = [(a, True) for a, _ in self._cues["past"]] + [
            (a, False) for a, _ in self._cues["now"] + self._cues["onset"]
        ]
        lately = [] if is_grave else [(a, True) for a, _ in self._cues["lately"]]
        here = [(a, is_past) for a, is_past in cues + lately if bisect_right(self._clause_ends, a) == clause]
        before = max(((a, p) for a, p in here if a <= span[0]), default=None)
        after = min(((a, p) for a, p in here if a > span[0]), default=None)
        opening = self._sentence_start(sentence) + _OPENING
        earlier = max(
            ((a, p) for a, p in cues if a <= min(span[0], opening) and self.sentence(a) == sentence), default=None
        )
        for cue in (before, after, earlier):
            if cue is not None:
                return cue[1]
        return False

    def _learning(self, span: Span) -> Standing:
        """A question about the thing in general, with nobody in it, is no alarm."""
        turn, sentence = self.turn(span[0]), self.sentence(span[0])
        personal_here = any(self.sentence(a) == sentence for a, _ in self._cues["personal"])
        info_here = any(self.sentence(a) == sentence for a, _ in self._cues["info"])
        personal = any(self.turn(a) == turn for a, _ in self._cues["personal"])
        info = any(self.turn(a) == turn for a, _ in self._cues["info"])
        if info_here and not personal_here and not self._has("now", span):
            return Standing.ABSENT
        if info and not personal and not any(self.turn(a) == turn for a, _ in self._cues["now"]):
            return Standing.ABSENT
        weak = not personal and self._has("weak_info", span)
        is_acute = self._has("now", span) or self._has("onset", span)
        is_soft = (weak or self._has("knowing_if", span)) and not is_acute
        return Standing.SOFT if is_soft else Standing.ACTIVE

    def _hypothetical(self, span: Span, *, is_grave: bool) -> Standing:
        start = span[0]
        condition, sentence = bisect_right(self._condition_ends, start), self.sentence(start)
        supposed = [
            (a, b)
            for a, b in self._cues["hypothetical"]
            if b <= start and bisect_right(self._condition_ends, a) == condition
        ]
        if not supposed or (is_grave and _AS_FOR_ME.fullmatch(self._text, supposed[-1][1], start)):
            return Standing.ACTIVE
        personal = any(self.sentence(a) == sentence for a, _ in self._cues["personal"])
        return Standing.SOFT if personal else Standing.ABSENT

    def _has(self, cue: str, span: Span) -> bool:
        sentence = self.sentence(span[0])
        return any(self.sentence(a) == sentence for a, _ in self._cues[cue])


def _starts_inside(spans: list[Span], window: Span) -> bool:
    return any(window[0] <= start < window[1] for start, _ in spans)


def _outside(spans: list[Span], masks: list[Span]) -> list[Span]:
    """The spans that no mask touches."""
    return [(a, b) for a, b in spans if not any(a < d and c < b for c, d in masks)]


def _is_inside(span: Span, others: list[Span]) -> bool:
    """Whether a longer span holds this one: the "no" of "no pulse" denies nothing."""
    return any(a <= span[0] and span[1] <= b and (a, b) != span for a, b in others)


def _within_reach(cue: str, between: str, after: str) -> bool:
    """Whether a negation reaches over the words between; lists ("no X, Y or Z", 没有X、Y) are reached through."""
    if not cue.isascii():
        last = between.rpartition("、")[2]
        return "," not in between and len(last) <= (2 if cue == "不" else 6)
    fragments = between.split(",")
    if len(fragments) > 1:
        is_list = re.search(r"(?<![a-z])(?:or|nor|and)(?![a-z])", between + after.split(".")[0]) is not None
        return is_list and all(len(fragment.split()) <= 5 for fragment in fragments)
    if cue.endswith(("nt", "not")):
        return len(between.split()) <= 3 or _WANTING.search(between) is not None
    return len(between.split()) <= 5
