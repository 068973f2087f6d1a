"""Translation by a machine that answers over HTTP: never more than a proposal until somebody has read it."""
