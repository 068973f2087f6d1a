"""Fill a fresh site: `fill.py GALLERIES ITEMS LIBRARY` makes an admin, galleries of one picture and one of many.

LIBRARY is how many more pictures there are, which need no bytes.
"""

import io
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

import django

django.setup()

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.utils import timezone
from gallery.models import GalleryPage, GalleryPicture
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import Collection, Page


def main(galleries, items, library):
    """Make tables and rows, and every thumbnail that the pages show."""
    call_command("makemigrations", "gallery", verbosity=0)
    call_command("migrate", verbosity=0)
    owner = get_user_model().objects.create_superuser("ada", "ada@example.org", "correct horse battery")
    images = [image(number) for number in range(20)]
    stock(library, owner)
    parent = Page.objects.get(depth=2)
    for number in range(galleries):
        gallery(parent, owner, f"Evening {number:04} at the weir", images[number % len(images)], images[:1])
    large = gallery(
        parent, owner, "Five hundred evenings", images[0], [images[n % len(images)] for n in range(items)]
    )
    print(large.pk)


def image(number):
    """Store a picture and its thumbnails."""
    written = io.BytesIO()
    Picture.new("RGB", (640, 480), (number * 11 % 255, 120, 90)).save(written, "JPEG")
    written.seek(0)
    made = Image.objects.create(title=f"Lantern {number}", file=ImageFile(written, name=f"lantern-{number}.jpg"))
    for spec in ("max-165x165", "max-800x600"):
        made.get_rendition(spec)
    return made


def stock(library, owner):
    """Fill the library with pictures without bytes."""
    root = Collection.get_first_root_node()
    Image.objects.bulk_create(
        [
            Image(
                title=f"Lantern {number}",
                file=f"original_images/lantern-{number}.jpg",
                width=1600,
                height=1200,
                file_size=2_100_000,
                collection=root,
                uploaded_by_user=owner,
            )
            for number in range(library)
        ],
        batch_size=1000,
    )


def gallery(parent, owner, title, cover, pictures):
    """Add a gallery with a revision, as an editor would have left it."""
    page = GalleryPage(title=title, intro="Lanterns on the quay.", cover=cover, owner=owner, live=True)
    page.pictures = [
        GalleryPicture(image=each, caption=f"Caption {place}", alt=f"Alt {place}", sort_order=place)
        for place, each in enumerate(pictures)
    ]
    parent.add_child(instance=page)
    page.save_revision(user=owner).publish()
    page.latest_revision_created_at = timezone.now()
    return page


main(*(int(word) for word in sys.argv[1:4]))
