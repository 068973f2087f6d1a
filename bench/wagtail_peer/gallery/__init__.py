"""A gallery as Wagtail's own guide makes one: a page with an orderable row for each picture."""
