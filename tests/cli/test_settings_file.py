"""A mistake in echoloop.toml is named with its place, and with what is allowed there."""

from importlib import resources
from pathlib import Path

import pytest

from echoloop.cli.composing import House
from echoloop.cli.settings_file import read_settings
from echoloop.records import Mistake

TOP = 'subject = "Lab Painter"\nreleased = 2025-03-25\n'
ENDPOINT = '[endpoints.a]\nbase_url = "lab:"\nmodel = "lab-reader"\n'


def house(tmp_path: Path, text: str) -> House:
    path = tmp_path / "echoloop.toml"
    path.write_text(text)
    return House(path, read_settings(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["'subject' is missing", "'released' is missing"]),
        ("subject =", ["not TOML"]),
        (TOP + "subjekt = 1\n", ["unknown key 'subjekt'", "Did you mean 'subject'?", "Allowed: collect"]),
        (
            TOP + "[endpoints.a]\nbase_url = 'lab:'\nmodle = 'x'\n",
            ["'modle' in [endpoints.a]", "'model'", "'model' is missing"],
        ),
        (TOP + "[roles]\ntxt = 'a'\n", ["'txt' in [roles]", "guard, guards, judges"]),
        (TOP + "[engine]\nrunner = 'spark'\n", ["engine.runner", "'spark'"]),
        (TOP + "[judge]\nresamples = 5\n", ["judge.resamples", "100"]),
        (TOP + "[wrong]\na = 1\n", ["unknown key 'wrong'"]),
        (TOP + ENDPOINT + "price = { inptu = 1 }\n", ["'inptu' in [endpoints.a.price]", "'input'"]),
    ],
)
def test_mistakes_are_told_all_at_once(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(Mistake) as caught:
        house(tmp_path, text)
    assert caught.value.exit_status == 2
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "act", "words"),
    [
        (TOP, "curate", ["no endpoint has the role 'text'", "none yet"]),
        (TOP + ENDPOINT + "[roles]\ntext = 'b'\n", "curate", ["'b', which is not declared", "one of: a"]),
        (TOP + ENDPOINT, "collect", ["no endpoint has the role 'text'"]),
        (TOP + ENDPOINT, "judge", ["no judges"]),
        (TOP + ENDPOINT, "generate", ["no image models"]),
        (TOP + ENDPOINT + "[models.m]\nendpoint = 'z'\n", "generate", ["[models.m] names the endpoint 'z'"]),
        (
            TOP + ENDPOINT + "[collect]\narchive = 'none.jsonl'\n[roles]\ntext = 'a'\n",
            "collect",
            ["no such archive"],
        ),
    ],
)
def test_unknown_roles_and_endpoints_are_named(tmp_path: Path, text: str, act: str, words: list[str]) -> None:
    with pytest.raises(Mistake) as caught:
        getattr(house(tmp_path, text), act)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [("base_url = 'http://user:pw@host/v1'", "password"), ("base_url = 'host/v1'", "http")],
)
def test_an_address_with_a_secret_or_without_a_scheme_is_refused(
    tmp_path: Path, change: str, words: str
) -> None:
    with pytest.raises(Mistake, match=words):
        house(tmp_path, TOP + f"[endpoints.a]\n{change}\nmodel = 'm'\n")


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="echoloop init"):
        read_settings(tmp_path / "echoloop.toml")


def test_the_file_that_init_writes_is_whole(tmp_path: Path) -> None:
    written = house(tmp_path, resources.files("echoloop.cli").joinpath("echoloop.toml").read_text("utf-8"))
    assert written.generate.models[0].name == "birch"
    assert written.judge.judges[0].endpoint == "fair"
    assert written.curate.guard == "guard"


def test_two_servers_with_the_same_model_name_never_share_receipts(tmp_path: Path) -> None:
    text = TOP + "".join(
        f"[endpoints.{name}]\nbase_url = 'http://{name}/v1'\nmodel = 'm'\n" for name in ("one", "two")
    )
    providers = {
        endpoint.provider
        for endpoint in house(
            tmp_path, text.replace("://one", "://127.0.0.1").replace("://two", "://127.0.0.2")
        ).endpoints.values()
    }
    assert providers == {"one", "two"}
