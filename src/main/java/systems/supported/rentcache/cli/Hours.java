package systems.supported.rentcache.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import systems.supported.rentcache.admin.TimeSpan;

/** Reads spans where a number alone means hours, as the original's command has it. */
final class Hours implements ITypeConverter<TimeSpan> {
    @Override
    public TimeSpan convert(String text) {
        try {
            return TimeSpan.parse(text.matches("[0-9]+") ? text + "h" : text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a number of hours, nor " + TimeSpan.ALLOWED);
        }
    }
}
