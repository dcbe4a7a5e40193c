"""What a collector would have stored: untidy, but whole."""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from echoloop.lab.town import ATTACKS, Town
from echoloop.records import canonical_url

RAW_FIELDS = {
    "text",
    "timestamp",
    "replies_above",
    "keyword",
    "url",
    "author",
    "image_urls",
    "replies_below",
    "engagement",
}


def test_lines_have_echos_raw_fields_and_no_others(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert set(line) == RAW_FIELDS
        assert set(line["engagement"]) == {"likes", "views", "reposts", "bookmarks"}
        assert all(set(image) == {"url", "alt"} for image in line["image_urls"])
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
        assert re.fullmatch(r"@[a-z_]+_\d{2,3}", line["author"])


def test_nothing_in_the_posts_says_what_is_true(town: Town, lines: list[dict[str, Any]]) -> None:
    raw = town.posts.read_text()
    for sample in town.truth.samples:
        assert sample.id not in raw
    for picture in town.truth.pictures:
        assert picture.sha256[:12] not in raw
    names = [image["url"] for line in lines for image in line["image_urls"]]
    assert names
    assert all(re.fullmatch(r"media/[0-9a-f]{16}\.(png|jpg)", name) for name in names)


def test_addresses_are_untidy_but_lead_to_the_posts(town: Town, lines: list[dict[str, Any]]) -> None:
    written = {post.url for post in town.truth.posts if not post.tombstone}
    assert {canonical_url(line["url"]) for line in lines} == written
    assert sum(canonical_url(line["url"]) != line["url"] for line in lines) > len(lines) / 2
    hosts = {line["url"].split("/")[2] for line in lines}
    assert {"x.com", "twitter.com", "mobile.twitter.com"} <= hosts
    listed = [url for line in lines for url in line["replies_above"] + line["replies_below"]]
    assert any(url.startswith("**") for url in listed)
    assert any("?s=20" in url for url in listed)


def test_posts_found_twice_differ_and_agree_on_what_was_said(lines: list[dict[str, Any]]) -> None:
    count = Counter(canonical_url(line["url"]) for line in lines)
    twice = {url for url, found in count.items() if found > 1}
    assert len(twice) > 5
    for url in twice:
        first, second = (line for line in lines if canonical_url(line["url"]) == url)
        assert first["text"] == second["text"]
        assert first["image_urls"] == second["image_urls"]


def test_edges_reach_every_post_of_a_thread_from_its_root(town: Town, lines: list[dict[str, Any]]) -> None:
    above: dict[str, list[str]] = {}
    for line in lines:
        chain = [canonical_url(url) for url in line["replies_above"]]
        url = canonical_url(line["url"])
        above[url] = max(above.get(url, []), chain, key=len)
    for post in town.truth.posts:
        if not post.tombstone:
            assert [*above[post.url], post.url][0] == post.thread_root


def test_deleted_posts_are_known_from_replies_alone(town: Town, lines: list[dict[str, Any]]) -> None:
    gone = {post.url for post in town.truth.posts if post.tombstone}
    above = {canonical_url(url) for line in lines for url in line["replies_above"]}
    assert gone
    assert gone <= above


def test_keywords_occur_in_the_posts_they_found(town: Town, lines: list[dict[str, Any]]) -> None:
    found = [line for line in lines if line["keyword"]]
    for line in found:
        assert all(word in line["text"].lower() for word in line["keyword"].split())
    assert {canonical_url(line["url"]) for line in found} == {each.post for each in town.truth.relevance}
    assert len({line["keyword"] for line in found}) > 4


def test_one_reply_is_a_flood_of_emoji(lines: list[dict[str, Any]]) -> None:
    assert sum(len(line["text"].encode()) >= 100_000 for line in lines) >= 1


def test_posts_begin_with_the_release(lines: list[dict[str, Any]]) -> None:
    days = sorted(line["timestamp"][:10] for line in lines)
    assert days[0] >= "2025-03-25"
    assert days[-1] < "2025-05-12"


def test_every_way_of_speaking_to_the_machine_is_in_town(town: Town, lines: list[dict[str, Any]]) -> None:
    said = {line["text"] for line in lines}
    assert set(ATTACKS.values()) <= said
    kinds = {post.url: post.thread_kind for post in town.truth.posts}
    urls = {canonical_url(line["url"]) for line in lines if line["text"] in set(ATTACKS.values())}
    assert {kinds[url] for url in urls} == {"flood"}
    assert not urls & {url for sample in town.truth.samples for url in sample.post_urls}
