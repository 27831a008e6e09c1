package systems.supported.rentcache.http;

import io.netty.util.AsciiString;
import systems.supported.rentcache.cache.SharedHeaders;

/** What takes the headers of an answer, one after another. */
@FunctionalInterface
interface HeaderSink {
    /** Takes one more header; one of that name that was there stays. */
    void add(CharSequence name, CharSequence value);

    /** Takes one more header, whose value has other bytes once this has returned. */
    default void addPassing(CharSequence name, AsciiString value) {
        add(name, new AsciiString(value.toByteArray(), false));
    }

    /** Takes all that an upstream sent. */
    default void addAll(SharedHeaders headers) {
        CharSequence[] fields = headers.fields();
        for (int i = 0; i < fields.length; i += 2) {
            add(fields[i], fields[i + 1]);
        }
    }
}
