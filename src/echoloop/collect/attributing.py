"""Posts of archives, searched on this machine: the same keywords and windows as at a platform."""

import msgspec

from echoloop.collect.plan import Plan
from echoloop.collect.plan.matching import Matcher
from echoloop.records import Post


class Attribution:
    """Without a plan nothing is searched for: then every post of an archive counts as found."""

    def __init__(self, plan: Plan | None) -> None:
        self._matcher = Matcher(plan) if plan else None

    def __call__(self, post: Post) -> Post:
        """The post, with the keywords that find it if it came from an archive that names none."""
        if post.found_by != "archive":
            return post
        if self._matcher is None:
            return msgspec.structs.replace(post, found_by="keyword")
        keywords = self._matcher.find(post.platform, post.text, post.created_at)
        return msgspec.structs.replace(post, found_by="keyword", keywords=keywords) if keywords else post
