"""Keys never reach a receipt, an error or a log, not even when a server echoes them."""

import re
from collections.abc import Collection

_MARK = "[redacted]"
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_KEYLIKE = re.compile(r"\b(?:(?:sk|key|pk|rk|hf|gsk|xai)[-_][A-Za-z0-9_-]{12,}|AIza[A-Za-z0-9_-]{30,})")


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """Blank the given secrets, and whatever looks like one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, _MARK)
    return _KEYLIKE.sub(_MARK, _BEARER.sub(rf"\1 {_MARK}", text))


def redact_bytes(data: bytes, secrets: Collection[str]) -> bytes:
    """Blank the given secrets in a body: exact, so that an honest answer is never altered."""
    for secret in secrets:
        if secret and (raw := secret.encode()) in data:
            data = data.replace(raw, _MARK.encode())
    return data
