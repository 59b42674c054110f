"""What runs on a developer's machine only; production code never imports it."""
