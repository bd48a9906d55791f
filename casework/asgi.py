"""Where does an ASGI server (uvicorn) find the product? In `casework.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
django = get_asgi_application()

from django.urls import get_resolver  # noqa: E402 - only when Django is set up

from casework.actors.api.bell import Bell, offered  # noqa: E402
from casework.actors.api.long_polls import with_long_polls  # noqa: E402
from casework.agents.a2a.stream import with_task_streams  # noqa: E402
from casework.agents.a2a.waited import with_waited_tasks  # noqa: E402
from casework.celery import app  # noqa: E402
from casework.mcp.door import with_mcp  # noqa: E402
from casework.web.live import hub  # noqa: E402
from casework.web.live_stream import with_streams  # noqa: E402
from orchestration.ground.freed_memory import give_back  # noqa: E402

streaming = with_waited_tasks(with_task_streams(with_streams(django, hub), django, hub), django, hub)
application = with_mcp(with_long_polls(streaming, Bell(offered)), django)

# All that the first page and the first nudge would read is read now; what reading it took goes back (some 20 MB).
assert get_resolver().url_patterns
assert app.connection_for_write().transport
give_back()
