"""Reddit: a login of an application, search, the comments of a submission with its stubs, and things by id."""

from base64 import b64encode
from collections import deque
from itertools import groupby

from aiohttp import web

from platforms import FakeClock, Platform

Thing = dict
_MOST_SHOWN = 1_000
_DEPTH = 10


def submission(native: str, title: str = "a picture", *, at: float = 1_763_600_000.0, **more) -> Thing:
    return {
        "id": native,
        "name": f"t3_{native}",
        "title": title,
        "selftext": "",
        "author": "painter_fan_01",
        "author_fullname": "t2_fan01",
        "created_utc": at,
        "edited": False,
        "score": 10,
        "num_comments": 0,
        "subreddit": "made_up",
        "permalink": f"/r/made_up/comments/{native}/a_picture/",
        "url": f"https://www.reddit.com/r/made_up/comments/{native}/a_picture/",
        "is_self": True,
        **more,
    }


def comment(native: str, link: str, parent: str = "", *, body: str = "nice", **more) -> Thing:
    """`parent` is the id of a comment; without it the comment stands below the submission."""
    return {
        "id": native,
        "name": f"t1_{native}",
        "link_id": f"t3_{link}",
        "parent_id": f"t1_{parent}" if parent else f"t3_{link}",
        "body": body,
        "author": "painter_fan_02",
        "author_fullname": "t2_fan02",
        "created_utc": 1_763_600_100.0,
        "edited": False,
        "score": 1,
        "subreddit": "made_up",
        "permalink": f"/r/made_up/comments/{link}/a_picture/{native}/",
        **more,
    }


class Reddit(Platform):
    """`limit` is how many comments one page of a thread shows, `width` how many of a parent's replies."""

    def __init__(
        self, things: list[Thing], clock: FakeClock | None = None, *, page: int = 100, limit: int = 500
    ) -> None:
        super().__init__(clock)
        self.things = {thing["name"]: thing for thing in things}
        self.below: dict[str, list[str]] = {}
        for thing in things:
            if "parent_id" in thing:
                self.below.setdefault(thing["parent_id"], []).append(thing["name"])
        self.page = page
        self.limit = limit
        self.token = "reddit-token-secret-1"
        self.client = ("client-id", "reddit-client-secret-1")
        self.hidden: set[str] = set()
        self.logins = 0
        self.loop = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/access_token", self.log_in),
            web.get("/search", self.search),
            web.get("/r/{names}/search", self.search),
            web.get("/comments/{link}", self.comments),
            web.get("/api/info", self.info),
            web.get("/api/morechildren", self.more_children),
            web.post("/api/morechildren", self.more_children),
        ]

    async def log_in(self, request: web.Request) -> web.Response:
        pair = b64encode(":".join(self.client).encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
        if (await request.post()).get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"})
        self.logins += 1
        return web.json_response(
            {"access_token": self.token, "token_type": "bearer", "expires_in": 86400, "scope": "*"}
        )

    async def search(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        words = request.query["q"].strip('"').casefold()
        found = [
            thing
            for thing in self.things.values()
            if "title" in thing and words in (thing["title"] + thing["selftext"]).casefold()
        ]
        found = sorted(found, key=lambda thing: -thing["created_utc"])[:_MOST_SHOWN]
        names = [thing["name"] for thing in found]
        after = request.query.get("after")
        start = names.index(after) + 1 if after in names else 0
        size = min(int(request.query.get("limit", "25")), self.page)
        shown = found[start : start + size]
        following = shown[-1]["name"] if shown and start + size < len(found) else None
        if self.loop and shown:
            following = names[0]
        return web.json_response(_listing([_kind(thing) for thing in shown], following))

    async def info(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        names = request.query["id"].split(",")
        if len(names) > 100:
            return web.json_response({"message": "Bad Request", "error": 400}, status=400)
        return web.json_response(
            _listing([_kind(self.things[name]) for name in names if name in self.things], None)
        )

    async def comments(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        link = f"t3_{request.match_info['link']}"
        if link not in self.things:
            return web.json_response({"message": "Not Found", "error": 404}, status=404)
        focus = request.query.get("comment")
        start = [f"t1_{focus}"] if focus else self.below.get(link, [])
        start = [name for name in start if name in self.things]
        parents = int(request.query.get("context", "0")) if focus else 0
        while (
            parents
            and start
            and self.things[start[0]]["parent_id"] in self.things
            and start[0].startswith("t1_")
        ):
            above = self.things[start[0]]["parent_id"]
            if not above.startswith("t1_"):
                break
            start, parents = [above], parents - 1
        room = _Room(min(int(request.query.get("limit", "200")), self.limit))
        tree = self._forest(link, link if not focus else "", start, 0, room)
        return web.json_response([_listing([_kind(self.things[link])], None), _listing(tree, None)])

    async def more_children(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        asked = {**request.query, **(await request.post() if request.method == "POST" else {})}
        children = str(asked["children"]).split(",")
        if len(children) > 100:
            return web.json_response({"json": {"errors": [["TOO_MANY", "too many", "children"]]}})
        flat: list[dict] = []
        named = [f"t1_{native}" for native in children]
        waiting = deque(name for name in named if name in self.things and name not in self.hidden)
        while waiting and len(flat) < max(100, len(children)):
            name = waiting.popleft()
            flat.append(_kind(self.things[name] | {"replies": ""}))
            waiting += self.below.get(name, [])
        for parent, names in groupby(waiting, key=lambda name: self.things[name]["parent_id"]):
            hidden = list(names)
            flat.append(_more(parent, hidden, self._count(hidden), 1))
        return web.json_response({"json": {"errors": [], "data": {"things": flat}}})

    def _forest(self, link: str, parent: str, names: list[str], depth: int, room: "_Room") -> list[dict]:
        """Depth-first until the page is full; what did not fit is a stub."""
        shown: list[dict] = []
        for place, name in enumerate(names):
            if room.left <= 0:
                rest = names[place:]
                return [*shown, _more(parent or link, rest, self._count(rest), depth)]
            room.left -= 1
            below = self.below.get(name, [])
            if depth >= _DEPTH - 1 and below:
                replies = [_more(name, [], 0, depth + 1)]
            else:
                replies = self._forest(link, name, below, depth + 1, room)
            shown.append(
                _kind(
                    self.things[name]
                    | {"replies": _listing(replies, None) if replies else "", "depth": depth}
                )
            )
        return shown

    def _count(self, names: list[str]) -> int:
        count, waiting = 0, list(names)
        while waiting:
            count += 1
            waiting += self.below.get(waiting.pop(), [])
        return count


class _Room:
    def __init__(self, left: int) -> None:
        self.left = left


def _kind(thing: Thing) -> dict:
    return {"kind": thing["name"][:2], "data": thing}


def _more(parent: str, names: list[str], count: int, depth: int) -> dict:
    ids = [name.removeprefix("t1_") for name in names]
    own = ids[0] if ids else "_"
    data = {
        "count": count,
        "name": f"t1_{own}",
        "id": own,
        "parent_id": parent,
        "depth": depth,
        "children": ids,
    }
    return {"kind": "more", "data": data}


def _listing(children: list[dict], after: str | None) -> dict:
    return {
        "kind": "Listing",
        "data": {"after": after, "dist": len(children), "children": children, "before": None},
    }
