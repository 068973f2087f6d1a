"""The JSON doors: one dialect a package."""
