"""What is refused gets one clear line: as JSON here, in a service with pages as those show it."""

from collections.abc import Callable

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

_MESSAGES = {
    404: "There is no such page here",
    405: "This address does not take that method",
    500: "Something went wrong here; the log has the details",
}


def refusal(status: int, message: str) -> Response:
    """One clear line about what was not done, as JSON."""
    response = jsonify(error=message)
    response.status_code = status
    return response


def register(app: Flask, refuse: Callable[[int, str], Response] = refusal) -> None:
    """Answer every error of Flask's this way."""

    def answer(error: HTTPException) -> Response:
        status = error.code or 500
        response = refuse(status, _MESSAGES.get(status) or error.description or error.name)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    app.register_error_handler(HTTPException, answer)
