"""Ages over 89, which identify by themselves (45 CFR 164.514(b)(2)(i)(C))."""

from medqa.safety.deidentify.recognisers._patterns import Patterns

_AGE = r"(?:9\d|1[0-2]\d)"
_WHO = (
    r"I|he|she|they|mum|mom|dad|mother|father|gran|nan|grandma|grandpa|grandmother|grandfather|granny|grandad|granddad|"
    r"wife|husband|aunt|uncle|neighbou?r|patient|friend|sister|brother|lady|man|woman"
)


def plugin() -> Patterns:
    """Finds AGE_OVER_89."""
    return Patterns(
        "AGE_OVER_89",
        (
            rf"(?i)(?<![\d./])(?P<v>{_AGE})[- ]?(?:years?|yrs?|yr)[- ]?(?:old|of age)",
            rf"(?i)(?<![\d./])(?P<v>{_AGE}) ?(?:y/?o|yo)\b",
            rf"(?i)\b(?:aged?|age is|age of|turned|turning|is now)\s*(?:：|:)?\s*(?P<v>{_AGE})(?![\d./%]| ?(?:mg|kg|"
            rf"bpm|cm|%|mm|weeks|days|months))",
            rf"(?i)\b(?:{_WHO})(?: is| was| just turned| turned| turns|'s|’s| will be| has turned),?"
            rf" (?:now |about |almost |nearly |already )?(?P<v>{_AGE})"
            r"(?=[.,;:!?)\n]|$| and\b| years| but\b| now\b| today\b| next\b| last\b| when\b)(?!\.\d)",
            rf"(?<![\d./])(?P<v>{_AGE}) ?(?:周?岁|高龄)",
            r"(?P<v>(?:九十[一二三四五六七八九]?|一百(?:零[一-九])?))(?:多|几)?(?:周?岁|高龄)",
            rf"年龄\s*(?:为|是|：|:)?\s*(?P<v>{_AGE})(?!\d)",
        ),
    )
