"""Names of tables: any model's name, and no suite takes another's."""

import pytest

from echoloop.suites.tables import answers_table, outputs_table


@pytest.mark.parametrize("model", ["org/model", "gpt-4.1", "..", "名前", "a" * 300, "with space", "%2E"])
def test_a_name_is_one_folder_and_no_other_models(model: str) -> None:
    names = {outputs_table("own", one) for one in (model, model + "x", model.replace(".", "_"), "other")}
    assert outputs_table("own", model) in names
    assert len(names) >= 3
    for name in names:
        assert "/" not in name
        assert len(name.encode()) < 200
    assert answers_table("own", "a.b", "c") != answers_table("own", "a", "b.c")
