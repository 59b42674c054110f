"""Adapters: the ports over real services, where vendor errors become domain errors."""
