"""How does the product behave here? As environment variables say; without any, as on a developer's machine.

CASEWRIGHT_ENV=production refuses to start without CASEWRIGHT_SECRET_KEY and ALLOWED_HOSTS, and turns every safe default
on. README.md lists the variables.
"""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from casework.access.password_setup import validators_of
from casework.ldap.setup import directory_of
from casework.logs import configure_logging
from casework.runtime.broker import ANSWERS_WITHIN, CLOCK_QUEUE, SCHEDULE, time_limits_of
from casework.runtime.locations import IS_INSTALLED, ROOT, locations, vendor_folder

env = environ.Env()

ENVIRONMENT = env.str("CASEWRIGHT_ENV", default="development")
if ENVIRONMENT not in ("development", "production"):
    raise ImproperlyConfigured(f"CASEWRIGHT_ENV is {ENVIRONMENT!r}; it is either development or production")
PRODUCTION = ENVIRONMENT == "production"


def required_in_production(name: str, development: Any, read: Any = env.str) -> Any:
    """The variable `name`; in development it may be missing, in production ImproperlyConfigured is raised."""
    value = read(name, default=None)
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"{name} must be set when CASEWRIGHT_ENV is production")
    return value or development


METRICS_TOKEN = env.str("CASEWRIGHT_METRICS_TOKEN", default="")
"""Lets a monitoring system read /metrics; empty: only administrators and auditors who have signed in may."""

TRACES = bool(env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="") or env.str("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""))
"""Whether traces are sent (OpenTelemetry's own variables say where to); needs the extra `observe`."""

DEBUG = not PRODUCTION and env.bool("DEBUG", default=False)
# Whether /catalogue/ shows each piece of the pages in all its states, to those who build the product.
CATALOGUE = not PRODUCTION and env.bool("CATALOGUE", default=DEBUG)
SECRET_KEY = required_in_production("CASEWRIGHT_SECRET_KEY", "only-for-development-on-this-machine")
ALLOWED_HOSTS = required_in_production("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"], env.list)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "audit",
    "orchestration",
    "casework",
]

MIDDLEWARE = [
    "casework.web.middleware.request_log",
    "casework.web.foreign_host.refuse_foreign_host",
    "django.middleware.security.SecurityMiddleware",
    "casework.web.middleware.content_security_policy",
    "casework.web.middleware.method_page",
    "casework.web.middleware.private_answers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "casework.web.made_for.RefuseOthersPages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casework.web.session_age.SessionAge",
    "casework.access.second_wall.SecondWall",
    "casework.viewing.middleware.ViewAs",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "casework.urls"
WSGI_APPLICATION = "casework.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["casework.templatetags.guarded_forms"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- what it runs on

EMBEDDED = locations()

# Under ASGI each request runs in a thread of its own, so there a persistent connection would only leak:
# a web process sets DATABASE_POOL (most connections of the process), a worker DATABASE_CONN_MAX_AGE (seconds).
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default=EMBEDDED.database_url)}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=0)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Plans of repeated statements are kept by the server; behind a pooler that shares sessions, set it to -1.
prepare = env.int("DATABASE_PREPARE_THRESHOLD", default=3)
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = None if prepare < 0 else prepare
# A server, or a network, that does not answer is given up: when connecting (s), when sending (ms), when silent (s).
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 30, "keepalives_interval": 10,
    "keepalives_count": 3,
} | DATABASES["default"]["OPTIONS"]  # fmt: skip
if DATABASE_POOL := env.int("DATABASE_POOL", default=0):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttle counts only; several web machines share them through CACHE_URL.
CACHES: dict[str, dict[str, Any]] = {"default": env.cache("CACHE_URL", default="locmemcache://")}
if "redis" in CACHES["default"]["BACKEND"]:
    CACHES["default"]["BACKEND"] = "casework.web.forgiving_cache.ForgivingRedisCache"
    CACHES["default"].setdefault("OPTIONS", {}).update(socket_connect_timeout=1, socket_timeout=1)

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=EMBEDDED.broker_url)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for as long as it takes
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # what is being done needs no broker
# A broker that does not answer is given up after these seconds, also one that takes connections and keeps silent.
CELERY_BROKER_CONNECTION_TIMEOUT = ANSWERS_WITHIN
CELERY_BROKER_TRANSPORT_OPTIONS = time_limits_of(CELERY_BROKER_URL)
# Rows are the truth, messages are nudges: nothing is kept of a result, and no message comes again; the sweep asks.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_AUTOSCALER = "casework.runtime.scaling:Scaler"
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 10**9  # else Celery ends the database session around each task, and with it all prepared plans
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Timers and the sweep do not wait behind a backlog of jobs: a worker takes from both queues in turn.
CELERY_TASK_QUEUES = [Queue("celery"), Queue(CLOCK_QUEUE)]
CELERY_TASK_ROUTES = {
    f"orchestration.tasks.{task}": {"queue": CLOCK_QUEUE} for task in ("sweep", "fire_timers", "deliver_outbox")
}
CELERY_BEAT_SCHEDULE = SCHEDULE

# A cycle fires at most once in so many seconds, whatever its model says; of its missed moments so many are made up.
TIMER_LEAST_PERIOD = env.float("TIMER_LEAST_PERIOD", default=1.0)
TIMER_MOST_MADE_UP = env.int("TIMER_MOST_MADE_UP", default=10)
# Messages and signals from case to case without a person: so many in a row, and of one thread so many within an hour.
MESSAGE_MOST_HOPS = env.int("MESSAGE_MOST_HOPS", default=50)
MESSAGE_MOST_LETTERS = env.int("MESSAGE_MOST_LETTERS", default=500)

# --- who may come in

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None  # guardian: nobody who has not signed in may anything
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "casework.web.errors.form_expired"
LOGIN_REDIRECT_URL = "/today/"  # which sends those on to their inbox whom it has nothing to say
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = validators_of(env)

# Groups whose people have to show more than a password; `*`: everybody. Who has not set it up does that first.
SECOND_FACTOR_GROUPS = env.list("CASEWRIGHT_SECOND_FACTOR", default=[])
LDAP = directory_of(env)  # an LDAP directory that keeps people and their passwords, where one is named
if LDAP is not None:
    AUTHENTICATION_BACKENDS.append("casework.ldap.backend.DirectoryBackend")
# Sign-in by an identity provider (OpenID Connect), where an issuer is named.
OIDC_ISSUER = env.str("CASEWRIGHT_OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("CASEWRIGHT_OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("CASEWRIGHT_OIDC_CLIENT_SECRET", default="")  # none: a public client, by PKCE alone
OIDC_NAME = env.str("CASEWRIGHT_OIDC_NAME", default="your organisation")
OIDC_SCOPE = env.str("CASEWRIGHT_OIDC_SCOPE", default="openid profile email")
OIDC_GROUPS_CLAIM = env.str("CASEWRIGHT_OIDC_GROUPS_CLAIM", default="groups")
# How somebody joins who is here: "" (they link it themselves), or verified-email; and whether others are made.
OIDC_JOIN = env.str("CASEWRIGHT_OIDC_JOIN", default="")
OIDC_CREATE = env.bool("CASEWRIGHT_OIDC_CREATE", default=False)
OIDC_SECOND = env.list("CASEWRIGHT_OIDC_SECOND", default=[])  # values of amr and acr that count as a second factor
# By SAML 2.0, beside it; joining, making others and what counts as a second factor are set as above.
SAML_PROVIDER = env.str("CASEWRIGHT_SAML_PROVIDER", default="")  # its entity id
SAML_SIGN_IN = env.str("CASEWRIGHT_SAML_SIGN_IN", default="")  # where it signs in (HTTP-Redirect)
SAML_SIGN_OUT = env.str("CASEWRIGHT_SAML_SIGN_OUT", default="")  # where it ends sessions (HTTP-Redirect); none: not
SAML_KEY = env.str("CASEWRIGHT_SAML_KEY", default="", multiline=True)  # ours (PEM): reads what is encrypted, and signs
SAML_CERTIFICATE = env.str("CASEWRIGHT_SAML_CERTIFICATE", default="")  # of that key, base64 without line breaks
SAML_CERTIFICATES = env.list("CASEWRIGHT_SAML_CERTIFICATES", default=[])  # base64, of now and of next
SAML_NAME = env.str("CASEWRIGHT_SAML_NAME", default="your organisation (SAML)")
SAML_GROUPS = env.str("CASEWRIGHT_SAML_GROUPS", default="groups")  # the attribute that names groups
if OIDC_JOIN not in ("", "verified-email"):
    raise ImproperlyConfigured(f"CASEWRIGHT_OIDC_JOIN is {OIDC_JOIN!r}; it is empty or verified-email")
SECOND_PERSON = env.bool("CASEWRIGHT_SECOND_PERSON", default=PRODUCTION)  # waited for by what gives rights
AGENT_HOSTS = env.list("CASEWRIGHT_AGENT_HOSTS", default=[])  # listed ones that agents outside may have us write to
CLIENT_TOKEN_SECONDS = env.int("CASEWRIGHT_CLIENT_TOKEN_SECONDS", default=600)  # of what a secret is given for
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_LINK_SECONDS", default=2 * 24 * 3600)

# Mail goes out where a server is named (smtp+tls://name:password@host:587); without one, nobody is told that it did.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="casewright@localhost")

LIVE_STREAMS_A_PERSON = env.int("LIVE_STREAMS_A_PERSON", default=250)  # in one web process; they cost memory only

# Cookies have names of our own, so that two programs of one host do not sign each other out; over TLS they belong to
# this host alone (RFC 6265bis, __Host-). A checkout's name has its state folder in it.
COOKIES = "__Host-casewright" if PRODUCTION else f"casewright-{EMBEDDED.mark}"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, SCHEME_COOKIE_NAME = f"{COOKIES}-session", f"{COOKIES}-csrf", f"{COOKIES}-scheme"
MESSAGE_STORAGE = "casework.web.message_storage.OwnMessages"
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", default=2 * 3600)  # without anything done
SESSION_LONGEST = env.int("SESSION_LONGEST_SECONDS", default=12 * 3600)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PERMISSIONS_POLICY = ", ".join(
    f"{sensor}=()" for sensor in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The largest form is a decision table: 500 rules (casework.studio.decision_table_edit.MOST_RULES), each cell a field.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_HANDLERS = ["casework.web.upload_handler.BoundedUpload"]

TAKEN_AWAY_AN_HOUR = env.int("TAKEN_AWAY_AN_HOUR", default=600)  # files of one person, by the browser

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "casework.access.sign_in.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["casework.access.token_scope.WithinScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["casework.web.api.parsers.JSONObjectParser"],
    "EXCEPTION_HANDLER": "casework.web.api.errors.handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANONYMOUS", default="60/minute"),
        "user": env.str("API_RATE_USER", default="3000/minute"),
        "worker": env.str("API_RATE_WORKER", default="6000/minute"),
    },
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Casewright",
    "DESCRIPTION": "Bring cases in, follow them and work on their tasks. Every answer is masked for who asks.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "PATH_CONVERTER_OVERRIDES": {"number": int},
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,
    # two answers have a field of this name with choices of their own
    "ENUM_NAME_OVERRIDES": {
        "TaskState": [(state, state) for state in ("open", "suspended", "completed", "terminated")],
        "VersionState": [
            (state, state) for state in ("registered", "quarantined", "shadow", "share", "in-use", "retired")
        ],
    },
}

# --- other systems

# pictures that bots take of what they type: one place for all web processes
SAMPLES_OFFERED = env.bool("CASEWRIGHT_SAMPLES", default=not PRODUCTION)  # sample cases do what cases do
WATCHED_FOLDER = env.str("CASEWRIGHT_WATCHED_FOLDER", default="")  # files in it start cases or join some
DOCUMENT_SCANNER = env.str("CASEWRIGHT_SCANNER", default="")  # a command that looks for viruses in what comes in
PICTURES = env.str("PICTURES", default=str(EMBEDDED.state / "pictures"))
# With this key it is signed where every history stands; key and signed files are kept apart from the database. In
# production the file of the key has to be named, since each machine would make one of its own.
CHECKPOINT_KEY = env.str(
    "CASEWRIGHT_CHECKPOINT_KEY", default="" if PRODUCTION else str(EMBEDDED.state / "checkpoint.key")
)
CHECKPOINT_KEYS = env.list("CASEWRIGHT_CHECKPOINT_KEYS", default=[])  # public ones of before, in hex
CHECKPOINT_EVERY = env.int("CASEWRIGHT_CHECKPOINT_EVERY", default=3600)  # seconds
# With this key the contents of documents are sealed; it wraps a key for each, which stand in the folder. Both are kept
# apart from the database and its backups. In production the file has to be named; without it nothing is sealed.
DATA_KEY = env.str("CASEWRIGHT_DATA_KEY", default="" if PRODUCTION else str(EMBEDDED.state / "data.key"))
DATA_KEYS = env.str("CASEWRIGHT_DATA_KEYS", default=str(EMBEDDED.state / "keys"))
CONTROLS_EVERY = env.int("CASEWRIGHT_CONTROLS_EVERY", default=3600)  # seconds; 0: controls are fired by hand alone
VERIFY_EVERY = env.int("CASEWRIGHT_VERIFY_EVERY", default=86400)  # seconds; 0: histories are verified when asked alone
SECRETS_FOLDER = env.str("CASEWRIGHT_SECRETS_FOLDER", default=str(EMBEDDED.state / "secrets"))

# --- words, files and logs

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = (
    env.str("STATIC_ROOT", default=str((EMBEDDED.state if IS_INSTALLED else ROOT) / "staticfiles"))
    if PRODUCTION
    else None
)  # development: no collecting
STATICFILES_DIRS: list[Any] = [ROOT / "static"]
if IS_INSTALLED and vendor_folder().is_dir():  # `casewright prepare` fills it, with the state
    STATICFILES_DIRS.append(("vendor", vendor_folder()))
DOCUMENTS_FOLDER: dict[str, Any] = {
    "location": str(EMBEDDED.state / "documents"),
    "file_permissions_mode": 0o600,
    "directory_permissions_mode": 0o700,
}
DOCUMENTS_BUCKET = env.str("DOCUMENTS_BUCKET", default="")
"""Of an S3 store; empty: documents are kept in a folder. What is not set otherwise is as Amazon has it."""
if DOCUMENTS_BUCKET:
    DOCUMENTS_FOLDER = {
        "bucket": DOCUMENTS_BUCKET,
        "endpoint": env.str("DOCUMENTS_ENDPOINT", default=""),
        "region": env.str("DOCUMENTS_REGION", default="eu-central-1"),
        "prefix": env.str("DOCUMENTS_PREFIX", default=""),
    }
DOCUMENTS_WEBDAV = env.str("DOCUMENTS_WEBDAV", default="")
"""The address of a folder on a WebDAV server; one of the two at most."""
if DOCUMENTS_WEBDAV:
    DOCUMENTS_FOLDER = {
        "address": DOCUMENTS_WEBDAV,
        "user": env.str("DOCUMENTS_WEBDAV_USER", default=""),
        "password": env.str("DOCUMENTS_WEBDAV_PASSWORD", default=""),
    }
if DOCUMENTS_WEBDAV and DOCUMENTS_BUCKET:
    raise ImproperlyConfigured("Documents are kept in one place: DOCUMENTS_BUCKET or DOCUMENTS_WEBDAV, not both")
DOCUMENTS_STORAGE = (
    "orchestration.documents.bucket.Bucket" if DOCUMENTS_BUCKET
    else "orchestration.documents.webdav.WebDav" if DOCUMENTS_WEBDAV
    else "django.core.files.storage.FileSystemStorage"
)  # fmt: skip
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "checkpoints": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("CASEWRIGHT_CHECKPOINTS", default=str(EMBEDDED.state / "checkpoints")),
            "file_permissions_mode": 0o440,
            "directory_permissions_mode": 0o750,
        },
    },
    # the documents of cases, by the digest of their content
    "documents": {
        "BACKEND": env.str("DOCUMENTS_BACKEND", default=DOCUMENTS_STORAGE),
        "OPTIONS": env.json("DOCUMENTS_OPTIONS", default=DOCUMENTS_FOLDER),
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING_CONFIG = None
configure_logging(as_json=env.bool("LOG_JSON", default=PRODUCTION), level=env.str("LOG_LEVEL", default="INFO"))
