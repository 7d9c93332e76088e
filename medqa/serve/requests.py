"""The bodies of requests. Here only their shape is held; ``questions`` reads what they say."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt

_LANGUAGE = "auto, en or zh; auto follows the text"
_JURISDICTION = "ISO 3166 alpha-2 code (or EU) for emergency numbers, for example CN, US, GB"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str | int | None = Field(None, description="Your own name for this request; comes back as it is.")
    audience: str | None = Field(None, description="patient (default) or clinician")
    language: str | None = Field(None, description=_LANGUAGE)
    jurisdiction: str | None = Field(None, description=_JURISDICTION)


class TurnBody(BaseModel):
    """One utterance of the conversation so far."""

    role: str = Field(description="user or assistant")
    content: str


Turns = list[str | TurnBody]
Uploads = Annotated[
    list[str], Field(default_factory=list, description="Ids of attached documents, from POST /v1/uploads.")
]


class AskRequest(_Body):
    """A question, with what was said before it."""

    question: str = Field(examples=["What should my blood pressure be if I have diabetes?", "糖尿病人能吃水果吗？"])
    turns: Turns = Field(default_factory=list, description="What came before, oldest first; texts are the user's.")
    uploads: Uploads


class SearchRequest(_Body):
    """A query for passages."""

    query: str = Field(examples=["metformin side effects"])
    k: int = Field(10, description="How many hits, 1 to 1,000")
    filters: dict[str, str | int | list[str | int]] | list[str] | None = Field(
        None, description="Fields with accepted values, ANDed.", examples=[{"language": "en", "year": "2015..2025"}]
    )
    turns: Turns = Field(default_factory=list, description="What came before, oldest first.")


class ScreenRequest(_Body):
    """A text, or a whole conversation, to be screened for emergencies."""

    text: str | None = Field(None, examples=["crushing chest pain going into my left arm"])
    turns: Turns = Field(default_factory=list, description="What came before; alone, the whole conversation.")


class AnswersRequest(BaseModel):
    """The answers to a form, by their scores."""

    model_config = ConfigDict(extra="forbid")

    id: str | int | None = Field(None, description="Your own name for this request; comes back as it is.")
    answers: list[StrictInt | None] | dict[str, StrictInt | None] = Field(
        description="A score an item, null where it was not answered; or an object of items with their scores.",
        examples=[[0, 1, 2, 0, 1, 0, 0, 1, 0], {"9": 1}],
    )
    language: str | None = Field(None, description="auto, en or zh; auto follows Accept-Language")
    jurisdiction: str | None = Field(None, description=_JURISDICTION)


class ChatMessage(BaseModel):
    """A message as OpenAI's clients send it; ``content`` is a text or a list of parts."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    """Whether a stream ends with a usage chunk."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """OpenAI's chat completion. Sampling options are accepted and have no effect: answers are quoted, not sampled."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(examples=["medqa", "medqa-clinician"])
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    audience: str | None = Field(None, description="Overrides the audience that the model's name stands for.")
    language: str | None = Field(None, description=_LANGUAGE)
    jurisdiction: str | None = Field(None, description=_JURISDICTION)
    uploads: Uploads
