package systems.supported.rentcache;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.netty.util.NetUtil;
import io.vertx.core.VerticleBase;
import java.time.Instant;

/** The directions in which the packages may depend on each other. */
@AnalyzeClasses(packages = "systems.supported.rentcache", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "systems.supported.rentcache.";
    private static final String CACHE_CORE =
            "CacheDecision|Freshness|Entry|Header|Validators|CachePolicy|CacheStatus|ForwardReason|Invalidation";

    private static final String WARMING_CORE = "WarmingPlan|QuestionReader";
    private static final String FLIGHTS_CORE = "FlightState|FlightWait|FlightMessage|FlightTerms|Outcome";

    @ArchTest
    static final ArchRule THE_CATALOG_IS_PURE = noClasses().that().resideInAnyPackage(ROOT + "catalog", ROOT + "limits")
            .should().dependOnClassesThat().resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule PEERS_ARE_PURE = noClasses().that().resideInAPackage(ROOT + "peer")
            .should().dependOnClassesThat(resideInAnyPackage("io.vertx..", "io.netty..")
                    .and(not(equivalentTo(NetUtil.class))));

    @ArchTest
    static final ArchRule THE_CACHES_CORE_IS_PURE = noClasses()
            .that().haveNameMatching(".*\\.cache\\.(" + CACHE_CORE + ")(\\$.*)?")
            .should().dependOnClassesThat().resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule THE_CORE_OF_FLIGHTS_IS_PURE = noClasses()
            .that().haveNameMatching(".*\\.coordination\\.(" + FLIGHTS_CORE + ")(\\$.*)?")
            .should().dependOnClassesThat().resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule THE_PLAN_OF_WARMING_IS_PURE = noClasses()
            .that().haveNameMatching(".*\\.refresh\\.(" + WARMING_CORE + ")(\\$.*)?")
            .should().dependOnClassesThat().resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule THE_PURE_CORE_ASKS_NO_CLOCK = noClasses()
            .that().resideInAnyPackage(ROOT + "catalog", ROOT + "limits", ROOT + "peer")
            .or().haveNameMatching(".*\\.cache\\.(" + CACHE_CORE + ")(\\$.*)?")
            .or().haveNameMatching(".*\\.coordination\\.(" + FLIGHTS_CORE + ")(\\$.*)?")
            .or().haveNameMatching(".*\\.refresh\\.(" + WARMING_CORE + ")(\\$.*)?")
            .should().callMethod(System.class, "nanoTime")
            .orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule NOTHING_IMPORTS_THE_COMPOSITION = noClasses().that().resideOutsideOfPackages(ROOT + "cli", ROOT + "app")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + "cli", ROOT + "app");

    @ArchTest
    static final ArchRule THE_APP_DOES_NOT_KNOW_THE_COMMAND_LINE = noClasses().that().resideInAPackage(ROOT + "app")
            .should().dependOnClassesThat().resideInAPackage(ROOT + "cli");

    @ArchTest
    static final ArchRule HTTP_DOES_NOT_KNOW_THE_UPSTREAM = noClasses().that().resideInAPackage(ROOT + "http")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + "upstream", ROOT + "storage", ROOT + "sandbox");

    @ArchTest
    static final ArchRule THE_SANDBOX_IS_NOBODYS_PART = noClasses()
            .that().resideOutsideOfPackages(ROOT + "sandbox", ROOT + "app", ROOT + "cli")
            .should().dependOnClassesThat().resideInAPackage(ROOT + "sandbox");

    @ArchTest
    static final ArchRule THE_SANDBOX_KNOWS_NOTHING_OF_THE_PROXY = noClasses().that().resideInAPackage(ROOT + "sandbox")
            .should().dependOnClassesThat().resideInAnyPackage(
                    ROOT + "cache", ROOT + "http", ROOT + "upstream", ROOT + "auth", ROOT + "catalog");

    @ArchTest
    static final ArchRule NO_CIRCLES = slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule VERTICLES_ARE_NAMED_SO = classes().that().areAssignableTo(VerticleBase.class)
            .should().haveSimpleNameEndingWith("Verticle").orShould().haveSimpleNameEndingWith("Watch");
}
