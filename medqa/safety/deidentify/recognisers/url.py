"""Web addresses."""

from medqa.safety.deidentify.recognisers._patterns import Patterns

_TOP = r"(?:com|org|net|edu|gov|cn|uk|de|fr|io|info|co|us|hk|tw|in|au|ca|eu|jp|biz|me|tv|xyz)"
_END = r"\s一-龥<>\"'，。；、）)"  # Chinese goes on without a space


def plugin() -> Patterns:
    """Finds URL."""
    return Patterns(
        "URL",
        (
            rf"(?i)(?<![a-z0-9])(?:https?|ftp)://[^{_END}]*[^{_END}.,;:!?]",
            rf"(?i)(?<![a-z0-9_@.-])www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/(?:[^{_END}]*[^{_END}.,;:!?])?)?",
            rf"(?i)(?<![a-z0-9_@.-])[a-z0-9][a-z0-9-]{{2,}}(?:\.[a-z0-9-]+)*\.{_TOP}(?![a-z0-9_@-])(?:/(?:[^{_END}]*[^{_END}.,;:!?])?)?",
        ),
    )
