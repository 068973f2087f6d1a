"""From the outbox to others: fanned out, written up, sent as often as it takes, kept in a log."""
