import pickle

import pytest

from echoloop.calls import Endpoint, MissingKey, Price
from echoloop.calls.endpoints import key_of


def endpoint(**changes: object) -> Endpoint:
    fields: dict[str, object] = {"name": "e", "provider": "p", "model": "m", "base_url": "https://host/v1"}
    return Endpoint(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base_url": ""}, "either base_url or factory"),
        ({"factory": "a.b:c"}, "either base_url or factory"),
        ({"base_url": "", "factory": "a.b.c"}, "package.module:function"),
        ({"base_url": "ftp://host"}, "http://"),
        ({"base_url": "https://user:secret@host/v1"}, "no user, password"),
        ({"base_url": "https://host/v1?key=secret"}, "query"),
        ({"concurrency": 0}, "concurrency must be at least 1"),
        ({"total_timeout": 0}, "total_timeout must be above 0"),
        ({"requests_per_minute": -1}, "requests_per_minute"),
        ({"parameters": {"model": "x"}}, "may not set model"),
        ({"parameters": {"seed": 1}, "omit": ("seed",)}, "both name seed"),
        ({"parameters": {"seed": object()}}, "plain values"),
    ],
)
def test_a_wrong_endpoint_says_which_and_why(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        endpoint(**changes)
    assert "'e'" in str(error.value)
    assert "secret" not in str(error.value)


def test_an_endpoint_travels() -> None:
    here = endpoint(price=Price(image={"1024x1024/high": 0.1}))
    assert pickle.loads(pickle.dumps(here)) == here  # noqa: S301 - our own bytes


def test_the_snapshot_is_what_is_pinned() -> None:
    assert endpoint().pinned_model == "m"
    assert endpoint(snapshot="m-2026-01-01").pinned_model == "m-2026-01-01"


def test_what_an_endpoint_is_sent_is_its_own_affair() -> None:
    asked = {"temperature": 0, "seed": 3}
    assert endpoint().sent(asked) == asked
    told = endpoint(parameters={"temperature": 1, "reasoning": {"effort": "low"}}, omit=("seed",))
    assert told.sent(asked) == {"temperature": 1, "reasoning": {"effort": "low"}}
    assert len({one.identity for one in (endpoint(), told, endpoint(omit=("seed",)))}) == 3
    assert pickle.loads(pickle.dumps(told)) == told  # noqa: S301 - our own bytes


def test_a_missing_key_names_endpoint_and_variable() -> None:
    keyed = endpoint(key_env="ACME_KEY")
    assert key_of(keyed, {"ACME_KEY": " abc "}) == "abc"
    with pytest.raises(MissingKey, match=r"'e'.*ACME_KEY"):
        key_of(keyed, {"ACME_KEY": ""})


def test_a_price_is_a_number_of_dollars() -> None:
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="price"):
            Price(input=wrong)
        with pytest.raises(ValueError, match="price"):
            Price(image={"1024x1024": wrong})
