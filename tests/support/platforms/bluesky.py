"""Bluesky: a session that ends, search, threads that are cut, and posts by address."""

from aiohttp import web

from platforms import FakeClock, Platform

View = dict


def uri(key: str, did: str = "did:plc:painterfan01") -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def view(
    key: str,
    text: str = "",
    *,
    parent: str = "",
    root: str = "",
    at: str = "2025-11-20T10:00:00.000Z",
    **more,
) -> View:
    """A post as the AppView shows it. `parent` and `root` are keys of posts."""
    record: dict = {
        "$type": "app.bsky.feed.post",
        "text": text or f"post {key}",
        "createdAt": at,
        "langs": ["en"],
    }
    if parent:
        record["reply"] = {
            "root": {"uri": uri(root or parent), "cid": "bafyroot"},
            "parent": {"uri": uri(parent), "cid": "bafyparent"},
        }
    return {
        "uri": uri(key),
        "cid": f"bafy{key}",
        "author": {"did": "did:plc:painterfan01", "handle": "painter-fan-01.example", "displayName": "Fan"},
        "record": record,
        "replyCount": 0,
        "repostCount": 1,
        "likeCount": 3,
        "quoteCount": 0,
        "indexedAt": at,
        **more,
    }


class Bluesky(Platform):
    """`depth` is how many levels of replies one thread shows at most, `height` how many ancestors."""

    def __init__(
        self,
        views: list[View],
        clock: FakeClock | None = None,
        *,
        page: int = 100,
        depth: int = 1000,
        height: int = 1000,
    ) -> None:
        super().__init__(clock)
        self.views = {view["uri"]: view for view in views}
        self.blocked: set[str] = set()
        self.below: dict[str, list[str]] = {}
        for post in views:
            if parent := _parent(post):
                self.below.setdefault(parent, []).append(post["uri"])
        for address, replies in self.below.items():
            if address in self.views:
                self.views[address]["replyCount"] = len(replies)
        self.page, self.depth, self.height = page, depth, height
        self.who = ("painter-fan-01.example", "bluesky-app-password-1")
        self.sessions = 0
        self.refreshes = 0
        self.refresh_ended = False
        self.loop = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/xrpc/com.atproto.server.createSession", self.open),
            web.post("/xrpc/com.atproto.server.refreshSession", self.refresh),
            web.get("/xrpc/app.bsky.feed.searchPosts", self.search),
            web.get("/xrpc/app.bsky.feed.getPostThread", self.thread),
            web.get("/xrpc/app.bsky.feed.getPosts", self.posts),
        ]

    def end_token(self) -> None:
        """From now on the token that was given is of no use."""
        self.token = f"bluesky-access-secret-{self.sessions + self.refreshes + 1}"

    def denied(self, request: web.Request) -> web.Response | None:
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error("ExpiredToken", "Token has expired")
        return None

    async def open(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if (asked["identifier"], asked["password"]) != self.who:
            return _error("AuthenticationRequired", "Invalid identifier or password", 401)
        self.sessions += 1
        return self._session()

    async def refresh(self, request: web.Request) -> web.Response:
        if self.refresh_ended or not request.headers["Authorization"].startswith(
            "Bearer bluesky-refresh-secret"
        ):
            return _error("ExpiredToken", "Token has expired")
        self.refreshes += 1
        return self._session()

    def _session(self) -> web.Response:
        number = self.sessions + self.refreshes
        self.token = f"bluesky-access-secret-{number}"
        return web.json_response(
            {
                "did": "did:plc:painterfan01",
                "handle": self.who[0],
                "accessJwt": self.token,
                "refreshJwt": f"bluesky-refresh-secret-{number}",
                "active": True,
            }
        )

    async def search(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        asked = request.query
        found = [
            post
            for post in self.views.values()
            if asked["q"].strip('"').casefold() in post["record"]["text"].casefold()
            and asked.get("since", "") <= post["indexedAt"] < asked.get("until", "9")
            and asked.get("lang", "en") in post["record"]["langs"]
        ]
        found.sort(key=lambda post: post["indexedAt"], reverse=True)
        start = 0 if self.loop else int(asked.get("cursor", "0"))
        size = min(int(asked.get("limit", "25")), self.page)
        body: dict = {"posts": found[start : start + size], "hitsTotal": len(found)}
        if self.loop or start + size < len(found):
            body["cursor"] = str(int(asked.get("cursor", "0")) + size)
        return web.json_response(body)

    async def posts(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        asked = request.query.getall("uris")
        if len(asked) > 25:
            return _error("InvalidRequest", "Error: uris must not have more than 25 elements")
        return web.json_response({"posts": [self.views[uri] for uri in asked if uri in self.views]})

    async def thread(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        asked = request.query["uri"]
        if asked not in self.views:
            return _error("NotFound", f"Post not found: {asked}")
        depth = min(int(request.query.get("depth", "6")), self.depth)
        height = min(int(request.query.get("parentHeight", "80")), self.height)
        node = self._down(asked, depth)
        if node["$type"].endswith("threadViewPost"):
            above = self._up(asked, height)
            node |= {"parent": above} if above else {}
        return web.json_response({"thread": node})

    def _down(self, address: str, depth: int) -> dict:
        node = self._node(address)
        if node["$type"].endswith("threadViewPost") and depth > 0:
            node["replies"] = [self._down(reply, depth - 1) for reply in self.below.get(address, [])]
        return node

    def _up(self, address: str, height: int) -> dict | None:
        parent = _parent(self.views[address])
        if not parent or height <= 0:
            return None
        node = self._node(parent)
        if node["$type"].endswith("threadViewPost") and (above := self._up(parent, height - 1)):
            node["parent"] = above
        return node

    def _node(self, address: str) -> dict:
        if address in self.blocked:
            author = {"did": address.split("/")[2], "viewer": {"blockedBy": True}}
            return {
                "$type": "app.bsky.feed.defs#blockedPost",
                "uri": address,
                "blocked": True,
                "author": author,
            }
        if address not in self.views:
            return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": address, "notFound": True}
        return {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.views[address]}


def _parent(post: View) -> str:
    return post["record"].get("reply", {}).get("parent", {}).get("uri", "")


def _error(name: str, message: str, status: int = 400) -> web.Response:
    return web.json_response({"error": name, "message": message}, status=status)
