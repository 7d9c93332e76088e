"""Labels of medicines from openFDA: one row of JSON a label, with the sections of the label."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import Collection, fitting_name
from medqa.ingest.fetching import Answer, Fetcher, UnfitAnswerError
from medqa.ingest.recipe import Offer, Option, Order, read_date

_PAGE = 100
_LOOKUP = "https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid="
# Field of a label -> heading, in the order in which a label is read.
_SECTIONS: Mapping[str, str] = {
    "boxed_warning": "Boxed warning",
    "purpose": "Purpose",
    "indications_and_usage": "Indications and usage",
    "dosage_and_administration": "Dosage and administration",
    "dosage_forms_and_strengths": "Dosage forms and strengths",
    "active_ingredient": "Active ingredient",
    "inactive_ingredient": "Inactive ingredients",
    "contraindications": "Contraindications",
    "do_not_use": "Do not use",
    "warnings": "Warnings",
    "warnings_and_cautions": "Warnings and precautions",
    "precautions": "Precautions",
    "ask_doctor": "Ask a doctor before use",
    "ask_doctor_or_pharmacist": "Ask a doctor or pharmacist before use",
    "when_using": "When using this product",
    "stop_use": "Stop use and ask a doctor",
    "adverse_reactions": "Adverse reactions",
    "drug_interactions": "Drug interactions",
    "use_in_specific_populations": "Use in specific populations",
    "pregnancy": "Pregnancy",
    "pregnancy_or_breast_feeding": "Pregnancy or breast-feeding",
    "nursing_mothers": "Nursing mothers",
    "pediatric_use": "Pediatric use",
    "geriatric_use": "Geriatric use",
    "overdosage": "Overdosage",
    "description": "Description",
    "clinical_pharmacology": "Clinical pharmacology",
    "mechanism_of_action": "Mechanism of action",
    "clinical_studies": "Clinical studies",
    "how_supplied": "How supplied",
    "storage_and_handling": "Storage and handling",
    "keep_out_of_reach_of_children": "Keep out of reach of children",
    "information_for_patients": "Information for patients",
    "spl_medguide": "Medication guide",
    "spl_patient_package_insert": "Patient package insert",
}


class OpenFda:
    """Labels of a search. A label that has been revised takes the place of its earlier edition."""

    offer = Offer(
        title="openFDA drug labels",
        publisher="US Food and Drug Administration",
        licence="CC0-1.0",
        terms=(
            "FDA says: do not rely on openFDA to make decisions about medical care; labels are as submitted by their "
            "makers and not all are FDA-approved. At most 240 requests a minute and 1,000 a day."
        ),
        url="https://open.fda.gov/apis/drug/label/",
        base_url="https://api.fda.gov",
        options=(
            Option(name="drug", description="Generic or brand name."),
            Option(name="query", description="A search in openFDA's language, instead of a name."),
            Option(name="since", description="Only labels in force since this date, such as 2020-01-31."),
        ),
        publication_type="drug label",
        evidence_level="regulatory",
        named_by="drug",
        pause_s=0.25,
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        names: set[str] = set()
        for label, total in _labels(order, web):
            set_id = str(label.get("set_id") or label.get("id") or "")
            row = _row(label, set_id) if set_id else None
            if row is None:
                continue
            name = f"{fitting_name(set_id)}.jsonl"
            names.add(name)
            url = f"{order.base_url}/drug/label.json?search=set_id:{set_id}"
            collection.keep(name, row, url=url, version=str(label.get("version", "")))
            collection.progress(len(names), total)
            if order.limit and len(names) >= order.limit:
                return
        if not names:
            collection.note("openFDA finds no label for this search")
        elif order.limit is None:
            collection.keep_only(names)


def _labels(order: Order, web: Fetcher) -> Iterator[tuple[dict[str, Any], int]]:
    """Every label of the search with their number, newest first, page by page."""
    parameters = {"search": _search(order), "limit": str(_PAGE), "sort": "effective_time:desc"}
    url: str = f"{order.base_url}/drug/label.json"
    asked: dict[str, str] | None = parameters
    while url:
        try:
            answer: Answer = web.read(url, asked, check=_is_page)
        except FetchError as err:
            if err.status == 404:  # openFDA's way to say that there is nothing
                return
            raise
        page = json.loads(answer.content)
        total = int(page["meta"]["results"]["total"])
        yield from ((label, total) for label in page["results"] if isinstance(label, dict))
        url, asked = answer.links.get("next", "") or answer.links.get("Next", ""), None
        if url and not url.startswith(order.base_url + "/"):
            raise FetchError("openFDA's next page lies on another host, which is refused")


def _search(order: Order) -> str:
    if bool(order["drug"]) == bool(order["query"]):
        raise UsageError("openfda needs either --option drug=... or --option query=...", field="option")
    name = order["drug"].replace('"', " ")
    search = order["query"] or f'(openfda.generic_name:"{name}" OR openfda.brand_name:"{name}")'
    if not order["since"]:
        return search
    first = read_date(order["since"], "since").strftime("%Y%m%d")
    return f"({search}) AND effective_time:[{first} TO 30001231]"


def _is_page(content: bytes) -> None:
    try:
        page = json.loads(content)
        int(page["meta"]["results"]["total"])
        list(page["results"])
    except (ValueError, KeyError, TypeError) as err:
        raise UnfitAnswerError("the answer is no page of labels") from err


def _row(label: Mapping[str, Any], set_id: str) -> bytes | None:
    """The label as a row of a corpus; ``None`` when it has no text."""
    sections = [
        {"title": heading, "text": "\n".join(map(str, label[field]))}
        for field, heading in _SECTIONS.items()
        if isinstance(label.get(field), list) and label[field]
    ]
    if not sections:
        return None
    brand, generic, maker = (_named(label, name) for name in ("brand_name", "generic_name", "manufacturer_name"))
    title = f"{brand} ({generic})" if brand and generic and brand.lower() != generic.lower() else brand or generic
    row = {
        "_id": f"openfda/{set_id}",
        "title": f"{title or 'Medicine'}: label",
        "url": f"{_LOOKUP}{set_id}",
        "published": _iso(str(label.get("effective_time", ""))),
        "publication_type": "drug label",
        "language": "en",
        "aliases": [name for name in (brand, generic) if name],
        "manufacturer": maker,
        "label_version": str(label.get("version", "")),
        "sections": sections,
    }
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _named(label: Mapping[str, Any], field: str) -> str:
    known = label.get("openfda")
    values = known.get(field) if isinstance(known, dict) else None
    return str(values[0])[:200] if isinstance(values, list) and values else ""


def _iso(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdigit() else ""


plugin = OpenFda
