package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;

import org.junit.jupiter.api.Test;

/** The settings' metadata, from which people read. */
class SettingCatalogTest {

    @Test
    void everySettingSaysWhatItIs() {
        assertThat(SettingCatalog.all()).hasSizeGreaterThan(70).allSatisfy(setting -> {
            assertThat(setting.name()).matches("[A-Z][A-Z_]+[A-Z]");
            assertThat(setting.description()).matches("[A-Z].*\\.");
            assertThat(setting.allowed()).isNotBlank().doesNotEndWith(".");
            assertThat(setting.section().title()).isNotBlank();
            assertThat(SettingCatalog.find(setting.name())).contains(setting);
        });
    }

    @Test
    void everyDefaultIsAllowed() {
        assertThat(SettingCatalog.all()).allSatisfy(setting ->
                assertThatCode(() -> setting.type().parse(setting.defaultText())).doesNotThrowAnyException());
    }

    @Test
    void aSettingStandsAfterTheOneThatItFollows() {
        List<Setting<?>> all = SettingCatalog.all();

        assertThat(all).filteredOn(setting -> setting.leader().isPresent())
                .hasSize(11)
                .allSatisfy(setting ->
                        assertThat(all.indexOf(setting.leader().orElseThrow())).isLessThan(all.indexOf(setting)));
    }

    @Test
    void defaultsThatDifferBetweenMachinesAreDescribed() {
        assertThat(SettingCatalog.EVENT_LOOPS.defaultNote()).isEqualTo("the number of processor cores");
        assertThat(SettingCatalog.NEAR_CACHE_BYTES.defaultNote()).isEqualTo("a quarter of the heap, at least 64MiB");
        assertThat(SettingCatalog.PRELOAD_BYTES.defaultNote()).isEqualTo("half of NEAR_CACHE_BYTES");
        assertThat(SettingCatalog.PORT.defaultNote()).isEqualTo("8000");
    }

    @Test
    void secretsAreMarked() {
        assertThat(SettingCatalog.all()).filteredOn(Setting::isSecret).extracting(Setting::name)
                .containsExactly("RENTCAST_API_KEY", "REDIS_URL", "WEBHOOK_SECRET", "BOOTSTRAP_API_KEY");
    }

    @Test
    void settingsAreFoundByNameAndAliasHoweverSpelled() {
        assertThat(SettingCatalog.find("--time-zone")).contains(SettingCatalog.TIME_ZONE);
        assertThat(SettingCatalog.find("timezone")).contains(SettingCatalog.TIME_ZONE);
        assertThat(SettingCatalog.find("Sandbox.Enabled")).contains(SettingCatalog.SANDBOX);
        assertThat(SettingCatalog.find("time")).isEmpty();
    }
}
