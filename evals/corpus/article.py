"""One article of the starter format, cut into front matter, sentences with their place, and footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from medqa.domain.sentences import sentences

_MARK = re.compile(r"\s*\[\^([^\]]+)\](?!:)")
_FOOTNOTE = re.compile(r"\[\^([^\]]+)\]:\s*(.*)")
_HEADING = re.compile(r"(#+)\s+(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_FENCE = "---"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that the lint found; ``line`` counts from 1, 0 stands for the whole file."""

    path: str
    rule: str
    message: str
    line: int = 0
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence without its footnote marks; ``marks`` are their keys.

    ``is_item``: it stands in a list; ``lead_in`` is then the text above the list, whose marks count for it too.
    """

    text: str
    marks: tuple[str, ...]
    section: str
    line: int
    is_item: bool = False
    lead_in: Sentence | None = None

    @property
    def all_marks(self) -> tuple[str, ...]:
        """The sentence's own marks and those of the lead-in above it."""
        return self.marks + (self.lead_in.marks if self.lead_in else ())

    @property
    def introduces(self) -> bool:
        """Whether it ends with a colon, and a list follows."""
        return self.text.endswith((":", "："))


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A file as the lint reads it. ``path`` is ``<lang>/<name>.md``; ``sections`` are its headings in order."""

    path: str
    meta: Mapping[str, object]
    sections: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    footnotes: Mapping[str, str]
    twice_defined: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The file's name without suffix: ``gout`` or ``gout.clinician``."""
        return self.path.rpartition("/")[2].removesuffix(".md")

    @property
    def slug(self) -> str:
        """The topic: ``gout``, for the clinician page too."""
        return self.name.removesuffix(".clinician")

    @property
    def language(self) -> str:
        """The folder that holds it."""
        return self.path.partition("/")[0]

    @property
    def is_for_patients(self) -> bool:
        """Whether its name is not that of a clinician page."""
        return not self.name.endswith(".clinician")


def read(folder: Path) -> list[Article]:
    """Every ``<lang>/*.md`` of ``folder``, by path. Raises ValueError naming the file that is no article."""
    return [parse(f"{path.parent.name}/{path.name}", path.read_text("utf-8")) for path in sorted(folder.glob("*/*.md"))]


def parse(path: str, text: str) -> Article:
    """The article in ``text``. Raises ValueError when it has no front matter that YAML can read."""
    lines = text.splitlines()
    if not lines or lines[0] != _FENCE or _FENCE not in lines[1:]:
        raise ValueError(f"{path}: no front matter between two '---' lines")
    end = lines.index(_FENCE, 1)
    try:
        meta = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as err:
        raise ValueError(f"{path}: front matter is not YAML: {err}") from err
    if not isinstance(meta, dict):
        raise ValueError(f"{path}: front matter holds no keys")
    footnotes = [(match[1], match[2]) for line in lines[end:] if (match := _FOOTNOTE.match(line))]
    keys = [key for key, _ in footnotes]
    body = [(at, line) for at, line in enumerate(lines[end + 1 :], end + 2) if not _FOOTNOTE.match(line)]
    return Article(
        path=path,
        meta=meta,
        sections=tuple(match[2].strip() for _, line in body if (match := _HEADING.match(line))),
        sentences=tuple(_sentences(body)),
        footnotes=dict(footnotes),
        twice_defined=tuple(sorted({key for key in keys if keys.count(key) > 1})),
    )


def _sentences(body: list[tuple[int, str]]) -> Iterator[Sentence]:
    """Sentences of the numbered lines, in order."""
    section, lead_in = "", None
    for at, line in body:
        if not line.strip():
            continue
        if heading := _HEADING.match(line):
            section, lead_in = heading[2].strip(), None
            continue
        is_item = bool(_ITEM.match(line))
        for text, marks in _cut(_ITEM.sub("", line, count=1) if is_item else line):
            above = lead_in if is_item else None
            made = Sentence(text=text, marks=marks, section=section, line=at, is_item=is_item, lead_in=above)
            if not is_item:
                lead_in = made if made.introduces else None
            yield made


def _cut(line: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The sentences of one line, each with the marks inside it or right after it."""
    plain, marks = "", []
    last = 0
    for match in _MARK.finditer(line):
        plain += line[last : match.start()]
        marks.append((len(plain), match[1]))
        last = match.end()
    plain += line[last:]
    begin = 0
    for start, end in sentences(plain):
        yield plain[start:end], tuple(key for at, key in marks if begin < at <= end)
        begin = end
