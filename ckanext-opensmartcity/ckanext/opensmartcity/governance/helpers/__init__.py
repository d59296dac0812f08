"""Template helpers of the core; templates contain no logic of their own."""
