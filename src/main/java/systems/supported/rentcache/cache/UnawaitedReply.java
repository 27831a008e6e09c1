package systems.supported.rentcache.cache;

/**
 * What became of a call for which nobody waited any more: a kept answer was given meanwhile. It is in no answer, but it
 * may be on the bill.
 *
 * @param question the question that the call was made for
 * @param reply    its reply; nobody took the body of one that is still coming
 */
public record UnawaitedReply(LookupRequest question, LookupReply reply) {
}
