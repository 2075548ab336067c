"""The endpoints of the apm service."""

import logging
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, request

from apm import error_rate
from apm.error_rate import Queries
from apm.question import Question

log = logging.getLogger(__name__)

bp = Blueprint("apm", __name__)


@bp.get("/v1/metrics")
def show_error_rate() -> Response:
    """The error rate of a release; null if there were no requests."""
    question = Question.from_args(request.args)
    measured = error_rate.measure(_prometheus(), question)
    answer = {
        "app": question.app,
        "metric": question.metric,
        "window": question.window,
        "release": question.release,
        "errorRate": measured.percent,
        "requests": measured.requests,
    }
    log.info("measured", extra={"env": question.env, "answer": answer})
    return jsonify(answer)


def _prometheus() -> Queries:
    return cast("Queries", current_app.extensions["prometheus"])
