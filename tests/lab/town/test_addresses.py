from datetime import UTC, datetime

import numpy as np
import pytest

from echoloop.lab.town.addresses import Address, Platform, new_number
from echoloop.records import canonical_url

WHEN = datetime(2025, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("platform", ["x", "reddit", "bluesky"])
@pytest.mark.parametrize("is_root", [True, False])
def test_every_form_of_an_address_is_the_same_post(platform: Platform, is_root: bool) -> None:
    rng = np.random.default_rng(1)
    root = new_number(platform, WHEN, rng)
    number = root if is_root else new_number(platform, WHEN, rng)
    address = Address(platform=platform, handle="@tea_sketch_07", number=number, root=root)
    forms = {address.wrapped(rng) for _ in range(200)}
    assert len(forms) > 8
    assert {canonical_url(form) for form in forms} == {address.url}
