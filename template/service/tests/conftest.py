import pytest
from flask.testing import FlaskClient

from newservice.app import create_app


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()
