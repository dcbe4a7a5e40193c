"""What a call costs: the endpoint's own table first, then the published prices, else unknown. Unknown is never 0."""

from typing import Any

import msgspec

from echoloop.calls.endpoints import BATCH_FACTOR, Endpoint, Price
from echoloop.calls.requests import ChatRequest, DrawRequest, Request, sent_images, sent_texts
from echoloop.records.receipt import Usage

_MILLION = 1_000_000
IMAGE_TOKENS, MOST_IMAGE_TOKENS = 1_000, 1_700
OUTPUT_TOKENS, MOST_OUTPUT_TOKENS = 400, 4_096
MESSAGE_TOKENS = 8


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a call will probably use. An estimate, not a bill: tokens are guessed from bytes and counts of images."""

    input_tokens: int
    output_tokens: int
    cost: float | None


def estimate(endpoint: Endpoint, request: Request) -> Estimate:
    """The likely use: four bytes of text a token, 1,000 tokens an image, 400 tokens of answer unless limited lower."""
    tokens = _text_bytes(request) // 4 + IMAGE_TOKENS * len(sent_images(request)) + MESSAGE_TOKENS
    output = min(_output_limit(request, OUTPUT_TOKENS), OUTPUT_TOKENS)
    return _estimate(endpoint, request, tokens, output)


def upper_estimate(endpoint: Endpoint, request: Request) -> Estimate:
    """What a budget sets aside: a token a byte, 1,700 tokens an image, the answer's own limit, or 4,096 tokens."""
    tokens = _text_bytes(request) + MOST_IMAGE_TOKENS * len(sent_images(request)) + 4 * MESSAGE_TOKENS
    return _estimate(endpoint, request, tokens, _output_limit(request, MOST_OUTPUT_TOKENS))


def cost_of(endpoint: Endpoint, request: Request, usage: Usage) -> float | None:
    """The price of a finished call in US dollars, None when it cannot be known."""
    if endpoint.price is not None:
        return _own_cost(endpoint.price, request, usage)
    return _published_cost(endpoint, request, usage)


def batch_factor(endpoint: Endpoint) -> float:
    """What share of its price a call costs when it is made in a provider's batch."""
    return BATCH_FACTOR if endpoint.price is None else endpoint.price.batch


def _own_cost(price: Price, request: Request, usage: Usage) -> float | None:
    parts: list[float | None] = []
    if price.request is not None:
        parts.append(price.request)
    if price.input is not None or price.output is not None:
        parts.append(_token_cost(price, usage))
    if price.image is not None and (isinstance(request, DrawRequest) or usage.images):
        parts.append(_image_cost(price.image, request, usage.images))
    if price.input_image is not None:
        parts.append(price.input_image * len(sent_images(request)))
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _token_cost(price: Price, usage: Usage) -> float | None:
    cost = 0.0
    if price.input is not None:
        if usage.input_tokens is None:
            return None
        cached = min(usage.cached_tokens or 0, usage.input_tokens) if price.cached_input is not None else 0
        cost += price.input * (usage.input_tokens - cached) + (price.cached_input or 0.0) * cached
    if price.output is not None:
        if usage.output_tokens is None:
            return None
        cost += price.output * usage.output_tokens
    return cost / _MILLION


def _image_cost(table: float | dict[str, float], request: Request, count: int | None) -> float | None:
    """A refusal drew nothing and costs nothing by this table."""
    if isinstance(table, dict):
        size, quality = (str(_parameters(request).get(name, "auto")) for name in ("size", "quality"))
        found = [table[name] for name in (f"{size}/{quality}", size, quality) if name in table]
        if not found:
            return None
        return found[0] * (count or 0)
    return table * (count or 0)


def _published_cost(endpoint: Endpoint, request: Request, usage: Usage) -> float | None:
    """Published tables price tokens. An image model's tokens are of several kinds, so it needs a table of its own."""
    if not isinstance(request, ChatRequest) or usage.input_tokens is None or usage.output_tokens is None:
        return None
    from genai_prices import Usage as PricedUsage
    from genai_prices import calc_price

    counted = PricedUsage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens or 0,
        output_tokens=usage.output_tokens,
    )
    try:
        return float(calc_price(counted, request.model, provider_id=endpoint.provider).total_price)
    except (LookupError, ValueError):
        return None


def _estimate(endpoint: Endpoint, request: Request, input_tokens: int, output_tokens: int) -> Estimate:
    images = _drawn_count(request) if isinstance(request, DrawRequest) else None
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens, images=images)
    return Estimate(
        input_tokens=input_tokens, output_tokens=output_tokens, cost=cost_of(endpoint, request, usage)
    )


def _text_bytes(request: Request) -> int:
    schema = (
        len(msgspec.json.encode(request.schema)) if isinstance(request, ChatRequest) and request.schema else 0
    )
    return schema + sum(len(text.encode()) for text in sent_texts(request))


def _output_limit(request: Request, default: int) -> int:
    if not isinstance(request, ChatRequest):
        return default if isinstance(request, DrawRequest) else 0
    for name in ("max_completion_tokens", "max_tokens", "maxOutputTokens"):
        if isinstance(limit := request.parameters.get(name), int) and limit > 0:
            return limit
    return default


def _drawn_count(request: DrawRequest) -> int:
    count = request.parameters.get("n", 1)
    return count if isinstance(count, int) and count > 0 else 1


def _parameters(request: Request) -> dict[str, Any]:
    return request.parameters if isinstance(request, ChatRequest | DrawRequest) else {}
