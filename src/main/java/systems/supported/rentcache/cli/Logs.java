package systems.supported.rentcache.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import systems.supported.rentcache.config.LogFormat;
import systems.supported.rentcache.config.Settings;

/**
 * The log, on standard error: text for people or JSON for machines.
 *
 * <p>In text a line stays a line: control characters, which may come from a request, become blanks, and of an exception
 * only its own words and those of its causes are shown. The stack is shown when the level is DEBUG, and in JSON, where it
 * is in the line. What a line is about, such as a request's id, stands at its end as {@code name="value"}, and in JSON
 * under {@code kvpList}.
 */
final class Logs {
    /** Says little of use below WARN. */
    private static final List<String> NOISY = List.of("io.netty", "org.flywaydb");
    /** Warns of what belongs to each start and end of a node. */
    private static final List<String> ANXIOUS =
            List.of("com.hazelcast", "io.vertx.core.eventbus.impl.MessageConsumerImpl");
    private static final String LINE =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0}: %replace(%msg%about){'[\\x00-\\x1f\\x7f]+', ' '}%failure%n";

    private Logs() {
    }

    /** For commands that end by themselves: warnings only. */
    static void quiet() {
        // Read when Vert.x is first used, which is later than this.
        System.setProperty(
                "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
        write(LogFormat.TEXT, Level.WARN);
    }

    /** As the settings say. */
    static void as(Settings.Logging logging) {
        write(logging.format(), Level.valueOf(logging.level()));
    }

    private static void write(LogFormat format, Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        joinPlatformLog();
        Encoder<ILoggingEvent> encoder = format == LogFormat.JSON ? json() : text(context, level);
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(console);
        Level least = level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
        NOISY.forEach(name -> context.getLogger(name).setLevel(least));
        boolean searching = Level.DEBUG.isGreaterOrEqual(level);
        ANXIOUS.forEach(name -> context.getLogger(name).setLevel(searching ? Level.INFO : Level.ERROR));
    }

    /** What libraries write by {@code java.util.logging}, as OpenTelemetry does, becomes part of this log. */
    private static void joinPlatformLog() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static Encoder<ILoggingEvent> json() {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        return encoder;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context, Level level) {
        boolean searching = Level.DEBUG.isGreaterOrEqual(level);
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.getInstanceConverterMap().put("failure", () -> new Failure(searching));
        layout.getInstanceConverterMap().put("about", About::new);
        layout.setPattern(LINE);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(layout);
        return encoder;
    }

    /** What a line is about. */
    private static final class About extends ClassicConverter {
        @Override
        public String convert(ILoggingEvent event) {
            if (event.getKeyValuePairs() == null) {
                return "";
            }
            StringBuilder about = new StringBuilder();
            event.getKeyValuePairs().forEach(pair ->
                    about.append(' ').append(pair.key).append("=\"").append(pair.value).append('"'));
            return about.toString();
        }
    }

    /** What a line says of an exception. */
    private static final class Failure extends ThrowableProxyConverter {
        private static final int MOST_CAUSES = 8;
        private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]+");

        private final boolean withStack;

        Failure(boolean withStack) {
            this.withStack = withStack;
        }

        @Override
        public String convert(ILoggingEvent event) {
            IThrowableProxy failure = event.getThrowableProxy();
            if (failure == null) {
                return "";
            }
            return withStack ? System.lineSeparator() + super.convert(event).stripTrailing() : " (" + chain(failure) + ")";
        }

        private static String chain(IThrowableProxy failure) {
            StringBuilder chain = new StringBuilder();
            IThrowableProxy next = failure;
            for (int i = 0; next != null && i < MOST_CAUSES; i++) {
                chain.append(i == 0 ? "" : ", caused by ").append(next.getClassName())
                        .append(next.getMessage() == null ? "" : ": " + next.getMessage());
                next = next.getCause();
            }
            return CONTROL.matcher(chain).replaceAll(" ");
        }
    }
}
