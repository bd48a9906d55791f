"""Who does the next step of a case, and how? Models, engine, jobs and actors; nothing here knows of pages.

ONNX Runtime, which runs models here, sends what it is used for to its maker unless it is told not to before it is
loaded, and waits 20 seconds for that at the end of a process. This product sends nothing.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
