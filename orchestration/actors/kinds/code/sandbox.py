"""What may a script do that was written by somebody, and how is it kept from the rest?

This file is a program of its own, which the worker starts in a fresh process (`python -I -S`): standard library only.
It limits itself (CPU, memory, no files, no cores), imports what scripts may use, then gives up every system call but
those that a computation needs (seccomp, an allow-list): no file is opened, no address reached, no process started,
whatever the script does. What it prints is its result, one JSON object.
"""

import ctypes
import json
import platform
import resource
import struct
import sys
from typing import Any

MODULES = (
    "base64", "bisect", "calendar", "collections", "copy", "datetime", "decimal", "difflib", "enum", "fractions",
    "functools", "hashlib", "hmac", "heapq", "itertools", "json", "math", "operator", "re", "statistics", "string",
    "textwrap", "time", "types", "typing", "unicodedata", "uuid",
)  # fmt: skip

# Names: read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn madvise mremap
# getpid exit exit_group futex clock_gettime clock_nanosleep nanosleep getrandom sched_yield gettid sigaltstack
# getrusage times gettimeofday restart_syscall
ALLOWED = {
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 28, 25, 39, 60, 231, 202, 228, 230, 35, 318, 24, 186, 131, 98, 100,
         96, 219),
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 233, 216, 172, 93, 94, 98, 113, 115, 101, 278, 124,
         178, 132, 165, 153, 169, 128),
    ),
}  # fmt: skip
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
RET_ALLOW, RET_KILL, RET_EPERM = 0x7FFF0000, 0x80000000, 0x00050001
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
X32 = 0x40000000


def is_possible() -> bool:
    """Whether this machine can keep a script from files and network."""
    return sys.platform == "linux" and platform.machine() in ALLOWED


def program(machine: str) -> bytes:
    """The filter, as instructions of the classic packet filter: (code, jump if true, jump if false, value)."""
    arch, calls = ALLOWED[machine]
    steps = [(LOAD, 0, 0, 4), (JUMP_EQUAL, 1, 0, arch), (RETURN, 0, 0, RET_KILL), (LOAD, 0, 0, 0)]
    steps += [(JUMP_AT_LEAST, 0, 1, X32), (RETURN, 0, 0, RET_EPERM)]
    for call in calls:
        steps += [(JUMP_EQUAL, 0, 1, call), (RETURN, 0, 0, RET_ALLOW)]
    steps.append((RETURN, 0, 0, RET_EPERM))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def shut() -> None:
    """Give up all other system calls, for good. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = program(platform.machine())
    kept = ctypes.create_string_buffer(code, len(code))
    filters = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(kept))
    given = ctypes.create_string_buffer(filters, len(filters))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, given, 0, 0):
        raise OSError(ctypes.get_errno(), "the script cannot be kept from files and network")


def limit(seconds: int, size: int) -> None:
    """CPU seconds, and bytes of memory; no file may grow, no core is written."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


def main() -> None:
    asked = json.load(sys.stdin)
    for name in MODULES:
        __import__(name)
    import encodings.idna  # noqa: F401 - what a script may need and could not load later

    names: dict[str, Any] = {"__name__": "script"}
    limit(asked["seconds"], asked["memory"])
    shut()
    try:
        exec(compile(asked["code"], "script", "exec"), names)  # noqa: S102 - this is what it is for
        told = {"output": names["run"](asked["input"])}
        answer = json.dumps(told, allow_nan=False)
    except MemoryError:
        answer = '{"error": "MemoryError: it needs more memory than it may have."}'
    except BaseException as error:
        answer = json.dumps({"error": f"{type(error).__name__}: {error}"[:500], "line": line_of(error)})
    sys.stdout.write(answer)
    sys.stdout.flush()


def line_of(error: BaseException) -> "int | None":
    """The line of the script at which it went wrong; None where that is not in the script."""
    if isinstance(error, SyntaxError):
        return error.lineno
    found, at = None, error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == "script":
            found = at.tb_lineno
        at = at.tb_next
    return found


if __name__ == "__main__":
    main()
