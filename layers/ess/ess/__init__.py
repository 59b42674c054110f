"""ESS Help Me: emergency reports on LINE. See docs/architecture.md for how the parts fit."""
