"""Vehicle plates: Chinese by form, others by the word before them."""

from medqa.safety.deidentify.recognisers._patterns import Patterns

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def plugin() -> Patterns:
    """Finds PLATE."""
    return Patterns(
        "PLATE",
        (
            rf"[{_PROVINCE}][A-HJ-NP-Z][·.\- ]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])",
            r"(?i)(?:(?:license|licence|number|registration|vehicle) plates?|car registration|"
            r"registration (?:number|no\.?)|plate (?:number|no\.?)|\bnumber plate|\bplates?|车牌号?码?)"
            r"\s*(?:is|was|number|：|:|#|为|是)*\s*"
            r"(?P<v>(?=[A-Z0-9 -]*\d)[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,4}[ -]?[A-Z0-9]{0,4}(?![A-Za-z0-9]))",
        ),
    )
