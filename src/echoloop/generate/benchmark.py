"""Which items are drawn."""

import pyarrow as pa

from echoloop.records import Item
from echoloop.records.arrow import from_table


def benchmark_items(items: pa.Table) -> list[Item]:
    """Those of the benchmark splits, in the order of the table."""
    return [item for item in from_table(items, Item) if item.split != "analysis"]
