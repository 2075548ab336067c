"""This repository's settings, and its workflow files, whatever name it has."""

from delivery.domain import workflows
from delivery.domain.settings import Settings
from local.app import ROOT

SETTINGS = Settings.from_file(ROOT)
ENVIRONMENTS = SETTINGS.env_names
APPLY = workflows.apply(SETTINGS)
PLATFORM = workflows.platform(SETTINGS)
PROMOTE = workflows.promote(SETTINGS)
PROMOTE_ROLLOUT = workflows.promote_rollout(SETTINGS, "staging")
ROLL_BACK = workflows.rollback(SETTINGS)
DEPLOY = {env: workflows.deploy(SETTINGS, env) for env in ENVIRONMENTS}
