"""Adapters on DynamoDB, through pynamodb's connection (no models: one client for all tables)."""
