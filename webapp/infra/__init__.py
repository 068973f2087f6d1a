"""What touches the world and knows no gallery."""
