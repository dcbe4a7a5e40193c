"""The questions of a datasheet, answered from the tables. What nobody measured says so."""

from collections.abc import Mapping

from echoloop.curate.releasing.card import bias_lines
from echoloop.curate.releasing.figures import Figures

_SHOWN = 12
_UNKNOWN = "Not recorded."


def datasheet_text(figures: Figures) -> str:
    """datasheet.md."""
    sections = "\n\n".join(
        [
            f"# Datasheet: what people ask of {figures.subject}, version {figures.version}",
            _section("Motivation", _MOTIVATION.format(subject=figures.subject)),
            _section("Composition", _composition(figures)),
            _section("Collection", _collection(figures)),
            _section("Processing and labels", _processing(figures)),
            _section("Uses", _USES),
            _section("Distribution", _distribution(figures)),
            _section("Maintenance", _MAINTENANCE),
        ]
    )
    return f"{sections}\n"


_MOTIVATION = """To measure image models on what people really ask of them, soon after a model appears: tasks around {subject}.
Who paid for it, and on whose behalf it was made: not recorded."""

_USES = """For evaluating image models and for studying what people ask and complain about. Not for training models: a benchmark that
was trained on measures nothing, and the authors of the posts were not asked for that. Not for finding or judging the people who posted.
Uses it has been put to: not recorded."""

_MAINTENANCE = """A version never changes. A post that is taken back is missing from the next version, and `CHANGELOG.md` and
`changes.csv` say which rows went and why. Ids come from content, so the same row has the same id in every version. Who maintains it, and how to
reach them: not recorded."""


def _composition(figures: Figures) -> str:
    splits = [f"- {split}: {written.items:,} rows" for split, written in figures.splits.items()]
    lines = [
        f"A row is a task: a prompt, pictures in and out, what was said. {figures.items:,} rows:",
        *splits,
        f"- from {figures.posts:,} posts, with {figures.pictures:,} different pictures and {figures.feedback:,} pieces of feedback",
        f"- {figures.modified:,} prompts are not word for word their author's, {figures.filled:,} are filled templates, "
        f"{figures.screenshots:,} rows come from screenshots",
        f"- languages: {_most(figures.languages)}",
        *([f"- held out: {figures.held_out:,} rows"] if not figures.public else []),
        *(f"- {line}" for line in bias_lines(figures)),
        "",
        "Confidential or offensive content: guards looked at every row, and what one called a hazard or could not judge is not here; "
        "how often guards err on these rows was not measured. Age, gender, origin of the people who posted: not recorded.",
    ]
    return "\n".join(lines)


def _collection(figures: Figures) -> str:
    when = f"from {figures.first} to {figures.last}" if figures.first else "at times that are not recorded"
    return "\n".join(
        [
            f"Public posts on {_most(figures.hosts)}, written {when}, found by keywords and by following conversations.",
            "The authors were not asked; who asks to be left out is left out of every later version. Ethical review: not recorded.",
            "",
            "What left on the way here, by table and reason:",
            "",
            *_losses(figures.losses),
        ]
    )


def _losses(losses: Mapping[str, Mapping[str, int]]) -> list[str]:
    if not losses:
        return [_UNKNOWN]
    rows = [
        f"| {table} | {reason.replace('|', '/')} | {count:,} |"
        for table, reasons in losses.items()
        for reason, count in reasons.items()
    ]
    return ["| table | reason | rows |", "| --- | --- | ---: |", *rows]


def _processing(figures: Figures) -> str:
    masked = "Handles of people whose handle was noted are masked in prompts and feedback as @someone."
    return f"""Models read the conversations, sorted the pictures, read screenshots, guarded and filtered; every claim was checked against
the posts, and people had the last word where they reviewed. Which models: not in the tables; the receipts of a sample name them. How well
they do on labelled data: `echoloop curate score` measures it, and its result is not part of a release. {masked} Addresses of some platforms
contain a handle and stay as they are, for they are what a post is known by."""


def _distribution(figures: Figures) -> str:
    if figures.public:
        prompts = "with prompts" if figures.prompts else "without prompts"
        return f"This is the public variant, {prompts}: addresses, hashes and labels. Terms of the platforms apply to what one fetches with it."
    return "This is the private variant: it holds words and pictures of posts and stays with whoever made it. The public one lies beside it."


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text.strip()}"


def _most(counts: Mapping[str, int]) -> str:
    shown = [f"{name} ({count:,})" for name, count in list(counts.items())[:_SHOWN]]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "") if shown else "not recorded"
