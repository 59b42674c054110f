"""Parameter Store."""
