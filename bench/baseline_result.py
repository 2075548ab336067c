"""Baseline: a result service that groups the whole table every second and sends all viewers the figures."""

import json
import os
import threading
import time
from collections.abc import Iterator

import psycopg
from flask import Flask, Response

QUERY = "SELECT vote, count(*) FROM baseline GROUP BY vote"

app = Flask(__name__)
counted = threading.Condition()
event = b""


def count_every_second() -> None:
    global event  # noqa: PLW0603 - as plain as it gets
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while True:
            votes = {"a": 0, "b": 0} | dict(connection.execute(QUERY).fetchall())
            with counted:
                event = f"data: {json.dumps(votes | {'total': sum(votes.values())})}\n\n".encode()
                counted.notify_all()
            time.sleep(1)


def follow() -> Iterator[bytes]:
    while True:
        with counted:
            counted.wait()
        yield event


@app.get("/")
def index() -> str:
    return "ok"


@app.get("/events")
def events() -> Response:
    return Response(follow(), mimetype="text/event-stream")


threading.Thread(target=count_every_second, daemon=True).start()
