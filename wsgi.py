"""What a WSGI server serves, and what `flask --app wsgi` commands run in."""

import gc
import sys

from hackathon import create_app
from hackathon.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))

# What is there now stays. To look through it for garbage holds every thread up for a quarter of a
# second; and a request makes thousands of objects, nearly all of which go by themselves.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
