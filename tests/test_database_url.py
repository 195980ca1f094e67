from urllib.parse import quote, unquote

import pytest
from sqlalchemy.engine import make_url

from phantombot.database_url import database_passwords, options_of, read_database_url
from phantombot.logs import redacted


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
        ("postgresql+psycopg://h/db", "postgresql+psycopg://h/db"),
        ("postgres:///db?host=/tmp/pg.1", "postgresql+psycopg:///db?host=/tmp/pg.1"),
        ("postgres://127.0.0.1:5432/db", "postgresql+psycopg://127.0.0.1:5432/db"),
        ("postgres://[::1]/db", "postgresql+psycopg://[::1]/db"),
        ("postgres://h.x/db?sslmode=disable", "postgresql+psycopg://h.x/db?sslmode=disable"),
        ("postgres://u:p@h.x:5432/db", "postgresql+psycopg://u:p@h.x:5432/db?sslmode=require"),
        ("postgres://h.x/db?options=a", "postgresql+psycopg://h.x/db?options=a&sslmode=require"),
        ("postgres://10.0.0.5/db", "postgresql+psycopg://10.0.0.5/db?sslmode=require"),
        ("postgres:///db?host=h.x", "postgresql+psycopg:///db?host=h.x&sslmode=require"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
        ("  ", "sqlite:///phantombot.db"),
    ],
)
def test_database_addresses_are_read_as_sqlalchemy_wants_them(given: str, read: str):
    assert read_database_url({"DATABASE_URL": given}) == read


PASSWORDS = ["p#w-long", "p?w-long", "p/w-long", "p:w-long", "p%w-long", "p%23w", "p#?/:%&=w"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize(
    ("typed", "sent"),
    [(one, unquote(one)) for one in PASSWORDS]
    + [(quote(one, safe=""), one) for one in [*PASSWORDS, "p@w-long"]],
)
def test_whatever_a_password_holds_it_is_sent_over_tls_and_kept_out_of_the_log(
    scheme: str, typed: str, sent: str
):
    environ = {"DATABASE_URL": f"{scheme}://user:{typed}@h.example:5432/db?options=a"}
    url = make_url(read_database_url(environ))
    assert (url.password, url.host, url.database) == (sent, "h.example", "db")
    assert url.query == {"options": "a", "sslmode": "require"}
    for logged in (typed, sent, url.render_as_string(hide_password=False)):
        shown = redacted(logged, database_passwords(environ))
        assert typed not in shown
        assert sent not in shown


@pytest.mark.parametrize("typed", PASSWORDS)
def test_on_this_machine_the_address_stays_as_it_is(typed: str):
    assert read_database_url({"DATABASE_URL": f"postgres://u:{typed}@localhost/db"}).endswith(
        f"://u:{typed}@localhost/db"
    )


def test_a_password_in_the_query_is_kept_out_of_the_log_too():
    environ = {"DATABASE_URL": "postgres://h.example/db?user=u&password=a%23long"}
    assert {"a#long", "a%23long"} <= set(database_passwords(environ))


def test_postgresqls_own_word_on_tls_is_left_standing():
    environ = {"DATABASE_URL": "postgres://h.x/db", "PGSSLMODE": "verify-full"}
    assert read_database_url(environ) == "postgresql+psycopg://h.x/db"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("h.x/db?ssl=true", "h.x/db?sslmode=require"),
        ("h.x/db?ssl=1&pgbouncer=true", "h.x/db?sslmode=require"),
        ("h.x/db?ssl=false", "h.x/db?sslmode=disable"),
        ("h.x/db?ssl=verify-full", "h.x/db?sslmode=verify-full"),
        ("h.x/db?ssl=whatever", "h.x/db?sslmode=require"),
        ("h.x/db?ssl=false&sslmode=verify-ca", "h.x/db?sslmode=verify-ca"),
        ("h/db?pgbouncer=true&connection_limit=1", "h/db"),
        ("h/db?schema=x&application_name=a", "h/db?application_name=a"),
        ("h/db?options=-c%20search_path%3Dx", "h/db?options=-c%20search_path%3Dx"),
        ("h/db?pgbouncer=true&options=-c%20a%3Db", "h/db?options=-c+a%3Db"),
        ("u:p%25w@h/db?channel_binding=require", "u:p%25w@h/db?channel_binding=require"),
    ],
)
def test_what_other_frameworks_add_is_translated_or_left_out(given: str, read: str):
    environ = {"DATABASE_URL": f"postgres://{given}"}
    assert read_database_url(environ) == f"postgresql+psycopg://{read}"


def test_what_is_left_out_is_said_without_its_value(caplog: pytest.LogCaptureFixture):
    read_database_url({"DATABASE_URL": "postgres://h/db?pgbouncer=canary&sslmode=disable"})
    assert "PostgreSQL has no parameter pgbouncer; left out" in caplog.text
    assert "canary" not in caplog.text


def test_options_of_the_address_are_kept_before_ours():
    url = "postgresql+psycopg://h/db?options=-c%20search_path%3Dx&sslmode=disable"
    assert options_of(url, "-c statement_timeout=1") == "-c search_path=x -c statement_timeout=1"
    assert options_of("postgresql://h/db", "-c a=b") == "-c a=b"
