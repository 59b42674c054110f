"""Adapters in memory: the same conditions as the real ones, and failures on request."""
