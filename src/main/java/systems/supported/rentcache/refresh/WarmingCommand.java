package systems.supported.rentcache.refresh;

/**
 * What {@link WarmerVerticle} is asked over the event bus. The reply is the {@link WarmingRun} as it is then, null where
 * the node has warmed nothing yet.
 */
public sealed interface WarmingCommand {
    /** The code of the failure that answers {@link Begin} while a round is under way. */
    int BUSY = 409;

    /**
     * Have questions asked.
     *
     * @param chosen the questions
     * @param plan   which of them
     */
    record Begin(WarmingQuestions.Chosen chosen, WarmingPlan plan) implements WarmingCommand {
    }

    /** Tell how far the round is that is under way, or what became of the last one. */
    record Show() implements WarmingCommand {
    }

    /** End the round with the calls that are under way. */
    record Cancel() implements WarmingCommand {
    }
}
