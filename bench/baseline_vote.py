"""Baseline: takes votes like the well-known sample app, with a new Redis connection and a page for each."""

import json
import os
import secrets

from flask import Flask, Response, g, make_response, render_template, request
from jinja2 import DictLoader
from redis import Redis

LIST = "baseline"
PAGE = """<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <title>{{ option_a }} vs {{ option_b }}!</title>
    <link rel="stylesheet" href="/static/style.css">
  </head>
  <body>
    <h3>{{ option_a }} vs {{ option_b }}!</h3>
    <form method="post" action="/">
      <button name="vote" value="a" class="a" {% if vote == "a" %}disabled{% endif %}>{{ option_a }}</button>
      <button name="vote" value="b" class="b" {% if vote == "b" %}disabled{% endif %}>{{ option_b }}</button>
    </form>
    <p>Tip: you can change your vote. Processed by {{ hostname }}</p>
  </body>
</html>
"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"index.html": PAGE})


def get_redis() -> Redis:
    if "redis" not in g:
        g.redis = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5)
    return g.redis


@app.route("/", methods=["GET", "POST"])
def index() -> Response:
    voter = request.cookies.get("voter") or secrets.token_hex(16)
    vote = None
    if request.method == "POST":
        vote = request.form["vote"]
        get_redis().rpush(LIST, json.dumps({"voter": voter, "vote": vote}))
    page = render_template("index.html", option_a="Cats", option_b="Dogs", vote=vote, hostname=os.uname()[1])
    response = make_response(page)
    response.set_cookie("voter", voter)
    return response
