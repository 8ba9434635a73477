"""One module per shape of published file: text on disk → netopt's tables. `tests.benchmarks.convert` is the way in."""
