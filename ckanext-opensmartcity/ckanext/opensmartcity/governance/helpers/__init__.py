"""Template helpers of the core: templates hold no logic of their own."""
