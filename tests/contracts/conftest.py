"""A few passages in two languages, which stores, indexes and retrievers are tried on."""

from __future__ import annotations

import pytest

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage

ROWS = (
    # document, title, text, language, source, published, publication type, audience
    ("flu", "Influenza", "Flu causes fever and cough.", "en", "who", "2021", "guideline", "patient"),
    ("flu", "Influenza", "Antiviral drugs such as oseltamivir treat flu.", "en", "who", "2021", "guideline", "patient"),
    ("metformin", "Metformin", "Metformin may cause diarrhoea and nausea.", "en", "label", "2019-03", "label", None),
    ("asthma", "Asthma", "Inhalers relieve wheezing in asthma.", "en", "who", None, "guideline", "clinician"),
    ("gaoxueya", "高血压", "高血压常常没有症状。少吃盐可以降低血压。", "zh", "who", "2024", "guideline", "patient"),
    ("tangniaobing", "糖尿病", "糖尿病患者要监测HbA1c，可以吃水果。", "zh", "nhc", "2022", "guideline", "patient"),
)


@pytest.fixture(scope="session")
def passages() -> list[tuple[Passage, Metadata]]:
    found, ordinals = [], {}
    for document, title, text, language, source, published, kind, audience in ROWS:
        ordinal = ordinals[document] = ordinals.get(document, -1) + 1
        passage = Passage(
            id=f"{document}#{ordinal}",
            document_id=document,
            ordinal=ordinal,
            text=text,
            section="Overview",
            references={"k": "a guideline"} if ordinal else {},
        )
        metadata = Metadata(
            title=title,
            source_id=source,
            source=source.upper(),
            language=language,
            published=published,
            publication_type=kind,
            audience=audience,
            aliases=("grippe",) if document == "flu" else (),
        )
        found.append((passage, metadata))
    return found
