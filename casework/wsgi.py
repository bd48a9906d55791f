"""Where does a WSGI server find the product? Live pages (server-sent events) need the ASGI one instead."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
application = get_wsgi_application()
