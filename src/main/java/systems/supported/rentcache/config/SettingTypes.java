package systems.supported.rentcache.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.peer.AddressBlock;

/** The types of the settings. All of them read the whole text or refuse it: no trailing rest, no overflow. */
final class SettingTypes {

    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,18})\\s*([A-Za-z]*)");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,18})?");
    private static final Pattern CRON = Pattern.compile("\\S+(\\s+\\S+){4}");
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern NAME_OR_ADDRESS = Pattern.compile("[A-Za-z0-9._:%-]+|\\[[0-9A-Fa-f:.%]+]");
    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern HOST_PATTERN = Pattern.compile(
            "\\*|((\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");
    private static final Pattern ADDRESS_BLOCK = Pattern.compile("[0-9a-f.:]+(/[0-9]{1,3})?");
    private static final Pattern ORIGIN = Pattern.compile("\\*|(?i:https?)://[^/?#@\\s]+");

    private static final Map<String, Boolean> BOOLEANS = Map.of(
            "true", true, "1", true, "yes", true, "on", true, "false", false, "0", false, "no", false, "off", false);
    private static final Map<String, Duration> TIME_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "", Duration.ofSeconds(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30,
            "tib", 1L << 40);
    static final int MICRO_DIGITS = 6;
    private static final BigDecimal MOST_DOLLARS = BigDecimal.valueOf(1_000_000);
    private static final int HIGHEST_PORT = 65_535;

    private SettingTypes() {
    }

    static SettingType<Boolean> flag() {
        return SettingType.of(
                "true or false (also yes, no, on, off, 1, 0)",
                text -> found(BOOLEANS.get(text.toLowerCase(Locale.ROOT))));
    }

    static SettingType<Integer> integer(int least, int most) {
        return SettingType.of(
                "a whole number from " + least + " to " + most,
                text -> Math.toIntExact(inRange(quantity(text, Map.of("", 1L)), least, most)));
    }

    /** Numbers of bytes, with a unit of powers of 1000 (KB) or of 1024 (KiB). */
    static SettingType<Long> bytes(long least, long most) {
        return SettingType.of(
                "a size from " + size(least) + " to " + size(most) + ", such as 64MiB, 512KB or 4096 (bytes)",
                text -> inRange(quantity(text, SIZE_UNITS), least, most));
    }

    /** As {@link #bytes}, for sizes that fit an {@code int}. */
    static SettingType<Integer> bytes(int least, int most) {
        SettingType<Long> sizes = bytes((long) least, (long) most);
        return SettingType.of(sizes.allowed(), text -> Math.toIntExact(sizes.parse(text)));
    }

    static SettingType<Duration> duration(Duration least, Duration most) {
        Map<String, Long> millis = TIME_UNITS.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, unit -> unit.getValue().toMillis()));
        return SettingType.of(
                "a time from " + time(least) + " to " + time(most)
                        + ", such as 500ms, 90s, 30m, 24h, 7d or 3600 (seconds)",
                text -> Duration.ofMillis(inRange(quantity(text, millis), least.toMillis(), most.toMillis())));
    }

    static SettingType<Rate> rate() {
        return SettingType.of(Rate.ALLOWED, text -> {
            try {
                return Rate.parse(text);
            } catch (IllegalArgumentException notARate) {
                throw new RefusedException();
            }
        });
    }

    /** As {@link #rate}, where a plain number means so many a second. */
    static SettingType<Rate> ratePerSecond() {
        return SettingType.of(
                Rate.ALLOWED + ", or N alone for a second",
                text -> rate().parse(text.matches("[0-9]+") ? text + "/second" : text));
    }

    /**
     * Five fields of a cron. Only their number is seen to here: what reads them takes a tenth of a second to load, and
     * is loaded where there is a use for it.
     */
    static SettingType<String> cron() {
        return SettingType.of(CronSchedule.ALLOWED, text -> {
            if (!CRON.matcher(text).matches()) {
                throw new RefusedException();
            }
            return text;
        });
    }

    /** A path of the file system. */
    static SettingType<Path> path() {
        return SettingType.of("the path of a file", text -> {
            try {
                return Path.of(text);
            } catch (InvalidPathException notAPath) {
                throw new RefusedException();
            }
        });
    }

    /** Dollars, exact to a millionth. */
    static SettingType<BigDecimal> dollars() {
        return SettingType.of("dollars from 0 to 1000000 with at most 6 decimals, such as 0.03", text -> {
            if (!DECIMAL.matcher(text).matches()) {
                throw new RefusedException();
            }
            BigDecimal dollars = new BigDecimal(text).stripTrailingZeros();
            if (dollars.scale() > MICRO_DIGITS || dollars.compareTo(MOST_DOLLARS) > 0) {
                throw new RefusedException();
            }
            return dollars.setScale(Math.max(0, dollars.scale()));
        });
    }

    /** The same amount in millionths of a dollar. */
    static long micros(BigDecimal dollars) {
        return dollars.movePointRight(MICRO_DIGITS).longValueExact();
    }

    /** An enum's constants by name, in any letter case. */
    static <E extends Enum<E>> SettingType<E> choice(Class<E> kind) {
        Map<String, E> choices = new LinkedHashMap<>();
        for (E constant : kind.getEnumConstants()) {
            choices.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return SettingType.of(
                either(choices.keySet().stream()), text -> found(choices.get(text.toLowerCase(Locale.ROOT))));
    }

    /** One of some words, in any letter case, or another's word for one of them. */
    static SettingType<String> word(List<String> words, Map<String, String> synonyms) {
        return SettingType.of(either(words.stream()), text -> {
            String upper = text.toUpperCase(Locale.ROOT);
            String word = synonyms.getOrDefault(upper, upper);
            return found(words.contains(word) ? word : null);
        });
    }

    static SettingType<ZoneId> zone() {
        return SettingType.of(
                "a time zone such as UTC or America/Chicago",
                text -> ZoneId.getAvailableZoneIds().stream()
                        .filter(text::equalsIgnoreCase)
                        .findFirst()
                        .map(ZoneId::of)
                        .orElseThrow(RefusedException::new));
    }

    static SettingType<String> nodeName() {
        return SettingType.of("1 to 64 letters, digits and . _ -", text -> matching(NODE_NAME, text));
    }

    static SettingType<String> host() {
        return SettingType.of("a host name or an IP address", text -> matching(NAME_OR_ADDRESS, text));
    }

    /** An {@code http} or {@code https} URL up to its path, kept without a slash at its end. */
    static SettingType<URI> webUrl() {
        return SettingType.<URI>of("an http:// or https:// URL without user, query or fragment", text -> {
            URI url = uri(text.replaceFirst("/+$", ""));
            boolean web = String.valueOf(url.getScheme()).matches("(?i)https?");
            boolean plain = url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
            if (!web || !plain || url.getHost() == null || url.getPort() > HIGHEST_PORT) {
                throw new RefusedException();
            }
            return url;
        }).shownAs(Shown::url);
    }

    static SettingType<Secret> redisUrl() {
        return SettingType.secret("a redis:// or rediss:// URL with a host", text -> {
            RedisUrl.parse(text);
            return new Secret(text);
        });
    }

    static SettingType<DatabaseUrl> databaseUrl() {
        return SettingType.of(DatabaseUrl.ALLOWED, DatabaseUrl::parse)
                .shownAs(text -> DatabaseUrl.isFile(text) ? text : Shown.url(text));
    }

    static SettingType<Secret> secret(int shortest, int longest) {
        return SettingType.secret(
                shortest + " to " + longest + " characters of visible ASCII, without blanks", text -> {
                    if (text.length() < shortest || text.length() > longest) {
                        throw new RefusedException();
                    }
                    return new Secret(matching(VISIBLE, text));
                });
    }

    /** Secrets parted by commas, blanks or line ends; repeats are dropped. */
    static SettingType<List<Secret>> secrets() {
        return SettingType.secret("one key, or several parted by commas, each of visible ASCII", text -> {
            List<String> keys = Arrays.stream(text.split("[,\\s]+")).filter(key -> !key.isEmpty()).distinct().toList();
            if (!keys.stream().allMatch(key -> VISIBLE.matcher(key).matches())) {
                throw new RefusedException();
            }
            return keys.stream().map(Secret::new).toList();
        });
    }

    static SettingType<HostPort> hostPort() {
        return SettingType.of(HostPort.ALLOWED, HostPort::parse);
    }

    static SettingType<List<HostPort>> hostPorts() {
        return SettingType.of("none, or such parted by commas, each " + HostPort.ALLOWED, text -> {
            List<HostPort> all = new ArrayList<>();
            for (String one : text.equalsIgnoreCase("none") ? new String[0] : text.split("[,\\s]+")) {
                all.add(HostPort.parse(one));
            }
            return List.copyOf(all);
        });
    }

    static SettingType<Set<Role>> roles() {
        return SettingType.of("some of " + String.join(", ", Role.words(Role.ALL)) + ", parted by commas", text -> {
            Set<Role> roles = EnumSet.noneOf(Role.class);
            for (String word : text.split("[,\\s]+")) {
                roles.add(choice(Role.class).parse(word));
            }
            return Set.copyOf(roles);
        });
    }

    static SettingType<List<String>> hosts() {
        return list("*, or host names parted by commas, each such as example.com or *.example.com", 1, HOST_PATTERN);
    }

    static SettingType<List<String>> origins() {
        return list("none, *, or origins parted by commas, each such as https://example.com:8443", 0, ORIGIN);
    }

    static SettingType<List<AddressBlock>> addressBlocks() {
        SettingType<List<String>> texts = list(AddressBlock.ALLOWED, 0, ADDRESS_BLOCK);
        return SettingType.of(texts.allowed(), text -> {
            List<AddressBlock> blocks = new ArrayList<>();
            for (String member : texts.parse(text)) {
                blocks.add(AddressBlock.parse(member).orElseThrow(RefusedException::new));
            }
            return List.copyOf(blocks);
        });
    }

    private static SettingType<List<String>> list(String allowed, int fewest, Pattern member) {
        return SettingType.of(allowed, text -> {
            if (fewest == 0 && (text.equalsIgnoreCase("none") || text.equals("[]"))) {
                return List.of();
            }
            // The original reads its lists as JSON, so ["a", "b"] comes with settings brought from there.
            String bare = text.startsWith("[\"") && text.endsWith("\"]")
                    ? text.substring(1, text.length() - 1).replace("\"", "")
                    : text;
            List<String> members = Arrays.stream(bare.split(",", -1))
                    .map(one -> one.strip().toLowerCase(Locale.ROOT))
                    .distinct()
                    .toList();
            if (!members.stream().allMatch(one -> member.matcher(one).matches())) {
                throw new RefusedException();
            }
            return members;
        });
    }

    /** The shortest exact text for a time: {@code 24h}, {@code 90s}, {@code 500ms}. */
    static String time(Duration duration) {
        long millis = duration.toMillis();
        return Stream.of("d", "h", "m", "s")
                .filter(unit -> millis > 0 && millis % TIME_UNITS.get(unit).toMillis() == 0)
                .findFirst()
                .map(unit -> millis / TIME_UNITS.get(unit).toMillis() + unit)
                .orElse(millis == 0 ? "0" : millis + "ms");
    }

    /** A time in seconds, such as {@code 86400s}, or in milliseconds where it has a part of a second. */
    static String seconds(Duration duration) {
        return duration.getNano() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    /** The shortest exact text for a size: {@code 16MiB}, {@code 1000}. */
    static String size(long bytes) {
        return Stream.of("TiB", "GiB", "MiB", "KiB")
                .filter(unit -> bytes > 0 && bytes % SIZE_UNITS.get(unit.toLowerCase(Locale.ROOT)) == 0)
                .findFirst()
                .map(unit -> bytes / SIZE_UNITS.get(unit.toLowerCase(Locale.ROOT)) + unit)
                .orElse(String.valueOf(bytes));
    }

    private static BigInteger quantity(String text, Map<String, Long> units) throws RefusedException {
        Matcher quantity = QUANTITY.matcher(text);
        if (!quantity.matches()) {
            throw new RefusedException();
        }
        long unit = found(units.get(quantity.group(2).toLowerCase(Locale.ROOT)));
        return new BigInteger(quantity.group(1)).multiply(BigInteger.valueOf(unit));
    }

    private static long inRange(BigInteger number, long least, long most) throws RefusedException {
        if (number.compareTo(BigInteger.valueOf(least)) < 0 || number.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new RefusedException();
        }
        return number.longValueExact();
    }

    private static URI uri(String text) throws RefusedException {
        try {
            return new URI(text);
        } catch (URISyntaxException notAUrl) {
            throw new RefusedException();
        }
    }

    private static String matching(Pattern pattern, String text) throws RefusedException {
        return found(pattern.matcher(text).matches() ? text : null);
    }

    private static <T> T found(T value) throws RefusedException {
        if (value == null) {
            throw new RefusedException();
        }
        return value;
    }

    private static String either(Stream<String> words) {
        List<String> all = words.toList();
        int last = all.size() - 1;
        return String.join(", ", all.subList(0, last)) + " or " + all.get(last);
    }
}
