"""A listing of the galleries with what Vitrine's shows: cover, title, pictures, author, edited, status."""

from django.db.models import Count
from wagtail import hooks
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.images.shortcuts import get_rendition_or_not_found

from gallery.models import GalleryPage


class CoverColumn(Column):
    """The cover, as a thumbnail."""

    cell_template_name = "gallery/cover.html"

    def get_value(self, instance):
        """Give the rendition."""
        return get_rendition_or_not_found(instance.cover, "max-165x165")


class Listing(IndexView):
    """The listing, which counts the pictures and fetches the covers with the rows."""

    list_display = [
        BulkActionsColumn("bulk_actions"),
        CoverColumn("cover"),
        PageTitleColumn("title", classname="title"),
        Column("count", accessor="count"),
        Column("owner", accessor="owner"),
        DateColumn("latest_revision_created_at", label="Updated", sort_key="latest_revision_created_at"),
        PageStatusColumn("status", sort_key="live"),
    ]

    def get_base_queryset(self):
        """Give the galleries with what their rows show."""
        pages = super().get_base_queryset().annotate(count=Count("pictures"))
        return pages.select_related("cover", "owner").prefetch_related("cover__renditions")


class Galleries(PageListingViewSet):
    """All galleries, 50 on a page."""

    icon = "image"
    menu_label = "Galleries"
    model = GalleryPage
    add_to_admin_menu = True
    index_view_class = Listing
    list_display = Listing.list_display


@hooks.register("register_admin_viewset")
def register_galleries():
    """Put the listing into the admin."""
    return Galleries("galleries")
