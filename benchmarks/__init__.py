"""What the product costs: a module for each benchmark, one command, one table of figures and ratios."""
