package systems.supported.rentcache.admin;

import io.vertx.core.Future;

/** An operation of the admin API. Thread-safe; runs on the event loop that the call came in on, and never blocks it. */
@FunctionalInterface
public interface Operation {
    /**
     * Does what is asked.
     *
     * @return the document that is answered; fails with a {@link RefusedCall} where the call is at fault
     */
    Future<Document> run(Call call);
}
