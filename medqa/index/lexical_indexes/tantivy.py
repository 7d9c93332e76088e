"""BM25 word search with tantivy: English stemmed, Chinese cut by jieba, filters inside the query.

Queries are built term by term from analysed words, so no query syntax exists and no text can break it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from medqa.domain.conversation import Language
from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.errors import HomeError, SnapshotCorrupt
from medqa.index import filters as conditions
from medqa.index.words import ChineseWords, folded, has_han, with_codes, without_han
from medqa.protocols import Filters

# ``words`` holds title, aliases, section and text together: BM25 over one field ranks better than over four.
# The title counts again. ``anywhere`` is what a word is worth by standing in a passage at all, however long that is:
# BM25+ (Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011). A rare name then outweighs the
# repetition of a common one. It is ``words`` again as a JSON field, of which tantivy keeps no lengths: between 2.5 and
# 3.2 times the word's rarity. As plain terms all three let tantivy skip passages that cannot be among the best
# (block-max WAND); a constant score would have it visit each that holds any of the words.
# Figures for the weights: docs/benchmarks/retrieval-quality.md.
ENGLISH_FIELDS: Mapping[str, float] = {"words": 1.0, "title": 1.0, "anywhere.text": 1.6}
CHINESE_FIELDS: Mapping[str, float] = {"words_zh": 1.0, "title_zh": 1.0, "anywhere_zh.text": 1.6}
_ENGLISH, _CHINESE = "medqa_english", "whitespace"
_WRITER_BYTES = 96_000_000
_USER_WORDS = "user_words.txt"
_LONGEST_WORD = 60
_MOST_WORDS = 64  # of one query: a pasted report would otherwise take seconds
_REBUILD = "run `medqa index build`"


class TantivyIndex:
    """The index, opened from its folder."""

    filename = "lexical"

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy: Any = tantivy
        self._schema = _schema(tantivy)
        self._english = _english_analyser(tantivy)
        try:
            self._chinese = ChineseWords((folder / _USER_WORDS).read_text("utf-8").split())
            self._index, self._links = _opened(tantivy, folder)
        except (ValueError, OSError) as err:
            raise SnapshotCorrupt(f"{folder} is no word index ({err}): {_REBUILD}") from err

    @staticmethod
    def write(folder: Path, passages: Iterable[tuple[Passage, Metadata]], *, user_words: Sequence[str] = ()) -> None:
        """Makes the folder; row numbers count from 0 in the order given. ``user_words`` are Chinese terms."""
        import tantivy

        chinese = ChineseWords(user_words)
        try:
            folder.mkdir(parents=True)
            (folder / _USER_WORDS).write_text("\n".join(user_words), "utf-8")
            index = tantivy.Index(_schema(tantivy), path=str(folder))
            index.register_tokenizer(_ENGLISH, _english_analyser(tantivy))
            writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
            for row, (passage, metadata) in enumerate(passages):
                writer.add_document(tantivy.Document(**_fields(row, passage, metadata, chinese)))
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, OSError) as err:
            raise HomeError(f"cannot write the word index {folder} ({err}): check free space and rights") from err

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(
        self, text: str, k: int, *, language: Language | None = None, filters: Filters = ()
    ) -> list[tuple[int, float]]:
        """(row, BM25 score), best first. ``language`` ``en`` leaves Chinese words out of the text, ``None`` nothing."""
        searcher: Any = self._index.searcher()
        words = self._word_queries(with_codes(folded(text)), language)
        k = min(k, int(searcher.num_docs))
        if not words or k < 1:
            return []
        occur, query = self._tantivy.Occur, self._tantivy.Query.boolean_query(words)
        if filters:
            musts = [(occur.Must, self._condition(c)) for c in conditions.read(filters)]
            query = self._tantivy.Query.boolean_query([(occur.Must, query), *musts])
        found = searcher.search(query, limit=k, count=False).hits
        rows = searcher.fast_field_values("row", [address for _, address in found])
        return [(int(row), float(score)) for (score, _), row in zip(found, rows, strict=True)]

    def _word_queries(self, text: str, language: Language | None) -> list[tuple[Any, Any]]:
        """Optional clauses for each word, one a field; a word said twice counts twice."""
        english = Counter(self._english.analyze(without_han(text)))
        chinese = Counter(self._chinese.cut(text)) if language != "en" else Counter[str]()
        sought = [(ENGLISH_FIELDS, *entry) for entry in english.most_common(_MOST_WORDS)]
        sought += [(CHINESE_FIELDS, *entry) for entry in chinese.most_common(_MOST_WORDS)]
        return [(self._tantivy.Occur.Should, clause) for each in sought for clause in self._word(*each)]

    def _word(self, fields: Mapping[str, float], word: str, count: int) -> Iterator[Any]:
        """BM25 in each field."""
        query = self._tantivy.Query
        for field, weight in fields.items():
            yield query.boost_query(query.term_query(self._schema, field, word, "freq"), weight * count)

    def _condition(self, condition: conditions.Condition) -> Any:
        """A clause that keeps or drops passages and adds nothing to the score."""
        query = self._tantivy.Query
        if isinstance(condition, conditions.OneOf):
            allowed = query.term_set_query(self._schema, condition.field, list(condition.values))
        else:
            integer = self._tantivy.FieldType.Integer
            spans = [query.range_query(self._schema, "year", integer, low, high) for low, high in condition.spans]
            allowed = query.boolean_query([(self._tantivy.Occur.Should, span) for span in spans])
        return query.const_score_query(allowed, 0.0)


plugin = TantivyIndex


def _opened(tantivy: Any, folder: Path) -> tuple[Any, tempfile.TemporaryDirectory[str] | None]:
    """The index, and the folder of links that it needs where its own is read-only: tantivy writes a lock file there."""
    try:
        return tantivy.Index.open(str(folder)), None
    except ValueError as err:
        if "Lockfile" not in str(err):
            raise
    links = tempfile.TemporaryDirectory(prefix="medqa-words-")
    for path in folder.iterdir():
        if path.suffix != ".lock":
            (Path(links.name) / path.name).symlink_to(path)
    return tantivy.Index.open(links.name), links


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", fast=True)  # an unsigned field panics on Python's integers
    builder.add_integer_field("year", indexed=True, fast=True)
    for fields, tokenizer in ((ENGLISH_FIELDS, _ENGLISH), (CHINESE_FIELDS, _CHINESE)):
        for field in fields:
            name, _, key = field.partition(".")
            add = builder.add_json_field if key else builder.add_text_field
            add(name, tokenizer_name=tokenizer, index_option="freq")
    for field in conditions.TEXT_FIELDS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _english_analyser(tantivy: Any) -> Any:
    """Words in lower case without accents, function words out, Snowball stems."""
    filters = tantivy.Filter
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    steps = (
        filters.remove_long(_LONGEST_WORD),
        filters.lowercase(),
        filters.ascii_fold(),
        filters.stopword("english"),
        filters.stemmer("english"),
    )
    for step in steps:
        builder = builder.filter(step)
    return builder.build()


def _fields(row: int, passage: Passage, metadata: Metadata, chinese: ChineseWords) -> dict[str, Any]:
    """What is indexed of one passage; Chinese words stand apart from the rest."""
    title = " ".join((metadata.title, *metadata.aliases))
    texts = {"title": title, "words": "\n".join((title, passage.section or "", passage.text))}
    fields: dict[str, Any] = {"row": row, **conditions.values_of(passage, metadata)}
    if metadata.year is not None:
        fields["year"] = metadata.year
    for name, text in texts.items():
        plain = with_codes(folded(text))
        if has_han(plain):
            fields[f"{name}_zh"] = " ".join(chinese.cut(plain))
            plain = without_han(plain)
        fields[name] = plain
    texts_of = {"anywhere": "words", "anywhere_zh": "words_zh"}
    fields |= {name: {"text": fields[same]} for name, same in texts_of.items() if same in fields}
    return fields
