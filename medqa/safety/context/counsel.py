"""What goes with an answer to a patient: questions asked back and reminders."""

from __future__ import annotations

from medqa.domain.conversation import Question
from medqa.safety.context.reminders import reminders
from medqa.safety.context.seeker import ContextSeeker


class PatientCounsel:
    """The data files' questions and the fixed reminders."""

    def __init__(self) -> None:
        self._seeker = ContextSeeker()

    def questions(self, question: Question) -> tuple[str, ...]:
        """At most three short questions whose answers would change the advice."""
        return self._seeker.questions(question)

    def reminders(self, question: Question) -> tuple[str, ...]:
        """The lines that go under an answer."""
        return reminders(question)
