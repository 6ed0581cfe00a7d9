"""Keeps rows and reads them back, in each mode in a collection of its own."""
import datetime
import json
import sys
import uuid

import pymongo
from bson.binary import Binary, UuidRepresentation
from bson.int64 import Int64

asked = json.load(sys.stdin)
names = "id, name, email, born, amount, note, seen, uid, big".split(", ")


def typed(row):
    values = [int(row[0]), row[1], row[2], row[3], row[4], row[5],
              datetime.datetime.fromisoformat(row[6]),
              Binary.from_uuid(uuid.UUID(row[7]), UuidRepresentation.STANDARD), Int64(row[8])]
    return dict(zip(names, values))


rows = [typed(row) for row in asked["rows"]]
client = pymongo.MongoClient("127.0.0.1", asked["port"], directConnection=True, serverSelectionTimeoutMS=20000)
database = client["planted"]


def inserted(mode):
    people = database["people_" + mode]
    people.insert_many([{mode: row} for row in rows])
    list(people.find({}, batch_size=2))


def updated(mode):
    people = database["people_" + mode]
    for index, row in enumerate(rows):
        people.insert_one({"_id": index})
        people.update_one({"_id": index}, {"$set": {f"{mode}.{name}": value for name, value in row.items()}})
    list(people.aggregate([{"$match": {"_id": {"$gte": 0}}}]))


modes = {"inserted": inserted, "updated": updated}
for mode in asked["modes"]:
    modes[mode](mode)
client.close()
