"""Marketplace: how dependent a brand is on it, and what it costs when the marketplace changes its mind."""
