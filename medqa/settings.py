"""The one settings object. Built once at the edge; no stage can reach for it.

Every field can be set as an environment variable with the prefix ``MEDQA_``, for example
``MEDQA_HOME=/srv/medqa``. Every default works with no server, GPU, key or network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from medqa.errors import ConfigError


class Settings(BaseSettings):
    """All options of one installation."""

    model_config = SettingsConfigDict(env_prefix="MEDQA_", frozen=True, extra="ignore")

    home: Path = Field(
        Path("~/.medqa"), description="Folder that holds all state: the library, index snapshots, fetched sources."
    )

    # serving
    host: str = Field("127.0.0.1", description="Address that `medqa serve` listens on.")
    port: int = Field(7860, ge=1, le=65535, description="Port that `medqa serve` listens on.")
    allowed_hosts: tuple[str, ...] = Field(
        (),
        description="Names under which this server is asked for, such as medqa.example.org or *.example.org; numeric"
        " addresses, localhost and the name in MEDQA_HOST always are.",
    )
    widget_origins: tuple[str, ...] = Field(
        (),
        description="Web origins whose pages may embed the widget, such as https://www.example.org.",
    )
    administrator: bool = Field(
        False,
        description="Show the curation panel, which hides and corrects passages, to everybody who can open the page;"
        " only for a page that nobody else reaches.",
    )
    max_question_chars: int = Field(4_000, ge=100, le=20_000, description="Longest accepted question, in characters.")
    max_turns: int = Field(40, ge=1, le=200, description="Longest accepted conversation, in turns.")
    upload_max_mb: int = Field(8, ge=1, le=100, description="Largest document that may be attached to a conversation.")
    upload_minutes: float = Field(
        30.0, gt=0, description="Minutes after its last use until an attached document is forgotten."
    )
    uploads_held: int = Field(50, ge=0, description="Attached documents in memory at once, 0 for none at all.")
    max_concurrent: int = Field(
        16, ge=1, description="Questions answered at once; more wait, then get 503 with Retry-After."
    )
    rate_limit_per_minute: int = Field(
        120,
        ge=0,
        description="Requests a minute from one address, 0 for no limit. This machine itself is limited only when set.",
    )
    jurisdiction: str | None = Field(
        None, description="Default ISO 3166 alpha-2 code for emergency numbers, when the caller names none."
    )

    # index
    encoder: str = Field("minilm", description="Embedder plug-in (medqa/index/embedders).")
    encoder_model: str | None = Field(
        None, description="Model folder or name for embedders that take one (sentence_transformers, served)."
    )
    vector_index: str = Field(
        "auto", description="Vector index plug-in (medqa/index/vector_indexes); `auto` chooses by size when building."
    )
    vector_memory_mb: int = Field(512, ge=16, description="Memory that searched vectors may take, for `auto`.")
    vector_device: Literal["cpu", "cuda"] = Field(
        "cpu", description="Where vectors are searched; `cuda` needs the extra `gpu` and searches exactly."
    )
    chunker: str = Field("sections", description="Chunker plug-in (medqa/ingest/chunkers).")
    passage_tokens: int = Field(160, ge=48, le=480, description="Target size of a passage, in encoder tokens.")
    sentence_vectors_up_to: int = Field(
        100_000,
        ge=0,
        description="Largest library, in passages, whose index also holds a vector of every sentence, by which answers"
        " choose what to quote; they double the time of embedding. 0 for none.",
    )
    ingest_workers: int = Field(0, ge=0, le=64, description="Parser processes; 0 chooses from the machine's cores.")
    parse_memory_mb: int = Field(1024, ge=128, description="Memory limit of one parser process.")
    parse_seconds: float = Field(60.0, gt=0, description="CPU and wall limit for one file.")
    max_file_mb: int = Field(
        200, ge=1, description="Largest file accepted; JSON Lines corpora are streamed and exempt."
    )

    # sources
    contact_email: str | None = Field(
        None, description="E-mail address told to publishers by `medqa sources`; NCBI asks for one."
    )
    ncbi_api_key: SecretStr | None = Field(None, description="NCBI key: ten requests a second instead of three.")
    s3_access_key: str | None = Field(None, description="Access key, for a bucket that not everybody may read.")
    s3_secret_key: SecretStr | None = Field(None, description="Secret key that belongs to it.")
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    source_mirrors: dict[str, str] = Field(
        {}, description='Base addresses to fetch from instead, by recipe: {"pubmed_query": "https://mirror.example"}.'
    )

    # retrieve and answer
    retriever: str = Field("hybrid", description="Retriever plug-in (medqa/retrieve/retrievers).")
    reranker: str | None = Field(None, description="Reranker plug-in (medqa/retrieve/rerankers), or none.")
    passages_per_document: int = Field(2, ge=1, description="At most so many passages of one document among the hits.")
    evidence_k: int = Field(22, ge=1, le=100, description="Passages that an answer may draw on.")
    evidence_per_document: int = Field(8, ge=1, description="At most so many passages of one document among those.")
    chat_model: str = Field("extractive", description="Chat model plug-in (medqa/answer/chat_models).")
    verifier: str = Field(
        "lexical", description="Verifier plug-in (medqa/answer/verifiers); served asks the language model too."
    )
    llm_base_url: str = Field(
        "http://127.0.0.1:8000/v1", description="OpenAI-compatible server, for chat models that need one."
    )
    llm_model: str | None = Field(None, description="Model name on that server.")
    llm_api_key: SecretStr | None = Field(None, description="Key for that server.")
    llm_first_token_s: float = Field(
        8.0, gt=0, description="Seconds until that model's first word; then the extractive answer is shown instead."
    )
    llm_first_claim_s: float = Field(
        9.0, gt=0, description="Seconds until its first sentence that stands up to the check; then the same."
    )
    llm_answer_s: float = Field(
        60.0, gt=0, description="Seconds for its whole answer; then it is completed from quotes."
    )
    llm_at_once: int = Field(64, ge=1, description="Requests to it at once; further ones get the extractive answer.")
    llm_context_tokens: int = Field(
        1_500, ge=200, description="Tokens of passages, about, that it is given to answer from."
    )
    llm_verdict_s: float = Field(
        2.0,
        gt=0,
        description="Seconds for its verdict on one sentence, with the verifier served; then it is not asked.",
    )
    llm_answer_tokens: int = Field(700, ge=50, le=8_000, description="Tokens at most that it may answer with.")
    llm_reasoning_effort: Literal["low", "medium", "high"] | None = Field(
        None, description="How long a model that always thinks, such as gpt-oss, is to think; leave it out for others."
    )
    llm_judges_passages: bool = Field(
        False, description="Have it sort out, in one request before each answer, which passages are relevant."
    )

    audit_log: bool = Field(
        False,
        description="Keep an audit log in the home: what was asked, decided and published, as keyed hashes, no text.",
    )
    audit_key_file: Path | None = Field(
        None,
        description="File with the audit log's key, made by `medqa audit key`; `audit.key` in the home when empty. Best"
        " kept where the home's backups do not go.",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Log verbosity. Question text is never logged."
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("audit_key_file")
    @classmethod
    def _absolute_or_none(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("llm_base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            address = urlsplit(value)
            is_one = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
        except ValueError:  # a port that is none
            is_one = False
        if not is_one:
            raise ValueError("write an address like http://127.0.0.1:8000/v1")
        return value

    @field_validator("jurisdiction")
    @classmethod
    def _upper(cls, value: str | None) -> str | None:
        return value.upper() if value else None


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with ``overrides`` that are not ``None`` on top. Raises ConfigError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as err:
        first = err.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"setting {name} (MEDQA_{name.upper()}): {first['msg'].removeprefix('Value error, ')}"
        ) from err
