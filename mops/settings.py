"""All settings, from the environment only. `.env.example` lists every variable."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from mops.admin_look import UNFOLD as UNFOLD
from mops.beats import CELERY_BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE
from mops.environment import (
    env_bool,
    env_choice,
    env_currency,
    env_int,
    env_keys,
    env_list,
    env_text,
    env_url,
    env_zone,
)
from mops.logs import logging_settings
from mops.server_urls import MAIL, POSTGRES, REDIS, database, mail

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_text("MOPS_DATA", str(BASE_DIR / "var"))).resolve()

DEBUG = env_bool("MOPS_DEBUG")
SECRET_KEY = env_text("MOPS_SECRET_KEY")
if not DEBUG and (len(SECRET_KEY) < 40 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured(
        "MOPS_SECRET_KEY is missing or weak: set at least 40 random characters, "
        "for example from `openssl rand -base64 48` (or set MOPS_DEBUG=1 to try things out)"
    )
SECRET_KEY = SECRET_KEY or "debug-only-" + "0123456789" * 4
SECRET_KEY_FALLBACKS = env_list("MOPS_SECRET_KEY_FALLBACKS")
# Consent and suppression are found by it for ever: it never changes, although the secret key does.
SUBJECT_KEY = env_text("MOPS_SUBJECT_KEY") or SECRET_KEY

WEB = ("http", "https")
BASE_URL = env_url("MOPS_BASE_URL", "http://127.0.0.1:8000", WEB).rstrip("/")
# Under which other systems send webhooks, where only those are let in from outside.
WEBHOOK_URL = env_url("MOPS_WEBHOOK_URL", "", WEB).rstrip("/") or BASE_URL
IS_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env_list("MOPS_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("MOPS_TRUSTED_ORIGINS", BASE_URL)
USE_X_FORWARDED_HOST = env_bool("MOPS_BEHIND_PROXY")
if USE_X_FORWARDED_HOST:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

COMPANY_NAME = env_text("MOPS_COMPANY", "mops")
BASE_CURRENCY = env_currency("MOPS_BASE_CURRENCY", "EUR")
FISCAL_YEAR_START = env_int("MOPS_FISCAL_YEAR_START", 1, least=1, most=12)

INSTALLED_APPS = [
    "unfold",
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "template_partials",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "mops.core",
    "governance",
    "planning",
    "martech",
    "workflow",
    "reporting",
    "mops",
]

MIDDLEWARE = [
    "mops.core.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "martech.tracking_door.TrackingMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mops.core.requests.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mops.core.slashes.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.middleware.HistoryMiddleware",
    "governance.middleware.SignInRequiredMiddleware",
    "governance.idempotency.IdempotencyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mops.core.pages.ToastMiddleware",
]

ROOT_URLCONF = "mops.urls"
WSGI_APPLICATION = "mops.wsgi.application"
AUTH_USER_MODEL = "governance.User"
# The address is unique without regard to case, by a constraint Django's check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "mops.core.pages.shell_context",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "mops.core.templatetags.mops",
            ],
        },
    }
]
COTTON_DIR = "components"

# --- data -----------------------------------------------------------------------------------------------------------

DATABASE_URL = env_url("DATABASE_URL", "postgres:///mops", POSTGRES)
REDIS_URL = env_url("REDIS_URL", "redis://127.0.0.1:6379/0", REDIS)

DATABASES = {"default": database(DATABASE_URL)}
# A read replica for the dashboards; the default database when there is none.
REPORTING_DATABASE = "default"
if replica_url := env_url("REPORTING_DATABASE_URL", "", POSTGRES):
    DATABASES["replica"] = {**database(replica_url), "TEST": {"MIRROR": "default"}}
    REPORTING_DATABASE = "replica"

CACHES = {
    "default": {
        "BACKEND": "mops.core.caching.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "mops",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
# The tracking endpoint: how long a repeated message is known, and how long anonymous events wait for a name.
TRACKING_DEDUPE_HOURS = env_int("MOPS_TRACKING_DEDUPE_HOURS", 72)
TRACKING_ANONYMOUS_DAYS = env_int("MOPS_TRACKING_ANONYMOUS_DAYS", 90)
# How long what somebody filled in and did not send is kept after they changed it last.
REQUEST_DRAFT_DAYS = env_int("MOPS_REQUEST_DRAFT_DAYS", 90)
IMPORT_MAX_BYTES = env_int("MOPS_IMPORT_MAX_MB", 1_024) * 2**20

# --- work in the background: rows in Postgres, Celery only wakes ---------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "global_keyprefix": "mops:",
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_TIME_LIMIT = 3_600
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# --- people and sign-in ---------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {"login": "governance.sign_in.LoginForm", "add_email": "governance.sign_in.ChangeAddressForm"}
ACCOUNT_ADAPTER = "governance.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "governance.adapters.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
# Addresses are given by an administrator; nobody registers with one that is not theirs.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "mops"
# The code before and after counts, too: for who types slowly or whose clock is a little off (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": []}, "saml": {"APPS": []}}
if oidc_url := env_text("MOPS_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "oidc",
            "name": env_text("MOPS_OIDC_NAME", "Single sign-on"),
            "client_id": env_text("MOPS_OIDC_CLIENT_ID"),
            "secret": env_text("MOPS_OIDC_CLIENT_SECRET"),
            "settings": {"server_url": oidc_url},
        }
    )
if saml_metadata_url := env_text("MOPS_SAML_METADATA_URL"):
    SOCIALACCOUNT_PROVIDERS["saml"]["APPS"].append(
        {
            "provider_id": "saml",
            "name": env_text("MOPS_SAML_NAME", "Single sign-on"),
            "client_id": "saml",
            "settings": {
                "idp": {"entity_id": env_text("MOPS_SAML_ENTITY_ID"), "metadata_url": saml_metadata_url},
                "attribute_mapping": {"email": env_text("MOPS_SAML_EMAIL_ATTRIBUTE", "email")},
            },
        }
    )

# --- safety ---------------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-mops" if IS_HTTPS else "mops"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_HTTPS and env_bool("MOPS_SSL_REDIRECT", True)
# A webhook is signed; its sender does not follow a redirect, and a proxy may have ended TLS without saying so.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^hooks/"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Base64 keys of 32 bytes, newest first, as `id:key`; see docs/operating.md for rotation.
ENCRYPTION_KEYS = env_keys("MOPS_ENCRYPTION_KEYS")

# --- files, language, mail ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "mops.core.assets.PackageFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
# Only what pages use is served; the rest of the packages stays on disk.
STATIC_PACKAGES = {
    "vendor/tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/inter.css": "@fontsource-variable/inter/index.css",
    "vendor/tom-select.js": "tom-select/dist/js/tom-select.complete.min.js",
    "vendor/tom-select.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "vendor/plotly.js": "plotly.js-basic-dist-min/plotly-basic.min.js",
} | {
    f"vendor/files/inter-{script}-wght-normal.woff2": f"@fontsource-variable/inter/files/inter-{script}-wght-normal.woff2"
    for script in ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese")
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mops.core.assets.HashedStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map"]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env_zone("MOPS_TIME_ZONE", "Europe/Berlin")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = None

vars().update(mail(env_url("EMAIL_URL", "console:", MAIL)))
DEFAULT_FROM_EMAIL = env_text("MOPS_FROM_EMAIL", "mops@localhost")
EMAIL_TIMEOUT = 10
# Notices leave the app only where they can: by mail with EMAIL_URL, into a channel with the address of its webhook.
HAS_MAIL = bool(env_text("EMAIL_URL"))
SLACK_WEBHOOK = env_url("MOPS_SLACK_WEBHOOK", "", WEB)

LOGGING_CONFIG = None
logging_settings(
    level=env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    as_json=env_bool("MOPS_LOG_JSON", not DEBUG),
)

# --- faces ----------------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"
DJANGO_TABLES2_TABLE_ATTRS = {"class": "table table-vcenter card-table"}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.authentication.TokenAuthentication",
        "governance.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["mops.core.api.permissions.HasRight"],
    "DEFAULT_PAGINATION_CLASS": "mops.core.api.paging.CursorPages",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mops.core.api.bodies.BodyParser"],
    "DEFAULT_SCHEMA_CLASS": "mops.core.api.schema.Schema",
    "EXCEPTION_HANDLER": "mops.core.api.problems.problem_response",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "mops",
    "DESCRIPTION": "The interface of mops for scripts and integrations; the guide is docs/api.md.",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["mops.core.api.permissions.HasRight"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MetricKindEnum": "reporting.serializers.METRIC_KINDS",
        "SegmentKindEnum": "martech.models.SegmentKind",
        "VersionStateEnum": "mops.core.versions.VersionState",
    },
}
