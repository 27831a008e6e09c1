"""The servers that are compared. All stand before the same origin, each on the servers' core."""
import json
import os
import pathlib
import resource
import shutil
import sqlite3
import hashlib
import subprocess
import time

from lab import machine
from lab.machine import BENCH, FIRST_PORT, ROOT

PORTS = {
    name: FIRST_PORT + number for number, name in enumerate((
        "origin", "rentcache", "nginx", "trafficserver", "varnish", "bare", "nginx-tls", "nginx-plain",
        "redis", "rentcache-missing", "rentcache-tls", "bare-head",
        "rentcache-few", "rentcache-many", "rentcache-most"))
}
UNLIMITED = "1000000000/second"
DAY = 86_400


class Contestant:
    """A server: its name, where it listens, and the process that it is."""

    # For how many seconds it has to be asked before it is measured.
    warm_up = 0
    scheme = "http"
    checks_keys = True

    def __init__(self, name, work, port=None):
        self.name = name
        self.work = work / name
        self.work.mkdir(parents=True, exist_ok=True)
        self.port = port or PORTS[name]
        self.log = self.work / "log"
        self.process = None
        self.asked = 0

    def url(self, path=""):
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def run(self, command, env=None, core=machine.SERVER_CORE, cwd=None):
        self.process = machine.start(command, self.log, core, env, cwd or self.work)
        machine.until_up(self.url("/"), self.process, self.log)
        return self

    def stop(self):
        if self.process:
            machine.stop(self.process)
            self.process = None
            self.asked = 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Origin(Contestant):
    """The upstream of all; on the load's core, where it is idle while answers come from caches."""

    def __init__(self, work):
        super().__init__("origin", work)

    def start(self):
        return self.run(machine.java("-Xmx256m", "Origin", str(self.port)), core=machine.LOAD_CORE)

    def count(self):
        return int(machine.fetch(self.url("/_origin/count"))[2])

    def delay(self, millis):
        machine.fetch(self.url(f"/_origin/delay?ms={millis}"))


class RentCache(Contestant):
    """RentCache with everything on: key check, limits, quotas, metrics, usage records."""

    warm_up = 75

    def __init__(self, work, name="rentcache", ttl=DAY, env=None, java_opts="", tls=False):
        super().__init__(name, work)
        self.env = {
            "HOST": "127.0.0.1", "PORT": str(self.port), "EVENT_LOOPS": "1", "LOG_LEVEL": "WARN",
            "RENTCAST_API_URL": f"http://127.0.0.1:{PORTS['origin']}/v1", "RENTCAST_API_KEY": "of-the-origin",
            "UPSTREAM_RATE_LIMIT": "unlimited", "UPSTREAM_CONNECTIONS": "128", "TTL_PROPERTIES": str(ttl),
            "UPSTREAM_QUEUE": "100000",
            "JAVA_OPTS": " ".join((os.environ.get("JAVA_OPTS", ""), java_opts)).strip(), **(env or {}),
        }
        if tls:
            self.scheme = "https"
            chain, private = machine.certificate(self.work)
            self.env.update(TLS_CERT=str(chain), TLS_KEY=str(private))

    def create_key(self):
        """A key whose limits are checked for each request and refuse none."""
        printed = subprocess.run(
            [str(ROOT / "rentcache"), "keys", "create", "bench", "--rate", UNLIMITED,
             "--endpoint-rate", f"properties={UNLIMITED}", "--json"],
            env={**os.environ, **self.env, "JAVA_OPTS": ""}, cwd=self.work, check=True, stdout=subprocess.PIPE,
            text=True).stdout
        return json.loads(printed)["key"]

    def add_keys(self, prefix, count, file):
        """Keys whose values are the prefix and a number, with the limits of the key that is there."""
        database = sqlite3.connect(self.work / "data" / file)
        like = database.execute("""SELECT permissions, global_rate, endpoint_rates, created_at FROM api_keys
                                   WHERE key_name = 'bench'""").fetchone()
        with database:
            database.executemany(
                """INSERT INTO api_keys (key_name, key_hash, key_hint, permissions, global_rate, endpoint_rates, created_at)
                   VALUES (?, ?, '…', ?, ?, ?, ?)""",
                ((f"{prefix}{i}", hashlib.sha256(f"{prefix}{i}".encode()).hexdigest(), *like) for i in range(count)))
        database.close()

    def fill(self, key, path, count, file):
        """Has the database hold the answers to a path with the numbers below the count behind it; ends stopped."""
        with self:
            status = machine.fetch(self.url(f"{path}0"), {"X-Api-Key": key})[0]
            if status != 200:
                raise RuntimeError(f"{path}0 is answered with {status}")
            settle()
        database = sqlite3.connect(self.work / "data" / file)
        database.row_factory = sqlite3.Row
        first = dict(database.execute("SELECT * FROM cache_entries").fetchone())
        name = path.rsplit("/", 1)[1]

        def entry(number):
            question, target = (first[column].replace(f"{name}0", f"{name}{number}") for column in ("question", "target"))
            return {**first, "question": question, "target": target,
                    "cache_key": hashlib.sha256(question.encode()).hexdigest()}

        if entry(0) != first:
            raise RuntimeError("an entry's key is no longer the digest of its question")
        with database:
            database.executemany(
                f"INSERT INTO cache_entries ({', '.join(first)}) VALUES ({', '.join(f':{column}' for column in first)})",
                map(entry, range(1, count)))
        database.close()

    def start(self):
        self.process = machine.start(
            [ROOT / "rentcache", "serve"], self.log, machine.SERVER_CORE, self.env, self.work)
        machine.until_up(self.url("/health/ready"), self.process, self.log)
        return self


class Nginx(Contestant):
    def __init__(self, work, keys, ttl=DAY, zone="64m", size="8g"):
        super().__init__("nginx", work)
        self.keys, self.ttl, self.zone, self.size = keys, ttl, zone, size
        self.cache = pathlib.Path("/dev/shm") / f"rentcache-bench-{os.getpid()}-nginx"

    def start(self):
        shutil.rmtree(self.cache, ignore_errors=True)
        certificate, private = machine.certificate(self.work)
        # What it may not open it cannot keep open; the rest is for connections and for what is being written.
        files = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 262_144)
        config = self.work / "nginx.conf"
        config.write_text((BENCH / "peers" / "nginx.conf").read_text().format(
            work=self.work, cache=self.cache, keys="\n        ".join(f'"{key}" 1;' for key in self.keys),
            port=self.port, tls=PORTS["nginx-tls"], plain=PORTS["nginx-plain"],
            origin=PORTS["origin"], files=files, kept_open=files * 3 // 4, ttl=self.ttl, zone=self.zone,
            size=self.size, certificate=certificate, private=private))
        return self.run(["nginx", "-c", config, "-e", self.work / "error.log"])

    def stop(self):
        super().stop()
        shutil.rmtree(self.cache, ignore_errors=True)
        shutil.rmtree(f"{self.cache}-temp", ignore_errors=True)


class TrafficServer(Contestant):
    def __init__(self, work, key):
        super().__init__("trafficserver", work)
        self.key = key

    def start(self):
        root = self.work / "root"
        subprocess.run(["traffic_layout", "init", "--path", str(root), "--force"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        config = self._directory(root, "sysconfdir")
        values = {"port": self.port, "origin": PORTS["origin"], "work": self.work, "key": self.key}
        for source, target in (("records", config / "records.config"), ("remap", config / "remap.config"),
                               ("key", self.work / "key.config")):
            target.write_text((BENCH / "peers" / f"trafficserver.{source}").read_text().format(**values))
        (config / "cache.config").write_text("url_regex=.* ttl-in-cache=1d\n")
        (config / "storage.config").write_text(f"{self.work} 2G\n")
        (config / "plugin.config").write_text("")
        return self.run(["traffic_server", f"--run-root={root}/runroot.yaml"], env={"TS_RUNROOT": str(root)})

    @staticmethod
    def _directory(root, name):
        for line in (root / "runroot.yaml").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return pathlib.Path(line.split(":", 1)[1].strip())
        raise RuntimeError(f"traffic_layout names no {name}")


class Varnish(Contestant):
    def __init__(self, work, key):
        super().__init__("varnish", work)
        self.key = key

    def start(self):
        vcl = self.work / "varnish.vcl"
        vcl.write_text((BENCH / "peers" / "varnish.vcl").read_text().format(
            key=self.key, origin=PORTS["origin"], ttl=DAY))
        return self.run([
            "varnishd", "-F", "-j", "none", "-n", self.work / "instance", "-a", f"127.0.0.1:{self.port}", "-f", vcl,
            "-s", "malloc,1G", "-p", "thread_pools=1", "-p", "thread_pool_min=100", "-p", "thread_pool_max=2000",
            "-p", "vsl_mask=-VCL_trace", "-p", "listen_depth=4096"])


class Bare(Contestant):
    """
    A bare Vert.x server that writes one body's bytes to whatever is asked: with two headers, or as "bare-head" with all
    those of another's answer, so that both write the same bytes.
    """

    warm_up = 75
    checks_keys = False

    def __init__(self, work, body, java_opts=(), head=None):
        super().__init__("bare-head" if head else "bare", work)
        self.body, self.java_opts, self.head = body, java_opts, head

    def start(self):
        files = [self.work / "body"]
        files[0].write_bytes(self.body)
        if self.head:
            files.append(self.work / "head")
            # Whoever fetched it wanted the connection closed.
            files[1].write_text("".join(
                f"{name}: {value}\n" for name, value in self.head.items() if name.lower() != "connection"))
        return self.run(machine.java(*self.java_opts, "BareServer", str(self.port), *map(str, files)))


def until_ready(contestant, path, headers):
    """Waits until a server that has just begun to listen gives answers, at most 30 s."""
    for _ in range(300):
        try:
            if machine.fetch(contestant.url(path), headers)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)


def checked(contestants, origin, path, headers):
    """
    That every contestant gives the same bytes to a question, and gives them without the origin; else the comparison is
    none. Returns the bytes' digest.
    """
    digests = {}
    for contestant in contestants:
        until_ready(contestant, path, headers)
        bodies = set()
        for _ in range(3):
            status, _, body = machine.fetch(contestant.url(path), headers)
            if status != 200:
                raise RuntimeError(f"{contestant.name} answers {path} with {status}: {body[:200]}")
            bodies.add(hashlib.sha256(body).hexdigest())
        before = origin.count()
        for _ in range(20):
            bodies.add(hashlib.sha256(machine.fetch(contestant.url(path), headers)[2]).hexdigest())
        if origin.count() != before:
            raise RuntimeError(f"{contestant.name} asks the origin again for {path}")
        digests[contestant.name] = bodies
    if len(set().union(*digests.values())) != 1:
        raise RuntimeError(f"the contestants give different bytes for {path}: {digests}")
    for contestant in contestants:
        if contestant.checks_keys and machine.fetch(contestant.url(path), {"X-Api-Key": "unknown"})[0] != 401:
            raise RuntimeError(f"{contestant.name} does not check keys")
    return digests[contestants[0].name].pop()


def settle():
    """Time for a server to finish what it does behind its answers."""
    time.sleep(1)
