"""Error responses: one clear line, as JSON; a service with HTML pages passes its own function."""

from collections.abc import Callable

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

_MESSAGES = {
    404: "Page not found",
    405: "Method not allowed for this path",
    500: "Internal error; see the log for details",
}


def refusal(status: int, message: str) -> Response:
    """An error response with one clear line, as JSON."""
    response = jsonify(error=message)
    response.status_code = status
    return response


def register(app: Flask, refuse: Callable[[int, str], Response] = refusal) -> None:
    """Answer every HTTP error of the app with `refuse`."""

    def answer(error: HTTPException) -> Response:
        status = error.code or 500
        response = refuse(status, _MESSAGES.get(status) or error.description or error.name)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    app.register_error_handler(HTTPException, answer)
