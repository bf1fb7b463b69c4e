"""What a WSGI server serves, and what `flask --app wsgi` commands run in."""

import sys

from hackathon import create_app
from hackathon.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
