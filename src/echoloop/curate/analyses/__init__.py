"""What a data set is like, beside others."""

from echoloop.curate.analyses.bigrams import bigram_rows, expected_unique, first_bigrams
from echoloop.curate.analyses.naming import naming_stage
from echoloop.curate.analyses.perplexity import PYTHIA, perplexity_rows
from echoloop.curate.analyses.prompt_lists import read_prompt_list
from echoloop.curate.analyses.rows import Analysis, Dataset
from echoloop.curate.analyses.running import Spent, activity_rows, cost_rows, funnel_analysis
from echoloop.curate.analyses.tasks import NEW_BELOW, task_rows
from echoloop.curate.analyses.vectors import cluster, nearest
from echoloop.curate.analyses.wording import guess_language, language_rows, length_rows

__all__ = [
    "NEW_BELOW",
    "PYTHIA",
    "Analysis",
    "Dataset",
    "Spent",
    "activity_rows",
    "bigram_rows",
    "cluster",
    "cost_rows",
    "expected_unique",
    "first_bigrams",
    "funnel_analysis",
    "guess_language",
    "language_rows",
    "length_rows",
    "naming_stage",
    "nearest",
    "perplexity_rows",
    "read_prompt_list",
    "task_rows",
]
