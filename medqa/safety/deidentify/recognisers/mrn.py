"""Record numbers of hospitals, by the word before them."""

from medqa.safety.deidentify.recognisers._patterns import Patterns


def plugin() -> Patterns:
    """Finds MRN."""
    return Patterns(
        "MRN",
        (
            r"(?i)(?:\bmrn|medical record(?: number| no\.?)?|hospital (?:number|no\.?|id)|patient (?:id|number|"
            r"no\.?)|"
            r"chart (?:number|no\.?)|record (?:number|no\.?)|accession (?:number|no\.?)|case (?:number|no\.?)|"
            r"encounter (?:id|number))"
            r"\s*(?:is|was|：|:|#|no\.?)*\s*(?P<v>(?=[A-Z0-9/-]*\d)[A-Z0-9][A-Z0-9/-]{2,19})",
            r"(?:病历号?|病案号?|住院号?|门诊号?|就诊(?:卡)?号?|登记号|检查号|标本号|影像号|诊疗卡号?|处方号|"
            r"医嘱号|申请单号|病理号|条码号|报告编号|报告单号|挂号单号|体检号|病人编号|"
            r"患者编号|病人id|患者id|"
            r"(?i:patient id)|床位?号)"
            r"(?:码|编号)?\s*(?:为|是|：|:|#|no\.?)*\s*(?P<v>(?=[A-Za-z0-9/-]*\d)[A-Za-z0-9][A-Za-z0-9/-]{2,19})",
        ),
    )
