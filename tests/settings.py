"""Settings of the suite: the product's own, on real servers, with a cheap password hash and no collected files."""

from tests import servers

servers.provide()

from mops.settings import *  # noqa: E402, F403
from mops.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
