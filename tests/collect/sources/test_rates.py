import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.collect.sources.rates import demanded_wait, exhausted_for, server_time

NOW = 1_763_700_000.0
NAMES = ["x-rate-limit", "x-app-limit-24hour", "x-ratelimit", "ratelimit"]
VALUES = st.one_of(st.text(max_size=30), st.floats().map(str), st.integers().map(str))


@given(
    st.dictionaries(
        st.sampled_from(
            [f"{name}-{end}" for name in NAMES for end in ("remaining", "reset")]
            + ["retry-after", "date", "age"]
        ),
        VALUES,
    )
)
def test_no_header_breaks_the_reading_or_asks_for_a_wait_into_the_past(headers: dict[str, str]) -> None:
    server_time(headers)
    for wait in (exhausted_for(headers, NOW), demanded_wait(headers, NOW)):
        assert wait is None or wait >= 0


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_is_not_waited_for(name: str) -> None:
    assert exhausted_for({f"{name}-remaining": "1", f"{name}-reset": str(NOW + 900)}, NOW) is None


def test_an_answer_out_of_a_cache_is_as_old_as_it_says() -> None:
    date = {"date": "Thu, 20 Nov 2025 10:00:00 GMT"}
    fresh = server_time(date)
    cached = server_time(date | {"age": "3600"})
    assert fresh is not None
    assert cached == fresh + 3_600
