"""One file a metric, each beside the Markdown of its name."""
