"""The `ess` command: what operators do to a running service."""
