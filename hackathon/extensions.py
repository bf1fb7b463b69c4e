"""Bare objects without an app; create_app() introduces them to one."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from .ground.model import Model

db = SQLAlchemy(model_class=Model, disable_autonaming=True)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
security = Security(register_blueprint=False)
limiter = Limiter(get_remote_address)
