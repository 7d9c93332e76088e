"""Telephone numbers: Chinese mobiles and landlines, North American, British, international, and by context."""

from medqa.safety.deidentify.recognisers._patterns import Patterns


def plugin() -> Patterns:
    """Finds PHONE."""
    return Patterns(
        "PHONE",
        (
            r"(?<![\d+])(?:\+?86[ -]?|0086[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",
            r"(?<!\d)\(?0\d{2,3}\)?[ -]\d{7,8}(?:[-转]\d{1,6})?(?!\d)",
            r"(?<![\w+])\+\d{1,3}[ .-]?\(?\d{1,5}\)?(?:[ .-]?\d{2,5}){1,4}(?!\d)",
            r"(?<![\w.])(?:\+?1[ .-])?\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]\d{4}(?:[ ,]*(?:x|"
            r"ext\.?) ?\d{1,6})?(?![\w.]?\d)",
            r"(?<![\w.])\(?0\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)",
            r"(?<![\w.,/-])\(?0\d{1,4}\)?(?:[ .-]\d{2,4}){2,4}(?![\w/])",
            r"(?<![\w.])(?:\+?1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?(?!\d)",
            r"(?i)\b(?:at|registered|reach \w+ at|ring|text)\s+(?P<v>(?:\d[ ()-]{0,2}){7,12})(?![\w/.])",
            r"(?i)(?:\bphone|\btel(?:ephone)?|\bmobile|\bcell|\bfax|\bdesk|\bhome|\boffice|\bwork|\bregistered|"
            r"\bextension|\bhotline|\bwhatsapp|\bcontact|\bmy number|\bcall(?: me)?(?: at| on)?|电话|手机|联系方式|"
            r"座机|传真|热线)"
            r"(?: number| no\.?|号码?)?\s*(?:is|was|at|on|：|:|#|为|是)*\s*(?P<v>\+?\(?\d[\d ().-]{5,18}\d)",
        ),
    )
