"""A result in, a plotly figure and a line of text out; no widgets, no models."""
