"""Which Django app decides what happens next?"""

from django.apps import AppConfig


class OrchestrationConfig(AppConfig):
    name = "orchestration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.checks import Tags, register
        from django.db.models.signals import post_migrate

        from orchestration.jobs import evaluating  # noqa: F401 - hears of each judgement
        from orchestration.knowledge import vectors
        from orchestration.messaging.subscribers import told
        from orchestration.shell.services import told_of_every_step

        if told not in told_of_every_step:
            told_of_every_step.append(told)
        register(vectors.check, Tags.database)
        post_migrate.connect(vectors.after_migrations, sender=self)
