"""The stages of curate, in order."""

from echoloop.calls import load_prompt
from echoloop.curate.duplicates import find_duplicates
from echoloop.curate.extraction import extract_samples
from echoloop.curate.filtering import filter_samples
from echoloop.curate.items import select_items
from echoloop.curate.pictures import sort_pictures
from echoloop.curate.reviewing import REVIEWS, queue_for_people
from echoloop.curate.safety import guard_samples
from echoloop.curate.screenshots import read_screenshots
from echoloop.curate.settings import CurateSettings
from echoloop.curate.threads import build_threads
from echoloop.engine import Stage
from echoloop.records import Duplicate, Item, ReviewCase, ReviewEvent, Sample, Thread, Tombstone


def curate_stages(settings: CurateSettings) -> list[Stage]:
    """Posts become conversations, conversations become samples, samples become items."""
    return [
        Stage(
            act="curate",
            name="threads",
            does="unite posts into conversations",
            reads=("posts", "relevance"),
            writes=Thread,
            run=build_threads,
            settings=settings,
        ),
        Stage(
            act="curate",
            name="extraction",
            table="extracted",
            does="find the tasks in each conversation and check them against the posts",
            reads=("threads", "posts"),
            also=(("gone", Tombstone),),
            writes=Sample,
            run=extract_samples,
            settings=settings,
            prompts=(load_prompt("echoloop.curate", "extraction"),),
            endpoints=(settings.reader,),
        ),
        Stage(
            act="curate",
            name="pictures",
            table="pictured",
            does="tell inputs, outputs, completions and screenshots apart",
            reads=("extracted", "posts"),
            writes=Sample,
            run=sort_pictures,
            settings=settings,
            prompts=(load_prompt("echoloop.curate", "pictures"),),
            endpoints=(settings.viewer,),
        ),
        Stage(
            act="curate",
            name="screenshots",
            table="unfolded",
            does="read screenshots and cut their pictures out",
            reads=("pictured", "posts"),
            writes=Sample,
            run=read_screenshots,
            settings=settings,
            prompts=(load_prompt("echoloop.curate", "screenshots"),),
            endpoints=(settings.boxer,),
        ),
        Stage(
            act="curate",
            name="safety",
            table="guarded",
            does="withhold what a guard calls unsafe or cannot judge, queue apparent minors for people",
            reads=("unfolded",),
            writes=Sample,
            run=guard_samples,
            settings=settings,
            prompts=(load_prompt("echoloop.curate", "safety"), load_prompt("echoloop.curate", "minors")),
            endpoints=(*settings.all_guards, settings.viewer),
        ),
        Stage(
            act="curate",
            name="filter",
            table="samples",
            does="look once more at what could become a benchmark item, before people do",
            reads=("guarded",),
            writes=Sample,
            run=filter_samples,
            settings=settings,
            prompts=(load_prompt("echoloop.curate", "filtering"),),
            endpoints=(settings.viewer,),
        ),
        Stage(
            act="curate",
            name="duplicates",
            does="find near-duplicates and choose one of each cluster",
            reads=("samples",),
            writes=Duplicate,
            run=find_duplicates,
            settings=settings,
        ),
        Stage(
            act="curate",
            name="items",
            does="choose the items of the benchmark splits",
            reads=("samples", "duplicates"),
            also=((REVIEWS, ReviewEvent),),
            writes=Item,
            run=select_items,
            settings=settings,
        ),
        Stage(
            act="curate",
            name="review_queue",
            does="list what people have to look at, and why",
            reads=("samples", "items"),
            also=((REVIEWS, ReviewEvent),),
            writes=ReviewCase,
            run=queue_for_people,
        ),
    ]
