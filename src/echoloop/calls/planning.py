"""What a run would cost before anything is paid: estimates, said to be estimates."""

import msgspec

from echoloop.calls.endpoints import Endpoint
from echoloop.calls.prices import estimate
from echoloop.calls.requests import DrawRequest, Request

CHAT_SECONDS, DRAW_SECONDS = 3.0, 20.0


class PlannedStage(msgspec.Struct, kw_only=True):
    """The missing calls of one stage. `cost` sums the calls whose price is known; `unpriced` counts the others.

    `seconds` assumes 3 s an answer and 20 s a picture at the endpoint's full concurrency, or its limit of calls a minute.
    """

    calls: int = 0
    cost: float = 0.0
    unpriced: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    seconds: float = 0.0

    def add(self, endpoint: Endpoint, request: Request) -> None:
        likely = estimate(endpoint, request)
        draws = isinstance(request, DrawRequest)
        self.calls += 1
        self.cost += likely.cost or 0.0
        self.unpriced += likely.cost is None
        self.input_tokens += likely.input_tokens
        self.output_tokens += likely.output_tokens
        self.images += draws
        each = (DRAW_SECONDS if draws else CHAT_SECONDS) / endpoint.concurrency
        slowest = 60.0 / endpoint.requests_per_minute if endpoint.requests_per_minute else 0.0
        self.seconds += max(each, slowest)
