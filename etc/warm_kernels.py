"""Kernels that are there at once: forks of one process that has imported already what workbooks import.

Imports take about three seconds and 250 MB; a fork takes a moment, and shares the memory until it writes.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint
from multiprocessing import forkserver, get_context
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


def prepare() -> bool:
    """Start the process that kernels are forked from; False where this machine does not fork safely."""
    if sys.platform != "linux":  # a fork without exec breaks macOS's own libraries
        return False
    context = get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    forkserver.ensure_running()
    known = EntryPoint(NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.provisioners[NAME] = known
    os.environ[KernelProvisionerFactory.default_provisioner_name_env] = NAME
    return True


class ForkedKernel:
    """A forked kernel, as `subprocess.Popen` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: str | None) -> None:
        # Voilà's names are members of an enumeration: unpickled as such, they would import Voilà, in two seconds.
        plain = {str.__str__(name): value for name, value in environment.items()}
        self._process = get_context("forkserver").Process(
            target=_run, args=(list(arguments), plain, folder), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self._process.pid or 0)

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """How it ended, once it has."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel where another provisioner would start a program."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel; `cmd` is a Python, a module and that module's arguments."""
        arguments = cmd[cmd.index("-m") + 2 :]
        self.process = ForkedKernel(arguments, options.get("env") or os.environ, options.get("cwd"))
        self.pid, self.pgid = self.process.pid, None
        self.cwd = options.get("cwd")
        return self.connection_info


def _run(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    """Become a kernel."""
    os.setsid()  # an interrupt of the server is not meant for it
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance(argv=arguments)
