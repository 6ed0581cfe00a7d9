"""Keeps rows and reads them back, in each mode under keys of its own."""
import json
import sys

import redis

asked = json.load(sys.stdin)
names = "id, name, email, born, amount, note, seen, uid, big".split(", ")
rows = [dict(zip(names, row)) for row in asked["rows"]]


def hashes(r, prefix):
    for row in rows:
        key = f"person:{prefix}{row['id']}"
        r.hset(key, mapping={prefix + name: value for name, value in row.items()})
        r.hgetall(key)


def fields(r, prefix):
    for row in rows:
        key = f"persons:{prefix}{row['id']}"
        pipe = r.pipeline(transaction=True)
        for name, value in row.items():
            pipe.hset(key, prefix + name, value)
        pipe.execute()
        pipe = r.pipeline(transaction=True)
        pipe.hget(key, prefix + names[0])
        pipe.hmget(key, [prefix + name for name in names[1:]])
        pipe.execute()


def streams(r, prefix):
    for row in rows:
        r.xadd("visits" + prefix, {prefix + name: value for name, value in row.items()}, maxlen=1000, approximate=True)
    r.xrange("visits" + prefix)


modes = {"hashes": hashes, "fields": fields, "streams": streams}
for mode in asked["modes"]:
    version = 3 if mode.endswith("3") else 2
    r = redis.Redis(port=asked["port"], username="default", password="planted-password", protocol=version)
    modes[mode.rstrip("23")](r, mode + "-")
    r.set("plain" + mode, "a value")
    r.mget("plain" + mode, "none")
    r.publish("channel", "said")
    r.close()
