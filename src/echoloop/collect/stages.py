"""The stages of collect, in order."""

from echoloop.calls import load_prompt
from echoloop.collect.posts import collect_posts
from echoloop.collect.relevance import score_relevance
from echoloop.collect.settings import CollectSettings
from echoloop.engine import Stage
from echoloop.records import Post, Relevance


def collect_stages(settings: CollectSettings) -> list[Stage]:
    """An archive becomes posts, and the posts that a keyword found get a relevance."""
    return [
        Stage(
            act="collect",
            name="posts",
            does="read the archive, unite sightings, bring the pictures in",
            reads=(),
            writes=Post,
            run=collect_posts,
            settings=settings,
        ),
        Stage(
            act="collect",
            name="relevance",
            does="score how surely a found post is about the target model",
            reads=("posts",),
            writes=Relevance,
            run=score_relevance,
            settings=settings,
            prompts=(load_prompt("echoloop.collect", "relevance"),),
            endpoints=(settings.reader,),
        ),
    ]
