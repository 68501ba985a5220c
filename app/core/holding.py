"""A queue that loses no task with its worker: huey, whose storages hold a task until it's done.

huey takes a task off the queue and then runs it, so a task would be gone with a worker that is killed. Here the next
attempt is written down before an attempt begins, and struck out after it. Taking a task moves it, in one step, into
huey's schedule, due in ``LEASE``; while it runs, its worker puts that off. A worker that is gone puts nothing off, so
that any other worker finds the task due. An attempt that was cut short counts like one that failed. Handing on what
is due is one step, too.

So a task runs once, and again where its worker was killed, or could not reach the storage for the length of the
lease. A task must bear being run twice; one that must not has ``retries=0``, and is given up instead.
"""

from __future__ import annotations

import copy
import logging
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from huey import Huey
from huey.api import Task
from huey.storage import RedisStorage, SqliteStorage
from huey.utils import utcnow

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)


class HoldingHuey(Huey):
    """A huey over one of the storages below; it knows which tasks run in this process."""

    def __init__(self, name: str, **options: Any) -> None:
        """Take the name of the queue, and huey's options."""
        super().__init__(name, **options)
        self.held: dict[str, bytes] = {}

    def dequeue(self) -> Task | None:
        """Take the next task, and write down the attempt after this one."""
        taken = self.storage.dequeue()
        if taken is None:
            return None
        try:
            task: Task = self.deserialize_task(taken)
        except Exception:
            self.storage.strike(taken)  # signed with another key: it would come back for ever
            raise
        if task.retries < 0:
            log.error("failed for good, its worker was killed at the last attempt: %s", task.args)
            self.storage.strike(taken)
            return None
        following = copy.copy(task)
        following.retries -= 1
        self.held[task.id] = self.serialize_task(following)
        self.storage.exchange(taken, self.held[task.id])
        return task

    def execute(self, task: Task, timestamp: datetime | None = None) -> Any:
        """Run a task. What it must do next, huey has written down when it ends: then the held attempt goes."""
        try:
            result = super().execute(task, timestamp)
            if task.id in self.held:
                self.storage.strike(self.held[task.id])
        finally:
            self.held.pop(task.id, None)
        return result

    def read_schedule(self, timestamp: datetime | None = None) -> list[Task]:
        """Hand on what is due, which nothing is that runs here. The consumer's scheduler asks each second."""
        for data in tuple(self.held.values()):
            self.storage.put_off(data)
        tasks: list[Task] = super().read_schedule(timestamp)
        return tasks


class HoldingSqlite(SqliteStorage):
    """The queue in a file, for any number of processes on one machine."""

    # A held attempt is found by what it holds.
    ddl = [*SqliteStorage.ddl, "create index if not exists schedule_data on schedule (queue, data)"]  # noqa: RUF012 - huey's

    def dequeue(self) -> bytes | None:
        """Move the first task into the schedule."""
        if not self.queue_size():  # a look that locks nobody out
            return None
        with self.db(commit=True) as cursor:
            first = "select id, data from task where queue = ? order by priority desc, id limit 1"
            found = cursor.execute(first, (self.name,)).fetchone()
            if found is None:
                return None
            key, data = found
            cursor.execute("delete from task where id = ?", (key,))
            self._schedule(cursor, data)
        return bytes(data)

    def read_schedule(self, ts: datetime) -> list[bytes]:
        """Move what is due into the queue, and leave nothing for the caller to move."""
        due = "from schedule where queue = ? and timestamp <= ?"
        with self.db(commit=True) as cursor:
            moved = f"insert into task (queue, data) select queue, data {due} order by timestamp, id"
            cursor.execute(moved, (self.name, ts.timestamp()))
            cursor.execute(f"delete {due}", (self.name, ts.timestamp()))
        return []

    def exchange(self, old: bytes, new: bytes) -> None:
        """Put another attempt in the place of a held one."""
        with self.db(commit=True) as cursor:
            self._unschedule(cursor, old)
            self._schedule(cursor, new)

    def strike(self, data: bytes) -> None:
        """Strike out a held attempt."""
        with self.db(commit=True) as cursor:
            self._unschedule(cursor, data)

    def put_off(self, data: bytes) -> None:
        """Let a held attempt wait for a lease from now, unless it's gone."""
        later = "update schedule set timestamp = ? where queue = ? and data = ?"
        self.sql(later, (_lease().timestamp(), self.name, data), commit=True)

    def _schedule(self, cursor: sqlite3.Cursor, data: bytes) -> None:
        held = "insert into schedule (queue, data, timestamp) values (?, ?, ?)"
        cursor.execute(held, (self.name, data, _lease().timestamp()))

    def _unschedule(self, cursor: sqlite3.Cursor, data: bytes) -> None:
        cursor.execute("delete from schedule where queue = ? and data = ?", (self.name, data))


_TAKE = """
local data = redis.call("rpop", KEYS[1])
if data then redis.call("zadd", KEYS[2], ARGV[1], data) end
return data
"""
_HAND_ON = """
for _, data in ipairs(redis.call("zrangebyscore", KEYS[2], "-inf", ARGV[1])) do
    redis.call("zrem", KEYS[2], data)
    redis.call("lpush", KEYS[1], data)
end
"""


class HoldingRedis(RedisStorage):
    """The queue in Redis, for processes on any number of machines. A script is one step there."""

    def __init__(self, name: str, url: str) -> None:
        """Take the name of the queue, and the server's address."""
        # A pop that waits can't be part of a step: the workers ask again.
        super().__init__(name, blocking=False, url=url)
        self._take = self.conn.register_script(_TAKE)
        self._hand_on = self.conn.register_script(_HAND_ON)

    def dequeue(self) -> bytes | None:
        """Move the first task into the schedule."""
        taken: bytes | None = self._take([self.queue_key, self.schedule_key], [self.convert_ts(_lease())])
        return taken

    def read_schedule(self, ts: datetime) -> list[bytes]:
        """Move what is due into the queue, and leave nothing for the caller to move."""
        self._hand_on([self.queue_key, self.schedule_key], [self.convert_ts(ts)])
        return []

    def exchange(self, old: bytes, new: bytes) -> None:
        """Put another attempt in the place of a held one."""
        with self.conn.pipeline(transaction=True) as step:
            step.zrem(self.schedule_key, old)
            step.zadd(self.schedule_key, {new: self.convert_ts(_lease())})
            step.execute()

    def strike(self, data: bytes) -> None:
        """Strike out a held attempt."""
        self.conn.zrem(self.schedule_key, data)

    def put_off(self, data: bytes) -> None:
        """Let a held attempt wait for a lease from now, unless it's gone."""
        self.conn.zadd(self.schedule_key, {data: self.convert_ts(_lease())}, xx=True)


def _lease() -> datetime:
    """Give the end of a lease that begins now, as huey keeps times: UTC, without a zone."""
    end: datetime = utcnow() + LEASE
    return end
