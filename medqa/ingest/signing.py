"""Requests signed as S3 wants them, for buckets that not everybody may read.

Source: AWS, Authenticating Requests (AWS Signature Version 4) with the Authorization header; S3 API reference.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

_EMPTY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key pair of one region. Calling it with an address gives the headers of a GET."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"

    def __call__(self, url: str, moment: datetime | None = None) -> dict[str, str]:
        """``Authorization`` and what goes with it; valid for 15 minutes."""
        parts = urlsplit(url)
        stamp = (moment or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": parts.netloc, "x-amz-content-sha256": _EMPTY, "x-amz-date": stamp}
        named = ";".join(headers)
        query = sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in parse_qsl(parts.query, True)
        )
        request = "\n".join(
            [
                "GET",
                parts.path or "/",
                "&".join(f"{name}={value}" for name, value in query),
                *(f"{name}:{value}" for name, value in headers.items()),
                "",
                named,
                _EMPTY,
            ]
        )
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        text = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
        signature = hmac.new(self._key(scope), text.encode(), hashlib.sha256).hexdigest()
        proof = f"{_ALGORITHM} Credential={self.access_key}/{scope},SignedHeaders={named},Signature={signature}"
        return {"Authorization": proof, "x-amz-content-sha256": _EMPTY, "x-amz-date": stamp}

    def _key(self, scope: str) -> bytes:
        key = f"AWS4{self.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key
