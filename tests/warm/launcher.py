"""Has a warm process run a command, and stands for it: same streams, signals and exit code.

Run with `-I -S`, to be there at once: nothing but what Python has built in is imported.
"""

import marshal
import os
import signal
import socket
import sys

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def launch(address: str, arguments: list[str]) -> int:
    """The exit code of the process, as `subprocess` tells it: that of a signal is negative."""
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)  # until there is a process to pass them on to
    request = marshal.dumps((arguments, os.getcwd(), dict(os.environ)))  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as nursery:
        nursery.connect(address)
        socket.send_fds(nursery, [len(request).to_bytes(8, "big")], [0, 1, 2])
        nursery.sendall(request)
        told = nursery.makefile("r")
        process = int(told.readline())
        for number in PASSED_ON:
            signal.signal(number, lambda number, _: os.kill(process, number))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        os.closerange(0, 3)  # or a pipe would not end with the process
        return int(told.readline() or -signal.SIGKILL)


if __name__ == "__main__":
    code = launch(sys.argv[1], sys.argv[2:])
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
