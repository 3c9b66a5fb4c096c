"""What brings customers back, and what it is worth."""
