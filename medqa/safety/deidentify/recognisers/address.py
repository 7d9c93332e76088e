"""Postal addresses."""

from medqa.safety.deidentify.recognisers._patterns import Patterns

_STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Way|Terrace|Close|Crescent|"
    r"Square|Highway|Hwy|Parkway|Pkwy|Circle|Trail|Gardens|Grove|Hill|Row|Walk|Mews|Alley|Quay|Route)"
)
_CITY = r"[A-Z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){0,3}"
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|#)\.? ?[A-Za-z0-9-]+)?"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_LEVELS = (
    r"(?:[一-龥]{2,7}(?:省|自治区|特别行政区))?(?:[一-龥]{2,6}(?:市|自治州|盟))?(?:[一-龥]{1,6}(?:区|县|"
    r"旗))?(?:[一-龥]{1,6}(?:镇|乡|街道))?"
)
_DOOR = (
    r"(?:[一-龥]{1,8}(?:小区|花园|公寓|苑|大厦|家园|新村|里|城|广场))?(?:[A-Za-z0-9一-龥]{0,4}(?:栋|幢|座|号楼|"
    r"楼))?(?:[0-9一二三四五六七八九十]{1,3}单元)?(?:[A-Za-z]?\d{1,5}(?:室|房|户|号))?"
)
_LIVES = r"(?:家住|住在|现住|居住于|居住在|位于|地址|来自|住)?"


def plugin() -> Patterns:
    """Finds ADDRESS."""
    return Patterns(
        "ADDRESS",
        (
            rf"(?<![\w.])"
            rf"\d{{1,6}}[A-Za-z]?(?:-\d+)? (?:[NSEW]\.? )?{_CITY} {_STREET}\b\.?{_UNIT}"
            rf"(?:,? {_CITY})?(?:,? [A-Z]{{2}})?(?:,? (?:\d{{5}}(?:-\d{{4}})?|{_POSTCODE}))?",
            r"(?i)\b(?:Apt|Apartment|Suite|Ste|Unit|Flat)\.? #?\d+[A-Z]?\b",
            r"(?<![\w.])\d{1,5} (?:Via|Rue|Calle|Avenida|Rua|Plaza|Piazza) (?:[A-ZÀ-Þ][\w.'’À-ž-]* ?){1,3}\d{0,4}",
            r"(?<!\w)[A-ZÀ-Þ][\wÀ-ž-]*(?:strasse|straße|gatan|gasse|weg|laan|straat|katu|tie|gade|vej|utca|ulica)"
            r" \d{1,4}[a-z]?\b",
            r"(?i)\bP\.? ?O\.? ?Box \d+",
            rf"\b{_CITY}, [A-Z]{{2}} \d{{5}}(?:-\d{{4}})?\b",
            rf"(?<![A-Za-z0-9]){_POSTCODE}(?![A-Za-z0-9])",
            r"(?i)(?:\baddress|\blives? (?:at|in)|\bresid(?:es|ing) (?:at|in)|\bhome is)\s*(?:is|：|:)?\s*"
            r"(?P<v>\d+[^\n.;]{5,60})",
            rf"{_LIVES}(?P<v>{_LEVELS}[一-龥A-Za-z0-9]{{1,8}}(?:路|街|大道|大街|巷|胡同|弄|道)"
            rf"\s?\d+\s?(?:号|弄)(?:之?\d+)?{_DOOR})",
            rf"{_LIVES}(?P<v>[一-龥]{{2,7}}(?:省|自治区)[一-龥]{{2,6}}(?:市|自治州|盟)"
            rf"(?:[一-龥]{{1,6}}(?:区|县|旗|市))?(?:[一-龥]{{1,6}}(?:镇|乡|街道|村))*{_DOOR})",
            rf"{_LIVES}(?P<v>[一-龥]{{2,6}}市[一-龥]{{1,6}}(?:区|县)"
            rf"(?:[一-龥]{{1,8}}(?:镇|乡|街道|村|小区|花园|公寓|苑))?{_DOOR})",
            r"(?:家庭住址|现住址|住址|地址|家住|住在|籍贯|户籍)\s*(?:为|是|：|:)?\s*"
            r"(?P<v>[一-龥A-Za-z0-9]{0,20}(?:省|市|区|县|镇|乡|村|路|街|巷|小区|室|号|栋|"
            r"单元)[一-龥A-Za-z0-9-]{0,30})",
            r"[一-龥]{2,8}(?:小区|花园|公寓|家园|新村)[A-Za-z0-9一-龥]{0,4}(?:栋|幢|座|"
            r"号楼)[0-9一-龥A-Za-z]{0,12}(?:室|户|号)?",
        ),
    )
