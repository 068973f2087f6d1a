"""Measurements and faults against the real server; `vitrine bench NAME` and `vitrine faults NAME` run them."""
