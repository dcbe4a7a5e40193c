"""The stages of collect, in order. What they read came in before: from archives, from platforms."""

from echoloop.calls import load_prompt
from echoloop.collect.apart import list_authors, list_gone
from echoloop.collect.found import find_posts
from echoloop.collect.posts import collect_posts
from echoloop.collect.relevance import score_relevance
from echoloop.collect.settings import CollectSettings
from echoloop.engine import Stage
from echoloop.records import Author, Post, Relevance, Tombstone


def relevance_stages(settings: CollectSettings) -> list[Stage]:
    """What a keyword found gets a relevance."""
    return [
        Stage(
            act="collect",
            name="found",
            does="unite the sightings of posts that a keyword found",
            reads=(),
            writes=Post,
            run=find_posts,
            settings=settings.found,
        ),
        Stage(
            act="collect",
            name="relevance",
            does="score how surely a found post is about the target model",
            reads=("found",),
            writes=Relevance,
            run=score_relevance,
            settings=settings.relevance,
            prompts=(load_prompt("echoloop.collect", "relevance"),),
            endpoints=(settings.relevance.reader,),
        ),
    ]


def post_stages(settings: CollectSettings) -> list[Stage]:
    """All that came in, once the conversations and the pictures of the relevant posts are in too."""
    return [
        Stage(
            act="collect",
            name="posts",
            does="unite the sightings of every post, with the pictures that came",
            reads=(),
            writes=Post,
            run=collect_posts,
            settings=settings.posts,
        ),
        Stage(
            act="collect",
            name="gone",
            does="list the posts that others point to and nobody can read",
            reads=(),
            writes=Tombstone,
            run=list_gone,
            settings=settings.posts,
        ),
        Stage(
            act="collect",
            name="authors",
            does="list the handles behind the pseudonyms, apart from the posts",
            reads=(),
            writes=Author,
            run=list_authors,
            settings=settings.posts,
        ),
    ]


def collect_stages(settings: CollectSettings) -> list[Stage]:
    """The whole act, over what is in the intake now."""
    return [*relevance_stages(settings), *post_stages(settings)]
