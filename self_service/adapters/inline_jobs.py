"""Jobs run where they are started: for tests, and for commands that wait for the end."""

from __future__ import annotations

from collections.abc import Iterable

from self_service.ports import Job


class InlineJobs:
    """`JobPort` without memory: runs each key once per process, at once."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        """Take the jobs that can be started."""
        self._jobs = {job.name: job for job in jobs}
        self.started: list[tuple[str, str]] = []

    def start(self, name: str, key: str, *args: str) -> None:
        """Run all steps of a job; pauses are left out. A job that raises may be started again.

        Raises:
            KeyError: there is no job of this name.
        """
        job = self._jobs[name]
        if (name, key) in self.started:
            return
        self.started.append((name, key))
        try:
            all(step.run(*args) for step in job.steps)
        except BaseException:
            self.started.remove((name, key))
            raise
