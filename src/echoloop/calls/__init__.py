"""The one door to every model: a request becomes a key, a call, a receipt and an answer."""

from echoloop.calls.admission import Unreadable
from echoloop.calls.budget import Budget, OverBudget, Spending
from echoloop.calls.canonical import canonical, read_canonical, request_key
from echoloop.calls.door import Door, Gauge, Mode
from echoloop.calls.endpoints import Endpoint, MissingKey, Price, UnknownEndpoint
from echoloop.calls.fences import NotFenced, fenced, read_fenced
from echoloop.calls.ledger import Ledger, ReceiptStore
from echoloop.calls.ledger_exporting import Exported, export_ledger
from echoloop.calls.ledger_file import LedgerTooNew, LedgerWriteError, NotALedger
from echoloop.calls.ledger_forgetting import Swept
from echoloop.calls.ledger_importing import BadExport, Imported, import_ledger
from echoloop.calls.ledger_rows import Total
from echoloop.calls.ledger_verifying import BadRow, Verification
from echoloop.calls.planning import PlannedStage
from echoloop.calls.prices import Estimate
from echoloop.calls.prompts import BadPrompt, Prompt, load_prompt
from echoloop.calls.receipts import receipt_from_response
from echoloop.calls.redaction import redact
from echoloop.calls.replaying import Ask, Wanted
from echoloop.calls.requests import (
    ChatRequest,
    ChatText,
    DrawnImages,
    DrawRequest,
    ImagePart,
    Message,
    ModerationRequest,
    ModerationResult,
    Part,
    Payload,
    ProtocolName,
    Purpose,
    Reply,
    Request,
    TextPart,
)
from echoloop.calls.shapes import AsIs, Parsed, Shape, Structured, structured
from echoloop.calls.wire import ImageSource

__all__ = [
    "AsIs",
    "Ask",
    "BadExport",
    "BadPrompt",
    "BadRow",
    "Budget",
    "ChatRequest",
    "ChatText",
    "Door",
    "DrawRequest",
    "DrawnImages",
    "Endpoint",
    "Estimate",
    "Exported",
    "Gauge",
    "ImagePart",
    "ImageSource",
    "Imported",
    "Ledger",
    "LedgerTooNew",
    "LedgerWriteError",
    "Message",
    "MissingKey",
    "Mode",
    "ModerationRequest",
    "ModerationResult",
    "NotALedger",
    "NotFenced",
    "OverBudget",
    "Parsed",
    "Part",
    "Payload",
    "PlannedStage",
    "Price",
    "Prompt",
    "ProtocolName",
    "Purpose",
    "ReceiptStore",
    "Reply",
    "Request",
    "Shape",
    "Spending",
    "Structured",
    "Swept",
    "TextPart",
    "Total",
    "UnknownEndpoint",
    "Unreadable",
    "Verification",
    "Wanted",
    "canonical",
    "export_ledger",
    "fenced",
    "import_ledger",
    "load_prompt",
    "read_canonical",
    "read_fenced",
    "receipt_from_response",
    "redact",
    "request_key",
    "structured",
]
