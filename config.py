"""Every setting, read from the environment once. Imports nothing of ours.

A setting of Marktbüro's own begins with MARKTBUERO_; the README's table of settings is tested against this file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def _flag(name: str, default: str) -> bool:
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def secret_key(folder: Path) -> str:
    """Read the key that signs tokens, or make one that only the owner of the folder can read.

    Several processes may start at once: each writes a whole file, the first to give it the name wins, and all
    read that one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".secret_key")  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            Path(draft).unlink()
    return path.read_text(encoding="ascii").strip()


def database_url(url: str) -> str:
    """Name the driver that is installed, also where the environment gives the bare ``postgresql://``."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


# --- Where things are -------------------------------------------------------------------------------------
DATA_DIR = Path(os.environ.get("MARKTBUERO_DATA", ROOT / "instance")).resolve()
UPLOAD_FOLDER = str(DATA_DIR / "files")
SQLALCHEMY_DATABASE_URI = database_url(
    os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'marktbuero.sqlite'}")
)
# What is written, names and addresses among it, is no matter for a log of errors.
SQLALCHEMY_ENGINE_OPTIONS = {
    "hide_parameters": True,
    # Lists and searches ask in more ways than the 500 that are remembered else: a tenth of the time went into writing
    # the same SQL again.
    "query_cache_size": 1500,
}
REDIS_URL = os.environ.get("REDIS_URL", "")

# --- Background work and mail -----------------------------------------------------------------------------
QUEUE_NAME = "marktbuero"
WORKERS = int(os.environ.get("MARKTBUERO_WORKERS", "2"))
MAIL_SERVER = os.environ.get("MARKTBUERO_MAIL_SERVER", "")
MAIL_PORT = int(os.environ.get("MARKTBUERO_MAIL_PORT", "587"))
MAIL_USERNAME = os.environ.get("MARKTBUERO_MAIL_USERNAME", "")
MAIL_PASSWORD = os.environ.get("MARKTBUERO_MAIL_PASSWORD", "")
MAIL_USE_TLS = _flag("MARKTBUERO_MAIL_USE_TLS", "1")
MAIL_USE_SSL = _flag("MARKTBUERO_MAIL_USE_SSL", "0")
MAIL_SENDER = os.environ.get("MARKTBUERO_MAIL_SENDER", "marktbuero@localhost")
MAIL_TIMEOUT = 20  # seconds, for each answer of the server

# --- The server -------------------------------------------------------------------------------------------
HOST = os.environ.get("MARKTBUERO_HOST", "127.0.0.1")
PORT = int(os.environ.get("MARKTBUERO_PORT", "8080"))
THREADS = int(os.environ.get("MARKTBUERO_THREADS", "8"))
TRUSTED_HOSTS = _list("MARKTBUERO_TRUSTED_HOSTS", "localhost,127.0.0.1")
FAB_SAFE_REDIRECT_HOSTS = TRUSTED_HOSTS
HTTPS = _flag("MARKTBUERO_HTTPS", "0")
PROXIES = int(os.environ.get("MARKTBUERO_PROXIES", "0"))
MAX_CONTENT_LENGTH = 20 * 1024 * 1024
# A form has a field for each cell of its rows: 200 contributions alone have 2,200.
MAX_FORM_PARTS = 10_000

# --- Secrets and sign-in ----------------------------------------------------------------------------------
KEY_LENGTH = 32  # characters; shorter keys of HMAC-SHA256 can be guessed
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(DATA_DIR)
if len(SECRET_KEY) < KEY_LENGTH:
    message = "SECRET_KEY must have at least 32 characters; without it, one is made at the first start"
    raise ValueError(message)
DEMO = _flag("MARKTBUERO_DEMO", "0")
SESSION_TYPE = "redis" if REDIS_URL else "cachelib"
SESSION_PERMANENT = True
SESSION_REFRESH_EACH_REQUEST = False  # app.security.keep_alive does it every few minutes
PERMANENT_SESSION_LIFETIME = timedelta(hours=int(os.environ.get("MARKTBUERO_SESSION_HOURS", "10")))
SESSION_COOKIE_NAME = "marktbuero"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
WTF_CSRF_TIME_LIMIT = None
INVITATION_DAYS = int(os.environ.get("MARKTBUERO_INVITATION_DAYS", "7"))
PUBLIC_URL = os.environ.get("MARKTBUERO_PUBLIC_URL", f"http://{HOST}:{PORT}").rstrip("/")
CONFIRM_DAYS = int(os.environ.get("MARKTBUERO_CONFIRM_DAYS", "7"))
UNCONFIRMED_DAYS = int(os.environ.get("MARKTBUERO_UNCONFIRMED_DAYS", "30"))
IMPORT_DAYS = (
    7  # so long is the file of an import kept that nobody ended, and the one with rows to be corrected
)
REPORT_DAYS = 90  # so long counts the link with which a party reports on a contract
REPORT_LIMIT = "60 per hour"  # attempts to report with one link
DOWNLOADS = os.environ.get("MARKTBUERO_DOWNLOADS", str(DATA_DIR / "downloads"))
DOWNLOAD_DAYS = int(os.environ.get("MARKTBUERO_DOWNLOAD_DAYS", "7"))
DOWNLOAD_LIST_DAYS = 90  # so long does the list tell what became of a download
DOWNLOAD_LEASE = 30  # seconds without a sign of life, after which a worker counts as gone
DOWNLOAD_PAUSE = 20  # seconds until a download is tried again after the database was away
DOWNLOAD_ROWS = (
    2_000  # more than this are made in the background: contacts take two seconds, others a third of it
)
DOWNLOAD_PATIENCE = 0.5  # seconds to find out how many rows there are; what takes longer is made there, too
PREVIEW_PATIENCE = 2  # seconds that a report's page, or a panel, may read; one that takes longer says so
UPLOAD_DAYS = 2  # so long is a file kept that was uploaded with a form that nobody sent again
SPOOL_DAYS = 30  # so long are mails kept that nobody sends
CONSENT_IP_DAYS = int(os.environ.get("MARKTBUERO_CONSENT_IP_DAYS", "0"))
ADDRESS_LIMIT = "5 per day"  # mails that anybody can have sent to an address
BOUNCE_LIMIT = "600 per minute"  # reports of bounces from one network address
REGISTRATION_LIMIT = os.environ.get("MARKTBUERO_REGISTRATION_LIMIT", "20 per hour")
SIGN_UP_LIMIT = os.environ.get("MARKTBUERO_SIGN_UP_LIMIT", "20 per hour")
AUTH_TYPE = 1  # accounts in the database
AUTH_USER_REGISTRATION = False
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = os.environ.get("MARKTBUERO_LOGIN_LIMIT", "10 per minute")
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = REDIS_URL or "memory://"
RATELIMIT_HEADERS_ENABLED = False
COMPRESS_BR_LEVEL = 3  # of pages; the next one takes twice as long, for a twentieth less
JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=30)
JWT_TOKEN_LOCATION = ["headers"]

# --- Flask-AppBuilder -------------------------------------------------------------------------------------
APP_NAME = "Marktbüro"
FAB_CREATE_DB = False  # the tables are made by migrations
FAB_UPDATE_PERMS = False  # the rights are data in app.access
FAB_ADD_SECURITY_VIEWS = True
FAB_ADD_SECURITY_API = False
FAB_ADD_MENU_API = False
FAB_ADD_OPENAPI_VIEWS = True
FAB_API_SWAGGER_UI = False
FAB_API_MAX_PAGE_SIZE = 100
FAB_API_KEY_ENABLED = False
FILE_ALLOWED_EXTENSIONS = (
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "odt",
    "ods",
    "odp",
    "png",
    "jpg",
    "jpeg",
    "webp",
    "txt",
    "csv",
)
AUTH_ROLE_ADMIN = "Administrator"
AUTH_ROLE_PUBLIC = "Public"

# --- Languages --------------------------------------------------------------------------------------------
BABEL_DEFAULT_LOCALE = "de"
BABEL_DEFAULT_TIMEZONE = "Europe/Berlin"
BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
LANGUAGES = {"de": {"flag": "de", "name": "Deutsch"}, "en": {"flag": "gb", "name": "English"}}
