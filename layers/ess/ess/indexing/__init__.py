"""Builds the station index. Alone it needs numpy: no function of the hot path loads it."""
