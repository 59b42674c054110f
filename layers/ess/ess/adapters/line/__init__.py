"""LINE: its wire format both ways, and what its answers mean."""
