"""A bound on costs holds only where prices are known: say so, instead of sending nothing and calling that an outage."""

from collections.abc import Iterable
from typing import Any

from echoloop.calls.prices import upper_estimate
from echoloop.engine.doors import DoorHandle
from echoloop.engine.question import Asked, Question, Rendering
from echoloop.records import Failed, Mistake
from echoloop.workspace import ImageStore


def require_prices(
    answers: Iterable[Asked[Any, Any]], question: Question[Any, Any], handle: DoorHandle, images: ImageStore
) -> None:
    """Raise if a row failed because nobody can say what its call may cost. One row an endpoint is looked at."""
    endpoints = {endpoint.name: endpoint for endpoint in handle.endpoints}
    for asked in answers:
        name = question.endpoint_for(asked.row)
        if not isinstance(asked.answer, Failed) or name not in endpoints:
            continue
        endpoint = endpoints.pop(name)
        try:
            request = question.render(asked.row, Rendering(endpoint, images, question.prompt))
        except Exception:  # noqa: BLE001 - why this row could not be rendered is its own reason already
            continue
        if upper_estimate(endpoint, request).cost is None:
            raise Mistake(
                f"a cost bound is set, and the price of endpoint {name!r} ({endpoint.pinned_model}) is unknown",
                where=f"stage {question.stage!r}",
                remedy=f"Give [endpoints.{name}] a price (free is price = {{ request = 0 }}), or leave out --max-cost.",
            )
