"""Which RabbitMQ is used? Debian's, as a child of ours with a folder and ports of its own, ended by its number."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casework.runtime.processes import die_with_parent
from tests.chaos.product import answers, free_port

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PATIENCE = 120


def ensure_installed() -> None:
    """Install the package where we are root and it is not there. Raises RuntimeError where it cannot be had."""
    if SERVER.exists():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise RuntimeError("RabbitMQ is needed: on Debian or Ubuntu, sudo apt-get install rabbitmq-server")
    print("Installing Debian's rabbitmq-server", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "update"], check=False, **quiet)  # type: ignore[call-overload]
    install = ["apt-get", "install", "-y", "--no-install-recommends", "rabbitmq-server"]
    subprocess.run(install, check=False, env=environment, **quiet)  # type: ignore[call-overload]
    if not SERVER.exists():
        raise RuntimeError("apt-get could not install rabbitmq-server")


@contextmanager
def rabbit(folder: Path) -> Iterator[str]:
    """The address of a broker that keeps what it has below `folder`."""
    port, names = free_port(), free_port()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_NODENAME": f"casewright{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()), "RABBITMQ_BASE": str(folder),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"), "RABBITMQ_LOGS": "-",
        "RABBITMQ_LOG_BASE": str(folder), "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"), "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "env"),
    }  # fmt: skip
    for name, text in (("plugins", "[]."), ("rabbitmq.conf", "log.console.level = error\n"), ("env", "")):
        (folder / name).write_text(text)
    with (folder / "rabbit.log").open("ab") as log:
        options = {"env": environment, "stdout": log, "stderr": log, "stdin": subprocess.DEVNULL}
        directory = subprocess.Popen(
            ["epmd", "-port", str(names)], preexec_fn=die_with_parent(signal.SIGKILL), **options
        )  # type: ignore[call-overload]
        server = subprocess.Popen(
            [SERVER], start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM), **options
        )  # type: ignore[call-overload]
    try:
        _wait(port, server, folder / "rabbit.log")
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        for process in (server, directory):
            _end(process)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not answers(port):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"RabbitMQ did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
        return
    process.kill()
    process.wait()
