"""A secret in other clothes: a server may send it back encoded, and it is a secret still."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection
from html import escape
from urllib.parse import quote, quote_plus

from echoloop.calls import redact

_SHORTEST_CORE = 8
_MARK = "[redacted]"


def hide(text: str, secrets: Collection[str]) -> str:
    """The text without the secrets, however they are spelt, and without whatever looks like one."""
    known = spellings(secrets)
    if known:
        text = re.sub("|".join(map(re.escape, known)), _MARK, text, flags=re.IGNORECASE)
    return redact(text)


def spellings(secrets: Collection[str]) -> tuple[str, ...]:
    """Each secret as it is and as it may be echoed, the longest first, so that no half of one stays."""
    found: set[str] = set()
    for secret in secrets:
        if secret:
            raw = secret.encode()
            found |= {secret, quote(secret, safe=""), quote_plus(secret), quote(secret), escape(secret)}
            found |= {json.dumps(secret)[1:-1], raw.hex(), raw.hex().upper(), secret[::-1]}
            found |= _base64_cores(raw)
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def _base64_cores(raw: bytes) -> set[str]:
    """What base64 makes of it wherever it stands in a longer text, less the ends that its neighbours share."""
    cores: set[str] = set()
    for before in range(3):
        whole = before + len(raw)
        first, last = -(-before * 8 // 6), whole * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            core = encode(bytes(before) + raw).decode()[first:last]
            if len(core) >= _SHORTEST_CORE:
                cores.add(core)
    return cores
