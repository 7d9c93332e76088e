"""PubMed Central's open-access subset by query: full text in JATS, one file an article.

The records come from eFetch, whose XML is that of the subset's own distribution.
"""

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
from medqa.ingest.recipes._entrez import Entrez, Taking, asked_for, batches, published_since, split_records, take

_BATCH = 20
_ASKED_AT_ONCE = 300
_SLACK = timedelta(days=2)
_PMCID = re.compile(rb'<article-id pub-id-type="pmc(?:id)?">(?:PMC)?(\d+)<')
_PMID = re.compile(rb'<article-id pub-id-type="pmid">(\d+)<')
_DOI = re.compile(rb'<article-id pub-id-type="doi">([^<\s]+)<')
_FRONT = re.compile(rb"<front\b.*?</front>", re.DOTALL)
_RELATED = re.compile(rb"<related-article\b[^>]*>")
_HREF = re.compile(rb'href="([^"]+)"')
_ANY_DOI = re.compile(r"10\.\d{4,9}/\S+")
_CLOSED = re.compile(rb"does not allow downloading of the full text", re.IGNORECASE)
_MARK = b'<related-article related-article-type="retraction-forward"/>'
_XML = b'<?xml version="1.0" encoding="UTF-8"?>\n%s\n'


class PmcQuery:
    """Full text of a search. Later runs bring what is new or changed; retractions are looked up in PubMed."""

    offer = Offer(
        title="PubMed Central open-access articles",
        publisher="PubMed Central, National Library of Medicine",
        licence="Each article states its own, mostly Creative Commons",
        terms=(
            "Each article's licence is kept with it; some forbid commercial use. NLM's rules for requests are those "
            "of pubmed_query."
        ),
        url="https://pmc.ncbi.nlm.nih.gov/",
        base_url=_entrez.BASE_URL,
        options=_entrez.QUERY_OPTIONS,
        named_by="query",
        pause_s=_entrez.PAUSE_S,
        pause_with_key_s=_entrez.PAUSE_WITH_KEY_S,
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        entrez = Entrez(web, order, "pmc")
        term = f"{published_since('(' + order['query'] + ')', order)} AND open access[filter]"
        ids = entrez.ids(term, most=order.limit, sort=order["sort"] if order.limit else "")
        if not ids:
            collection.note("PubMed Central finds no open-access article for this query")
        wanted = _wanted(entrez, term, ids, collection)
        fetch = partial(_fetch, entrez, collection=collection, order=order)
        taking = Taking(_BATCH, fetch, _name, is_everything=order.limit is None)
        take(entrez, ids, wanted, collection, taking)
        _follow_retractions(Entrez(web, order, "pubmed"), collection)


def _wanted(entrez: Entrez, term: str, ids: Sequence[str], collection: Collection) -> list[str]:
    """What is not here, then what has changed since the last whole run."""
    held = collection.names()
    new = [pmcid for pmcid in ids if _name(pmcid) not in held]
    last = collection.marks.get("completed")
    if last is None or len(new) == len(ids):
        return new
    changed = set(entrez.changed_since(term, date.fromisoformat(last) - _SLACK))
    return new + [pmcid for pmcid in ids if pmcid in changed and _name(pmcid) in held]


def _fetch(entrez: Entrez, ids: Sequence[str], collection: Collection, order: Order) -> None:
    """One batch of articles, each into its file."""
    missing = set(ids)
    records = split_records(entrez.records(ids, end=b"</pmc-articleset>"), "article")
    for pmcid, record in asked_for(records, _PMCID, missing):
        if _CLOSED.search(record):
            collection.fail(_name(pmcid), FetchError(f"the publisher of PMC{pmcid} does not give away its full text"))
            continue
        url = f"{order.base_url}/efetch.fcgi?db=pmc&id={pmcid}"
        collection.keep(_name(pmcid), _XML % record, url=url, version=_ids_of(record))
    for pmcid in sorted(missing):
        collection.fail(_name(pmcid), FetchError(f"PubMed Central gives no record for PMC{pmcid}"))


def _ids_of(record: bytes) -> str:
    """``pmid:123 doi:10.1/x``, and for a notice ``retracts:doi:10.1/y``: what retractions are found by."""
    front = _front(record)
    pmid, doi = _PMID.search(front), _DOI.search(front)
    ids = [f"pmid:{pmid.group(1).decode()}"] if pmid else []
    ids += [f"doi:{doi.group(1).decode('utf-8', 'replace').lower()}"] if doi else []
    for related in _RELATED.findall(front):
        href = _HREF.search(related)
        if b'"retracted-article"' in related and href:
            ids += [f"retracts:{key}" for key in sorted(_keys(href.group(1).decode("utf-8", "replace").lower()))]
    return " ".join(ids)


def _front(record: bytes) -> bytes:
    found = _FRONT.search(record)
    return found.group() if found else record[:50_000]


def _follow_retractions(pubmed: Entrez, collection: Collection) -> None:
    """Marks each article here that PubMed, or a retraction notice here, calls retracted."""
    by_id: dict[str, str] = {}
    named: set[str] = set()
    for name in sorted(collection.names()):
        entry = collection.entry(name)
        words = entry.version.split() if entry else []
        named |= {word.removeprefix("retracts:") for word in words if word.startswith("retracts:")}
        if "retracted" not in words:
            by_id |= dict.fromkeys(words, name) | {f"pmc:{name.rpartition('PMC')[2].removesuffix('.xml')}": name}
    retracted = {by_id[key] for key in named if key in by_id}
    pmids = [key.removeprefix("pmid:") for key in by_id if key.startswith("pmid:")]
    for batch in batches(pmids, _ASKED_AT_ONCE):
        asked = " OR ".join(f"{pmid}[uid]" for pmid in batch)
        found = pubmed.ids(f"({asked}) AND retracted publication[Publication Type]")
        retracted |= {by_id[f"pmid:{pmid}"] for pmid in found if f"pmid:{pmid}" in by_id}
    for name in sorted(retracted):
        _mark(collection, name)


def _keys(target: str) -> set[str]:
    """What a notice may mean: ``info:doi/10.1371/x``, ``https://doi.org/10.1371/x``, ``pmc123`` or a bare PMID."""
    doi = _ANY_DOI.search(target)
    if doi:
        return {f"doi:{doi.group()}"}
    number = target.removeprefix("pmc").removeprefix("pmid:").strip()
    return {f"pmc:{number}"} if target.startswith("pmc") else {f"pmid:{number}"}


def _mark(collection: Collection, name: str) -> None:
    """Adds the link that JATS has for an article that was retracted, where it is missing."""
    data, entry = collection.path(name).read_bytes(), collection.entry(name)
    has_mark = b'"retraction-forward"' in _front(data)
    marked = data if has_mark else data.replace(b"</article-meta>", _MARK + b"</article-meta>", 1)
    collection.amend(name, marked, version=f"{entry.version if entry else ''} retracted".strip())
    collection.note(f"{name.rpartition('/')[2].removesuffix('.xml')} has been retracted")


def _name(pmcid: str) -> str:
    return f"PMC{pmcid[:-4] or '0'}/PMC{pmcid}.xml"


plugin = PmcQuery
