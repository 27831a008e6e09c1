"""The experiments. Each takes the laboratory and yields parts of the report."""
from lab import contestants, load, machine
from lab.report import Table

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
        for name in names or list(self.running):
            if name in self.running:
                self.running.pop(name).stop()

    def rounds_of(self, table, row, measures, rounds=None, warm=True):
        """Measures all in turns, each round in another order; the first turn of each only warms up."""
        if warm:
            for measure in measures.values():
                measure()
        names = list(measures)
        for number in range(rounds or self.rounds):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                table.add(row, name, measures[name]())


def hit(lab):
    """A hit of 2 KB over 64 connections, by all."""
    table = Table("hit", "Hit of 2 KB, 64 connections, keep-alive", "requests a second", "higher")
    field, path = lab.field(2048)
    for contestant in field:  # the JVM's compiler needs longer than a round
        load.wrk(contestant.url(path), lab.key, 64, 15 if lab.full else 5)
    lab.rounds_of(table, "2 KB", {
        contestant.name: lambda url=contestant.url(path): load.wrk(url, lab.key, 64, lab.seconds)
        for contestant in field}, warm=False)
    yield table


EXPERIMENTS = {"hit": hit}
