"""What a report, a conversation, a ladder IS and may do: pure, standard library only."""
