"""Signed links."""
