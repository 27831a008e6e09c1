package systems.supported.rentcache.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import systems.supported.rentcache.catalog.Resolution.Asked;
import systems.supported.rentcache.catalog.Resolution.Refused;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.limits.Rate;

/** Catalogs for tests, and short ways to ask them. */
final class Catalogs {
    static final Catalog BUILT_IN = builtIn();

    private Catalogs() {
    }

    private static Catalog builtIn() {
        try {
            return with("{}");
        } catch (SettingsException wrong) {
            throw new AssertionError(wrong);
        }
    }

    /** The built-in catalog with an operator's section laid over it. */
    static Catalog with(String yaml) throws SettingsException {
        Map<String, Object> section = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return CatalogFile.load(section, Duration.ofHours(1), Rate.parse("100/minute"), true);
    }

    static Resolution resolve(String target) {
        return resolve(BUILT_IN, target, UnknownParameters.PASS);
    }

    static Resolution resolve(Catalog catalog, String target, UnknownParameters unknown) {
        int mark = target.indexOf('?');
        return catalog.resolve(
                mark < 0 ? target : target.substring(0, mark), mark < 0 ? null : target.substring(mark + 1), unknown);
    }

    static Asked asked(String target) {
        Resolution resolution = resolve(target);
        assertThat(resolution).as(target).isInstanceOf(Asked.class);
        return (Asked) resolution;
    }

    static CacheKey key(String target) {
        return asked(target).request().key();
    }

    static Refused refused(String target) {
        Resolution resolution = resolve(target);
        assertThat(resolution).as(target).isInstanceOf(Refused.class);
        return (Refused) resolution;
    }
}
