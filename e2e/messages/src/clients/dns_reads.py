"""What dnspython reads in messages: a line for each message, and which names lead to which addresses."""
import json
import sys

import dns.message
import dns.rdatatype

FIELDS = {"A": ("address", "address"), "AAAA": ("address", "address"), "CNAME": ("alias", "target"),
          "DNAME": ("alias", "target"), "PTR": ("pointer", "target"), "NS": ("server", "target"),
          "MX": ("exchange", "exchange"), "SRV": ("service", "target"), "HTTPS": ("service", "target"),
          "SVCB": ("service", "target")}


def bare(name):
    return name.to_text(omit_final_dot=True)


def values(rdata):
    kind = dns.rdatatype.to_text(rdata.rdtype)
    if kind == "TXT":
        return [("text", b" ".join(rdata.strings).decode("utf-8", "replace").rstrip())]
    if kind == "SOA":
        return [("server", bare(rdata.mname)), ("mailbox", bare(rdata.rname))]
    if kind in FIELDS:
        field, attribute = FIELDS[kind]
        value = getattr(rdata, attribute)
        return [(field, value if isinstance(value, str) else bare(value))]
    return []


def leads(message):
    aliases = {rrset.name: rrset[0].target for rrset in message.answer if rrset.rdtype == dns.rdatatype.CNAME}
    for rrset in message.answer:
        if rrset.rdtype not in (dns.rdatatype.A, dns.rdatatype.AAAA):
            continue
        for name in list(aliases) + [rrset.name]:
            end = name
            while end in aliases:
                end = aliases[end]
            if end == rrset.name:
                yield from ((bare(name), rdata.address) for rdata in rrset)


read, resolved = [], set()
for text in json.load(sys.stdin):
    message = dns.message.from_wire(bytes.fromhex(text), ignore_trailing=True)
    answers = bool(message.flags & dns.flags.QR)
    name = bare(message.question[0].name) if message.question else ""
    told = [["name", bare(question.name)] for question in message.question]
    for section in (message.answer, message.authority, message.additional):
        for rrset in section:
            for rdata in rrset:
                found = values(rdata)
                told += [["owner", bare(rrset.name)], *map(list, found)] if found else []
    read.append({"operation": "response" if answers else "query", "name": name, "told": sorted(told),
                 "status": int(message.rcode()) & 15 if answers else None,
                 "whole": not message.flags & dns.flags.TC})
    if answers:
        resolved.update(leads(message))
print(json.dumps({"read": read, "resolved": sorted(map(list, resolved))}))
