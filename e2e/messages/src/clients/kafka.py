"""Produces each row as a record with a header for each column, and fetches it."""
import json
import sys

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

asked = json.load(sys.stdin)
names = "id, name, email, born, amount, note, seen, uid, big".split(", ")
at = f"127.0.0.1:{asked['port']}"
# A topic that is made by the first record, or an answer that comes late, would have the client send again: what passes
# twice is told twice, and rightly.
topics = ["people-" + mode for mode in asked["modes"]]
admin = KafkaAdminClient(bootstrap_servers=at)
admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1) for topic in topics],
                    wait_for_metadata=True)
admin.close()
for mode in asked["modes"]:
    packing = None if mode in ("plain", "old") else mode
    # As clients of that version speak: before the flexible form of messages, and with topics by name.
    version = {"api_version": (2, 3)} if mode == "old" else {}
    producer = KafkaProducer(bootstrap_servers=at, compression_type=packing, linger_ms=200, max_request_size=8 << 20,
                             request_timeout_ms=240000, delivery_timeout_ms=300000, **version)
    for row in asked["rows"]:
        headers = [(f"{mode}-{name}", value.encode()) for name, value in zip(names, row)]
        producer.send("people-" + mode, key=row[0].encode(), value=json.dumps(row).encode(), headers=headers)
    producer.flush()
    producer.close()
    consumer = KafkaConsumer("people-" + mode, bootstrap_servers=at, auto_offset_reset="earliest",
                             consumer_timeout_ms=20000, **version)
    for _, _ in zip(asked["rows"], consumer):
        pass
    consumer.close()
