"""The pictures of ECHO as published over real HTTP: what is here, what is lost, and why."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from suite_files import picture, write_parquet

from echoloop.cli.suite_fetching import fetch_pictures
from echoloop.collect.pictures import Reach
from echoloop.records import Mistake

NEAR = Reach(plain_http=True, allow_private=True, ports=None)


class Platform(BaseHTTPRequestHandler):
    """Has one picture; another is gone, a third is a page."""

    def do_GET(self) -> None:
        body = picture() if "/media/here" in self.path else b"<html>log in</html>"
        self.send_response(404 if "/media/gone" in self.path else 200)
        self.send_header("Content-Type", "image/png" if "/media/here" in self.path else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/media/{{id}}?format=jpg"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    rows = [
        {"id": f"e{number}", "prompt": "make it red", "input_images": [media]}
        for number, media in enumerate(("here1", "gone2", "page3"))
    ]
    write_parquet(tmp_path / "image_to_image" / "test-00000-of-00001.parquet", rows)
    return tmp_path


def test_what_is_lost_says_why_and_what_is_here_is_not_asked_for_again(hub: Path, address: str) -> None:
    attrition, folder = fetch_pictures(hub, address, None, reach=NEAR)
    assert (attrition.wanted, attrition.here, attrition.checked) == (3, 1, 0)
    assert sum(attrition.lost.values()) == 2
    assert "1 of 3 pictures are here" in attrition.told
    assert "with nothing to compare them with" in attrition.told
    assert [path.name for path in sorted(folder.glob("*.png"))] == ["here1.00.png"]
    again, _ = fetch_pictures(hub, address.replace("/media/", "/nowhere/"), None, reach=NEAR)
    assert again.here == 1


@pytest.mark.parametrize("place", ["https://pictures.example/fixed.jpg", ""])
def test_an_address_without_a_place_for_the_id_is_a_mistake(hub: Path, place: str) -> None:
    with pytest.raises(Mistake, match="where the id goes"):
        fetch_pictures(hub, place, None)


def test_addresses_of_this_network_are_not_asked_unless_that_is_said(hub: Path, address: str) -> None:
    attrition, _ = fetch_pictures(hub, address, None)
    assert attrition.here == 0
