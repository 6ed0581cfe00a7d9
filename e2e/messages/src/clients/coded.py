"""Hypercorn hands out texts in every coding, in pieces and with trailers, and takes them so: over HTTP/1.1 (also several
requests at once), and over HTTP/2 in the clear, begun with it or by an upgrade."""
import asyncio
import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zlib

import brotli
import zstandard
from hypercorn.asyncio import serve
from hypercorn.config import Config

asked = json.load(sys.stdin)
socket.setdefaulttimeout(60)
texts = [text.encode() for text in asked["texts"]]


def bare(data):
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


codings = {
    "identity": ("identity", lambda data: data),
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare": ("deflate", bare),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
    "both": ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
}


def pieces(data, size=5000):
    return [data[at:at + size] for at in range(0, len(data), size)]


async def app(scope, receive, send):
    if scope["type"] != "http":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    taken = 0
    while True:
        message = await receive()
        taken += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = [(b"content-type", b"application/json")]
    trailers = "http.response.trailers" in scope.get("extensions", {})
    content = [b"%d bytes" % taken]
    if scope["method"] == "GET":
        _, coding, number = scope["path"].split("/")
        name, code = codings[coding]
        headers.append((b"content-encoding", name.encode()))
        content = pieces(code(texts[int(number)]))
    await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": trailers})
    for piece in content:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    if trailers:
        owner = [(b"x-owner", b"ada@example.org")]
        await send({"type": "http.response.trailers", "headers": owner, "more_trailers": False})


def run(loop, stop):
    config = Config()
    config.bind = [f"127.0.0.1:{asked['server']}"]
    config.errorlog = None
    loop.run_until_complete(serve(app, config, shutdown_trigger=stop.wait))


loop = asyncio.new_event_loop()
stop = asyncio.Event()
server = threading.Thread(target=run, args=(loop, stop), daemon=True)
server.start()
while True:
    try:
        socket.create_connection(("127.0.0.1", asked["server"])).close()
        break
    except OSError:
        time.sleep(0.05)

at = ("127.0.0.1", asked["port"])
paths = [f"/{coding}/{number}" for coding in codings for number in range(len(texts))]

# One after the other over one connection, with trailers.
client = http.client.HTTPConnection(*at)
for path in paths:
    client.request("GET", path, headers={"TE": "trailers"})
    client.getresponse().read()
client.close()

# All at once, the answers as they come.
requests = "".join(f"GET {path} HTTP/1.1\r\nHost: shop.example\r\n\r\n" for path in paths[:20])
with socket.create_connection(at) as pipe:
    pipe.sendall(requests.encode() + b"GET /identity/0 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
    while pipe.recv(65536):
        pass

# Uploads in pieces, coded, with a trailer, once the server said that it waits for them.
for coding, (name, code) in codings.items():
    for text in texts:
        with socket.create_connection(at) as up:
            up.sendall(b"POST /up HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n"
                       b"Transfer-Encoding: chunked\r\nTrailer: X-Signed\r\nExpect: 100-continue\r\n"
                       b"Connection: close\r\nContent-Encoding: " + name.encode() + b"\r\n\r\n")
            assert up.recv(65536).startswith(b"HTTP/1.1 100")
            for piece in pieces(code(text), 7000):
                up.sendall(b"%x;part=1\r\n%s\r\n" % (len(piece), piece))
            up.sendall(b"0\r\nX-Signed: bob@example.org\r\n\r\n")
            while up.recv(65536):
                pass



def curl(way, some):
    urls = [word for path in some for word in ["-o", os.devnull, f"http://127.0.0.1:{asked['port']}{path}"]]
    subprocess.run(["curl", "-sS", "-f", "-H", "TE: trailers", way, *urls], check=True)


def size(path):
    _, coding, number = path.split("/")
    return len(codings[coding][1](texts[int(number)]))


# HTTP/2 in the clear. By an upgrade the smallest comes first: what follows it at once must fit into curl's buffer.
for path in paths:
    curl("--http2-prior-knowledge", [path])
curl("--http2", sorted(paths, key=size))

# Everything was said. A server that still waits for one of its connections is not waited for.
loop.call_soon_threadsafe(stop.set)
server.join(5)
sys.stdout.flush()
os._exit(0)
