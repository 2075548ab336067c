"""The endpoints of the apm service."""

import logging
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, request

from apm.measurements import METRICS, Queries
from apm.question import BadQuestionError, Question

log = logging.getLogger(__name__)

bp = Blueprint("apm", __name__)


@bp.get("/v1/metrics")
def show_metric() -> Response:
    """A metric of a release; null if there were no requests."""
    question = Question.from_args(request.args)
    if question.metric not in METRICS:
        raise BadQuestionError(f"metric must be {' or '.join(METRICS)}")
    measured = METRICS[question.metric](_prometheus(), question)
    answer = {
        "app": question.app,
        "metric": question.metric,
        "window": question.window,
        "release": question.release,
        question.metric: measured.value,
        "requests": measured.requests,
    }
    log.info("measured", extra={"env": question.env, "answer": answer})
    return jsonify(answer)


def _prometheus() -> Queries:
    return cast("Queries", current_app.extensions["prometheus"])
