"""dnspython asks over datagrams and streams, with and without EDNS."""
import json
import sys

import dns.edns
import dns.message
import dns.query
import dns.rdatatype

asked = json.load(sys.stdin)
for name, kind in asked["questions"]:
    for way in [{}, {"use_edns": 0, "payload": 4096, "options": [dns.edns.GenericOption(10, b"12345678")]},
                {"use_edns": 0, "payload": 512}]:
        query = dns.message.make_query(name, kind, **way)
        answer = dns.query.udp(query, "127.0.0.1", port=asked["port"], timeout=20, ignore_unexpected=True)
        if answer.flags & dns.flags.TC:
            dns.query.tcp(query, "127.0.0.1", port=asked["port"], timeout=20)
    dns.query.tcp(dns.message.make_query(name, kind), "127.0.0.1", port=asked["port"], timeout=20)
