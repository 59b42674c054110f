"""Files that people send, cleaned."""
