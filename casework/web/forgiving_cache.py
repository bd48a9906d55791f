"""What if the shared cache is away, or takes what is sent and keeps silent? Then nothing is counted, and nobody waits.

It holds counts only (throttles, failed sign-ins, who was noted a moment ago): each question gets the answer of an empty
cache, and for some seconds it is not asked at all (a circuit breaker around Django's Redis backend).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger()

PAUSE: Final = 5.0
"""Seconds for which it is left alone after a failure."""


class ForgivingRedisCache(RedisCache):
    """Django's, for what may be lost. Its client has time limits (settings.CACHES)."""

    _silent_until = 0.0  # of this process: one object a thread, one server

    def add(self, key: Any, value: Any, *args: Any, **options: Any) -> Any:
        return self._tried(lambda: super(ForgivingRedisCache, self).add(key, value, *args, **options), True)

    def get(self, key: Any, default: Any = None, *args: Any, **options: Any) -> Any:
        return self._tried(lambda: super(ForgivingRedisCache, self).get(key, default, *args, **options), default)

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> None:
        self._tried(lambda: super(ForgivingRedisCache, self).set(key, value, *args, **options), None)

    def incr(self, key: Any, delta: int = 1, *args: Any, **options: Any) -> Any:
        return self._tried(lambda: super(ForgivingRedisCache, self).incr(key, delta, *args, **options), delta)

    def touch(self, key: Any, *args: Any, **options: Any) -> Any:
        return self._tried(lambda: super(ForgivingRedisCache, self).touch(key, *args, **options), False)

    def delete(self, key: Any, *args: Any, **options: Any) -> Any:
        return self._tried(lambda: super(ForgivingRedisCache, self).delete(key, *args, **options), False)

    def get_many(self, keys: Any, *args: Any, **options: Any) -> Any:
        return self._tried(lambda: super(ForgivingRedisCache, self).get_many(keys, *args, **options), {})

    def _tried(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < ForgivingRedisCache._silent_until:
            return otherwise
        try:
            return ask()
        except ValueError:  # of a key that is not there: an answer
            raise
        except Exception as error:  # whatever the client raises
            ForgivingRedisCache._silent_until = time.monotonic() + PAUSE
            log.warning("the cache does not answer", error=type(error).__name__, again_in=PAUSE)
            return otherwise
