"""English text: which runs of capitalised words name a person.

Each word is weighed by the lists (given names and surnames, ordinary words, words of medicine, places), and each run
by what stands around it: a title, kinship, a greeting or a signature speak for a person; a clinical noun after it
("Crohn's disease", "the Glasgow scale") speaks against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag, auto
from functools import lru_cache

from medqa.safety.deidentify.wordlists import folded, words

_LETTER = r"[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"  # of any alphabet
_TOKEN = re.compile(rf"{_LETTER}(?:{_LETTER}|['’´`-](?={_LETTER}))*")
_PARTICLES = frozenset(
    "van von de der den del della di da dos das do du la le el al bin ibn abu ter ten zu zur af av y e st".split()
)
_NEVER = frozenset(
    "my our your his her its their the an and or but if of in on at to for with from by as is are was were am be been can could do does did has have had he she "
    "it we you they us me him them this that these those what who which when where why how not no yes please thanks so than then too very x-ray".split()
)
_OPENERS = frozenset(
    "will may can do did does see ask tell call let an so my the long love dear hi hey hello don im".split()
)  # names, or words before one
_JOINT = re.compile(r"[ \u00a0]|\.[ \u00a0]?|[ \u00a0]\.")
_POSSESSIVE = re.compile(r"['’´`][sS]$")
_CONTRACTED = re.compile(r"['’](?:m|re|ve|ll|d|t)$", re.IGNORECASE)

_TITLE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Drs|Prof|Professor|Sir|Dame|Lord|Lady|Nurse|Matron|Mister|Madam|Master|Rev|Reverend|Fr|Capt|"
    r"Captain|Sgt|Sergeant|Lt|Judge|Uncle|Aunt|Auntie|Aunty|Grandma|Grandpa|Granny|Grandad|Granddad|Señora?|"
    r"Monsieur|Madame|Mme|Mlle|Herr|Frau|Signora?|Midwife|Consultant|Surgeon|Pharmacist|Therapist|Counsellor|Physiotherapist)"
    r"|\b(?:mr|mrs|miss|dr))\.?[ \u00a0]+$"
)
_KIN = (
    r"wife|husband|partner|spouse|fianc[ée]e?|boyfriend|girlfriend|son|daughter|mother|father|mum|mom|mummy|mommy|dad|daddy|"
    r"brother|sister|baby|child|kid|twins?|toddler|grand(?:mother|father|son|daughter|ma|pa|child)|gran|nan|nana|uncle|aunt|auntie|cousin|nephew|niece|"
    r"(?:mother|father|sister|brother|son|daughter)-in-law|step(?:son|daughter|mother|father|mum|mom|dad)|friend|neighbou?r|carer|caregiver|colleague|roommate|"
    r"flatmate|boss|teacher|doctor|gp|nurse|surgeon|dentist|midwife|consultant|therapist|counsellor|pharmacist|specialist|cardiologist|"
    r"oncologist|neurologist|psychiatrist|physician|patient|client|guardian|dog|cat"
)
_CALLED = re.compile(
    r"(?:\b(?:name(?:'s|’s)?(?: is| was)?|(?:is|was|were|am|are|be|been|'s|’s) (?:called|named)|named|called|nicknamed|née|nee|aka|a\.k\.a\.|"
    r"surname(?: is)?|(?:first|last|full|maiden|given|family|middle) name(?: is)?|signed(?: by)?|seen by|reviewed by|referred by|referred to|"
    r"written by|dictated by|prescribed by|accompanied by|treated by|operated on by|cared for by|under the care of|registered as|attn|attention|care of|"
    r"speak(?:ing)? (?:to|with)|spoke (?:to|with)|ask(?:ing)? for|contact|next of kin|emergency contact|patient|client|claimant|"
    r"resident|witness|employee|author|physician|provider|consultant|clinician|attending|for|from|to|re|by|cc)"
    r"(?: is| was)?[ \t]*[:：=-]?|c/o)[ \t\u00a0]*$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"(?:\bname(?:'s|’s)?(?: is| was)|\b(?:last |first |sur)?name\?|\bnam(?:ed|ing) (?:him|her|it|them)|\bnam(?:e|ed)[ \t]*[:：]|\b(?:first|last|full|maiden|given|family) name(?: is)?[ \t]*[:：]?|\bsurname(?: is)?[ \t]*[:：]?|"
    r"\b(?:is|was|am|are) (?:called|named)|\bnicknamed|\b(?:patient|client|contact|next of kin|physician|provider|consultant|attending|signed|"
    r"from|to|re|attn|cc|author|gp)[ \t]*[:：]|\bsigned(?: by)?|\b(?:seen|reviewed|referred|written|dictated|prescribed|accompanied|witnessed) by|"
    r"\bspeak(?:ing)? (?:to|with)|\bask(?:ing)? for|c/o)[ \t\u00a0]*$",
    re.IGNORECASE,
)
_KINSHIP = re.compile(rf"\b(?:{_KIN})(?:'s|’s)?(?: (?:is|was) (?:called|named))?,?[ \t\u00a0]+$", re.IGNORECASE)
_GREETING = re.compile(
    r"(?:^|[\n.!?,;:–—-][ \t]*|\b(?:oh|so|and|but) )(?:dear|hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening)|thanks|thank you|cheers|"
    r"(?:kind|best|warm|many)? ?(?:regards|wishes)|yours(?: (?:sincerely|faithfully|truly))?|sincerely|love|xx?|signed|best)"
    r"[,!. \t\u00a0]*(?:\r?\n[ \t]*)*[–—-]?[ \t]*$",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:I am|I'm|I’m|this is|it is|it's|it’s|that is|that's|i am|im|i'm|here is|meet)[ \u00a0]+$")
_PERSON_AFTER = re.compile(
    r"^(?:['’]s)?,?[ \u00a0]+(?:who|whom|whose|said|says|told|asked|asks|replied|called|calls|rang|phoned|texted|wrote|thinks|thought|lives|lived|works|worked|"
    r"was born|is a|is an|is from|comes from|is my|was my|is \d|was \d|aged?|has been|has had|complains|complained|complaining|reports|reported|denies|denied|presents|presented|came|went|took|takes|felt|feels|"
    r"fell|died|needs|wants|wanted|suffers|suffered|woke|cried|started|lost|became|got|gets|explained|agreed|refused|mentioned|noticed|attended|visited|"
    r"wife|husband|mother|father|mum|mom|dad|daughter|son|sister|brother|doctor|birthday|house|phone|address|appointment|notes|records?|baby|results|mobile|number)\b"
)
_CLINICAL_AFTER = re.compile(
    r"^(?:['’´`]s?)?[ \u00a0-]+(?:(?!(?:to|on|in|at|and|or|with|for|from|the|a|an|is|was|has|had|said|of|about|by|who|my|me)\b)[\w-]+[ \u00a0-]+)?"
    r"(?:[\w-]*(?:disease|syndrome|disorder|palsy|lymphoma|sarcoma|tumou?r|fracture|dystrophy|dementia|carcinoma|cancer|"
    r"an(?:a)?emia|virus|fever|thyroiditis|o?esophagus|hernia|ulcer|angina|chorea|ataxia|nephropathy|neuropathy|encephalopathy|psychosis|arteritis|vasculitis|arthritis|dermatitis|gangrene|"
    r"granulomatosis|purpura|ophthalmopathy|goit(?:er|re)|aphasia|paralysis|epilepsy|migraine|h(?:a)?emophilia|deformity|contracture|infection|bacterium|bacteria|vaccine)s?|signs?|tests?|scales?|scores?|index|"
    r"classification|criteria|criterion|phenomenon|manoeuvre|maneuver|procedure|operation|reflex|law|cells?|body|bodies|nodes?|nodules?|patch(?:es)?|catheter|tube|line|lines|stain|agar|rings?|spots?|cyst|glands?|"
    r"ducts?|canal|tremor|position|exercises?|equation|formula|method|needle|clamp|forceps|speculum|diverticulum|pouch|space|loop|capsule|tubules?|ligament|tendon|muscle|nerve|artery|vein|triad|tetralogy|pentad|rules?|"
    r"effect|staging|grad(?:e|ing)|stage|types?|diet|vitamins?|species|spp|scan|trial|study|guidelines?|technique|device|questionnaire|inventory|interview|assessment|tool|pill|tablets?|cream|gel|ointment|"
    r"injections?|inhaler|spray|drops|capsules?|medication|dose|mg|mcg|ml|units?|coma|murmur|respirations?|breathing|pulse|filter|suture|incision|splint|traction|frame|bandage|chart|hair|plot|stockings|"
    r"membrane|layer|corpuscles?|fibres?|fibers?|plexus|islets?|lobe|fissure|fold|gait|pupils?|sphincter|valve|shunt|graft|flap|block|rash|melanoma|neoplasm|thrombosis|endocarditis|meningitis|pneumonia|diabetes|"
    r"pattern|complex|sequence|mutation|gene|protein|antigen|antibod(?:y|ies)|reaction|response|effect|paradox|hypothesis|model|theory|units|degrees?|waves?|rhythm|interval|count|ratio|protocol|regimen|therapy|treatment)\b",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"^,?[ \u00a0]+(?:who|said|says|told|asked|asks|replied|rang|phoned|texted|wrote|complain(?:s|ed)|was born|fell|died)\b"
)
_ADDRESSED = re.compile(r"^(?:, (?:can|could|please|will|would|do|did|are|have|what|how|you|I)\b|: [A-Z])")
_OWNED = re.compile(r"^['’´`]s[ \u00a0]+[a-z]")
_CLINICAL_BEFORE = re.compile(
    r"\b(?:diagnosed with|diagnosis of|tested? for|treat(?:ed|ment)? (?:for|of)|symptoms of|signs of|history of|type of|form of|case of|suffer(?:s|ing)? from|cure for|vaccine for|take|takes|taking|took|prescribed|"
    r"tablets of|dose of|mg of|on|stop|start|started|using|medicine|drug|medication|have|has|had|with|got)[ \u00a0]+$",
    re.IGNORECASE,
)
_MEDICINE = re.compile(
    r"(?:mab|nib|pril|sartan|statin|olol|azole|cillin|mycin|micin|floxacin|gliptin|gliflozin|glutide|prazole|triptan|dipine|"
    r"zosin|oxetine|azepam|azolam|zepine|barbital|ciclovir|navir|tegravir|buvir|caine|thiazide|semide|formin|parin|xaban|"
    r"gatran|grel|solone|phylline|terol|tropium|cycline|setron|profen|fenac|oxicam|coxib|dronate|parib|ciclib|rubicin|platin|"
    r"taxel|trexate|itis|osis|emia|aemia|opathy|ectomy|otomy|ostomy|plasty|scopy|graphy|algia|uria|pnea|pnoea|coccus|cocci|"
    r"bacter|bacillus|bacterium|virus|plasma|monas|cyte|cytes|genic|logy|logist|logists|metry|rrhea|rrhoea|lysis|genesis|"
    r"penia|phobia|plegia|tropin|globulin|hormone|hydrate|chloride|sulfate|sulphate|phosphate|zole)$"
)
_CHEMICAL = re.compile(r"(?:ine|ide|vir|sone|olone|one|ase|gen|ium|oma|ella|acid|ate|ol)$")
_NAME_ENDS = re.compile(
    r"(?:sson|sdottir|sdóttir|sen|wicz|ski|ska|sky|skaya|skiy|owa|ova|ová|eva|enko|chuk|ović|ovic|ević|evic|escu|eanu|idis|opoulos|akis|yan|shvili|adze|nen|"
    r"quist|qvist|berg|strom|ström|stein|mann|ington|worth|shaw|azzi|etti|elli|ucci|iak|czyk|arz|ián|ész|ős|ffy|oğlu|oglu)$"
)


class Kind(IntFlag):
    """What the lists say of a word."""

    GIVEN = auto()
    SURNAME = auto()
    COMMON = auto()
    PLACE = auto()
    EPONYM = auto()
    CLINICAL = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text without possessive ending, and what the lists say of it."""

    start: int
    end: int
    text: str
    kind: Kind

    @property
    def is_initial(self) -> bool:
        """A single capital, as in "John F. Smith"."""
        return len(self.text) == 1 and self.text.isupper()

    @property
    def is_shouted(self) -> bool:
        """All in capitals: mostly an abbreviation."""
        return len(self.text) > 1 and self.text.isupper()

    @property
    def can_name(self) -> bool:
        """Whether it may stand inside a name at all."""
        named = bool(self.kind & (Kind.GIVEN | Kind.SURNAME))
        if self.is_initial:
            return self.text != "I"
        if self.text.lower() in _NEVER:
            return False
        if self.is_shouted and not (named and len(self.text) > 3):
            return False
        return named or not self.kind & (Kind.COMMON | Kind.PLACE | Kind.CLINICAL)

    @property
    def may_follow(self) -> bool:
        """An ordinary word that is a surname where it follows a given name: "Zoe Young"."""
        return bool(self.kind & Kind.COMMON) and not self.kind & (Kind.CLINICAL | Kind.PLACE) and not self.is_shouted

    @property
    def names_alone(self) -> bool:
        """Whether it names a person wherever it stands: on a list of names and on no other."""
        others = Kind.COMMON | Kind.PLACE | Kind.EPONYM | Kind.CLINICAL
        return bool(self.kind & (Kind.GIVEN | Kind.SURNAME)) and not self.kind & others and not self.is_shouted

    @property
    def is_unknown(self) -> bool:
        """On no list, and not in the form of a medicine or a finding."""
        return not self.kind and len(self.text) > 2 and not self.is_shouted

    @property
    def may_be_chemical(self) -> bool:
        """On no list, and ends as many medicines and many names do."""
        return not self.kind and self.text.isascii() and _CHEMICAL.search(self.text) is not None


def english_names(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the names of people; they may overlap. A name once found is found wherever its parts recur."""
    found: list[tuple[int, int]] = []
    for run in _runs(text):
        found += _named(text, run)
    found += _lower_case(text)
    yield from found
    yield from _recurring(text, found)


@lru_cache(maxsize=20_000)
def kind_of(word: str) -> Kind:
    """What the lists say of a word, whatever its case."""
    plain = folded(word).replace("’", "'").replace("´", "'").replace("`", "'")
    kind = Kind(0)
    for flag, name in (
        (Kind.GIVEN, "given_names"),
        (Kind.SURNAME, "surnames"),
        (Kind.PLACE, "places"),
        (Kind.EPONYM, "eponyms"),
        (Kind.CLINICAL, "clinical"),
    ):
        if plain in words(name):
            kind |= flag
    if _is_common(plain):
        kind |= Kind.COMMON
    if "-" in plain:
        kind |= _kind_of_parts(plain)
    if not kind and _MEDICINE.search(plain):
        kind |= Kind.CLINICAL
    if not kind and plain.replace("'", "") in words("surnames"):
        kind |= Kind.SURNAME
    return kind


def _kind_of_parts(plain: str) -> Kind:
    parts = [kind_of(part) for part in plain.split("-") if part]
    kind = Kind(0)
    if any(part & Kind.EPONYM for part in parts):
        kind |= Kind.EPONYM
    plain_parts = not any(
        part & (Kind.CLINICAL | Kind.COMMON) and not part & (Kind.GIVEN | Kind.SURNAME) for part in parts
    )
    if plain_parts and any(part & (Kind.GIVEN | Kind.SURNAME) for part in parts):
        kind |= Kind.GIVEN | Kind.SURNAME
    if not plain_parts:
        kind |= Kind.COMMON
    return kind


def _is_common(plain: str) -> bool:
    common = words("common")
    if plain in common or _CONTRACTED.search(plain):
        return True
    for ending in ("s", "es", "ed", "ing", "ly", "er", "d", "'s", "n't"):
        stem = plain.removesuffix(ending)
        if len(stem) > 3 and stem != plain and (stem in common or stem + "e" in common):
            return plain not in words("surnames") | words("given_names")
    return False


def _runs(text: str) -> Iterator[list[Word]]:
    """Neighbouring words with capitals; a particle or an initial between two belongs to them."""
    run: list[Word] = []
    held: list[Word] = []  # particles that count only when a capital follows
    last = -1
    for match in _TOKEN.finditer(text):
        word = _word(match)
        near = bool(run) and _JOINT.fullmatch(text, last, match.start()) is not None
        if text[last : match.start()].startswith(".") and run and not (run[-1].is_initial or len(run[-1].text) < 3):
            near = False
        if word.text[0].isupper():
            if near:
                run += held
            elif run:
                yield run
                run = []
            run.append(word)
            held = []
        elif near and word.text in _PARTICLES and len(held) < 3:
            held.append(word)
        else:
            if run:
                yield run
            run, held = [], []
        last = match.end()
    if run:
        yield run


def _word(match: re.Match[str]) -> Word:
    text = match.group()
    possessive = _POSSESSIVE.search(text)
    if possessive and len(text) > 3:
        text = text[: possessive.start()]
    return Word(match.start(), match.start() + len(text), text, kind_of(text))


def _named(text: str, run: list[Word]) -> Iterator[tuple[int, int]]:
    for segment in _segments(text, run):
        if _is_person(text, segment):
            yield segment[0].start, segment[-1].end


def _segments(text: str, run: list[Word]) -> Iterator[list[Word]]:
    """The run cut at words that cannot be of a name; a title counts as such a word."""
    segment: list[Word] = []
    for word in run:
        titled = not segment and _TITLE.search(text, max(0, word.start - 20), word.start) is not None
        possessed = bool(segment) and text[segment[-1].end : word.start].startswith(("'", "’", "´", "`"))
        is_title = not titled and _TITLE.fullmatch(word.text + " ") is not None
        if possessed and segment:
            yield from _trimmed(text, segment)
            segment = []
        is_surname = (
            bool(segment) and segment[-1].names_alone and bool(segment[-1].kind & Kind.GIVEN) and word.may_follow
        )
        if ((word.can_name or titled or is_surname) and not is_title) or (segment and word.text in _PARTICLES):
            segment.append(word)
        elif segment:
            yield from _trimmed(text, segment)
            segment = []
    yield from _trimmed(text, segment)


def _trimmed(text: str, segment: list[Word]) -> Iterator[list[Word]]:
    """Without a verb at its head ("Will John come?") and particles or lone initials at its end."""
    while segment and (segment[-1].text in _PARTICLES or (segment[-1].is_initial and len(segment) == 1)):
        segment = segment[:-1]
    while len(segment) > 1 and _heads_a_sentence(text, segment):
        segment = segment[1:]
    while segment and segment[0].text in _PARTICLES:
        segment = segment[1:]
    if segment:
        yield segment


def _heads_a_sentence(text: str, segment: list[Word]) -> bool:
    first, second = segment[0], segment[1]
    if folded(first.text) not in _OPENERS:
        return False
    return bool(second.kind & Kind.GIVEN) and _begins_sentence(text, first.start)


def _begins_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 6) : at].rstrip(" \t\"'“‘(-–*•")
    return not before or before[-1] in ".!?:;\n。！？：\r"


def _is_person(text: str, segment: list[Word]) -> bool:
    """Whether a run of possible name words names a person here."""
    before = text[max(0, segment[0].start - 60) : segment[0].start]
    after = text[segment[-1].end : segment[-1].end + 60]
    if _TITLE.search(before):
        return True
    if _CLINICAL_AFTER.match(after) and not _is_full_name(segment):
        return False
    if len(segment) == 1:
        return _single(segment[0], before, after, starts=_begins_sentence(text, segment[0].start))
    return _several(segment, before, after)


def _is_full_name(segment: list[Word]) -> bool:
    """A given name with a surname: a person even before a clinical word ("Anna Bell test results")."""
    return len(segment) > 1 and segment[0].names_alone and bool(segment[0].kind & Kind.GIVEN)


def _single(word: Word, before: str, after: str, *, starts: bool) -> bool:
    if word.is_initial:
        return False
    if word.names_alone and (len(word.text) > 2 or _is_introduced(before)):
        return True
    introduced = bool(_STRONG.search(before) or _KINSHIP.search(before) or _GREETING.search(before))
    if introduced and not word.kind & (Kind.PLACE | Kind.CLINICAL):
        named = bool(word.kind & (Kind.GIVEN | Kind.SURNAME))
        return named if word.kind & (Kind.COMMON | Kind.EPONYM) else True
    if word.kind & (Kind.GIVEN | Kind.SURNAME) and not word.is_shouted:
        acts = bool((_SPEAKS if starts else _PERSON_AFTER).match(after))
        return acts and not word.kind & (Kind.PLACE | Kind.CLINICAL) and not _CLINICAL_BEFORE.search(before)
    if word.is_unknown:
        if _CLINICAL_BEFORE.search(before):
            return False
        if not word.text.isascii() or (_NAME_ENDS.search(folded(word.text)) and len(word.text) > 6):
            return True
        if word.may_be_chemical:
            return False
        return any(sign.match(after) for sign in (_OWNED, _SPEAKS if starts else _PERSON_AFTER, _ADDRESSED))
    return False


def _is_introduced(before: str) -> bool:
    return bool(_CALLED.search(before) or _SELF.search(before) or _KINSHIP.search(before) or _GREETING.search(before))


def _several(segment: list[Word], before: str, after: str) -> bool:
    named = [word for word in segment if word.kind & (Kind.GIVEN | Kind.SURNAME)]
    plain = [word for word in segment if word.names_alone]
    unknown = [word for word in segment if word.is_unknown]
    if any(word.is_shouted for word in segment):
        return len(named) >= 2 and any(word.kind & Kind.GIVEN for word in named)
    if plain:
        return True
    if all(word.kind & Kind.EPONYM and not word.kind & Kind.GIVEN for word in segment):
        return False
    if any(word.kind & Kind.GIVEN for word in segment) and (
        len(named) + len(unknown) >= 2 or any(w.is_initial for w in segment)
    ):
        return not all(word.kind & (Kind.PLACE | Kind.COMMON) for word in segment) or _is_introduced(before)
    if (
        unknown
        and len(named) + len(unknown) >= 2
        and not (_CLINICAL_BEFORE.search(before) or all(word.may_be_chemical for word in unknown))
    ):
        return True
    return bool(named or unknown) and (_is_introduced(before) or bool(_PERSON_AFTER.match(after)))


_LOWER = re.compile(
    r"(?i:\b(?:my name is|my name's|name is|name\s?:|i am called|(?:is|was) called|(?:is|was) named|\b(?:mr|mrs|ms|miss|dr)\.?))\s"
    r"(?P<v>[a-z][a-z'’-]+(?: [a-z][a-z'’-]+){0,2})"
)
_LOWER_KIN = re.compile(rf"\b(?:my|his|her|our|their) (?:{_KIN}),? (?P<v>[a-z][a-z'’-]+(?: [a-z][a-z'’-]+)?)")


def _lower_case(text: str) -> Iterator[tuple[int, int]]:
    """Names that their owner typed without capitals, where something says that a name follows."""
    for pattern in (_LOWER, _LOWER_KIN):
        for match in pattern.finditer(text):
            parts = list(re.finditer(r"[\w'’-]+", match["v"]))
            kept = 0
            for part in parts:
                kind = kind_of(part.group())
                named = bool(kind & (Kind.GIVEN | Kind.SURNAME))
                if kind & (Kind.COMMON | Kind.CLINICAL) or not (named or kept or pattern is _LOWER):
                    break
                kept = part.end()
            if kept:
                yield match.start("v"), match.start("v") + kept


def _recurring(text: str, found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    parts = {part for start, end in found for part in re.split(r"[ \u00a0.]+", text[start:end]) if len(part) > 2}
    sure = {
        part for part in parts if part[0].isupper() and not kind_of(part) & (Kind.COMMON | Kind.PLACE | Kind.EPONYM)
    }
    if not sure:
        return
    covered = sorted(found)
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        if word in sure and not any(start <= match.start() < end for start, end in covered):
            if not _CLINICAL_AFTER.match(text[match.start() + len(word) :][:60]):
                yield match.start(), match.start() + len(word)


_INVERTED = re.compile(rf"(?<![\w'’-])(?P<last>[A-ZÀ-Þ]{_LETTER}+), ?(?P<first>[A-ZÀ-Þ]{_LETTER}+)(?: [A-Z]\.?(?!\w))?")


def inverted_names(text: str) -> Iterator[tuple[int, int]]:
    """Names with the surname first, as lists write them: "Whitfield, Eleanor J."."""
    for match in _INVERTED.finditer(text):
        last, first = kind_of(match["last"]), kind_of(match["first"])
        if last & Kind.SURNAME and first & Kind.GIVEN and not (first & (Kind.COMMON | Kind.PLACE)):
            if not last & (Kind.COMMON | Kind.PLACE) and not last & Kind.GIVEN:
                yield match.span()
