"""Echoes messages with two fields, one of them in a message inside: alone and as streams, compressed and not."""
import json
import sys
from concurrent import futures

import grpc

asked = json.load(sys.stdin)


def number(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(tag, content):
    return bytes([tag << 3 | 2]) + number(len(content)) + content


class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        if details.method.endswith("One"):
            return grpc.unary_unary_rpc_method_handler(lambda request, context: request)
        return grpc.stream_stream_rpc_method_handler(lambda requests, context: requests)


server = grpc.server(futures.ThreadPoolExecutor(4), handlers=[Echo()], compression=grpc.Compression.Gzip)
server.add_insecure_port(f"127.0.0.1:{asked['server']}")
server.start()
messages = [field(1, text.encode()) + field(2, field(1, text.encode())) for text in asked["texts"]]
for compression in [grpc.Compression.NoCompression, grpc.Compression.Gzip]:
    with grpc.insecure_channel(f"127.0.0.1:{asked['port']}", compression=compression) as channel:
        one = channel.unary_unary("/planted.Echo/One")
        for message in messages:
            assert one(message) == message
        many = channel.stream_stream("/planted.Echo/Many")
        assert list(many(iter(messages))) == messages
server.stop(0).wait()
