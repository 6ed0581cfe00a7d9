"""Publishes each value of each row as a message, and takes it back."""
import gzip
import json
import sys

import pika

asked = json.load(sys.stdin)
names = "id, name, email, born, amount, note, seen, uid, big".split(", ")
credentials = pika.PlainCredentials("guest", "guest")
connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", asked["port"], credentials=credentials))

for mode in asked["modes"]:
    channel = connection.channel()
    channel.queue_declare(mode)
    channel.exchange_declare("people", exchange_type="direct")
    channel.queue_bind(mode, "people", routing_key="to." + mode)
    count = 0
    for row in asked["rows"]:
        for name, value in zip(names, row):
            body = value.encode()
            coding = None
            if mode == "packed":
                body, coding = gzip.compress(body), "gzip"
            about = pika.BasicProperties(
                content_type=f"{mode}/{name}", content_encoding=coding, user_id="guest", correlation_id="c-1",
                headers={"name": row[1], "count": count, "nested": {"email": row[2]}, "many": ["a", 2]})
            channel.basic_publish("people", "to." + mode, body, about)
            count += 1
    if mode == "got":
        while count:
            if channel.basic_get(mode, auto_ack=True)[0] is not None:
                count -= 1
    else:
        for _ in channel.consume(mode, auto_ack=True, inactivity_timeout=20):
            count -= 1
            if not count:
                break
        channel.cancel()
    channel.close()
connection.close()
