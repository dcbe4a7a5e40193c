"""What the settings say of a platform, as plain data."""

from typing import Literal, TypeAlias

import msgspec

Access: TypeAlias = Literal["recent", "all"]


class PlatformSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One platform. What is left empty is the platform's own: its address, the usual names in the environment.

    The `_env` fields name variables of the environment, never their content. `access` counts for X, `subreddits` for Reddit;
    for Mastodon `base_url` is the instance. `price_per_read` is None where nobody said what a read costs.
    """

    platform: str
    base_url: str = ""
    login_url: str = ""
    key_env: str = ""
    id_env: str = ""
    secret_env: str = ""
    user_env: str = ""
    access: Access = "recent"
    subreddits: tuple[str, ...] = ()
    price_per_read: float | None = None
    longest_wait: float = 960.0
    timeout: float = 60.0
    concurrency: int = 4


def most_reads(settings: PlatformSettings) -> int:
    """How many reads one errand may be billed for at most: a page of posts, and what each of them answers and quotes."""
    if settings.platform != "x":
        return 0
    page = 500 if settings.access == "all" else 100
    return 3 * page
