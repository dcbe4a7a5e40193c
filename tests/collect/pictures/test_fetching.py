"""Downloads over real HTTP on loopback: what servers do to collectors, and what then is told and kept."""

import asyncio
import gzip
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from picture_server import Answering, Names, PictureServer, in_turn, jpeg, moved, whole

from echoloop.collect.pictures import FetchLimits, PictureFetcher, PictureOutcome, Reach
from echoloop.images import Limits
from echoloop.records import Problem
from echoloop.workspace import ImageStore

HERE = Reach(plain_http=True, allow_private=("127.0.0.1/32",), ports=None)
QUICK = FetchLimits(first_pause=0.01, attempts=2, seconds=5.0, longest_pause=3.0)
RED = jpeg()


def fetch(
    tmp_path: Path,
    answers: dict[str, Answering],
    urls: Callable[[PictureServer], Sequence[str]],
    limits: FetchLimits = QUICK,
    names: Names | None = None,
    reach: Reach = HERE,
    stop: threading.Event | None = None,
) -> tuple[dict[str, PictureOutcome], PictureServer]:
    """What was told, by path, and the server as it was left."""
    told: list[PictureOutcome] = []
    store = ImageStore(tmp_path / "images")

    def done(outcomes: Sequence[PictureOutcome]) -> None:
        assert all(outcome.sha256 is None or outcome.sha256 in store for outcome in outcomes)
        told.extend(outcomes)

    async def run() -> PictureServer:
        async with PictureServer(answers) as server:
            resolver = names or Names(pictures_example=[["127.0.0.1"]])
            await PictureFetcher(limits, reach, resolver=resolver, stop=stop).fetch_all(
                urls(server), store, done
            )
        return server

    server = asyncio.run(run())
    asked = urls(server)
    assert len(told) == len({outcome.url for outcome in told})
    assert {outcome.url for outcome in told} <= set(asked)
    return {outcome.url.partition(f":{server.port}")[2] or outcome.url: outcome for outcome in told}, server


def one(
    tmp_path: Path, answer: Answering, limits: FetchLimits = QUICK
) -> tuple[PictureOutcome, PictureServer]:
    told, server = fetch(tmp_path, {"/a.jpg": answer}, lambda server: [server.url("/a.jpg")], limits)
    return told["/a.jpg"], server


def test_a_picture_is_stored_whatever_its_name_and_content_type_say(tmp_path: Path) -> None:
    outcome, server = one(tmp_path, whole(RED, "Content-Type: text/html"))
    assert (outcome.media_type, outcome.width, outcome.height) == ("image/jpeg", 24, 32)
    assert outcome.sha256 is not None
    assert ImageStore(tmp_path / "images").read(outcome.sha256) == RED
    head = server.heads[0].lower()
    assert "accept-encoding: identity" in head
    assert "cookie" not in head
    assert not list((tmp_path / "images").rglob(".*"))


def test_a_page_that_calls_itself_a_picture_is_none(tmp_path: Path) -> None:
    outcome, _ = one(tmp_path, whole(b"<html>sign in</html>", "Content-Type: image/jpeg"))
    assert (outcome.sha256, outcome.again) == (None, False)
    assert outcome.absence.startswith("not_an_image:")


def test_equal_urls_are_asked_once_and_equal_content_is_stored_once(tmp_path: Path) -> None:
    answers = {"/a.jpg": whole(RED), "/b.jpg": whole(RED)}
    told, server = fetch(tmp_path, answers, lambda s: [s.url("/a.jpg"), s.url("/b.jpg"), s.url("/a.jpg")])
    assert server.asked == {"/a.jpg": 1, "/b.jpg": 1}
    assert told["/a.jpg"].sha256 == told["/b.jpg"].sha256
    assert len([path for path in (tmp_path / "images").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("status", "again"), [("404 Not Found", False), ("410 Gone", False), ("403 Forbidden", False)]
)
def test_what_is_gone_is_asked_once(tmp_path: Path, status: str, again: bool) -> None:
    outcome, server = one(tmp_path, whole(b"", status=status))
    assert status[:3] in outcome.absence
    assert outcome.again is again
    assert server.asked["/a.jpg"] == 1


def test_a_server_error_is_tried_again_within_bounds(tmp_path: Path) -> None:
    broken = whole(b"", status="500 Oh")
    outcome, server = one(tmp_path, in_turn(broken, whole(RED)))
    assert outcome.sha256 is not None
    outcome, server = one(tmp_path / "2", broken)
    assert (outcome.again, server.asked["/a.jpg"]) == (True, QUICK.attempts)
    assert outcome.absence == "server error: HTTP 500"


def test_a_broken_off_body_is_tried_again(tmp_path: Path) -> None:
    outcome, _ = one(tmp_path, in_turn(whole(RED[:100], length=len(RED)), whole(RED)))
    assert outcome.sha256 is not None
    outcome, _ = one(tmp_path / "2", whole(RED[:100], length=len(RED)))
    assert outcome.again
    assert outcome.absence.startswith("broken off:")


def test_a_picture_that_lacks_its_end_is_no_picture(tmp_path: Path) -> None:
    outcome, _ = one(tmp_path, whole(RED[:-10]))
    assert outcome.absence.startswith("truncated:")


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + RED)
    while True:
        writer.write(bytes(65_536))
        await writer.drain()


async def _dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


def test_a_body_without_end_is_left_at_the_limit(tmp_path: Path) -> None:
    limits = FetchLimits(picture=Limits(file_bytes=300_000))
    outcome, _ = one(tmp_path, _endless, limits)
    assert (outcome.absence, outcome.again) == ("too_many_bytes: more than 300,000", False)
    outcome, _ = one(tmp_path / "2", whole(RED, length=10**12), limits)
    assert outcome.absence.startswith("too_many_bytes:")


def test_a_drip_ends_in_time(tmp_path: Path) -> None:
    outcome, _ = one(tmp_path, _dripping, FetchLimits(seconds=0.2, attempts=1))
    assert (outcome.absence, outcome.again) == ("timeout: no whole picture in 0.2 s", True)


def test_packed_bytes_are_never_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    outcome, _ = one(tmp_path, whole(bomb, "Content-Encoding: gzip"))
    assert outcome.absence.startswith("packed:")


def test_nonsense_instead_of_http_is_an_outcome(tmp_path: Path) -> None:
    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff\xfe not http at all\r\n\r\n")
        await writer.drain()

    outcome, _ = one(tmp_path, nonsense)
    assert outcome.absence.startswith("broken off:")


def test_redirects_are_followed_by_hand_and_end(tmp_path: Path) -> None:
    answers = {
        "/a.jpg": moved("b.jpg"),
        "/b.jpg": whole(RED),
        "/round": moved("/about"),
        "/about": moved("/round"),
        **{f"/{step}": moved(f"/{step + 1}") for step in range(20)},
        "/nowhere": moved("https://"),
        "/file": moved("file:///etc/passwd"),
    }
    told, _ = fetch(
        tmp_path, answers, lambda s: [s.url(p) for p in ("/a.jpg", "/round", "/0", "/nowhere", "/file")]
    )
    assert told["/a.jpg"].sha256 is not None
    assert told["/round"].absence == "redirects: they lead in a circle"
    assert told["/0"].absence == "redirects: more than 5"
    assert all(
        told[p].absence.startswith("forbidden address: a redirect leads there") for p in ("/nowhere", "/file")
    )


@pytest.mark.parametrize("target", ["inside.example", "127.0.0.2", "2130706434", "metadata.example"])
def test_a_redirect_to_a_private_address_is_not_followed(tmp_path: Path, target: str) -> None:
    names = Names(
        pictures_example=[["127.0.0.1"]],
        inside_example=[["127.0.0.2"]],
        metadata_example=[["169.254.169.254"]],
    )

    async def run() -> tuple[PictureOutcome, PictureServer]:
        secret = PictureServer({"/a.jpg": whole(RED)}, "127.0.0.2")
        async with secret:
            answers = {"/a.jpg": moved(f"http://{target}:{secret.port}/a.jpg")}
            async with PictureServer(answers) as server:
                told: list[PictureOutcome] = []
                store = ImageStore(tmp_path / "images")
                await PictureFetcher(QUICK, HERE, resolver=names).fetch_all(
                    [server.url("/a.jpg")], store, told.extend
                )
        return told[0], secret

    outcome, secret = asyncio.run(run())
    assert outcome.absence.startswith("forbidden address: a redirect leads there")
    assert (outcome.again, secret.connections) == (False, 0)


def test_a_name_that_changes_its_address_never_gets_the_second_one(tmp_path: Path) -> None:
    """The address that was checked is the one that is asked: there is no second look-up to be fooled by."""
    names = Names(pictures_example=[["127.0.0.1"], ["127.0.0.2"]])

    async def run() -> tuple[list[PictureOutcome], PictureServer]:
        async with PictureServer({"/a.jpg": whole(RED), "/b.jpg": whole(RED)}) as server:
            secret = PictureServer({"/b.jpg": whole(RED)}, "127.0.0.2")
            secret.port = server.port
            async with secret:
                told: list[PictureOutcome] = []
                for path in ("/a.jpg", "/b.jpg"):
                    fetcher = PictureFetcher(QUICK, HERE, resolver=names)
                    await fetcher.fetch_all([server.url(path)], ImageStore(tmp_path / "images"), told.extend)
        return told, secret

    told, secret = asyncio.run(run())
    assert told[0].sha256 is not None
    assert told[1].absence.startswith("forbidden address: 127.0.0.2")
    assert secret.connections == 0


def test_urls_that_may_not_be_asked_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = [
        "data:image/png;base64,AA",
        "file:///etc/passwd",
        "http://u:p@pictures.example/",
        "https://x:y/",
        "\ud800",
        "",
    ]
    told, _ = fetch(tmp_path, {"/a.jpg": whole(RED)}, lambda s: [*bad, s.url("/a.jpg")])
    assert len(told) == len(bad) + 1
    assert all(told[url].absence.startswith("forbidden address:") and not told[url].again for url in bad)
    assert told["/a.jpg"].sha256 is not None


def test_a_name_that_nobody_knows_may_be_known_tomorrow(tmp_path: Path) -> None:
    told, _ = fetch(tmp_path, {}, lambda s: ["http://lost.example/a.jpg"])
    (outcome,) = told.values()
    assert (outcome.absence, outcome.again) == ("name not resolved: lost.example", True)


def test_a_busy_host_gets_its_pause_and_the_pictures_come(tmp_path: Path) -> None:
    busy = whole(b"", "Retry-After: 0", status="429 Too Many Requests")
    answers = {f"/{n}.jpg": in_turn(busy, whole(jpeg(16 + n))) for n in range(12)}
    told, _ = fetch(tmp_path, answers, lambda s: [s.url(path) for path in answers])
    assert all(outcome.sha256 for outcome in told.values())


def test_a_host_that_stays_busy_is_left_alone_and_others_are_served(tmp_path: Path) -> None:
    long = whole(b"", "Retry-After: 86400", status="503 Busy")
    answers = {"/fine.jpg": whole(RED), **{f"/{n}.jpg": long for n in range(100)}}
    names = Names(pictures_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    told, server = fetch(
        tmp_path,
        answers,
        lambda s: [*(s.url(f"/{n}.jpg") for n in range(100)), s.url("/fine.jpg", "other.example")],
        names=names,
    )
    assert told["/fine.jpg"].sha256 is not None
    assert all(told[f"/{n}.jpg"].again for n in range(100))
    assert server.asked.total() <= 1 + QUICK.at_once_per_host
    storm = whole(b"", "Retry-After: 0", status="429 Too Many Requests")
    limits = FetchLimits(first_pause=0.001, longest_pause=0.01, patience=3)
    outcome, server = one(tmp_path / "2", storm, limits)
    assert outcome.absence.startswith("too many requests:")
    assert server.asked["/a.jpg"] == limits.patience + 1


def test_a_silent_host_is_not_asked_for_ever(tmp_path: Path) -> None:
    limits = FetchLimits(attempts=1, patience=4, at_once_per_host=2)
    told, _ = fetch(
        tmp_path,
        {},
        lambda s: [f"http://pictures.example:1/{n}.jpg" for n in range(50)],
        limits,
        Names(pictures_example=[["127.0.0.1"]]),
    )
    assert len(told) == 50
    assert all(outcome.again for outcome in told.values())
    assert sum(outcome.absence.startswith("host left alone:") for outcome in told.values()) >= 44


def test_a_host_is_not_crowded(tmp_path: Path) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        await whole(RED)(writer)

    answers = {f"/{n}.jpg": slow for n in range(20)}
    limits = FetchLimits(at_once_per_host=3)
    told, server = fetch(tmp_path, answers, lambda s: [s.url(path) for path in answers], limits)
    assert len(told) == 20
    assert server.busiest <= 3


def test_stop_keeps_what_came_and_leaves_the_rest(tmp_path: Path) -> None:
    stop = threading.Event()

    async def stopping(writer: asyncio.StreamWriter) -> None:
        stop.set()
        await whole(RED)(writer)

    answers = {f"/{n}.jpg": stopping for n in range(3_000)}
    told, _server = fetch(tmp_path, answers, lambda s: [s.url(path) for path in answers], stop=stop)
    assert len(told) < 2_000
    assert all(outcome.sha256 for outcome in told.values())


def test_a_full_disk_ends_the_run_and_not_silently(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("in the way")
    with pytest.raises(Problem, match="pictures were not written"):
        one(tmp_path, whole(RED))


def test_what_the_teller_raises_ends_the_run(tmp_path: Path) -> None:
    def done(_: Sequence[PictureOutcome]) -> None:
        raise Problem("the table is locked")

    async def run() -> None:
        async with PictureServer({"/a.jpg": whole(RED)}) as server:
            fetcher = PictureFetcher(QUICK, HERE, resolver=Names(pictures_example=[["127.0.0.1"]]))
            await fetcher.fetch_all([server.url("/a.jpg")], ImageStore(tmp_path / "images"), done)

    with pytest.raises(Problem, match="the table is locked"):
        asyncio.run(run())


def test_the_environments_proxy_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    outcome, _ = one(tmp_path, whole(RED))
    assert outcome.sha256 is not None


def test_a_proxy_that_is_named_is_asked_but_not_for_private_addresses(tmp_path: Path) -> None:
    async def run() -> tuple[list[PictureOutcome], PictureServer]:
        async with PictureServer({"http://far.example/a.jpg": whole(RED)}) as proxy:
            reach = Reach(plain_http=True, proxy=f"http://127.0.0.1:{proxy.port}")
            told: list[PictureOutcome] = []
            urls = ["http://far.example/a.jpg", "http://169.254.169.254/latest"]
            await PictureFetcher(QUICK, reach).fetch_all(urls, ImageStore(tmp_path / "images"), told.extend)
        return told, proxy

    told, proxy = asyncio.run(run())
    by_url = {outcome.url: outcome for outcome in told}
    assert by_url["http://far.example/a.jpg"].sha256 is not None
    assert by_url["http://169.254.169.254/latest"].absence.startswith("forbidden address")
    assert proxy.asked.total() == 1
