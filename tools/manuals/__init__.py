"""The manuals in Thai for reporters and officers, one page each, with pictures of the simulator."""
