"""Postal addresses: English ones by street, unit, town and code, Chinese ones by their levels down to the door."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.recognisers._patterns import Patterns
from medqa.safety.deidentify.span import Span

_TYPE = (
    r"(?:Streets?|St|Str|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Way|Terrace|Tce|Close|"
    r"Crescent|Cres|Square|Sq|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Trail|Trl|Gardens|Gdns|Grove|Gr|Hill|Row|Walk|Mews|"
    r"Alley|Quay|Route|Loop|Path|Pike|Turnpike|Plaza|Park|View|Rise|Green|Vale|Wharf|Yard|Parade|Esplanade|Broadway|"
    r"Causeway|Embankment|Bypass|Freeway|Expressway|Strasse|Gasse|terrasse|Union|Coves?|Forges?|Fords?|Mountains?|"
    r"Streets|Crossroads|Run|Ridge|Point|Pass|Hollow|Heights|Crossing|Bend|Cove|Creek|Landing|"
    r"street|road|avenue|lane|drive|boulevard|court|place|terrace|crescent|square|close|str)"
)
_WORD = (
    r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪ"
    r"ŬŮŰŲŴŶŸŹŻŽΑ-ΩΆ-ΏА-Я][\w.'’-]{0,30}"
)
_WORDS = rf"{_WORD}(?: (?:{_WORD}|of|the|and|de|des|del|dos|das|do|da|la|le|du|von|van|der|den|upon|on|under|u)){{0,4}}"
_CITY = rf"{_WORD}(?:[ -](?:{_WORD}|upon|on|of|le|la|de|del|dos|das|di|da|do|el|los|las|the|in|am|sur|under)){{0,3}}"
_UNIT = (
    r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Bldg|Building|Block|Villa|House)\b\.?|"
    r"#) ?#?[A-Z]?\d+[A-Za-z]?"
)
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|"
    r"W[AIVY]|AB|BC|MB|NB|NL|NS|ON|"
    r"PE|QC|SK|NSW|VIC|QLD|TAS|ACT|A[AEP])(?![A-Za-z0-9])"
)
_POSTCODE = r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![A-Za-z0-9])"
_ZIP = r"\d{5}(?:-\d{4})?(?![\w-])"
_CODE = rf"(?:{_POSTCODE}|{_ZIP}|\d{{4}}(?:[ ][A-Z]{{2}})?(?![\w%/]))"
_COUNTRY = (
    r"(?:USA|U\.S\.A\.|US|UK|U\.K\.|United States(?: of America)?|United Kingdom|England|Scotland|Wales|"
    r"Northern Ireland|Ireland|Canada|Australia|"
    r"New Zealand|Germany|France|Italy|Spain|Portugal|Sweden|Norway|Denmark|Finland|Iceland|Netherlands|Belgium|"
    r"Switzerland|Austria|Poland|Hungary|"
    r"Czech Republic|Slovakia|Slovenia|Croatia|Serbia|Romania|Bulgaria|Greece|Turkey|Russia|Ukraine|Estonia|Latvia|"
    r"Lithuania|Cyprus|Malta|Luxembourg|"
    r"India|Pakistan|China|Hong Kong|Taiwan|Japan|South Korea|Korea|Singapore|Malaysia|Thailand|Vietnam|Philippines|"
    r"Indonesia|Brazil|Mexico|Argentina|"
    r"Chile|Colombia|Peru|Uruguay|Venezuela|Tunisia|Morocco|Egypt|Nigeria|Ghana|Kenya|South Africa|Israel|Iran|Iraq|"
    r"Greenland)\b"
)
_LINE = r"[ \t]*(?:,[ \t]*(?:\n[ \t]*)?|\n[ \t]*)"  # from one line of an address to the next
_GAP = rf"(?:{_LINE}|\.?[ ]+)"
_TAIL = (
    rf"(?:{_GAP}{_UNIT}\b(?:[ ]+{_CITY}(?=[ ]+{_COUNTRY}))?)?"
    rf"(?:{_LINE}(?!(?:{_UNIT}|Tel|Phone|Mobile|Fax|Email|Office|MRN|DOB|Dear)\b){_CITY}(?={_GAP}(?:{_STATE}|{_CODE}|"
    rf"{_COUNTRY})|[ \t]*(?:[.,;:)\n]|$)|[ ]+[a-z]))?"
    rf"(?:{_GAP}{_STATE}|(?:{_LINE}){{1,2}}(?:[A-Z0-9]{{1,3}}|nan)(?=\s*(?:[.,;\n]|\d|$|{_COUNTRY}))|"
    rf"[ ]nan\b)?(?:{_GAP}{_CODE})?(?:{_LINE}{_CITY}(?={_GAP}(?:{_CODE}|"
    rf"{_COUNTRY})))?(?:{_GAP}{_CODE})?(?:{_GAP}{_COUNTRY}(?:[ ]\([A-Z]\w+\))?)?(?:{_GAP}{_CODE})?"
)
_NUMBER = r"\d{1,6}[A-Za-z]?(?:[-/]\d+)?"
_AT = (
    r"(?:\b(?:[Aa]ddress(?: is|es are)?|[Ll]iv(?:es?|ed|ing) (?:at|on|in|near)|[Rr]esid(?:es?|ed|ing) (?:at|in|on)|"
    r"[Hh]ome is(?: at)?|[Oo]ffice is(?: at)?|[Ll]ocated (?:at|on)|"
    r"[Mm]oved to|[Mm]eet me at|[Ii]t(?: is|'s|’s) (?:in|on|at)|[Ii]t is|station is (?:on|at|in)|(?:house|clinic|"
    r"shop|store|restaurant|practice|surgery|place|party) is at|[Ss]end (?:it )?to|[Dd]eliver(?:ed)? to|"
    r"[Ss]hip(?:ped)? to|"
    r"[Pp]ost (?:it )?to|north side of|south side of|east side of|west side of|same)[ \t]*[:：]?\s*)"
)
_ENGLISH = (
    rf"(?<![\w.])(?:{_UNIT},? )?{_NUMBER},? (?:\d{{1,5}} )?(?:[NSEW]{{1,2}}\.? |North |South |East |"
    rf"West )?(?:{_WORD}[ -]){{0,4}}{_TYPE}\b\.?(?: (?:[NSEW]{{1,2}}|North|South|East|West)\b\.?)?{_TAIL}",
    rf"(?<![\w.])(?:{_UNIT},? )?{_NUMBER} (?:Via|Rue|Calle|Avenida|Rua|Plaza|Piazza|Viale|Corso|Camino|Carrera|Paseo|"
    rf"Allée|Boulevard|Jalan|Kampung) (?:{_WORD} ?){{1,4}}\d{{0,4}}{_TAIL}",
    rf"(?<![\w.])\d{{2,6}} {_WORDS} \d{{1,4}}\b\.?{_TAIL}",
    rf"(?<!\w){_WORD}(?:strasse|straße|gatan|gasse|weg|laan|straat|katu|tie|gade|vej|utca|ulica|veien|vegen|gata|"
    rf"kuja|plads|allé|plein|kade) \d{{1,4}}[a-z]?\b{_TAIL}",
    rf"(?<!\w)(?:\d{{2,6}} )?{_WORD}(?: {_WORD}){{0,3}} (?:utca|út|u\.|tér|ulica|ul\.|kapu|nám\.|"
    rf"str\.|körút) \d{{1,4}}\.?{_TAIL}",
    rf"(?<!\w){_WORD}(?: {_WORD}){{0,3}} \d{{1,4}}[a-z]?{_LINE}{_UNIT}\b{_TAIL}",
    rf"(?<!\w)(?:Via|Rue|Calle|Avenida|Rua|Piazza|Viale|Corso|Jalan|Strada|Ul\.|"
    rf"Ulica) (?:{_WORD} ){{1,4}}\d{{1,5}}\b{_TAIL}",
    rf"\b[Tt]he corner of {_NUMBER}? ?{_WORDS}\.?(?: \d+\.?)?(?: str| Str)? and {_WORDS}{_TAIL}",
    rf"{_AT}(?P<v>{_WORD}(?: {_WORD}){{0,3}} \d{{1,5}}[a-z]?\b(?! (?:months?|years?|weeks?|days?|times)\b){_TAIL})",
    rf"{_AT}(?P<v>{_NUMBER} (?:\d+ )?{_WORDS}{_TAIL})",
    rf"{_AT}(?P<v>{_CITY},? (?:{_STATE}|{_CODE})(?:,? {_CODE})?)",
    rf"\b[Tt]he corner of (?:[\w.'’]+[ -]){{1,5}}and (?:the )?(?:[\w'’]+[ -]?){{1,3}}(?=\W|$){_TAIL}",
    rf"(?<![\w.])\d{{2,6}} (?:\d+ )?(?:[\w.'’-]+ ){{1,4}}(?:\d{{1,4}} )?(?i:apt|"
    rf"suite)\.? \d+(?:,? [\w-]+){{0,4}}?(?:,? (?i:{_COUNTRY}))?"
    rf"(?:,? {_CODE})?(?=[.,;?!\n]|$)",
    rf"{_AT}(?P<v>\d{{2,6}} (?:[^\W\d_][\w.'’-]* ){{1,3}}\d{{1,4}}(?:, [^\W\d_]+){{0,2}})",
    r"(?i)(?<!\w)[^\W\d_]{3,}(?: [^\W\d_]{3,})? (?:utca|út|tér|körút|kapu) \d{1,4}\.?",
    rf"{_COUNTRY}(?:[ ]\([A-Z]\w+\))?[ \t]*\n?[ \t]*(?:\?+ )?(?P<v>(?!(?:19|20)\d\d\b)\d{{4,6}})(?![\w/%.-])",
    rf"(?:^|(?<=\n)|(?<=\? )|(?<=: ))[ \t]*(?P<v>\d{{3,5}}\s+(?:\d+ )?(?:{_WORD}|rue|via|"
    rf"ul\.)(?: (?:{_WORD}|de|du|des|la|del|delle|tee)){{0,3}} \d{{1,4}}\b{_TAIL})",
    rf"(?<!\w)(?:\d{{2,6}} )?\d{{1,5}},? (?:rue|avenue|via|calle|avenida|rua|rúa|ul\.|paseo) "
    rf"(?:[\w.'’]+ ?){{1,4}}{_TAIL}",
    rf"{_AT}(?P<v>{_WORD}(?: {_WORD}){{0,2}} and {_WORD}(?: (?:{_WORD}|u\.|ul\.|str\.)){{0,3}} \d{{1,4}}\b)",
    rf"(?:^|(?<=\n)|[,?] )[ \t]*(?i:{_COUNTRY}) (?P<v>(?!(?:19|20)\d\d\b)\d{{4,6}})(?![\w/%.-])",
    # what is called an address, to the end of its line, and the lines set under it
    r"(?i:\baddress(?:es)?(?: to the same| is| was)?[ \t]*[:：]|\b(?:my|his|her|their|our|home|postal) address is)"
    r"\s{0,3}(?P<v>(?=[^\n]{0,80}\d)[\w#][^\n?!;:@]{4,110}?(?:\n[ \t]+[^\n:@]{2,50}){0,4})"
    r"(?=\.?[ \t]*(?:$|\n|[?!;])|\. [A-Z])",
    r"(?i)\b(?:psc|cmr|unit) \d+,? box \d+(?:\s+(?:apo|fpo|dpo) a[aep] \d{5})?",
    r"(?i)(?<![a-z])(?:usns|uss|usnv|uscgc) [a-z]+\s+(?:apo|fpo|dpo) a[aep] \d{5}",
    r"(?i)\bP\.? ?O\.? ?Box \d+" + f"(?-i:{_TAIL})",
    rf"\b(?:PSC|CMR|Unit|UNIT) \d+,? (?:Box|BOX) \d+(?:{_GAP}(?:APO|FPO|DPO) A[AEP] \d{{5}})?",
    r"(?<![A-Za-z])(?:USNS|USS|USNV|USCGC) [A-Z][a-z]+(?:\s+(?:APO|FPO|DPO) A[AEP] \d{5})",
    rf"(?<![\w-]){_CITY}, {_STATE},? {_ZIP}",
    rf"(?<![\w-]){_CITY},? {_STATE} {_ZIP}",
    r"(?<![A-Za-z0-9])(?!T\d[A-Z]?\d[A-Z]{2})[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])",
    rf"(?i:\b(?:Apt|Apartment|Suite|Ste|Unit|Flat)\.? #?\d+[A-Z]?\b){_TAIL}",
    rf"(?i:\b(?:zip(?: ?code)?|post ?code|postal code)\s*(?:is|:|：)*\s*)(?P<v>\d{{4,6}}(?:-\d{{4}})?|{_POSTCODE})",
)

_BLOCK = re.compile(
    rf"(?:[ \t,]*\n[ \t]*(?:\?+ )?[^\n:@.?!]{{1,40}}){{0,3}}?[ \t,]*\n[ \t]*(?:\?+ )?"
    rf"{_COUNTRY}[^\n:@.?!]{{0,20}}(?=[ \t]*(?:\n|$|[.?!]))"
)

_HAN = "一-龥"
_PROVINCE = (
    r"(?:(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    r"甘肃|青海|台湾)省?|"
    r"(?:内蒙古|广西(?:壮族)?|西藏|宁夏(?:回族)?|新疆(?:维吾尔)?)(?:自治区)?|(?:香港|澳门)(?:特别行政区)?|(?:北京|"
    r"上海|天津|重庆)(?=[" + _HAN + r"]{1,4}[区县]))"
)
_CITY_ZH = rf"(?:[{_HAN}]{{2,9}}?(?:自治州|地区|盟)|[{_HAN}]{{2,5}}?市)"
_DISTRICT = rf"[{_HAN}]{{1,5}}?(?:新区|开发区|高新区|区|县|旗|市)(?![{_HAN}]{{0,2}}医院)"
_TOWN = rf"[{_HAN}]{{1,6}}?(?:镇|乡|街道)"
_VILLAGE = rf"[{_HAN}]{{1,6}}?(?:村|社区|屯|庄|组)"
_NUM = r"[0-9一二三四五六七八九十百零〇]{1,5}"
_ROAD = (
    rf"[{_HAN}A-Za-z0-9]{{1,8}}?(?:路|街|大道|大街|巷|胡同|弄|道|"
    rf"里)(?:[东西南北中]段)?(?:\s?(?:{_NUM})\s?(?:号院?(?!楼)|弄|巷|"
    rf"支弄)(?:之{_NUM})?){{0,2}}"
)
_ESTATE = (
    rf"[{_HAN}]{{1,8}}?(?:小区|花园|公寓|苑|大厦|家园|新村|新城|城|广场|山庄|雅居|豪庭|名邸|府|湾|江南|华庭|宿舍|大院|"
    rf"里)(?:[一二三四五六七八九十\d]{{1,2}}[期区])?"
)
_DOOR = (
    r"(?:\s?[A-Za-z]?\d{1,4}\s?(?:-\s?\d{1,4}){1,3}|\s?[A-Za-z0-9一二三四五六七八九十东西南北]{1,4}(?:栋|"
    r"幢|座|号楼|楼|单元|层|门)"
    r"(?:\s?[A-Za-z0-9一二三四五六七八九十]{1,4}(?:单元|层|楼|门|座)){0,2}(?:\s?[A-Za-z]?\d{1,5}(?:室|房|户|"
    r"号)?)?|"
    r"\s?[A-Za-z]?\d{1,5}(?:室|房|户))"
)
_LIVES = (
    r"(?:家庭住址|家庭地址|现住址|现居住地|户籍地址|户籍|住址|地址|籍贯|家住|住在|现住|居住于|居住在|居住地|位于|"
    r"寄到|送到|搬到|搬去|来自|家在|我家在|老家在?|住)\s*(?:为|是|在|：|"
    r":)?\s*"
)
_CHAIN = rf"{_PROVINCE}?(?:{_CITY_ZH})?(?:{_DISTRICT})?(?:{_TOWN})?(?:{_VILLAGE})?(?:{_ROAD})?"
_CHINESE = (
    rf"{_LIVES}(?P<v>(?=[{_HAN}]){_CHAIN}(?:{_ESTATE})?(?:{_DOOR})?)",
    rf"(?P<v>{_PROVINCE}(?:{_CITY_ZH})(?:{_DISTRICT})?(?:{_TOWN})?(?:{_VILLAGE})?(?:{_ROAD})?(?:{_ESTATE}(?={_DOOR}))?(?:{_DOOR})?)",
    rf"(?P<v>{_PROVINCE}(?:{_DISTRICT})(?:{_TOWN})?(?:{_VILLAGE})?(?:{_ROAD})?(?:{_ESTATE}(?={_DOOR}))?(?:{_DOOR})?)",
    rf"(?P<v>[{_HAN}]{{2,4}}市[{_HAN}]{{1,5}}?(?:区|县|"
    rf"市)(?:{_TOWN})?(?:{_VILLAGE})?(?:{_ROAD})?(?:{_ESTATE}(?={_DOOR}))?(?:{_DOOR})?)",
    rf"(?P<v>(?:[{_HAN}]{{2,9}}自治州)(?:{_DISTRICT})?(?:{_TOWN})?(?:{_VILLAGE})?(?:{_ROAD})?(?:{_ESTATE}(?={_DOOR}))?(?:{_DOOR})?)",
    rf"(?P<v>(?:[{_HAN}]{{2,3}}[区县])?[{_HAN}]{{1,6}}(?:路|街|大道|大街|巷|胡同|弄)\s?{_NUM}\s?(?:号院?|"
    rf"弄)(?:{_ESTATE})?(?:{_DOOR})?)",
    rf"(?P<v>(?:[{_HAN}]{{2,3}}[区县])?[{_HAN}]{{2,8}}(?:小区|花园|公寓|家园|新村|新城|山庄|大厦|苑){_DOOR})",
    rf"(?P<v>[{_HAN}]{{2,3}}[区县][{_HAN}]{{2,6}}(?:小区|花园|公寓|家园|新村|新城|城|江南|苑|府){_DOOR})",
)
_LEADING = re.compile(
    r"^(?:[一-龥]{1,8}?(?:家住|住在|住进|位于|寄到|搬到|来自)(?=[一-龥]{2}))?(?:我们?|他们?|她们?|你们?|现在|目前|"
    r"家|住|在|于|到|去|来|从|往|至|和|与|的|是|或者?|"
    r"寄|送|搬|请|把|因为|由|就|也|都|人|者|位|患|属|被|经|往返|附近|年|月|日|号|岁|男|女|人在)*"
)
_VAGUE = re.compile(
    r"^(?:[本某该各全同外老这那哪]|什么|其他|当地|[大小]?(?:城|县|地|郊|市|社|小|街|校|园|病|景|山|疫|牧|灾|林|"
    r"辖)区|县|市|省|[城乡]镇|农村|乡村|道|里|城市|全国|路上|街上|过道)"
)
_MIN_LENGTH = 3


class Address:
    """Finds ADDRESS."""

    def __init__(self) -> None:
        self._english = Patterns("ADDRESS", _ENGLISH)
        self._chinese = Patterns("ADDRESS", _CHINESE)

    def find(self, text: str) -> Iterator[Span]:
        """Addresses, with what leads up to them cut off; they may overlap."""
        for span in self._english.find(text):
            yield span
            rest = _BLOCK.match(text, span.end)
            if rest:
                yield Span(span.start, rest.end(), "ADDRESS")
        if not re.search(f"[{_HAN}]", text):
            return
        for span in self._chinese.find(text):
            words = text[span.start : span.end]
            lead = _LEADING.match(words)
            start = span.start + (lead.end() if lead else 0)
            if span.end - start >= _MIN_LENGTH and not _VAGUE.match(text[start : span.end]):
                yield Span(start, span.end, "ADDRESS")


plugin = Address
