"""Kernels that are there at once: forks of a process that knows already what workbooks begin with.

Imports take about three seconds and 250 MB, first answers some more; a fork takes a moment, and shares the
memory until it writes. There are two such processes: one has imported; the other, a fork of the first, has
the answers as well, and is made anew when the orders are others.
"""

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from importlib.metadata import EntryPoint
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

#: What a workbook's first cells import, and the kernel itself.
IMPORTED = [
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "IPython.core.completer"),
    *("ownchannel.panels", "ownchannel.answers", "ownchannel.scenarios", "ownchannel.clv"),
    *("statsmodels.api", "statsmodels.duration.hazard_regression", "plotly.graph_objects", "scipy.optimize"),
]

NAME = "warm"


class Nursery:
    """Where kernels are forked from."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._imported, theirs = context.Pipe()
        self._informed, informed = context.Pipe()
        context.Process(target=_serve_imported, args=(theirs, informed), daemon=True).start()
        self._lock = threading.Lock()
        self._screens: dict[str, Any] = {}

    def fork(self, arguments: list[str], environment: dict[str, str], folder: str | None) -> int:
        """Start a kernel, and give its process's number."""
        asked = (os.getpid(), arguments, environment, folder)
        with self._lock:
            if self._screens and not self._answering():
                self._start_again()
            if not self._screens:
                self._imported.send(asked)
                return int(self._imported.recv())
            self._informed.send(asked)
            while not self._informed.poll(1):
                if not self._answering():  # ended over this very kernel: its pipe is not used again
                    self._screens = {}
                    raise EOFError
            return int(self._informed.recv())

    def _answering(self) -> bool:
        """Whether the process that has the answers is there: a pipe that others hold open does not say so."""
        return ForkedKernel(self._screens["process"]).poll() is None

    def _start_again(self) -> None:
        """Have the answers worked out anew: the orders are others, or the process that had them is gone."""
        self._screens = {}
        self._imported.send("again")

    def screens(self) -> dict[str, Any]:
        """`first_screens()` by its fields, once worked out for the orders of this moment; else empty.

        Empty as well while a kernel is being forked: the server waits for nothing.
        """
        from ownchannel.workspace import Workspace

        if not self._lock.acquire(blocking=False):
            return {}
        try:
            if not self._screens and self._informed.poll():
                self._screens = self._informed.recv()
            if self._screens and self._screens["mark"] != Workspace().mark():
                self._start_again()
            return self._screens
        except (EOFError, OSError):  # both processes have ended
            return {}
        finally:
            self._lock.release()


def prepare() -> Nursery | None:
    """Have kernels forked from now on; None where this machine does not fork safely."""
    if sys.platform != "linux":  # a fork without exec breaks macOS's own libraries
        return None
    WarmProvisioner.nursery = Nursery()
    known = EntryPoint(NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.provisioners[NAME] = known
    os.environ[KernelProvisionerFactory.default_provisioner_name_env] = NAME
    return WarmProvisioner.nursery


def _serve_imported(orders: Connection, informed: Connection) -> None:
    """Import, then fork kernels for who asks, and beside it the process that has the answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt of the server is not meant for it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ends leaves nothing behind
    for name in IMPORTED:
        import_module(name)
    gc.freeze()  # shared memory stays shared
    answering = _fork_informed(informed, orders)
    while True:
        try:
            asked = orders.recv()
        except EOFError:  # the server has ended, and the other process learns it the same way
            return
        if asked == "again":
            with suppress(ProcessLookupError):
                os.kill(answering, signal.SIGTERM)
            answering = _fork_informed(informed, orders)
        else:
            orders.send(_fork_kernel(asked, orders, informed))


def _fork_informed(informed: Connection, orders: Connection) -> int:
    """A process that works the first screens out, says them, then forks kernels that know them."""
    if number := os.fork():
        return number
    orders.close()
    from ownchannel.panels import first_screens

    try:
        # As a plain mapping: the server need not know the library.
        informed.send({**first_screens()._asdict(), "process": os.getpid()})
        gc.freeze()
        while True:
            informed.send(_fork_kernel(informed.recv(), informed))
    except (ValueError, EOFError):  # orders that cannot be opened, which the page says; the server's end
        os._exit(0)


def _fork_kernel(asked: tuple[int, list[str], dict[str, str], str | None], *connections: Connection) -> int:
    if number := os.fork():
        return number
    for each in connections:
        each.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    server, arguments, environment, folder = asked
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance(argv=arguments)
    os._exit(0)


def _end_with(server: int) -> None:
    """A kernel's last resort: a server that was killed has not ended its kernels."""
    while Path(f"/proc/{server}").exists():
        time.sleep(5)
    os._exit(0)


class ForkedKernel:
    """A forked kernel, as `subprocess.Popen` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, number: int) -> None:
        self.pid = number

    def poll(self) -> int | None:
        """0 once it has ended; None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int | None:
        """Wait for its end."""
        while self.poll() is None:
            time.sleep(0.05)
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel where another provisioner would start a program."""

    nursery: Nursery

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel; `cmd` is a Python, a module and that module's arguments."""
        environment: Mapping[str, str] = options.get("env") or os.environ
        # Voilà's names are members of an enumeration, and would arrive as such, together with all of Voilà.
        plain = {str.__str__(name): value for name, value in environment.items()}
        arguments = cmd[cmd.index("-m") + 2 :]
        try:
            number = await asyncio.to_thread(self.nursery.fork, arguments, plain, options.get("cwd"))
        except (EOFError, OSError):  # what kernels are forked from has ended: they start slowly, as elsewhere
            return await super().launch_kernel(cmd, **options)
        self.process, self.pid, self.pgid = ForkedKernel(number), number, None
        self.cwd = options.get("cwd")
        return self.connection_info
