"""Writes rows and reads them back, in each mode in a table of its own."""
import csv
import datetime
import decimal
import json
import os
import sys
import tempfile

import mysql.connector

asked = json.load(sys.stdin)
rows = [
    (int(r[0]), r[1], r[2], datetime.date.fromisoformat(r[3]), decimal.Decimal(r[4]), r[5],
     datetime.datetime.fromisoformat(r[6]), r[7], int(r[8]))
    for r in asked["rows"]
]
names = "id, name, email, born, amount, note, seen, uid, big"
kinds = ("id int, name text, email varchar(80), born date, amount decimal(12,2), note mediumtext, seen datetime, "
         "uid char(36), big bigint")
places = ", ".join(["%s"] * 9)


def connect(**more):
    return mysql.connector.connect(
        host="127.0.0.1", port=asked["port"], user="planter", password="planted-password", database="planted",
        use_pure=True, ssl_disabled=True, autocommit=True, charset="utf8mb4", **more)


def simple(table, **more):
    with connect(**more) as c:
        cursor = c.cursor()
        cursor.execute(f"create table {table} ({kinds})")
        for row in rows[: len(rows) // 2]:
            cursor.execute(f"INSERT INTO `{table}` ({names}) VALUES ({places})", row)
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows[len(rows) // 2:])
        cursor.execute(f"select * from {table}")
        cursor.fetchall()


def prepared(table, **more):
    with connect(**more) as c:
        cursor = c.cursor(prepared=True)
        cursor.execute(f"create table {table} ({kinds})")
        for row in rows:
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", row)
        cursor.execute(f"select {names} from {table} where id > %s", (5,))
        cursor.fetchall()


def compressed(table):
    simple(table, compress=True)


def squeezed(table):
    prepared(table, compress=True)


def infile(table):
    with tempfile.NamedTemporaryFile("w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, escapechar="\\", doublequote=False, lineterminator="\n")
        writer.writerows([[str(v) for v in row] for row in rows])
        file.flush()
        with connect(allow_local_infile=True) as c:
            cursor = c.cursor()
            cursor.execute(f"create table {table} ({kinds})")
            cursor.execute(f"LOAD DATA LOCAL INFILE '{file.name}' INTO TABLE {table} CHARACTER SET utf8mb4 "
                           f"FIELDS TERMINATED BY ',' ENCLOSED BY '\"' LINES TERMINATED BY '\\n' ({names})")
            cursor.execute(f"select * from {table}")
            cursor.fetchall()


modes = {"simple": simple, "prepared": prepared, "compressed": compressed, "squeezed": squeezed, "infile": infile}
for mode in asked["modes"]:
    modes[mode](f"people_{mode}")
