"""What a gallery is: the domain, free of any web framework."""
