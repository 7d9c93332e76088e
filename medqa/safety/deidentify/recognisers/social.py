"""Names on social networks and messengers."""

from medqa.safety.deidentify.recognisers._patterns import Patterns


def plugin() -> Patterns:
    """Finds SOCIAL."""
    return Patterns(
        "SOCIAL",
        (
            r"(?i)(?:微信号?|wechat(?: id)?|weixin|\bwx|vx|加v|威信)\s*(?:是|为|：|:|号|is)*\s*"
            r"(?P<v>[a-z][a-z0-9_-]{4,19}|1[3-9]\d{9})",
            r"(?i)\bqq\s*(?:号码?|群)?\s*(?:是|为|：|:|is)*\s*(?P<v>[1-9]\d{4,11})",
            r"(?:微博|抖音|小红书|快手|知乎|b站|B站)(?:账?号|名|ID|id|昵称)?\s*(?:是|为|：|"
            r":)+\s*@?(?P<v>[\w一-龥-]{2,20})",
            r"(?i)(?:instagram|twitter|facebook|telegram|snapchat|tiktok|linkedin|whatsapp|skype|insta|discord)"
            r"(?: (?:handle|id|name|username|account|user))?\s*(?:is|：|:|as)+\s*(?P<v>@?[a-z0-9][\w.-]{2,29}\b)",
            r"(?<![\w.@/])@[A-Za-z_][A-Za-z0-9_.]{2,29}\b(?!\.[a-z])",
        ),
    )
