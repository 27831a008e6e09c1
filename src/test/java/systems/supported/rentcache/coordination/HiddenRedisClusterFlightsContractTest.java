package systems.supported.rentcache.coordination;

/** The contract of flights, held by a Redis Cluster that looks like one Redis, as behind a proxy. */
class HiddenRedisClusterFlightsContractTest extends RedisClusterFlightsContractTest {
    @Override
    String form() {
        return "";
    }
}
