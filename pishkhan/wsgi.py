"""What the server loads."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from pishkhan.parents import PARENT, end_with_parent

if os.environ.get(PARENT, str(os.getpid())) != str(os.getpid()):
    # A web process that outlives `pishkhan serve` would hold the port, and no worker would be kept beside it.
    end_with_parent(signal.SIGKILL)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
application = get_wsgi_application()
