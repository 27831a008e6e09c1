#!/usr/bin/env python3
"""Prints RentCache's events as they happen, over the TCP event bus bridge: one JSON object a line.

    RENTCACHE_ADMIN_KEY=... ./listen.py HOST PORT rentcache.cache.miss rentcache.budget.step
"""
import json
import os
import socket
import struct
import sys


def send(connection, frame):
    text = json.dumps(frame).encode()
    connection.sendall(struct.pack(">I", len(text)) + text)


def exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            sys.exit("RentCache closed the connection.")
        data += part
    return data


def receive(connection):
    (length,) = struct.unpack(">I", exactly(connection, 4))
    return json.loads(exactly(connection, length))


def main(host, port, *addresses):
    with socket.create_connection((host, int(port))) as connection:
        for address in addresses:
            send(connection, {
                "type": "register",
                "address": address,
                "headers": {"X-Api-Key": os.environ["RENTCACHE_ADMIN_KEY"]},
            })
        send(connection, {"type": "ping"})
        while True:
            frame = receive(connection)
            if frame["type"] == "err":
                sys.exit("RentCache refused: " + frame["message"])
            if frame["type"] == "pong":
                print("listening", file=sys.stderr, flush=True)
            elif frame["type"] == "message":
                print(json.dumps({"address": frame["address"], **frame["body"]}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
