"""Settings of the suite: the product's own, on real servers, with a cheap password hash and no collected files."""

import os

from tests import servers

servers.provide()
# The suite's own processes share the cores; threads of numerical libraries would wait for each other, busily.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mops.settings import *  # noqa: E402, F403
from mops.settings import STATIC_PACKAGES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# A browser keeps what it has fetched, compiled scripts too; the checker of accessibility comes from the same place.
WHITENOISE_MAX_AGE = 3600
STATIC_PACKAGES = {**STATIC_PACKAGES, "vendor/axe.js": "axe-core/axe.min.js"}
