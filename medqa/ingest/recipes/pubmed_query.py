"""PubMed by query: titles and abstracts, one file a record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from medqa.errors import FetchError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Order
from medqa.ingest.recipes import _entrez
from medqa.ingest.recipes._entrez import Entrez, Taking, asked_for, published_since, split_records, take

_BATCH = 200
_SLACK = timedelta(days=2)  # a record that changed on the day of the last run must not be missed
_PMID = re.compile(rb"<PMID[^>]*>(\d+)</PMID>")
_REVISED = re.compile(rb"<DateRevised>\s*<Year>(\d+)</Year>\s*<Month>(\d+)</Month>\s*<Day>(\d+)</Day>")
_RETRACTED = re.compile(rb'>Retracted Publication<|RefType="RetractionIn"')
_IS_RETRACTED = "retracted publication[Publication Type]"
_XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n%s\n</PubmedArticleSet>\n'


class PubMedQuery:
    """Records of a search. Later runs bring what is new, what has changed, and every retraction."""

    offer = Offer(
        title="PubMed",
        publisher="PubMed, National Library of Medicine",
        licence="Abstracts belong to their publishers; free to read and to mine, not to republish",
        terms=(
            "NLM asks for tool name and e-mail with each request (set MEDQA_CONTACT_EMAIL), at most 3 requests a "
            "second (10 with MEDQA_NCBI_API_KEY), and large jobs at night or at weekends, Eastern US time."
        ),
        url="https://pubmed.ncbi.nlm.nih.gov/",
        base_url=_entrez.BASE_URL,
        options=_entrez.QUERY_OPTIONS,
        named_by="query",
        pause_s=_entrez.PAUSE_S,
        pause_with_key_s=_entrez.PAUSE_WITH_KEY_S,
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        entrez = Entrez(web, order, "pubmed")
        term = published_since(order["query"], order)
        ids = entrez.ids(term, most=order.limit, sort=order["sort"] if order.limit else "")
        if not ids:
            collection.note("PubMed finds nothing for this query")
        held = collection.names()
        wanted = [pmid for pmid in ids if _name(pmid) not in held]
        wanted += sorted(_outdated(entrez, term, collection) & set(ids) - set(wanted))
        fetch = partial(_fetch, entrez, collection=collection, order=order)
        taking = Taking(_BATCH, fetch, _name, is_everything=order.limit is None)
        take(entrez, ids, wanted, collection, taking)


def _outdated(entrez: Entrez, term: str, collection: Collection) -> set[str]:
    """PMIDs of records here that have changed, or have been retracted, since the last whole run."""
    last = collection.marks.get("completed")
    held = {name.rpartition("/")[2].removesuffix(".xml"): name for name in collection.names()}
    if last is None or not held:
        return set()
    changed = set(entrez.changed_since(term, date.fromisoformat(last) - _SLACK))
    retracted = set(entrez.ids(f"({term}) AND {_IS_RETRACTED}"))
    unmarked = {pmid for pmid in retracted & held.keys() if not _is_marked(collection, held[pmid])}
    return changed & held.keys() | unmarked


def _is_marked(collection: Collection, name: str) -> bool:
    entry = collection.entry(name)
    return entry is not None and entry.version.endswith("retracted")


def _fetch(entrez: Entrez, ids: Sequence[str], collection: Collection, order: Order) -> None:
    """One batch of records, each into its file."""
    missing = set(ids)
    records = split_records(entrez.records(ids, end=b"</PubmedArticleSet>"), "PubmedArticle", "PubmedBookArticle")
    for pmid, record in asked_for(records, _PMID, missing):
        name, version = _name(pmid), _version(record)
        if version.endswith("retracted") and collection.entry(name) and not _is_marked(collection, name):
            collection.note(f"PMID {pmid} has been retracted")
        collection.keep(name, _XML % record, url=f"{order.base_url}/efetch.fcgi?db=pubmed&id={pmid}", version=version)
    for pmid in sorted(missing):
        collection.fail(_name(pmid), FetchError(f"PubMed gives no record for PMID {pmid}"))


def _version(record: bytes) -> str:
    """The date of revision, and whether the article has been retracted."""
    found = _REVISED.search(record)
    revised = b"-".join(found.groups()).decode() if found else ""
    return f"{revised} retracted".strip() if _RETRACTED.search(record) else revised


def _name(pmid: str) -> str:
    """``3456/34567890.xml``: no folder gets more files than a file system likes."""
    return f"{pmid[:-4] or '0'}/{pmid}.xml"


plugin = PubMedQuery
