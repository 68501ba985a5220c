"""Load: gunicorn with two sync workers serves our list beside the tuned Django admin's, and fifty people click.

The clients run on the same machine, and take their share of it from both alike.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from data import PASSWORD, ROOT, Database

HERE = Path(__file__).resolve().parent
WORKERS, CLIENTS, PEOPLE = 2, 4, 50
ROUNDS, SPAN = 2, 3.0  # seconds
ARRIVING = 4  # people a second: more at once would wait for each other's passwords to be checked
OK = 200
PACKED = "gzip, deflate, br, zstd"  # what browsers ask for


@dataclass(frozen=True)
class Server:
    """A gunicorn that answers, the address of its list, and a cookie of somebody who is signed in."""

    process: subprocess.Popen[bytes]
    port: int
    address: str
    cookie: str = ""

    def memory(self) -> float:
        """Give the memory of all its processes in MB; what they share counts once."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_share(pid) for pid in pids) / 1024


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _share(pid: int) -> int:
    """Give the proportional share of a process in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(text.partition("\nPss:")[2].split()[0])


@contextmanager
def gunicorn(application: str, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Serve an application."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--worker-class", "sync", "--log-level", "warning",
        "--bind", f"127.0.0.1:{port}", "--pythonpath", str(HERE), application,
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:  # noqa: S603 - our own
        try:
            _wait(process, port)
            yield process, port
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until it answers; raises RuntimeError where it doesn't."""
    for _try in range(150):
        if process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/nothing")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("gunicorn doesn't answer")


def signed_in(port: int) -> str:
    """Sign in to ours by the form; give the cookie."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/login/"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.open(address).read().decode())
    form = {"username": "agency", "password": PASSWORD, "csrf_token": token[1] if token else ""}
    browser.open(address, urllib.parse.urlencode(form).encode()).close()
    return "; ".join(f"{one.name}={one.value}" for one in jar)


@contextmanager
def ours(database: Database) -> Iterator[Server]:
    """Serve ours."""
    with gunicorn("app:create_app()", database.environment()) as (process, port):
        yield Server(process, port, "/contacts/list/", signed_in(port))


@contextmanager
def tuned(database: Database) -> Iterator[Server]:
    """Serve the tuned admin."""
    code = f"from peers.django_pages import cookie; print(cookie({database.url!r}))"
    made = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code], cwd=HERE, check=True, capture_output=True, text=True
    )
    application = f"peers.django_pages:served({database.url!r})"
    with gunicorn(application, dict(os.environ)) as (process, port):
        yield Server(process, port, "/admin/bench/contact/", made.stdout.strip())


def rate(server: Server, encoding: str) -> float:
    """Give requests per second, asked by some clients at once; raises RuntimeError where an answer isn't the list."""
    end = time.perf_counter() + SPAN
    done, wrong = Counter[int](), []

    def ask(number: int) -> None:
        headers = {"Cookie": server.cookie, "Accept-Encoding": encoding}
        while time.perf_counter() < end:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            connection.request("GET", server.address, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            if answer.status != OK or len(body) < 1000:  # noqa: PLR2004 - less is no list
                wrong.append(answer.status)
                return
            done[number] += 1

    start = time.perf_counter()
    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if wrong:
        raise RuntimeError(f"{server.address} answers {wrong[0]}")
    return done.total() / (time.perf_counter() - start)


def people(server: Server, seconds: int) -> dict[str, Any]:
    """Let people click; give what they waited for, in ms, and the memory at the start, in the middle and at the end."""
    arrived = PEOPLE // ARRIVING + 1
    command = [
        sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless", "--json", "--reset-stats",
        "--users", str(PEOPLE), "--spawn-rate", str(ARRIVING), "--run-time", f"{arrived + seconds}s", "--host",
        f"http://127.0.0.1:{server.port}", "--exit-code-on-error", "0",
    ]  # fmt: skip
    environment = {**os.environ, "BENCH_PASSWORD": PASSWORD}
    begin = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as crowd:
        memory = []
        # From when all are there; locust needs a moment to begin.
        for at in (arrived + 3, arrived + seconds / 2, arrived + seconds - 1):
            time.sleep(max(0, begin + at - time.perf_counter()))
            memory.append(server.memory())
        found = json.loads(crowd.communicate()[0])
    return {"people": PEOPLE, "memory": memory, **summed(found)}


def summed(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum up what locust tells of each kind of click; raises RuntimeError where nobody clicked."""
    clicks = [one for one in found if one["name"] != "sign in"]
    if not sum(one["num_requests"] for one in clicks):
        raise RuntimeError("nobody clicked: run locust alone to see why")
    times: Counter[float] = Counter()
    kinds = {}
    for one in clicks:
        answers = Counter({float(key): count for key, count in one["response_times"].items()})
        times += answers
        kinds[one["name"]] = {"requests": one["num_requests"], "p95": at_share(answers, 0.95)}
    return {
        "requests": sum(one["num_requests"] for one in clicks),
        "errors": sum(one["num_failures"] for one in found),
        "p50": at_share(times, 0.5),
        "p95": at_share(times, 0.95),
        "kinds": kinds,
    }


def at_share(times: Counter[float], share: float) -> float:
    """Give the time within which such a share was answered."""
    wanted, seen = share * times.total(), 0
    for one in sorted(times):
        seen += times[one]
        if seen >= wanted:
            return one
    return 0.0


def measure(database: Database, seconds: int) -> dict[str, Any]:
    """Measure both in turn, then let people click."""
    with ours(database) as mine, tuned(database) as peer:
        found: dict[str, Any] = {"ours": {}, "tuned": {}}
        for _round in range(ROUNDS):
            for key, encoding in (("plain", "identity"), ("packed", PACKED)):
                for who, server in (("ours", mine), ("tuned", peer)):
                    found[who][key] = max(found[who].get(key, 0), rate(server, encoding))
        found["people"] = people(mine, seconds)
    return found


def lines(kind: str, found: dict[str, Any]) -> Iterator[str]:
    """Write what people waited for."""
    clicked = found["people"]
    memory = ", ".join(f"{one:.0f}" for one in clicked["memory"])
    lists = f"{found['ours']['plain']:.0f} lists a second beside {found['tuned']['plain']:.0f}"
    waited = f"half within {clicked['p50']:.0f} ms, 95 % within {clicked['p95']:.0f} ms"
    yield (
        f"{kind}: {lists}. {clicked['people']} people: {clicked['requests']} clicks, {clicked['errors']} errors,"
        f" {waited}; memory of all processes at the start, in the middle and at the end: {memory} MB."
    )
