"""Vitrine: a self-hosted gallery dashboard."""
