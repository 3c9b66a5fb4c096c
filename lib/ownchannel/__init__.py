"""ownchannel."""
