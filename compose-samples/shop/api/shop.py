"""The shop's API: counts visits in PostgreSQL, keeps the price list in Redis for a while."""

import json
import os
import platform
from pathlib import Path

import psycopg2
import redis
from flask import Flask

PRICE_LIST_SECONDS = 60

app = Flask(__name__)
cache = redis.Redis(host=os.environ["CACHE_HOST"], decode_responses=True)


def database():
    """A connection of its own for each request: the shop is small."""
    return psycopg2.connect(
        host=os.environ["DATABASE_HOST"],
        dbname=os.environ["POSTGRES_DB"],
        user=os.environ["POSTGRES_USER"],
        password=Path(os.environ["DATABASE_PASSWORD_FILE"]).read_text().strip(),
        connect_timeout=3,
    )


def ask(query):
    """All rows that a query answers."""
    connection = database()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


def price_list():
    """The prices and where they came from: the cache, or else the database."""
    kept = cache.get("prices")
    if kept is not None:
        return json.loads(kept), "cache"
    prices = ask("SELECT name, cents FROM products ORDER BY name")
    cache.set("prices", json.dumps(prices), ex=PRICE_LIST_SECONDS)
    return prices, "database"


def state():
    """What every tier says of itself."""
    (visits,) = ask("UPDATE visits SET count = count + 1 RETURNING count")[0]
    (version,) = ask("SHOW server_version")[0]
    prices, source = price_list()
    return {
        "api": f"Python {platform.python_version()}",
        "db": f"PostgreSQL {version.split()[0]}",
        "cache": f"Redis {cache.info('server')['redis_version']}",
        "visits": visits,
        "visits_since_cache_started": cache.incr("visits"),
        "prices_from": source,
        "prices": dict(prices),
    }


@app.get("/api/state")
def state_as_json():
    return state()


@app.get("/api/page")
def state_as_page():
    now = state()
    prices = "\n".join(f"<li>{name}: {cents / 100:.2f}</li>" for name, cents in now["prices"].items())
    return (
        f"<p>api: {now['api']}</p>\n<p>db: {now['db']}</p>\n<p>cache: {now['cache']}</p>\n"
        f"<p>visits: {now['visits']} (since the cache started: {now['visits_since_cache_started']})</p>\n"
        f"<p>prices from the {now['prices_from']}:</p>\n<ul>\n{prices}\n</ul>\n"
    )


@app.get("/api/alive")
def alive():
    """Answers when both stores do."""
    cache.ping()
    ask("SELECT 1")
    return "alive\n"
