import pytest

from echoloop.calls import ChatRequest, DrawRequest, Endpoint, ImagePart, Message, Price, TextPart
from echoloop.calls.prices import cost_of, estimate, upper_estimate
from echoloop.records.receipt import Usage

CHAT = ChatRequest(provider="openai", model="gpt-4o", messages=(Message("user", (TextPart("x" * 4000),)),))
DRAW = DrawRequest(
    provider="p", model="m", prompt="ball", parameters={"size": "1024x1024", "quality": "high", "n": 2}
)
COUNTED = Usage(input_tokens=1_000_000, output_tokens=500_000, cached_tokens=400_000)


def endpoint(price: Price | None, provider: str = "p", model: str = "m") -> Endpoint:
    return Endpoint(name="e", provider=provider, model=model, base_url="http://h/v1", price=price)


def test_the_endpoints_own_table_comes_first() -> None:
    assert cost_of(endpoint(Price(input=1, output=4)), CHAT, COUNTED) == pytest.approx(3.0)
    assert cost_of(endpoint(Price(input=1, cached_input=0.5, output=4)), CHAT, COUNTED) == pytest.approx(2.8)


def test_published_prices_come_second() -> None:
    cost = cost_of(endpoint(None, "openai", "gpt-4o"), CHAT, Usage(input_tokens=1000, output_tokens=10))
    assert cost is not None
    assert 0 < cost < 1


def test_unknown_stays_unknown_and_free_has_to_be_said() -> None:
    nobody = ChatRequest(provider="nobody", model="nothing-9", messages=CHAT.messages)
    assert cost_of(endpoint(None, "nobody", "nothing-9"), nobody, COUNTED) is None
    assert cost_of(endpoint(Price(input=1, output=1)), CHAT, Usage()) is None
    assert cost_of(endpoint(Price(image=0.04)), CHAT, COUNTED) is None
    assert cost_of(endpoint(None), DRAW, Usage(images=2)) is None
    assert cost_of(endpoint(Price(request=0)), CHAT, Usage()) == 0.0


def test_images_are_priced_flat_or_by_size_and_quality() -> None:
    drawn = Usage(images=2)
    assert cost_of(endpoint(Price(image=0.04)), DRAW, drawn) == pytest.approx(0.08)
    table = {"1024x1024/high": 0.17, "1024x1024": 0.05}
    assert cost_of(endpoint(Price(image=table)), DRAW, drawn) == pytest.approx(0.34)
    assert cost_of(endpoint(Price(image={"512x512": 0.01})), DRAW, drawn) is None
    edit = DrawRequest(provider="p", model="m", prompt="b", images=(ImagePart("ab" * 32, "image/png"),))
    assert cost_of(endpoint(Price(image=0.04, input_image=0.01)), edit, Usage(images=1)) == pytest.approx(
        0.05
    )


def test_a_refusal_that_drew_nothing_costs_nothing_by_an_image_table() -> None:
    assert cost_of(endpoint(Price(image=0.04)), DRAW, Usage()) == 0.0


def test_estimates_count_text_images_and_the_answers_limit() -> None:
    priced = endpoint(Price(input=1, output=2))
    limited = ChatRequest(provider="p", model="m", messages=CHAT.messages, parameters={"max_tokens": 100})
    likely, upper = estimate(priced, limited), upper_estimate(priced, limited)
    assert 1000 <= likely.input_tokens < 1100
    assert upper.input_tokens >= 4000
    assert likely.output_tokens == upper.output_tokens == 100
    assert likely.cost is not None
    assert upper.cost is not None
    assert likely.cost < upper.cost
    assert estimate(endpoint(Price(image=0.04)), DRAW).cost == pytest.approx(0.08)
