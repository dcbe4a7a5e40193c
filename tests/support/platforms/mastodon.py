"""A Mastodon instance: search for who has a token, hashtag timelines for everyone, contexts that are cut."""

from datetime import UTC, datetime
from html import escape

from aiohttp import web

from platforms import FakeClock, Platform

Status = dict


def status(
    number: int,
    text: str = "",
    *,
    reply_to: int = 0,
    tags: tuple[str, ...] = (),
    host: str = "social.example",
    **more,
) -> Status:
    """A post as an instance gives it: HTML content, ids that count only there."""
    return {
        "id": str(number),
        "created_at": "2025-11-20T10:00:00.000Z",
        "in_reply_to_id": str(reply_to) if reply_to else None,
        "in_reply_to_account_id": "1" if reply_to else None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"https://{host}/users/painter_fan_01/statuses/{number}",
        "url": f"https://{host}/@painter_fan_01/{number}",
        "replies_count": 0,
        "reblogs_count": 1,
        "favourites_count": 2,
        "edited_at": None,
        "content": f"<p>{escape(text or f'post {number}')}</p>",
        "reblog": None,
        "account": {
            "id": "1",
            "username": "painter_fan_01",
            "acct": "painter_fan_01",
            "url": f"https://{host}/@painter_fan_01",
        },
        "media_attachments": [],
        "mentions": [],
        "tags": [{"name": tag, "url": f"https://{host}/tags/{tag}"} for tag in tags],
        **more,
    }


class Mastodon(Platform):
    """Without a token a context is cut as the software does it; the limits can be made smaller."""

    def __init__(
        self,
        statuses: list[Status],
        clock: FakeClock | None = None,
        *,
        page: int = 40,
        ancestors: int = 40,
        descendants: int = 60,
        depth: int = 20,
    ) -> None:
        super().__init__(clock)
        self.statuses = {status["id"]: status for status in statuses}
        self.below: dict[str, list[str]] = {}
        for post in statuses:
            if post["in_reply_to_id"]:
                self.below.setdefault(post["in_reply_to_id"], []).append(post["id"])
        for native, replies in self.below.items():
            if native in self.statuses:
                self.statuses[native]["replies_count"] = len(replies)
        self.page = page
        self.limits = (ancestors, descendants, depth)
        self.remote: dict[str, str] = {}
        self.key = "mastodon-token-secret-1"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v2/search", self.search),
            web.get("/api/v1/timelines/tag/{tag}", self.tag),
            web.get("/api/v1/statuses/{id}", self.one),
            web.get("/api/v1/statuses/{id}/context", self.context),
        ]

    async def search(self, request: web.Request) -> web.Response:
        asked = request.query
        if not self._knows(request):
            return web.json_response({"error": "This method requires an authenticated user"}, status=401)
        if asked["q"].startswith("https://"):
            found = [post for post in self.statuses.values() if asked["q"] in (post["url"], post["uri"])]
            if not found and asked.get("resolve") == "true" and asked["q"] in self.remote:
                found = [self.statuses[self.remote[asked["q"]]]]
        else:
            start = int(asked.get("offset", "0"))
            size = min(int(asked.get("limit", "20")), self.page)
            words = asked["q"].strip('"').casefold()
            found = [post for post in self._newest(request) if words in post["content"].casefold()][
                start : start + size
            ]
        return web.json_response({"accounts": [], "statuses": found, "hashtags": []})

    async def tag(self, request: web.Request) -> web.Response:
        tag = request.match_info["tag"].casefold()
        found = [
            post for post in self._newest(request) if tag in {tag["name"].casefold() for tag in post["tags"]}
        ]
        shown = found[: min(int(request.query.get("limit", "20")), self.page)]
        links = {}
        if shown:
            links["Link"] = (
                f'<{self.base_url}/api/v1/timelines/tag/{tag}?max_id={shown[-1]["id"]}>; rel="next"'
            )
        return web.json_response(shown, headers=links)

    async def one(self, request: web.Request) -> web.Response:
        post = self.statuses.get(request.match_info["id"])
        return (
            web.json_response(post) if post else web.json_response({"error": "Record not found"}, status=404)
        )

    async def context(self, request: web.Request) -> web.Response:
        native = request.match_info["id"]
        if native not in self.statuses:
            return web.json_response({"error": "Record not found"}, status=404)
        most_above, most_below, depth = (4096, 4096, 4096) if self._knows(request) else self.limits
        return web.json_response(
            {
                "ancestors": self._above(native, most_above),
                "descendants": self._descend(native, most_below, depth),
            }
        )

    def _above(self, native: str, most: int) -> list[Status]:
        chain: list[Status] = []
        parent = self.statuses[native]["in_reply_to_id"]
        while parent in self.statuses and len(chain) < most:
            chain.insert(0, self.statuses[parent])
            parent = self.statuses[parent]["in_reply_to_id"]
        return chain

    def _descend(self, native: str, most: int, depth: int) -> list[Status]:
        found: list[Status] = []
        waiting = [(reply, 1) for reply in self.below.get(native, [])]
        while waiting and len(found) < most:
            reply, level = waiting.pop(0)
            found.append(self.statuses[reply])
            if level < depth:
                waiting = [(next_one, level + 1) for next_one in self.below.get(reply, [])] + waiting
        return found

    def _knows(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {self.key}"

    def _newest(self, request: web.Request) -> list[Status]:
        """Between `min_id` and `max_id` (both exclusive), the newest first."""
        low, high = (
            int(request.query.get("min_id") or request.query.get("since_id", "0")),
            int(request.query.get("max_id", str(2**63))),
        )
        ids = sorted((int(native) for native in self.statuses if low < int(native) < high), reverse=True)
        return [self.statuses[str(native)] for native in ids]


def number_at(moment: datetime, order: int = 0) -> int:
    """An id as the software makes it: the time in milliseconds, then 16 bits of order."""
    return (int(moment.astimezone(UTC).timestamp() * 1000) << 16) + order
