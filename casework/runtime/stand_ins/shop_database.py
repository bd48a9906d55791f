"""What is in the database of the made-up shop, and where is it? (PostgreSQL: a database beside the product's own)

It stands in the server that ships with the product, under a role of its own that owns nothing else. Where the product
uses a server of yours there is none, and the connectors to it say that their secret is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from casework.runtime.database_programs import asked
from orchestration.advice.made_up import ITEMS, left_of

NAME: Final = "casewright_shop"
TABLES: Final = """
create table if not exists stock (item text primary key, pieces integer not null);
create table if not exists advised (
    number bigint generated always as identity primary key, message text, customer text not null, items text not null,
    at timestamptz not null default now());
create table if not exists done (key text primary key, statement text not null, answer jsonb, at timestamptz not null);
"""


def shop_database(sockets: Path, name: str = NAME) -> str:
    """Have it, and its role of the same name, in the server whose sockets stand there; its connection string.

    Raises CalledProcessError.
    """
    server = f"host='{sockets}' user=casewright dbname=postgres connect_timeout=3"
    if name not in asked(server, "select rolname from pg_roles").split():
        asked(server, f"create role {name} login")
    if name not in asked(server, "select datname from pg_database").split():
        asked(server, f"create database {name} owner {name}")
    shop = f"host='{sockets}' user={name} dbname={name}"
    asked(shop, TABLES + _stock())
    return shop


def _stock() -> str:
    rows = ", ".join(f"('{item}', {left_of(item)})" for item in ITEMS)
    return f"insert into stock values {rows} on conflict do nothing"  # noqa: S608 - our own names
