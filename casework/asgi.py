"""Where does an ASGI server (uvicorn) find the product? In `casework.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
application = get_asgi_application()
