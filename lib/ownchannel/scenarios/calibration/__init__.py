"""What orders tell of a plan's numbers, and how sure they are."""
