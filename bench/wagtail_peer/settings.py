"""A Wagtail site with pages of 500 pictures, set up as for production: no debug, cached templates, WAL."""

import os
import sys
from pathlib import Path

HOME = Path(os.environ["PEER_HOME"])
sys.path.append(str(HOME))
(HOME / "gallery_migrations").mkdir(parents=True, exist_ok=True)
(HOME / "gallery_migrations" / "__init__.py").touch()
POSTGRES = os.environ.get("PEER_POSTGRES", "")

SECRET_KEY = "of no worth, for this measurement only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "site_wsgi.application"
MIGRATION_MODULES = {"gallery": "gallery_migrations"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "gallery",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.api.v2",
    "rest_framework",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
if POSTGRES:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 600,
            **dict(pair.split("=", 1) for pair in POSTGRES.split()),
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "peer.db",
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    }
USE_TZ = True
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"
WAGTAIL_SITE_NAME = "Peer"
WAGTAILAPI_LIMIT_MAX = 50
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100_000
