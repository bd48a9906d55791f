"""Which Django app decides what happens next?"""

from django.apps import AppConfig


class OrchestrationConfig(AppConfig):
    name = "orchestration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from orchestration.jobs import evaluating  # noqa: F401 - hears of each judgement
        from orchestration.messaging.subscribers import told
        from orchestration.shell.services import told_of_every_step

        if told not in told_of_every_step:
            told_of_every_step.append(told)
