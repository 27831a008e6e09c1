package systems.supported.rentcache.config;

/** The parts into which the settings are grouped where people read about them. */
public enum Section {
    /** How the server listens and which requests it takes. */
    SERVER("Server"),
    /** What the node does among others, and how they find each other. */
    CLUSTER("Cluster"),
    /** How Rentcast is called. */
    UPSTREAM("Rentcast"),
    /** Where keys, usage and answers are kept. */
    STORAGE("Storage"),
    /** How long answers are kept. */
    CACHING("Caching"),
    /** How many requests a key may make. */
    LIMITING("Rate limits"),
    /** What may be spent on Rentcast. */
    SPENDING("Plan and budget"),
    /** The Rentcast that costs nothing. */
    SANDBOX("Sandbox"),
    /** What is recorded about requests. */
    ANALYTICS("Usage"),
    /** What is measured of the server. */
    METRICS("Metrics"),
    /** What is written to the log. */
    LOGGING("Log"),
    /** Who hears events and who may call over the event bus. */
    LISTENING("Events and control"),
    /** Keys of the server itself. */
    SECURITY("Security"),
    /** What differs for one endpoint. */
    ENDPOINTS("Endpoints");

    private final String title;

    Section(String title) {
        this.title = title;
    }

    /** A heading for people. */
    public String title() {
        return title;
    }
}
