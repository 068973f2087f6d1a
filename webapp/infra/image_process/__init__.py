"""What happens to a picture's bytes, in a child process of its own and nowhere else.

The child is started from this folder alone (`python -I … image_process`), so nothing here imports the rest of the
house; only `pixels` knows libvips. The parent's side is `webapp.infra.images`.
"""
