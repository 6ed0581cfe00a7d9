"""Writes rows and reads them back, in each mode in a table of its own."""
import datetime
import decimal
import io
import json
import sys
import uuid

import psycopg
from psycopg.types.json import Jsonb

asked = json.load(sys.stdin)
rows = [
    (int(r[0]), r[1], r[2], datetime.date.fromisoformat(r[3]), decimal.Decimal(r[4]), r[5],
     datetime.datetime.fromisoformat(r[6]), uuid.UUID(r[7]), int(r[8]))
    for r in asked["rows"]
]
names = "id, name, email, born, amount, note, seen, uid, big"
kinds = "id int, name text, email varchar(80), born date, amount numeric(12,2), note text, seen timestamp, uid uuid, big bigint"
places = ", ".join(["%s"] * 9)
binary = ", ".join(["%b"] * 9)
url = f"host=127.0.0.1 port={asked['port']} user=postgres password=planted-password dbname=postgres sslmode=prefer"


def connect(**more):
    return psycopg.connect(url, autocommit=True, **more)


def simple(table):
    with connect(cursor_factory=psycopg.ClientCursor) as c:
        c.execute(f"create table {table} ({kinds})")
        for row in rows[: len(rows) // 2]:
            c.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", row)
        rest = rows[len(rows) // 2:]
        many = ", ".join(f"({places})" for _ in rest)
        c.execute(f"insert into {table} ({names}) values {many} -- all at once", [v for row in rest for v in row])
        c.execute(f"select * from {table}").fetchall()


def extended(table):
    with connect() as c:
        c.execute(f"create table {table} ({kinds})")
        for row in rows:
            c.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', row, prepare=True)
        c.execute(f"select {names} from {table} where id > %s", (0,), prepare=True).fetchall()


def in_binary(table):
    with connect() as c:
        c.execute(f"create table {table} ({kinds})")
        for row in rows:
            c.execute(f"INSERT INTO {table} ({names}) VALUES ({binary})", row, prepare=True)
        cursor = c.cursor(binary=True)
        half = len(rows) // 2
        cursor.execute(f"select * from {table} where id < %b", (1000 + half,), prepare=True).fetchall()
        cursor.execute(f"select * from {table} where id >= %b", (1000 + half,), prepare=True).fetchall()


def pipeline(table):
    with connect() as c:
        c.execute(f"create table {table} ({kinds})")
        with c.pipeline():
            for row in rows:
                c.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", row)
            cursor = c.execute(f"select * from {table}")
            cursor.fetchall()


def copy_text(table):
    with connect() as c:
        c.execute(f"create table {table} ({kinds})")
        with c.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        with c.cursor().copy(f"COPY {table} ({names}) TO STDOUT") as copy:
            for _ in copy.rows():
                pass


def copy_csv(table):
    import csv
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(names.split(", "))
    writer.writerows([[str(v) for v in row] for row in rows])
    with connect() as c:
        c.execute(f"create table {table} ({kinds})")
        with c.cursor().copy(f"COPY {table} FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';')") as copy:
            copy.write(text.getvalue())
        with c.cursor().copy(f"COPY {table} ({names}) TO STDOUT CSV") as copy:
            for _ in copy:
                pass


def copy_binary(table):
    with connect() as c:
        c.execute(f"create table {table} ({kinds})")
        c.execute(f"select * from {table}").fetchall()
        with c.cursor().copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types("int4 text varchar date numeric text timestamp uuid int8".split())
            for row in rows:
                copy.write_row(row)
        with c.cursor().copy(f"COPY {table} ({names}) TO STDOUT (FORMAT BINARY)") as copy:
            for _ in copy:
                pass


modes = {"simple": simple, "extended": extended, "binary": in_binary, "pipeline": pipeline,
         "copytext": copy_text, "copycsv": copy_csv, "copybinary": copy_binary}
for mode in asked["modes"]:
    modes[mode](f"people_{mode}")
