"""Programs that make a batch of pictures' files for each line they are sent, two pictures at a time.

A line is `{"pictures": [path, …], "out": folder, "formats": ["webp", "jpg"]}`; the answer is a line once all is made:
`<folder>/<number of the picture>-<width>.<format>`. What comes before the first answer, `ready`, is not measured.
"""
