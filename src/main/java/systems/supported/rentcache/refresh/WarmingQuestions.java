package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.catalog.CanonicalRequest;

/**
 * Finds out which questions may be warmed and what is kept of them, from the lasting tier alone: nothing is asked, and no
 * statistics count it. Thread-safe; futures complete on the caller's context.
 *
 * @param tier   where answers are kept
 * @param reader makes questions of what is kept, and of lines
 */
public record WarmingQuestions(SqlTier tier, QuestionReader reader) {
    private static final int READ_AT_ONCE = 32;

    /**
     * Questions that may be warmed.
     *
     * @param wanted  the questions, the most asked ones first; one may be there more than once
     * @param foreign how many of the most asked ones are left out: they are of another upstream or account, or their
     *                requests ask something else by now
     * @param wrong   the lines that ask none
     */
    public record Chosen(List<WarmingPlan.Wanted> wanted, int foreign, List<QuestionReader.WrongLine> wrong) {
    }

    /**
     * The most asked questions, and those of some lines.
     *
     * @param since since when the most asked ones were last given
     * @param top   how many of those at most, from 0
     * @param lines requests, as a file has them
     * @return fails where the database cannot be read: what is not known must not be paid for
     */
    public Future<Chosen> choose(Instant since, int top, List<String> lines) {
        QuestionReader.Lines read = reader.read(lines);
        return mostAsked(since, top).compose(asked -> {
            List<WarmingPlan.Wanted> wanted = new ArrayList<>();
            asked.forEach(one -> reader.of(one.target(), one.key())
                    .ifPresent(request -> wanted.add(new WarmingPlan.Wanted(request, one.spell()))));
            int foreign = asked.size() - wanted.size();
            return addKept(wanted, read.requests(), 0).map(all -> new Chosen(wanted, foreign, read.wrong()));
        });
    }

    private Future<List<SqlTier.Asked>> mostAsked(Instant since, int top) {
        return top == 0 ? Future.succeededFuture(List.of()) : tier.mostAsked(since, top);
    }

    private Future<Void> addKept(List<WarmingPlan.Wanted> wanted, List<CanonicalRequest> requests, int from) {
        if (from >= requests.size()) {
            return Future.succeededFuture();
        }
        int end = Math.min(requests.size(), from + READ_AT_ONCE);
        List<Future<WarmingPlan.Wanted>> read = requests.subList(from, end).stream()
                .map(request -> tier.spell(request.key())
                        .map(spell -> new WarmingPlan.Wanted(request, spell.orElse(null))))
                .toList();
        return Future.join(read).compose(done -> {
            read.forEach(one -> wanted.add(one.result()));
            return addKept(wanted, requests, end);
        });
    }
}
