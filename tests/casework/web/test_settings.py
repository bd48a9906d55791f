"""Do the settings keep a careless production from starting, and every answer and log line from telling too much?"""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.test import APIRequestFactory

from casework.access.token_scope import WithinScope
from casework.runtime.locations import ROOT
from casework.web.middleware import request_log


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """`manage.py ARGUMENTS` in an environment with nothing of the product's but `environment`."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


SECRET = "c" * 20 + "0123456789abcdef" * 3
PRODUCTION = {"CASEWRIGHT_ENV": "production", "CASEWRIGHT_SECRET_KEY": SECRET, "ALLOWED_HOSTS": "cases.example"}


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["CASEWRIGHT_SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without_its_secrets(missing):
    done = command("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert done.returncode != 0
    assert f"{missing} must be set when CASEWRIGHT_ENV is production" in done.stderr


@pytest.mark.slow
def test_an_unknown_environment_is_refused_rather_than_taken_for_development():
    done = command("check", CASEWRIGHT_ENV="prod")
    assert done.returncode != 0
    assert "CASEWRIGHT_ENV is 'prod'" in done.stderr


@pytest.mark.slow
def test_production_is_safe_by_djangos_own_checks():
    done = command("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_production_never_shows_its_insides_and_uses_the_servers_it_is_given():
    asked = (
        "from django.conf import settings as s; import json; print(json.dumps([s.DEBUG, s.SESSION_COOKIE_SECURE,"
        " s.SECURE_SSL_REDIRECT, s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL, s.ALLOWED_HOSTS]))"
    )
    servers = {"DATABASE_URL": "postgresql://u:p@db.example/casewright", "CELERY_BROKER_URL": "amqp://broker.example//"}
    done = command("shell", "--verbosity", "0", "-c", asked, DEBUG="yes", **servers, **PRODUCTION)
    assert json.loads(done.stdout.splitlines()[-1]) == [
        False,
        True,
        True,
        "db.example",
        "amqp://broker.example//",
        ["cases.example"],
    ]


def test_every_answer_allows_scripts_and_styles_from_this_server_only(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_an_answer_that_is_no_page_of_ours_is_guarded_too(client):
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_api_asks_for_a_token_or_a_session():
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == ["casework.access.token_scope.WithinScope"]
    nobody = APIRequestFactory().get("/api/cases/")
    nobody.user, nobody.auth = AnonymousUser(), None
    assert not WithinScope().has_permission(nobody, None)
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_the_request_log_knows_the_route_and_not_what_was_asked(client, caplog):
    with caplog.at_level(logging.INFO, logger="casework.requests"):
        response = client.get("/healthz?customer=Erika+Mustermann")
    line = str([record.msg for record in caplog.records if record.name == "casework.requests"])
    assert "'route': 'healthz'" in line
    assert response.headers["X-Request-ID"] in line
    assert "Erika" not in line


def test_the_request_log_names_the_pattern_of_an_unknown_address_rather_than_the_address(caplog):
    with caplog.at_level(logging.INFO, logger="casework.requests"):
        request_log(lambda request: HttpResponse(status=404))(RequestFactory().get("/mustermann/"))
    line = str([record.msg for record in caplog.records])
    assert "(no such page)" in line
    assert "mustermann" not in line


@pytest.mark.slow
def test_an_error_in_production_is_logged_by_kind_and_place_without_its_text():
    program = (
        "import logging, django; django.setup()\n"
        "def read():\n    raise ValueError('IBAN DE89 3704 0044')\n"
        "try:\n    read()\nexcept ValueError:\n    logging.getLogger('casework').exception('reading failed')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "casework.settings", "PATH": os.environ["PATH"], **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    line = json.loads(done.stderr.splitlines()[-1])
    assert line["event"] == "reading failed"
    assert line["level"] == "error"
    assert line["exception"][0]["type"] == "ValueError"
    assert line["exception"][0]["frames"][-1].endswith(" read")
    assert "DE89" not in done.stderr
