"""What do these services remember? Operations with their documents, calls by the minute, and how many are allowed."""

from typing import Final

TABLES: Final = """
create table if not exists azure_operations (
    id text primary key, model text not null, at text not null, content blob not null, pages text not null,
    result text not null);
create table if not exists azure_calls (minute integer primary key, count integer not null);
create table if not exists azure_settings (name text primary key, value integer not null);
"""
