"""The benchmarks: `make bench` prints one JSON document, with ratios taken in one run."""
