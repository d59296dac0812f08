"""Algorithm register: dataset type `algorithm`, listed at /algorithm."""
