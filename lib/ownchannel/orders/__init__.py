"""Orders: the platforms' exports in, one tidy order table out."""
