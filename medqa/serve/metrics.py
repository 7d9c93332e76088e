"""What an operator watches: requests, outcomes, times, turned away. Numbers only, no text."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from medqa.domain.answer import Reply
from medqa.serve.presenting import status_of

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The figures of one server, in a registry of its own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "medqa_http_requests", "HTTP requests", ["method", "route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "medqa_http_request_seconds", "Time to the last byte", ["route"], buckets=_SECONDS, registry=self._registry
        )
        self.in_flight = Gauge("medqa_http_requests_in_flight", "Requests being served", registry=self._registry)
        self._replies = Counter(
            "medqa_replies", "Replies by what happened", ["status", "language", "degraded"], registry=self._registry
        )
        self._stages = Histogram(
            "medqa_stage_seconds", "Time in each stage", ["stage"], buckets=_SECONDS, registry=self._registry
        )

    def count(self, reply: Reply) -> None:
        """Counts one reply and the time that its stages took."""
        degraded = str(reply.provenance.degraded).lower()
        self._replies.labels(status_of(reply.outcome), reply.language, degraded).inc()
        for stage, milliseconds in reply.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def exposition(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)
