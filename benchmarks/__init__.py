"""Benchmarks: one module each, run by `make bench` into one table of rates, memory and ratios."""
