import subprocess
import sys
import threading

import pytest

from echoloop.collect.sources import PLATFORMS, PlatformSettings, open_source
from echoloop.records import Mistake


def opened(environ: dict[str, str], **settings):
    return open_source(PlatformSettings(**settings), stop=threading.Event(), announce=print, environ=environ)


@pytest.mark.parametrize(("platform", "variable"), [("x", "X_BEARER_TOKEN"), ("reddit", "REDDIT_CLIENT_ID")])
def test_a_missing_key_is_a_mistake_that_names_the_variable(platform: str, variable: str) -> None:
    with pytest.raises(Mistake, match=variable):
        opened({}, platform=platform)


@pytest.mark.parametrize("platform", ["bluesky", "mastodon"])
def test_where_the_platform_allows_it_no_key_is_needed(platform: str) -> None:
    assert opened({}, platform=platform).platform == platform


@pytest.mark.parametrize(
    ("platform", "names"),
    [("mastodon", {"key_env": "MY_TOKEN"}), ("bluesky", {"secret_env": "MY_TOKEN", "user_env": "MY_NAME"})],
)
def test_a_key_that_the_settings_name_must_be_there(platform: str, names: dict[str, str]) -> None:
    with pytest.raises(Mistake, match="MY_TOKEN"):
        opened({"MY_NAME": "painter-fan-01.example"}, platform=platform, **names)


def test_an_unknown_platform_is_told_which_there_are() -> None:
    with pytest.raises(Mistake) as raised:
        opened({}, platform="twitter")
    assert all(name in str(raised.value) for name in PLATFORMS)


def test_sources_plan_without_a_network() -> None:
    source = opened({"X_BEARER_TOKEN": "t"}, platform="x", base_url="http://127.0.0.1:9")
    assert source.platform == "x"
    assert source.by_time


def test_no_client_library_is_imported() -> None:
    code = "import sys, echoloop.collect.sources; print({'praw', 'atproto', 'mastodon'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
