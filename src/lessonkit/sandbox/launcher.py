"""Be the launcher: the only process that forks, started once and then kept.

Single-threaded, small, and without secrets in its environment. It builds the read-only
system once, then makes a box for each request: one clone. It ends when its client goes.

Messages, as JSON on a SOCK_SEQPACKET pair: `{"op": "box", "scene": ..., ...}` with the descriptors
[control socket, stdout, stderr]; the answer is `{"op": "started", "pid": ...}` with a
pidfd of the box's init, or `{"op": "failed", "why": ...}`.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any, NoReturn

from lessonkit.sandbox import cgroup, homes, init, kernel, rootfs

__all__ = ["main"]

_MAX_MESSAGE = 256 * 1024
_CLONE_BOX = (
    kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWNET
)


def main(fd: int) -> NoReturn:
    """Serve requests that arrive on *fd* until it closes. Never returns."""
    sock = socket.socket(fileno=fd)
    try:
        config = json.loads(sock.recv(_MAX_MESSAGE))
        try:
            launcher = _Launcher(sock, config)
        except Exception as error:
            why = str(error) if isinstance(error, OSError) else repr(error)
            sock.send(json.dumps({"op": "failed", "why": why}).encode())
            os._exit(1)
        sock.send(json.dumps({"op": "up", "pid": os.getpid()}).encode())
        launcher.serve()
        launcher.end()
    finally:
        os._exit(0)


class _Launcher:
    def __init__(self, sock: socket.socket, config: dict[str, Any]) -> None:
        self._sock = sock
        self._config = config
        self._boxes: set[int] = set()
        self._homes: dict[int, str] = {}
        self._uids: dict[int, tuple[int, socket.socket]] = {}
        self._scenes: set[str] = set()
        os.umask(0o022)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name in config["prepare"]:
            importlib.import_module(name).prepare()
        self._groups = cgroup.Groups(wanted=config["cgroup"])
        self._set_up_root()
        kernel.set_name("lessonkit")
        kernel.set_command_line("lessonkit launcher")
        gc.disable()
        _settle()

    def _set_up_root(self) -> None:
        config = self._config
        if config["launcher_user_ns"]:
            uid, gid = os.geteuid(), os.getegid()
            kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
            for name, text in (
                ("setgroups", "deny"),
                ("uid_map", f"{config['uid']} {uid} 1"),
                ("gid_map", f"{config['gid']} {gid} 1"),
            ):
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(text)
        elif config["new_root"]:
            kernel.unshare(kernel.CLONE_NEWNS)
        if not config["new_root"]:
            homes.sweep_homes()
        else:
            rootfs.build_root(config["paths"], uid=config["uid"], hostname=config["hostname"])

    def serve(self) -> None:
        """Make boxes and reap their inits until the client closes its end."""
        wake, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        poller = select.poll()
        poller.register(wake, select.POLLIN)
        poller.register(self._sock, select.POLLIN)
        while True:
            for fd, _ in poller.poll():
                if fd == wake:
                    with suppress(BlockingIOError):
                        while os.read(wake, 4096):
                            pass
                    self._reap()
                elif not self._hear():
                    return

    def end(self) -> None:
        """The client has gone: wait until every box has ended, and remove what was theirs."""
        until = time.monotonic() + 5
        while self._boxes:
            self._reap()
            if time.monotonic() > until:
                for pid in self._boxes:  # it did not hear that the client went
                    os.kill(pid, signal.SIGKILL)
                until += 5
            if self._boxes:
                time.sleep(0.001)

    def _hear(self) -> bool:
        size = array.array("i").itemsize
        data, control, _, _ = self._sock.recvmsg(_MAX_MESSAGE, socket.CMSG_SPACE(8 * size))
        fds = array.array("i")
        for level, kind, payload in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(payload[: len(payload) - len(payload) % size])
        if not data:
            return False
        try:
            reply, extra = self._make_box(json.loads(data), list(fds))
        except OSError as error:
            reply, extra = {"op": "failed", "why": str(error)}, []
        finally:
            for fd in fds:
                os.close(fd)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", extra))]
        try:
            self._sock.sendmsg([json.dumps(reply).encode()], rights if extra else [])
        except OSError:
            return False
        finally:
            for fd in extra:
                os.close(fd)
        return True

    def _load_scene(self, name: str | None) -> None:
        """Load a scene's module, once, for all boxes from now on.

        Only what was asked for: whatever is loaded makes every fork and every exit slower.
        """
        if name is not None and name not in self._scenes:
            self._scenes.add(name)
            with suppress(Exception):  # told by the job that needs it
                importlib.import_module(f"lessonkit.scenes.{name}")
            _settle()

    def _make_box(
        self, request: dict[str, Any], fds: list[int]
    ) -> tuple[dict[str, Any], list[int]]:
        settings = {**self._config, **request}
        self._load_scene(request["scene"])
        lock = self._take_uid(settings) if settings["unused_uid"] else None
        flags = _CLONE_BOX if settings["pid_ns"] else 0
        if settings["box_user_ns"]:
            flags |= kernel.CLONE_NEWUSER
        home = None
        if not settings["new_root"]:
            home = homes.make_home(settings["host_uid"] if settings["unused_uid"] else None)
            settings |= {"home": home, "environment": {"HOME": home, "TMPDIR": home}}
        group, group_fds = self._groups.make()
        wait, gate = os.pipe2(os.O_CLOEXEC) if group else (-1, -1)
        pid = kernel.clone_process(flags) if flags else os.fork()
        if pid == 0:
            if group:
                os.read(wait, 1)  # until it is in its group: what it forks will be too
            self._be_init(settings, fds, group_fds)
        self._boxes.add(pid)
        if home is not None:
            self._homes[pid] = home
        if lock is not None:
            self._uids[pid] = (settings["host_uid"], lock)
        try:
            self._groups.add(group, pid)
            if group:
                os.write(gate, b"g")
            return {"op": "started", "pid": pid}, [os.pidfd_open(pid)]
        except OSError:
            os.kill(pid, signal.SIGKILL)
            raise
        finally:
            for fd in (wait, gate, *group_fds):
                if fd >= 0:
                    os.close(fd)

    def _be_init(self, settings: dict[str, Any], fds: list[int], group_fds: list[int]) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            kept = [os.dup2(fd, 200 + i, False) for i, fd in enumerate([*fds, *group_fds])]
            ctl, out, err = kept[:3]
            settings["cgroup_fds"] = kept[3:]
            os.closerange(3, 200)
            kernel.close_from(200 + len(kept))
            init.main(settings, socket.socket(fileno=ctl), out, err)
        finally:
            os._exit(1)

    def _take_uid(self, settings: dict[str, Any]) -> socket.socket:
        """Choose a user that no other box has. The name of a socket is the lock: the kernel
        frees it with the launcher, however that ends."""
        for uid in rootfs.STUDENT_UIDS:
            lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                lock.bind(f"\0lessonkit-uid-{uid}")
            except OSError:
                lock.close()
                continue
            settings["host_uid"] = uid
            if not settings["student_user_ns"]:
                settings["uid"] = settings["gid"] = uid
            return lock
        raise OSError(11, f"all {len(rootfs.STUDENT_UIDS)} users for boxes are taken")

    def _reap(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._uids:
                self._uids.pop(pid)[1].close()
            if pid in self._homes:
                homes.remove_home(self._homes.pop(pid))
            self._groups.remove(pid)
            self._boxes.discard(pid)


def _settle() -> None:
    gc.collect()
    gc.freeze()  # fewer pages are copied by every fork


if __name__ == "__main__":
    main(int(sys.argv[1]))
