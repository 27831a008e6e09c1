/**
 * The nodes of a cluster and the messages between them.
 *
 * <p>In: where other nodes may be, and what this node does. Out: an event bus that reaches all of them. Messages only:
 * what nodes agree on is in the database and in Redis. Nothing here, and nothing of Hazelcast, is loaded in a node that
 * joins no cluster.
 */
package systems.supported.rentcache.cluster;
