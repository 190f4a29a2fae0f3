"""WSGI entry point for gunicorn."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mops.core.collecting import leave_out_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")

application = get_wsgi_application()
# The pages too are loaded before the web processes part, which then share them, and not by the first who asks for one.
import_module(settings.ROOT_URLCONF)
leave_out_what_is_loaded()
