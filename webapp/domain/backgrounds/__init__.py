"""Backgrounds: which picture stands behind a zone of a program, here and now (seed 000, D32)."""
