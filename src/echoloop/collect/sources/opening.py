"""From settings to a source that can be asked. Keys are looked for here, before the first request."""

import os
import threading
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from echoloop.collect.sources.bluesky import BlueskySource
from echoloop.collect.sources.clock import Clock, SystemClock
from echoloop.collect.sources.logins import Anonymous, AppPassword, Bearer, ClientCredentials
from echoloop.collect.sources.mastodon import MastodonSource
from echoloop.collect.sources.reddit import RedditSource
from echoloop.collect.sources.settings import PlatformSettings
from echoloop.collect.sources.source import Source
from echoloop.collect.sources.web import Conduct, Login, Web
from echoloop.collect.sources.x import XSource
from echoloop.records import Mistake

PLATFORMS = ("x", "reddit", "bluesky", "mastodon")
_X = "https://api.x.com"
_REDDIT = "https://oauth.reddit.com"
_REDDIT_LOGIN = "https://www.reddit.com"
_BLUESKY = "https://bsky.social"
_BLUESKY_PUBLIC = "https://public.api.bsky.app"
_MASTODON = "https://mastodon.social"


def open_source(
    settings: PlatformSettings,
    *,
    stop: threading.Event,
    announce: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
) -> Source:
    """The platform's source. Raises Mistake where a key that it cannot do without is missing."""
    conduct = Conduct(
        stop=stop,
        announce=announce,
        user_agent=_user_agent(settings, environ),
        longest_wait=settings.longest_wait,
        timeout=settings.timeout,
        connections=settings.concurrency,
        clock=clock or SystemClock(),
    )
    match settings.platform:
        case "x":
            return _open_x(settings, conduct, environ)
        case "reddit":
            return _open_reddit(settings, conduct, environ)
        case "bluesky":
            return _open_bluesky(settings, conduct, environ)
        case "mastodon":
            return _open_mastodon(settings, conduct, environ)
        case _:
            raise Mistake(
                f"no platform is called {settings.platform!r}",
                remedy=f"There are {', '.join(PLATFORMS)}. Anything else can be read from files: echoloop collect file.",
            )


def _open_x(settings: PlatformSettings, conduct: Conduct, environ: Mapping[str, str]) -> XSource:
    name = settings.key_env or "X_BEARER_TOKEN"
    token = _demand(environ, name, "x", "a bearer token, from the project's keys at developer.x.com")
    web = Web("x", settings.base_url or _X, Bearer(name, token), conduct)
    return XSource(web, settings.access)


def _open_reddit(settings: PlatformSettings, conduct: Conduct, environ: Mapping[str, str]) -> RedditSource:
    id_name = settings.id_env or "REDDIT_CLIENT_ID"
    secret_name = settings.secret_env or "REDDIT_CLIENT_SECRET"
    where = "an application's id and secret, from reddit.com/prefs/apps"
    client = _demand(environ, id_name, "reddit", where)
    secret = _demand(environ, secret_name, "reddit", where)
    names = f"{id_name} and {secret_name}"
    held: set[str] = set()
    login_url = settings.login_url or settings.base_url or _REDDIT_LOGIN
    login = ClientCredentials(
        names, Web("reddit", login_url, Anonymous(names, held), conduct), client, secret, held
    )
    return RedditSource(Web("reddit", settings.base_url or _REDDIT, login, conduct), settings.subreddits)


def _open_bluesky(settings: PlatformSettings, conduct: Conduct, environ: Mapping[str, str]) -> BlueskySource:
    user_name = settings.user_env or "BLUESKY_IDENTIFIER"
    secret_name = settings.secret_env or "BLUESKY_APP_PASSWORD"
    names = f"{user_name} and {secret_name}"
    user, password = environ.get(user_name, "").strip(), environ.get(secret_name, "").strip()
    named = bool(settings.user_env or settings.secret_env)
    login: Login = Anonymous(names)
    base_url = settings.base_url or _BLUESKY_PUBLIC
    if named or user or password:
        where = "a handle and an app password, from bsky.app/settings/app-passwords"
        user = _demand(environ, user_name, "bluesky", where)
        password = _demand(environ, secret_name, "bluesky", where)
        base_url = settings.base_url or _BLUESKY
        held: set[str] = set()
        door = Web("bluesky", settings.login_url or base_url, Anonymous(names, held), conduct)
        login = AppPassword(names, door, user, password, held)
    return BlueskySource(
        Web("bluesky", base_url, login, conduct), logged_in=isinstance(login, AppPassword), names=names
    )


def _open_mastodon(
    settings: PlatformSettings, conduct: Conduct, environ: Mapping[str, str]
) -> MastodonSource:
    name = settings.key_env or "MASTODON_ACCESS_TOKEN"
    token = environ.get(name, "").strip()
    if settings.key_env:
        token = _demand(
            environ, name, "mastodon", "an access token, from the instance's settings, Development"
        )
    base_url = settings.base_url or _MASTODON
    login: Login = Bearer(name, token) if token else Anonymous(name)
    return MastodonSource(Web("mastodon", base_url, login, conduct), base_url, logged_in=bool(token))


def _demand(environ: Mapping[str, str], name: str, platform: str, what: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise Mistake(
            f"{platform} needs a key, and the environment has no {name}",
            remedy=f"Put it there: {what}.",
        )
    return value


def _user_agent(settings: PlatformSettings, environ: Mapping[str, str]) -> str:
    """Reddit wants to know the program and who runs it; the others do not mind."""
    try:
        number = version("echoloop")
    except PackageNotFoundError:
        number = "0"
    user = ""
    if settings.platform == "reddit":
        user = environ.get(settings.user_env or "REDDIT_USER", "").strip()
    return f"python:echoloop:{number}" + (
        f" (by /u/{user.removeprefix('u/')})" if user.isascii() and user else ""
    )
