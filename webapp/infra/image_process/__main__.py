"""The child's first line."""

from .serving import main

main()
