"""Texts that leave for a translator's own tools and come back: XLIFF 1.2 and 2.0, PO, CSV."""
