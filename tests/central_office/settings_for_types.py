"""Settings that the type checker reads to know the models; nothing runs with them."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "central_office.office",
]
AUTH_USER_MODEL = "auth.User"
SECRET_KEY = "for the type checker alone"
USE_TZ = True
