"""The site as gunicorn serves it, with less patience than in earnest."""

from hackathon.ground import arriving
from wsgi import app as app

arriving.PATIENCE = 1.5
