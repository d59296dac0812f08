"""Links of datasets: which are checked when, and what is told of them."""
