import pytest

from phantombot.database_url import read_database_url


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


def test_postgresqls_own_word_on_tls_is_left_standing():
    environ = {"DATABASE_URL": "postgres://h.x/db", "PGSSLMODE": "verify-full"}
    assert read_database_url(environ) == "postgresql+psycopg://h.x/db"
