"""A gallery page and its pictures."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.api import APIField
from wagtail.models import Orderable, Page


class GalleryPage(Page):
    """A gallery."""

    intro = models.TextField(blank=True)
    cover = models.ForeignKey("wagtailimages.Image", null=True, on_delete=models.SET_NULL, related_name="+")
    content_panels = [*Page.content_panels, FieldPanel("intro"), InlinePanel("pictures", label="Pictures")]
    api_fields = [APIField("intro"), APIField("cover"), APIField("pictures")]


class GalleryPicture(Orderable):
    """One picture at its place in a gallery."""

    page = ParentalKey(GalleryPage, on_delete=models.CASCADE, related_name="pictures")
    image = models.ForeignKey("wagtailimages.Image", on_delete=models.CASCADE, related_name="+")
    caption = models.CharField(blank=True, max_length=500)
    alt = models.CharField(blank=True, max_length=500)
    panels = [FieldPanel("image"), FieldPanel("caption"), FieldPanel("alt")]
    api_fields = [APIField("image"), APIField("caption"), APIField("alt")]
