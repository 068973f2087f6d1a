"""Vitrine's own plain format, in which it tells others of what happens."""
