"""A cluster is named after what most of its prompts share."""

from echoloop.lab.annotators.naming import NamingQuestion, name_task


def test_the_shared_words_name_it() -> None:
    prompts = ["Sketch this cat, please", "a sketch of my cat", "cat as pencil sketch"]
    assert name_task(NamingQuestion(prompts=prompts)).name == "cat sketch"


def test_what_shares_nothing_is_mixed() -> None:
    assert name_task(NamingQuestion(prompts=["red boat", "blue sky", "old house"])).name == "mixed"
    assert name_task(NamingQuestion()).name == "mixed"
