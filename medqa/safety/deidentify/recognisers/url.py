"""Web addresses."""

from medqa.safety.deidentify.recognisers._patterns import Patterns

_TOP = r"(?:com|org|net|edu|gov|cn|uk|de|fr|io|info|co|us|hk|tw|in|au|ca|eu|jp|biz|me|tv|xyz)"


def plugin() -> Patterns:
    """Finds URL."""
    return Patterns(
        "URL",
        (
            r"(?i)\b(?:https?|ftp)://[^\s<>\"'，。；、）)]+[^\s<>\"'，。；、）).,;:!?]",
            r"(?i)(?<![\w@.-])www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s，。；、）)]*)?",
            rf"(?i)(?<![\w@.-])[a-z0-9][a-z0-9-]{{2,}}(?:\.[a-z0-9-]+)*\.{_TOP}(?![\w@])(?:/[^\s，。；、）)]*)?",
        ),
    )
