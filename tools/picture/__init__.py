"""The picture of the state machine: its graph, where things stand, the SVG, and the page."""
