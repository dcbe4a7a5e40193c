"""X API v2: recent and full-archive search, and look-ups by id."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from platforms import FakeClock, Platform

Tweet = dict


def tweet(
    number: int, text: str = "", *, reply_to: int = 0, quotes: int = 0, thread: int = 0, **more
) -> Tweet:
    """A post as the API gives it with all its fields."""
    links = [("replied_to", reply_to), ("quoted", quotes)]
    return {
        "id": str(number),
        "text": text or f"post {number}",
        "author_id": str(number % 7 + 100),
        "conversation_id": str(thread or number),
        "created_at": more.pop("created_at", "2025-11-20T10:00:00.000Z"),
        "edit_history_tweet_ids": more.pop("history", [str(number)]),
        "lang": "en",
        "public_metrics": {
            "retweet_count": 1,
            "reply_count": 0,
            "like_count": 5,
            "quote_count": 0,
            "bookmark_count": 2,
            "impression_count": 100,
        },
        **(
            {"referenced_tweets": [{"type": kind, "id": str(to)} for kind, to in links if to]}
            if reply_to or quotes
            else {}
        ),
        **more,
    }


class X(Platform):
    def __init__(self, tweets: list[Tweet], clock: FakeClock | None = None, *, page: int = 100) -> None:
        super().__init__(clock)
        self.tweets = {tweet["id"]: tweet for tweet in tweets}
        self.withheld: dict[str, str] = {}
        self.page = page
        self.loop: list[str] = []
        self.unsearchable: set[str] = set()
        self.media: dict[str, dict] = {}
        self.handles: dict[str, str] = {}
        self.token = "x-bearer-secret-0001"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/2/tweets/search/recent", self.recent),
            web.get("/2/tweets/search/all", self.all),
            web.get("/2/tweets", self.look_up),
        ]

    async def recent(self, request: web.Request) -> web.Response:
        return self._search(request, most=100, query_length=4096, days=7)

    async def all(self, request: web.Request) -> web.Response:
        return self._search(request, most=500, query_length=4096, days=None)

    async def look_up(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        ids = request.query["ids"].split(",")
        if not 1 <= len(ids) <= 100:
            return _invalid("ids: between 1 and 100")
        found = [self.tweets[native] for native in ids if native in self.tweets]
        errors = [
            _not_found(native, "ids", "data")
            for native in ids
            if native not in self.tweets and native not in self.withheld
        ]
        errors += [_withheld(native) for native in ids if native in self.withheld]
        return web.json_response(self._body(found, request, errors))

    def _search(
        self, request: web.Request, *, most: int, query_length: int, days: int | None
    ) -> web.Response:
        if denied := self.denied(request):
            return denied
        asked = request.query
        size = int(asked.get("max_results", "10"))
        if not 10 <= size <= most or len(asked["query"]) > query_length:
            return _invalid("max_results or query out of bounds")
        now = datetime.fromtimestamp(self.now(), UTC)
        start = _time(asked.get("start_time"))
        end = _time(asked.get("end_time"))
        if days and start and start < now - timedelta(days=days):
            return _invalid("'start_time' must be on or after 7 days ago")
        if end and end > now - timedelta(seconds=10):
            return _invalid("'end_time' must be a minimum of 10 seconds prior to the request time")
        found = [tweet for tweet in self.tweets.values() if self._matches(tweet, asked["query"], start, end)]
        found.sort(key=lambda tweet: -int(tweet["id"]))
        offset = int(asked.get("next_token", "t0").removeprefix("t"))
        size = min(size, self.page)
        shown = found[offset : offset + size]
        meta: dict = {"result_count": len(shown)}
        if self.loop:
            meta["next_token"] = self.loop[(len(self.asked) - 1) % len(self.loop)]
        elif offset + size < len(found):
            meta["next_token"] = f"t{offset + size}"
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        return web.json_response(self._body(shown, request, []) | {"meta": meta})

    def _matches(self, tweet: Tweet, query: str, start: datetime | None, end: datetime | None) -> bool:
        when = _time(tweet["created_at"])
        if (start and when < start) or (end and when >= end):
            return False
        if query.startswith("conversation_id:"):
            thread = query.removeprefix("conversation_id:").split()[0]
            return tweet["conversation_id"] == thread and tweet["id"] not in {thread} | self.unsearchable
        kinds = {link["type"] for link in tweet.get("referenced_tweets", [])}
        if "-is:retweet" in query and "retweeted" in kinds:
            return False
        words = query.partition(" -is:")[0].strip('()"').casefold()
        return words in tweet["text"].casefold()

    def _body(self, shown: list[Tweet], request: web.Request, errors: list[dict]) -> dict:
        expansions = request.query.get("expansions", "").split(",")
        includes: dict[str, list[dict]] = {}
        if "referenced_tweets.id" in expansions:
            wanted = dict.fromkeys(
                link["id"] for tweet in shown for link in tweet.get("referenced_tweets", [])
            )
            includes["tweets"] = [self.tweets[native] for native in wanted if native in self.tweets]
            gone = [native for native in wanted if native not in self.tweets]
            errors = errors + [_not_found(native, "referenced_tweets.id", "includes") for native in gone]
        if "author_id" in expansions:
            people = dict.fromkeys(tweet["author_id"] for tweet in [*shown, *includes.get("tweets", [])])
            includes["users"] = [
                {
                    "id": native,
                    "username": self.handles.get(native, f"painter_fan_{native}"),
                    "name": f"Fan {native}",
                }
                for native in people
            ]
        if "attachments.media_keys" in expansions:
            attached = [tweet.get("attachments", {}) for tweet in [*shown, *includes.get("tweets", [])]]
            keys = dict.fromkeys(key for one in attached for key in one.get("media_keys", []))
            if keys:
                includes["media"] = [self.media[key] for key in keys if key in self.media]
        body: dict = {"data": shown} if shown else {}
        return body | ({"includes": includes} if includes else {}) | ({"errors": errors} if errors else {})


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _invalid(detail: str) -> web.Response:
    problem = {
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
        "errors": [{"message": detail, "parameters": {}}],
    }
    return web.json_response(problem, status=400)


def _not_found(native: str, parameter: str, section: str) -> dict:
    return {
        "value": native,
        "detail": f"Could not find tweet with {parameter}: [{native}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": parameter,
        "resource_id": native,
        "section": section,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }


def _withheld(native: str) -> dict:
    return {
        "value": native,
        "detail": f"Sorry, you are not authorized to see the Tweet with ids: [{native}].",
        "title": "Authorization Error",
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": native,
        "section": "data",
        "type": "https://api.twitter.com/2/problems/not-authorized-for-resource",
    }
