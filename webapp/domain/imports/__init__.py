"""Files that come many at once, out of an archive or from addresses: asked for in one go, brought by a worker.

An import is a row, and each of its files an entry with what became of it. `archives.take` and `addresses.begin` ask
for one, `work` brings the entries by lease through the one ingest, `reports` says how far it is.
"""
