"""Purchase, spend and retention models: what a customer is worth."""
