package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.outbox.Outbox;
import systems.supported.rentcache.storage.Database;

/**
 * Budgets and reservations in SQL, one set of statements for both engines.
 *
 * <p>The row of a scope and a billing month has what is committed and what is reserved. A reservation adds to it where
 * the sum stays within the budget, in one statement, so nodes need no lock of ours. Rows are touched in the order of
 * {@link BudgetScope#of}; a reservation writes its line of the ledger after them, and its end touches that line before
 * them. The account's money is never added up: it follows from its calls by the plan. Thread-safe.
 */
public final class BudgetStore {
    private static final String CAPS = "SELECT scope, cap_calls, cap_micros FROM budgets";
    private static final String SET_CAP = """
            INSERT INTO budgets (scope, cap_calls, cap_micros, set_at) VALUES (#{scope}, #{calls}, #{micros}, #{now})
            ON CONFLICT (scope) DO UPDATE SET
                   cap_calls = excluded.cap_calls, cap_micros = excluded.cap_micros, set_at = excluded.set_at""";
    private static final String REMOVE_CAP = "DELETE FROM budgets WHERE scope = #{scope}";
    /** What was told of a former budget says nothing of the new one. */
    private static final String FORGET_STEPS = "UPDATE budget_periods SET step = 0 WHERE scope = #{scope}";

    private static final String USES = """
            SELECT scope, period, committed_calls, reserved_calls, committed_micros, reserved_micros, step
            FROM budget_periods
            """;
    private static final String GUARDED = USES + """
            WHERE period = #{period} AND (scope = 'account' OR scope IN (SELECT scope FROM budgets)) ORDER BY scope""";
    private static final String IN_PERIOD = USES + "WHERE period = #{period} ORDER BY scope";
    private static final String HISTORY = USES + "WHERE scope = #{scope} ORDER BY period DESC LIMIT #{limit}";
    private static final String RAISE_STEP = """
            UPDATE budget_periods SET step = #{step}
            WHERE scope = #{scope} AND period = #{period} AND step < #{step}""";

    private static final String TAKE = """
            UPDATE budget_periods
            SET reserved_calls = reserved_calls + #{calls}, reserved_micros = reserved_micros + #{micros}
            WHERE scope = #{scope} AND period = #{period}
            AND committed_calls + reserved_calls <= #{callsBefore}
            AND committed_micros + reserved_micros <= #{microsBefore}
            RETURNING committed_calls + reserved_calls AS used""";
    private static final String BEGIN_PERIOD = """
            INSERT INTO budget_periods (scope, period) VALUES (#{scope}, #{period})
            ON CONFLICT (scope, period) DO NOTHING""";
    private static final String NOTE = """
            INSERT INTO budget_ledger (id, period, scopes, key_id, endpoint, node, calls, cost_micros, state,
                   reserved_at, seen_at)
            VALUES (#{id}, #{period}, #{scopes}, #{keyId}, #{endpoint}, #{node}, #{calls}, #{micros}, 'reserved',
                   #{now}, #{now})""";
    private static final String NEVER = """
            INSERT INTO budget_ledger (id, period, scopes, key_id, endpoint, node, calls, cost_micros, state,
                   reserved_at, seen_at, settled_at)
            VALUES (#{id}, #{period}, #{scopes}, 0, '', #{node}, #{calls}, 0, 'released', #{now}, #{now}, #{now})
            ON CONFLICT (id) DO NOTHING""";
    private static final String LINE =
            "SELECT id, period, scopes, calls, cost_micros FROM budget_ledger WHERE id = #{id}";
    private static final String MARK = """
            UPDATE budget_ledger SET state = #{state}, settled_at = #{now} WHERE id = #{id} AND state = #{from}
            RETURNING calls, cost_micros""";
    private static final String SETTLE = """
            UPDATE budget_periods
            SET reserved_calls = reserved_calls - #{reservedCalls}, committed_calls = committed_calls + #{calls},
                reserved_micros = reserved_micros - #{reservedMicros}, committed_micros = committed_micros + #{micros}
            WHERE scope = #{scope} AND period = #{period}""";
    private static final String SETTLE_ACCOUNT = """
            UPDATE budget_periods
            SET reserved_calls = reserved_calls - #{reservedCalls}, committed_calls = committed_calls + #{calls},
                committed_micros = CASE WHEN committed_calls + #{calls} > #{included}
                                        THEN (committed_calls + #{calls} - #{included}) * #{price} ELSE 0 END
            WHERE scope = #{scope} AND period = #{period}""";
    private static final String RENEW = """
            UPDATE budget_ledger SET seen_at = #{now} WHERE node = #{node} AND state = 'reserved'""";
    private static final String ABANDONED = """
            SELECT id, period, scopes, calls, cost_micros FROM budget_ledger
            WHERE state = 'reserved' AND seen_at < #{before} ORDER BY seen_at LIMIT 100""";
    private static final String PRESUMED = """
            SELECT COALESCE(SUM(calls), 0) AS calls FROM budget_ledger
            WHERE state = 'presumed_spent' AND period = #{period}""";
    private static final String PURGE = """
            DELETE FROM budget_ledger WHERE state IN ('committed', 'released') AND settled_at < #{before}""";

    private final Database database;
    private final Outbox outbox;

    /** The budgets of a database. */
    public BudgetStore(Database database) {
        this.database = database;
        this.outbox = new Outbox(database);
    }

    /** How a reservation ends. */
    enum End {
        /** It was billed. */
        COMMITTED,
        /** It was not. */
        RELEASED,
        /** Its node is gone, and nobody knows. */
        PRESUMED_SPENT;

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A line of the ledger.
     *
     * @param id     what names it
     * @param period the billing month
     * @param scopes what it touches, in their order
     * @param calls  how many calls it holds
     * @param micros what they cost, in micro-dollars
     */
    record Line(String id, String period, List<String> scopes, long calls, long micros) {
    }

    /**
     * Calls that no budget covered.
     *
     * @param period the billing month
     * @param scope  what they count for
     */
    record Slot(String period, String scope) {
    }

    /** A budget of one scope does not admit a reservation. Carries no trace: it is an answer on its way out. */
    static final class RefusedReservation extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String scope;

        RefusedReservation(String scope) {
            super(scope, null, false, false);
            this.scope = scope;
        }

        /** The scope whose budget it is. */
        String scope() {
            return scope;
        }
    }

    /** The budgets that were set by hand, by scope. */
    public Future<Map<String, BudgetCap>> caps() {
        return Database.attempt(() -> database.reader().query(CAPS).execute()).map(rows -> {
            Map<String, BudgetCap> caps = new HashMap<>();
            rows.forEach(row -> caps.put(
                    row.getString("scope"),
                    new BudgetCap(limit(row.getLong("cap_calls")), limit(row.getLong("cap_micros")))));
            return caps;
        });
    }

    private static long limit(Long value) {
        return value == null ? BudgetCap.NO_LIMIT : value;
    }

    /** Sets a budget for this and the following billing months. Running nodes go by it within about a second. */
    public Future<Void> setCap(String scope, BudgetCap cap, Instant now) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("scope", scope);
        parameters.put("calls", cap.calls() == BudgetCap.NO_LIMIT ? null : cap.calls());
        parameters.put("micros", cap.micros() == BudgetCap.NO_LIMIT ? null : cap.micros());
        parameters.put("now", now.toEpochMilli());
        return database.write(connection -> SqlTemplate.forUpdate(connection, SET_CAP).execute(parameters)
                .compose(set -> SqlTemplate.forUpdate(connection, FORGET_STEPS).execute(Map.of("scope", scope)))
                .mapEmpty());
    }

    /** Removes a budget that was set by hand: the account's is the settings' again, another scope has none. */
    public Future<Void> removeCap(String scope) {
        return database.write(connection -> SqlTemplate.forUpdate(connection, REMOVE_CAP)
                .execute(Map.of("scope", scope))
                .compose(removed -> SqlTemplate.forUpdate(connection, FORGET_STEPS).execute(Map.of("scope", scope)))
                .mapEmpty());
    }

    /** What a billing month has cost, by scope. */
    public Future<List<BudgetUse>> uses(String period) {
        return uses(IN_PERIOD, Map.of("period", period));
    }

    /** What a billing month has cost the account, and the scopes that have a budget of their own. */
    Future<List<BudgetUse>> guarded(String period) {
        return uses(GUARDED, Map.of("period", period));
    }

    /** What the last billing months cost one scope, the latest first. */
    public Future<List<BudgetUse>> history(String scope, int most) {
        return uses(HISTORY, Map.of("scope", scope, "limit", most));
    }

    /** How many calls of a billing month are counted as spent because their node went away in the middle of them. */
    public Future<Long> presumedSpent(String period) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), PRESUMED)
                .execute(Map.of("period", period))).map(rows -> rows.iterator().next().getLong("calls"));
    }

    private Future<List<BudgetUse>> uses(String sql, Map<String, Object> parameters) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), sql).execute(parameters)).map(rows -> {
            List<BudgetUse> uses = new ArrayList<>();
            rows.forEach(row -> uses.add(new BudgetUse(
                    row.getString("scope"), row.getString("period"), row.getLong("committed_calls"),
                    row.getLong("reserved_calls"), row.getLong("committed_micros"), row.getLong("reserved_micros"),
                    row.getLong("step").intValue())));
            return uses;
        });
    }

    /**
     * Notes that a step is told of, and keeps the event that tells of it.
     *
     * @return whether nobody did so before
     */
    Future<Boolean> raiseStep(BudgetUse use, int percent, EventMessage event) {
        return database.write(connection -> SqlTemplate.forUpdate(connection, RAISE_STEP)
                .execute(Map.of("scope", use.scope(), "period", use.period(), "step", percent))
                .compose(updated -> updated.rowCount() == 1
                        ? outbox.append(connection, List.of(event)).map(true) : Future.succeededFuture(false)));
    }

    /** An event in the name of who uses the database. */
    EventMessage message(Event event, Instant now) {
        return outbox.message(event, now);
    }

    /**
     * Reserves for all scopes or none.
     *
     * @param id    what names the reservation
     * @param caps  the budgets that hold; the account's in calls alone
     * @param calls how many calls
     * @return the reservation; fails with a {@link RefusedReservation}
     */
    Future<Line> reserve(
            String id, String node, String period, List<String> scopes, BudgetAsk ask, Map<String, BudgetCap> caps,
            Plan plan, long calls, Instant now) {
        return database.writeBudget(connection -> {
            Future<Long> cost = Future.succeededFuture(Math.multiplyExact(plan.overagePriceMicros(), calls));
            for (String scope : scopes) {
                cost = scope.equals(BudgetScope.ACCOUNT)
                        ? take(connection, scope, period, caps, calls, 0)
                                .map(used -> plan.overageOf(used) - plan.overageOf(used - calls))
                        : cost.compose(micros -> take(connection, scope, period, caps, calls, micros).map(micros));
            }
            return cost.compose(micros -> note(connection, id, node, period, scopes, ask, calls, micros, now)
                    .map(new Line(id, period, scopes, calls, micros)));
        });
    }

    /** Reserves for a scope; gives how many calls are then taken, or fails with a {@link RefusedReservation}. */
    private static Future<Long> take(
            SqlClient connection, String scope, String period, Map<String, BudgetCap> caps, long calls, long micros) {
        BudgetCap cap = caps.getOrDefault(scope, BudgetCap.NONE);
        Map<String, Object> parameters = Map.of(
                "scope", scope,
                "period", period,
                "calls", calls,
                "micros", micros,
                "callsBefore", cap.calls() == BudgetCap.NO_LIMIT ? cap.calls() : cap.calls() - calls,
                "microsBefore",
                        cap.micros() == BudgetCap.NO_LIMIT || micros == 0 ? BudgetCap.NO_LIMIT : cap.micros() - micros);
        Supplier<Future<Long>> taking = () -> SqlTemplate.forQuery(connection, TAKE).execute(parameters)
                .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getLong("used"));
        return taking.get()
                .compose(used -> used != null ? Future.succeededFuture(used)
                        : update(connection, BEGIN_PERIOD, Map.of("scope", scope, "period", period))
                                .compose(begun -> begun == 1 ? taking.get() : Future.succeededFuture()))
                .compose(used -> used != null ? Future.succeededFuture(used)
                        : Future.failedFuture(new RefusedReservation(scope)));
    }

    private static Future<Integer> note(
            SqlClient connection, String id, String node, String period, List<String> scopes, BudgetAsk ask, long calls,
            long micros, Instant now) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("id", id);
        parameters.put("period", period);
        parameters.put("scopes", String.join(",", scopes));
        parameters.put("keyId", ask.keyId());
        parameters.put("endpoint", ask.endpoint());
        parameters.put("node", node);
        parameters.put("calls", calls);
        parameters.put("micros", micros);
        parameters.put("now", now.toEpochMilli());
        return update(connection, NOTE, parameters);
    }

    /**
     * Ends a reservation. One that was ended before stays as it is, but for one that is only presumed to be spent: its
     * node came back and knows better.
     *
     * @param line  names it and its scopes; what it holds is what was written of it
     * @param spent how many of its calls were billed
     * @return whether anything was changed
     */
    Future<Boolean> settle(Line line, End end, long spent, Plan plan, Instant now) {
        return database.writeBudget(connection -> settle(connection, line, end, spent, plan, now));
    }

    private static Future<Boolean> settle(
            SqlClient connection, Line line, End end, long spent, Plan plan, Instant now) {
        return mark(connection, line, "reserved", end, now).compose(marked -> {
            if (marked != null) {
                return move(connection, marked, marked.calls(), marked.micros(), spent, plan).map(true);
            }
            return end == End.PRESUMED_SPENT
                    ? Future.succeededFuture(false)
                    : mark(connection, line, End.PRESUMED_SPENT.text(), end, now).compose(corrected ->
                            corrected == null ? Future.succeededFuture(false) : move(
                                    connection, corrected, 0, 0, spent - corrected.calls(), plan).map(true));
        });
    }

    /**
     * Releases a reservation of which nobody knows whether it was made: its answer did not come. One that is on its way
     * yet fails when it arrives, for its line is there already.
     *
     * @param line what was asked for; what it cost is not looked at
     */
    Future<Boolean> forestall(Line line, String node, Plan plan, Instant now) {
        return database.writeBudget(connection -> update(connection, NEVER, Map.of(
                "id", line.id(), "period", line.period(), "scopes", String.join(",", line.scopes()), "node", node,
                "calls", line.calls(), "now", now.toEpochMilli()))
                .compose(noted -> noted == 1 ? Future.succeededFuture(false)
                        : SqlTemplate.forQuery(connection, LINE).execute(Map.of("id", line.id()))
                                .compose(rows -> settle(
                                        connection, lines(rows).get(0), End.RELEASED, 0, plan, now))));
    }

    /** The line as it was written; null where there is none in that state. */
    private static Future<Line> mark(SqlClient connection, Line line, String from, End end, Instant now) {
        return SqlTemplate.forQuery(connection, MARK)
                .execute(Map.of("id", line.id(), "from", from, "state", end.text(), "now", now.toEpochMilli()))
                .map(marked -> {
                    for (Row row : marked) {
                        return new Line(line.id(), line.period(), line.scopes(), row.getLong("calls"),
                                row.getLong("cost_micros"));
                    }
                    return null;
                });
    }

    private static Future<Void> move(
            SqlClient connection, Line line, long reservedCalls, long reservedMicros, long calls, Plan plan) {
        long micros = line.calls() == 0 ? 0 : line.micros() / line.calls() * calls;
        Future<Void> moved = Future.succeededFuture();
        for (String scope : line.scopes()) {
            moved = moved.compose(before -> scope.equals(BudgetScope.ACCOUNT)
                    ? moveAccount(connection, line.period(), reservedCalls, calls, plan)
                    : update(connection, SETTLE, Map.of(
                            "scope", scope, "period", line.period(), "reservedCalls", reservedCalls, "calls", calls,
                            "reservedMicros", reservedMicros, "micros", micros)).mapEmpty());
        }
        return moved;
    }

    private static Future<Void> moveAccount(
            SqlClient connection, String period, long reservedCalls, long calls, Plan plan) {
        return update(connection, SETTLE_ACCOUNT, Map.of(
                "scope", BudgetScope.ACCOUNT, "period", period, "reservedCalls", reservedCalls, "calls", calls,
                "included", plan.includedCalls(), "price", plan.overagePriceMicros())).mapEmpty();
    }

    /**
     * Adds calls that were billed and that no budget covered.
     *
     * @param calls  how many, by billing month and scope
     * @param micros what they cost, likewise; the account's is not looked at
     */
    Future<Void> add(Map<Slot, Long> calls, Map<Slot, Long> micros, Plan plan) {
        // Sorted by scope, which is the order of BudgetScope.of.
        List<Slot> slots = calls.keySet().stream().sorted(
                Comparator.comparing(Slot::scope).thenComparing(Slot::period)).toList();
        return database.writeBudget(connection -> {
            Future<Void> added = Future.succeededFuture();
            for (Slot slot : slots) {
                added = added
                        .compose(before -> update(
                                connection, BEGIN_PERIOD, Map.of("scope", slot.scope(), "period", slot.period())))
                        .compose(begun -> move(
                                connection, new Line("", slot.period(), List.of(slot.scope()), calls.get(slot),
                                        micros.getOrDefault(slot, 0L)),
                                calls.get(slot), plan));
            }
            return added;
        });
    }

    private static Future<Void> move(SqlClient connection, Line line, long calls, Plan plan) {
        String scope = line.scopes().get(0);
        return scope.equals(BudgetScope.ACCOUNT)
                ? moveAccount(connection, line.period(), 0, calls, plan)
                : update(connection, SETTLE, Map.of(
                        "scope", scope, "period", line.period(), "reservedCalls", 0L, "calls", calls,
                        "reservedMicros", 0L, "micros", line.micros())).mapEmpty();
    }

    /** Says that a node is there, and what it reserved still holds. */
    Future<Void> renew(String node, Instant now) {
        return database.writeSingle(connection ->
                        update(connection, RENEW, Map.of("node", node, "now", now.toEpochMilli())))
                .mapEmpty();
    }

    /**
     * Counts as spent what nodes reserved that did not say since a time that they are there; at most 100 a call.
     *
     * @return the lines of the ledger
     */
    Future<List<Line>> presumeSpent(Instant before, Plan plan, Instant now) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), ABANDONED)
                .execute(Map.of("before", before.toEpochMilli()))).map(BudgetStore::lines).compose(lines -> {
                    List<Line> presumed = new ArrayList<>();
                    Future<Void> settled = Future.succeededFuture();
                    for (Line line : lines) {
                        settled = settled.compose(done -> settle(line, End.PRESUMED_SPENT, line.calls(), plan, now))
                                .map(changed -> {
                                    if (changed) {
                                        presumed.add(line);
                                    }
                                    return null;
                                });
                    }
                    return settled.map(presumed);
                });
    }

    /** Deletes lines that were settled before a time; those that are only presumed to be spent stay. */
    Future<Void> purge(Instant before) {
        return database.writeSingle(connection -> update(connection, PURGE, Map.of("before", before.toEpochMilli())))
                .mapEmpty();
    }

    private static List<Line> lines(RowSet<Row> rows) {
        List<Line> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(new Line(
                row.getString("id"), row.getString("period"), List.of(row.getString("scopes").split(",")),
                row.getLong("calls"), row.getLong("cost_micros"))));
        return lines;
    }

    private static Future<Integer> update(SqlClient connection, String sql, Map<String, Object> parameters) {
        return SqlTemplate.forUpdate(connection, sql).execute(parameters).map(updated -> updated.rowCount());
    }
}
