#!/usr/bin/env python3
"""Receives RentCache's webhooks: checks the signature, leaves out what it has had, and prints one event a line.

    WEBHOOK_SECRET=whsec_... ./receiver.py [PORT]
"""
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_SECONDS = int(os.environ.get("TOLERANCE_SECONDS", "300"))
MOST_BYTES = 4 << 20
seen = set()  # a real receiver keeps the cursors in its database, with what it does with the events


def is_genuine(secret, header, body, now):
    """Whether a body was signed with the secret, and lately: an old one may be somebody's who recorded it."""
    fields = [field.split("=", 1) for field in header.split(",") if "=" in field]
    times = [value for name, value in fields if name == "t" and value.isdigit()]
    if len(times) != 1 or abs(now - int(times[0])) > TOLERANCE_SECONDS:
        return False
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(value, expected) for name, value in fields if name == "v1")


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > MOST_BYTES:
            self.answer(413)
            return
        body = self.rfile.read(length)
        signature = self.headers.get("RentCache-Signature", "")
        if not is_genuine(os.environ["WEBHOOK_SECRET"], signature, body, time.time()):
            self.answer(401)
            return
        for item in json.loads(body)["events"]:
            if item["event"]["cursor"] not in seen:  # each comes at least once, so it may come again
                seen.add(item["event"]["cursor"])
                print(json.dumps({"name": item["name"], **item["event"]}), flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Receiver)
    print("listening on", server.server_port, file=sys.stderr, flush=True)
    server.serve_forever()
