"""How does a program of yours work for Casewright, from wherever it runs?

    from casework.worker_client import Worker
    Worker("https://casewright.example", token).run(lambda job: {"entry": key_in(job.input)})

An outside worker (fetch and lock): it fetches a job, keeps it while the handler works, brings the result, and goes on
until it is stopped. Standard library only: the folder can be copied to where nothing else of the product is.
"""

from .jobs import BusinessError, Failed, Job, Result
from .worker import Worker

__all__ = ["BusinessError", "Failed", "Job", "Result", "Worker"]
