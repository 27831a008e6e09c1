"""The experiments. Each takes the laboratory and yields parts of the report."""
import contextlib
import itertools
import re
import subprocess
import threading
import time

from lab import contestants, load, machine
from lab.report import Curves, Table, Text

PATH = "/v1/properties/b{size}-1"


class Laboratory:
    """The machine's contestants, started once and shared by the experiments that can share them."""

    def __init__(self, work, rounds, seconds, full):
        self.work, self.rounds, self.seconds, self.full = work, rounds, seconds, full
        self.origin = contestants.Origin(work).start()
        self.ours = contestants.RentCache(work)
        self.key = self.ours.create_key()
        self.headers = {"X-Api-Key": self.key}
        self.running = {}

    def contestant(self, name):
        """A contestant for the hit path, running."""
        if name not in self.running:
            made = {
                "rentcache": lambda: self.ours,
                "nginx": lambda: contestants.Nginx(self.work, [self.key]),
                "trafficserver": lambda: contestants.TrafficServer(self.work, self.key),
                "varnish": lambda: contestants.Varnish(self.work, self.key),
            }[name]()
            self.running[name] = made.start()
        return self.running[name]

    def field(self, size):
        """All contestants with a body of so many bytes, checked against one another."""
        self.drop("bare")
        path = PATH.format(size=size)
        body = machine.fetch(self.origin.url(path))[2]
        self.running["bare"] = contestants.Bare(self.work, body).start()
        names = ["rentcache", "bare", "nginx"]
        names += [name for name, program in (("trafficserver", "traffic_server"), ("varnish", "varnishd"))
                  if machine.has(program)]
        field = [self.contestant(name) for name in names]
        contestants.checked(field, self.origin, path, self.headers)
        return field, path

    def drop(self, *names):
        """Stops contestants, or all of them."""
        for name in names or list(self.running):
            if name in self.running:
                self.running.pop(name).stop()

    def warmed(self, server, path, key=None):
        """
        Asks until it gets no quicker, and a server on a JVM for more than a minute: its compiler shares
        the servers' core. Returns the rate.
        """
        last = 0
        for number in itertools.count(1):
            rate = load.wrk(server.url(path), key or self.key, 64, self.seconds)
            server.asked += self.seconds
            if server.asked >= server.warm_up and (number >= 10 or number >= 5 and rate < last * 1.05):
                return max(rate, last)
            last = rate

    def rounds_of(self, table, row, measures, rounds=None):
        """Measures all in turns, each round in another order."""
        names = list(measures)
        for number in range(rounds or self.rounds):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                table.add(row, name, measures[name]())


def hit(lab):
    """A hit of 2 KB over 64 connections, by all."""
    table = Table("hit", "Hit of 2 KB, 64 connections, keep-alive", "requests a second", "higher",
                  "bare-head is the bare server with all headers of RentCache's answer: it writes the same bytes.")
    field, path = lab.field(2048)
    _, head, body = machine.fetch(lab.ours.url(path), lab.headers)
    with contestants.Bare(lab.work, body, head=head) as same:
        contestants.checked([lab.ours, same], lab.origin, path, lab.headers)
        field.append(same)
        for contestant in field:
            lab.warmed(contestant, path)
        lab.rounds_of(table, "2 KB", wrk_of_all(lab, field, path, 64))
    yield table


def wrk_of_all(lab, field, path, connections, pipelined=1):
    return {contestant.name: lambda url=contestant.url(path): load.wrk(
        url, lab.key, connections, lab.seconds, pipelined) for contestant in field}


def sizes(lab):
    """Hits of 200 bytes, 50 KB and 1 MB."""
    table = Table("sizes", "Hits by size, 64 connections", "requests a second", "higher")
    for size, row in ((200, "200 B"), (51_200, "50 KB"), (1_048_576, "1 MB")):
        field, path = lab.field(size)
        for contestant in field:
            lab.warmed(contestant, path)
        lab.rounds_of(table, row, wrk_of_all(lab, field, path, 64))
    yield table


def connections(lab):
    """Hits of 2 KB over 1 and 1,024 connections, and 16 requests at once."""
    table = Table("connections", "Hits of 2 KB by connections", "requests a second", "higher")
    field, path = lab.field(2048)
    for contestant in field:
        lab.warmed(contestant, path)
    for count in (1, 1024):
        lab.rounds_of(table, f"{count} connections", wrk_of_all(lab, field, path, count))
    lab.rounds_of(table, "64, pipelined by 16", wrk_of_all(lab, field, path, 64, 16))
    yield table


def http2(lab):
    """Hits of 2 KB over TLS, by HTTP/2 and HTTP/1.1, by those who have both."""
    table = Table(
        "http2", "Hits of 2 KB over TLS", "requests a second", "higher",
        "64 connections. Traffic Server is not set up for TLS here, and Varnish has none without a proxy before it.")
    _, path = lab.field(2048)
    server = contestants.RentCache(lab.work, "rentcache-tls", tls=True)
    key = server.create_key()
    with server:
        over = {"rentcache": (server.url(path), key),
                "nginx": (f"https://127.0.0.1:{contestants.PORTS['nginx-tls']}{path}", lab.key)}
        ways = {f"HTTP/2, {streams} at once": lambda url, key, streams=streams: load.h2load(
            url, key, 64, max(2, lab.seconds), streams) for streams in (1, 8)}
        ways["HTTP/1.1"] = lambda url, key: load.wrk(url, key, 64, lab.seconds)
        for row, ask in ways.items():
            begun = time.monotonic()
            while time.monotonic() - begun < server.warm_up:
                ask(*over["rentcache"])
            lab.rounds_of(table, row, {name: lambda of=of, ask=ask: ask(*of) for name, of in over.items()})
    yield table


def latency(lab):
    """Latency of hits of 2 KB at a constant rate, half of what nginx can give."""
    field, path = lab.field(2048)
    most = {contestant.name: lab.warmed(contestant, path) for contestant in field}
    rate = int(most["nginx"] / 2)
    table = Table(
        "latency", f"Latency of hits of 2 KB at {rate:,} requests a second, 64 connections", "milliseconds", "lower",
        "Open loop: measured from the time when a request was to be sent. The rate is half of nginx's most in this run. "
        "Who cannot keep up has no latency, and is said to.")
    prefix = path.rsplit("1", 1)[0]
    for contestant in field:
        if contestant.warm_up and most[contestant.name] >= rate:
            # Its compiler made what suits a closed loop, and makes it anew.
            load.open_loop(contestant.port, key=lab.key, rate=rate, seconds=contestant.warm_up // 3, path=prefix, first=1)
    for number in range(lab.rounds):
        for contestant in field[number % len(field):] + field[:number % len(field)]:
            if most[contestant.name] < rate:
                for row in ("p50", "p99", "p99.9"):
                    table.absent(row, contestant.name, f"at most {most[contestant.name]:,.0f}/s")
                continue
            told = load.open_loop(contestant.port, key=lab.key, rate=rate, seconds=lab.seconds * 2, path=prefix, first=1)
            expect(told)
            for row, name in (("p50", "p50"), ("p99", "p99"), ("p99.9", "p999")):
                table.add(row, contestant.name, told[name])
    yield table


def expect(told):
    """That there were answers, and all of them good ones."""
    if not told["answered"]:
        raise RuntimeError("nothing was answered in the time of a measurement; --seconds makes it longer")
    if told["failed"] or told["wrong"]:
        raise RuntimeError(f"{told['failed']} requests failed, {told['wrong']} got a wrong answer")
    return told


def scale(lab):
    """Hits among many entries, and with many API keys, by those who can hold so many."""
    counts = (1_000, 100_000, 5_000_000) if lab.full else (1_000, 100_000)
    throughput = Table("scale", "Hits of 200 bytes by number of entries and keys", "requests a second", "higher",
                       "64 connections, closed loop. Zipf's exponent is 1. Each number has a server of RentCache of its own; a peer "
                       "holds the most that it is asked for. Traffic Server and Varnish know one key.")
    flat = Table("scale-flat", "The same, by what it was for the fewest in the same round", "1 is flat", "higher")
    tail = Table("scale-p99", "p99 of RentCache's at half of that rate", "milliseconds", "lower")
    lab.drop()
    for what, skews in (("entries", {0: "uniform", 1: "Zipf"}), ("keys", {0: "uniform"})):
        with contextlib.ExitStack() as running:
            ours = {count: holding(lab, what, count, place, running)
                    for place, count in zip(("few", "many", "most"), counts)}
            theirs = peers_holding(lab, what, counts[1], running)
            for skew, spread in skews.items():
                for server, asked in ours.values():
                    told = expect(load.open_loop(server.port, **asked, skew=skew, seconds=5 * lab.seconds))
                    # Its compiler made what suits a closed loop, and makes it anew.
                    load.open_loop(server.port, **asked, skew=skew, seconds=server.warm_up // 3,
                                   rate=max(1, int(told["persecond"] / 2)))
                for number in range(lab.rounds):
                    draw = {"skew": skew, "seed": number + 1, "seconds": lab.seconds}
                    rates = round_of(lab, ours, theirs, number, draw)
                    for name, by_count in rates.items():
                        for count, rate in by_count.items():
                            row = f"{count:,} {what}, {spread}"
                            throughput.add(row, name, rate)
                            if count != counts[0]:
                                flat.add(row, name, rate / by_count[counts[0]])
                    for count, (server, asked) in ours.items():
                        half = max(1, int(rates["rentcache"][count] / 2))
                        told = expect(load.open_loop(server.port, **asked, **draw, rate=half))
                        tail.add(f"{count:,} {what}, {spread}", "rentcache", told["p99"])
                    contestants.settle()
    yield throughput
    yield flat
    yield tail


def round_of(lab, ours, theirs, number, draw):
    """What each gives of each number that it holds, in another order each round; by name and number."""
    rates = {}
    counts = sorted(ours)
    for count in counts if number % 2 == 0 else counts[::-1]:
        server, asked = ours[count]
        field = [server] + (theirs if count <= 100_000 else [])
        turn = number % len(field)
        for at in field[turn:] + field[:turn]:
            more = asked if at is server else {**asked, "key": at.key}
            told = expect(load.open_loop(at.port, **more, **draw))
            rates.setdefault("rentcache" if at is server else at.name, {})[count] = told["persecond"]
    return {name: dict(sorted(by_count.items())) for name, by_count in rates.items()}


def holding(lab, what, count, place, running):
    """A server that holds so many entries or keys, warm; and how to ask for them."""
    most = count > 1_000_000
    room = {name: big if most else small for name, small, big in (
        ("NEAR_CACHE_BYTES", "512MiB", "6GiB"), ("ALIAS_CACHE_BYTES", "128MiB", "5GiB"), ("KEY_CACHE_BYTES", "128MiB", "5GiB"),
        ("PRELOAD_BYTES", "512MiB", "6GiB"))}
    server = contestants.RentCache(lab.work, f"rentcache-{place}", java_opts=f"-Xmx{'12g' if most else '1g'}", env={
        **room, "PRELOAD_TIMEOUT": "10m", "BAD_KEY_LIMIT": "unlimited", "DATABASE_URL": f"sqlite:///./data/{what}.db"})
    key = server.create_key()
    asked = {"key": key, "questions": count, "path": "/v1/properties/b200-"}
    if what == "keys":
        server.add_keys("bench-key-", count, f"{what}.db")
        asked.update(key="bench-key-", keys=count, questions=1)
    else:
        server.fill(key, asked["path"], count, f"{what}.db")
    running.callback(server.stop)
    server.start()
    every = {**asked, "skew": -1, "requests": 2 * count}
    before = lab.origin.count()
    expect(load.open_loop(server.port, **every))
    if lab.origin.count() - before > 1:
        raise RuntimeError(f"of {count} {what} {lab.origin.count() - before} were fetched")
    contestants.settle()
    # A JVM is warm when time has passed, and not when each entry was asked for.
    load.open_loop(server.port, **asked, skew=0, seconds=server.warm_up)
    return server, asked


def peers_holding(lab, what, count, running):
    """The peers that can hold so many entries or keys, holding them."""
    if what == "keys":
        nginx = contestants.Nginx(lab.work, [f"bench-key-{i}" for i in range(count)])
        nginx.key = "bench-key-"
        running.callback(nginx.stop)
        return [nginx.start()]
    peers = [contestants.Nginx(lab.work, [lab.key])]
    peers += [made(lab.work, lab.key) for made, program in (
        (contestants.TrafficServer, "traffic_server"), (contestants.Varnish, "varnishd")) if machine.has(program)]
    for peer in peers:
        peer.key = lab.key
        running.callback(peer.stop)
        peer.start()
        contestants.until_ready(peer, "/v1/properties/b200-0", {"X-Api-Key": lab.key})
        every = {"key": lab.key, "questions": count, "path": "/v1/properties/b200-", "skew": -1, "requests": count}
        expect(load.open_loop(peer.port, **every))
        before = lab.origin.count()
        expect(load.open_loop(peer.port, **every))
        if lab.origin.count() - before > count / 100:
            raise RuntimeError(f"{peer.name} does not hold {count} entries")
    return peers


def memory(lab):
    """What an entry of 2 KB takes of the heap, and a node without entries of the machine."""
    answers = 1_000_000 if lab.full else 100_000
    printed = machine.run(machine.java(
        "-Xmx6g" if lab.full else "-Xmx1g", str(machine.BENCH / "NearMemory.java"), str(answers)))
    ours = lab.contestant("rentcache")
    resident, handles = machine.footprint(ours.process)
    yield Text("memory", "Memory", f"{printed}the server's process now: {resident / 2**20:.0f} MiB resident, {handles} handles\n",
               "Entries are on the heap; the near tier keeps nothing off it.")


def misses(lab):
    """Misses against nginx as a plain proxy, with SQLite and Redis on."""
    rate = Table("misses", "Throughput of misses, 64 connections", "requests a second", "higher",
                 "nginx only passes requests on and keeps nothing. RentCache checks key and limits, and writes each answer "
                 "to SQLite and Redis. The origin shares the load's core.")
    waiting = Table("misses-latency", "Median of a miss at 100 requests a second", "milliseconds", "lower",
                    "Added is what is more than asking the origin itself, in the same round.")
    added = Table("misses-added", "Added at the median of a miss", "milliseconds", "lower")
    nginx = lab.contestant("nginx")
    redis = machine.start(
        ["redis-server", "--port", contestants.PORTS["redis"], "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        lab.work / "redis.log", machine.LOAD_CORE)
    server = contestants.RentCache(lab.work, "rentcache-missing", env={
        "REDIS_URL": f"redis://127.0.0.1:{contestants.PORTS['redis']}"})
    key = server.create_key()
    server.start()
    field = {"rentcache": server.port, "nginx": contestants.PORTS["nginx-plain"], "direct": lab.origin.port}
    first = 0

    def ask(port, **more):
        nonlocal first
        first += 10_000_000
        return expect(load.open_loop(port, key=key, questions=10_000_000, skew=-1, first=first, **more))

    try:
        for port, seconds in ((server.port, server.warm_up), (field["nginx"], lab.seconds), (field["direct"], lab.seconds)):
            ask(port, seconds=seconds)
        for delay in (0, 5, 50):
            lab.origin.delay(delay)
            row = f"upstream of {delay} ms"
            lab.rounds_of(rate, row, {
                name: lambda port=port: ask(port, seconds=lab.seconds)["persecond"] for name, port in field.items()})
            for _ in range(lab.rounds):
                contestants.settle()
                times = {name: ask(port, seconds=lab.seconds, rate=100)["p50"] for name, port in field.items()}
                for name, took in times.items():
                    waiting.add(row, name, took)
                    if name != "direct":
                        added.add(row, name, max(0.0, took - times["direct"]))
    finally:
        lab.origin.delay(0)
        server.stop()
        machine.stop(redis)
    yield rate
    yield waiting
    yield added


def frugality(lab):
    """Upstream calls for one Zipf trace, spelled in several ways, by several keys."""
    requests, questions, pace, ttl = (1_000_000, 50_000, 5_000, 60) if lab.full else (50_000, 50_000, 2_500, 8)
    table = Table(
        "frugality", f"Upstream calls for {requests:,} requests", "calls", "lower",
        f"{questions:,} questions by Zipf's law with exponent 0.9, from 20 keys, {pace:,} a second, answers fresh for {ttl} s "
        "and then given stale while fetched anew: a trace in which hours are seconds. Each question is spelled in up to 18 "
        "ways: parameters in either order, the state's case, defaults said or not. Each answer was checked to be that "
        "question's. nginx has `proxy_cache_lock`, and cannot know which spellings ask the same.")
    lab.drop()
    server = contestants.RentCache(lab.work, "rentcache", ttl=ttl, env={"DATABASE_URL": "sqlite:///./data/frugality.db"})
    server.create_key()
    server.add_keys("bench-key-", 20, "frugality.db")
    field = (server, contestants.Nginx(lab.work, [f"bench-key-{i}" for i in range(20)], ttl=ttl))
    for contestant in field:
        contestant.start()
        before = lab.origin.count()
        expect(load.open_loop(contestant.port, key="bench-key-", keys=20, questions=questions, skew=0.9, spelled="true",
                              requests=requests, rate=pace))
        contestants.settle()
        table.add("calls", contestant.name, lab.origin.count() - before)
        contestant.stop()
    yield table


def soak(lab):
    """Half load for minutes, with entries, keys and connections coming and going."""
    lab.drop()
    log = lab.work / "gc.log"
    server = contestants.RentCache(lab.work, "rentcache", java_opts=f"-Xmx512m -Xlog:gc,safepoint:file={log}", env={
        "NEAR_CACHE_BYTES": "64MiB", "DATABASE_URL": "sqlite:///./data/soak.db"})
    key = server.create_key()
    server.add_keys("bench-key-", 5_000, "soak.db")
    server.start()
    curves = Curves("soak", "Soak at half load", "")
    lab.warmed(server, PATH.format(size=2048), key)
    mix = {"key": "bench-key-", "keys": 5_000, "questions": 30_000, "skew": 1, "drift": 20, "churn": 500}
    most = [expect(load.open_loop(server.port, **mix, seconds=10))["persecond"] for _ in range(3)][-1]
    rate = max(100, int(most / 2))
    # What the start and the filling of the near tier took is not half load.
    before = len(log.read_text())
    samples, over = [], threading.Event()

    def watch():
        begun = time.monotonic()
        while not over.wait(2):
            samples.append((time.monotonic() - begun, *machine.footprint(server.process)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        told = load.open_loop(
            server.port, **mix, rate=rate, seconds=int(lab.minutes * 60), interval=5 if lab.minutes >= 2 else 2)
    finally:
        over.set()
        watcher.join()
    expect(told[-1])
    for spell in told[:-1]:
        for name in ("p50", "p99", "p999"):
            curves.add(f"{name.replace('p999', 'p99.9')}, milliseconds", spell["at"], spell[name])
    for at, resident, handles in samples:
        curves.add("resident, MiB", at, resident / 2**20)
        curves.add("file handles", at, handles)
    pauses = [float(found) for found in re.findall(r"Pause .* ([\d.]+)ms", log.read_text()[before:])]
    curves.remark = (
        f"{lab.minutes:g} minutes at {rate:,} requests a second, half of the most; 5,000 keys; 30,000 questions by Zipf's law, "
        f"20 new ones a second in the place of the most asked; 64 connections, each closed after 500 requests; a near tier of "
        f"64 MiB, a heap of 512 MiB. {len(pauses)} pauses for garbage, the longest {max(pauses, default=0):.1f} ms.")
    server.stop()
    yield curves


def collectors(lab):
    """Hits of 2 KB with each of the JVM's collectors."""
    entries = 100_000 if lab.full else 20_000
    rate = Table("collectors", "Hits of 2 KB by collector", "requests a second", "higher",
                 f"{entries:,} entries in the near tier, by Zipf's law; a heap of 1 GiB. The launcher's own choice on one core "
                 "is Serial with at most 32 MiB for new objects.")
    pause = Table("collectors-pauses", "Longest pause for garbage at half load", "milliseconds", "lower")
    tail = Table("collectors-p999", "p99.9 at half load", "milliseconds", "lower")
    lab.drop()
    file = "collectors.db"
    choices = {"the launcher's": "", **{name: f"-XX:+Use{name}GC" for name in ("Serial", "Parallel", "G1", "Z")}}
    key = None
    for row, choice in choices.items():
        log = lab.work / f"gc-{len(rate.rows)}.log"
        server = contestants.RentCache(
            lab.work, "rentcache", java_opts=f"-Xmx1g {choice} -Xlog:gc,gc+phases:file={log}",
            env={"NEAR_CACHE_BYTES": "512MiB", "PRELOAD_BYTES": "512MiB", "PRELOAD_TIMEOUT": "10m",
                 "ALIAS_CACHE_BYTES": "128MiB", "DATABASE_URL": f"sqlite:///./data/{file}"})
        if not key:
            key = server.create_key()
            server.fill(key, "/v1/properties/b2048-", entries, file)
        with server:
            more = {"key": key, "questions": entries}
            expect(load.open_loop(server.port, **more, skew=-1, requests=entries))
            load.open_loop(server.port, **more, skew=1, seconds=5 * lab.seconds)
            for _ in range(lab.rounds):
                told = expect(load.open_loop(server.port, **more, skew=1, seconds=lab.seconds))
                rate.add(row, "rentcache", told["persecond"])
                seen = len(log.read_text())
                told = expect(load.open_loop(
                    server.port, **more, skew=1, seconds=lab.seconds * 2, rate=max(1, int(told["persecond"] / 2))))
                tail.add(row, "rentcache", told["p999"])
                pauses = re.findall(r"Pause .* ([\d.]+)ms", log.read_text()[seen:])
                pause.add(row, "rentcache", max(map(float, pauses), default=0.0))
    yield rate
    yield tail
    yield pause


def profile(lab):
    """Where the time and the memory of a hit go, by the JVM's flight recorder."""
    lab.drop()
    recorder = ("-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints -XX:StartFlightRecording:filename={file},"
                "settings=profile,dumponexit=true,jdk.ThreadAllocationStatistics#period=1s")
    path = PATH.format(size=2048)
    seconds = 60 if lab.full else 10
    file = lab.work / "hit.jfr"
    server = contestants.RentCache(lab.work, "rentcache", java_opts=recorder.format(file=file),
                                   env={"DATABASE_URL": "sqlite:///./data/profile.db"})
    key = server.create_key()
    yield recorded(lab, server, file, key, path, seconds, "profile", "Where the time of a hit goes")
    file = lab.work / "bare.jfr"
    bare = contestants.Bare(lab.work, machine.fetch(lab.origin.url(path))[2], recorder.format(file=file).split())
    yield recorded(lab, bare, file, key, path, seconds, "profile-bare", "The same of the bare Vert.x server")


def recorded(lab, server, file, key, path, seconds, name, title):
    server.start()
    lab.warmed(server, path, key)
    begun = int(time.time() * 1000)
    rate = load.wrk(server.url(path), key, 64, seconds)
    server.stop()
    machine.OUT.mkdir(parents=True, exist_ok=True)
    plot = f"{name}-flames.svg"
    return Text(name, title, machine.run(machine.java(
        "Flames", str(file), str(begun), str(int(rate * seconds)), str(machine.OUT / plot))), f"![Flame graph]({plot})")


def microbenchmarks(lab):
    """JMH: the parts of a hit by themselves, with what they allocate."""
    spells = ["-f", "2", "-wi", "3", "-i", "5", "-w", "2", "-r", "2"] if lab.full else [
        "-f", "1", "-wi", "2", "-i", "3", "-w", "1", "-r", "1"]
    done = subprocess.run([str(machine.BENCH / "microbenchmarks"), *spells], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:])
    lines = done.stdout.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("Benchmark "))
    shown = [line for line in lines[begin:] if "gc.count" not in line and "gc.time" not in line]
    yield Text("microbenchmarks", "The parts of a hit by themselves", "\n".join(shown),
               "By JMH; `gc.alloc.rate.norm` is the bytes allocated an operation.")


EXPERIMENTS = {experiment.__name__: experiment for experiment in (
    hit, sizes, connections, http2, latency, scale, memory, misses, frugality, collectors, soak, profile, microbenchmarks)}

# What runs where no names are given and the run is not a full one.
SHORT = ("hit", "connections", "http2", "latency", "scale", "memory", "misses", "frugality", "soak", "profile")
