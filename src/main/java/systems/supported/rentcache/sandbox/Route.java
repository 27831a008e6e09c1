package systems.supported.rentcache.sandbox;

/**
 * What a path asks for.
 *
 * @param endpoint the endpoint
 * @param id       the id of the one property or listing that is asked for, still percent-encoded; or null
 */
record Route(Endpoint endpoint, String id) {

    /** The route of a path, as it is in the request's target; null where there is nothing at it. */
    static Route of(String path) {
        return switch (path) {
            case "/v1/properties" -> new Route(Endpoint.PROPERTIES, null);
            case "/v1/properties/random" -> new Route(Endpoint.PROPERTIES_RANDOM, null);
            case "/v1/avm/value" -> new Route(Endpoint.VALUE_ESTIMATE, null);
            case "/v1/avm/rent/long-term" -> new Route(Endpoint.RENT_ESTIMATE, null);
            case "/v1/listings/sale" -> new Route(Endpoint.LISTINGS_SALE, null);
            case "/v1/listings/rental/long-term" -> new Route(Endpoint.LISTINGS_RENTAL, null);
            case "/v1/markets" -> new Route(Endpoint.MARKET_STATS, null);
            default -> ofId(path);
        };
    }

    private static Route ofId(String path) {
        int slash = path.lastIndexOf('/');
        String id = path.substring(slash + 1);
        Endpoint endpoint = switch (path.substring(0, slash)) {
            case "/v1/properties" -> Endpoint.PROPERTIES;
            case "/v1/listings/sale" -> Endpoint.LISTINGS_SALE;
            case "/v1/listings/rental/long-term" -> Endpoint.LISTINGS_RENTAL;
            default -> null;
        };
        return endpoint == null || id.isEmpty() ? null : new Route(endpoint, id);
    }
}
