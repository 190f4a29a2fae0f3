"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from mops.core.collecting import leave_out_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")

application = get_wsgi_application()
leave_out_what_is_loaded()
