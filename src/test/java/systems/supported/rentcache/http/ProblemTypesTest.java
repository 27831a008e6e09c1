package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.limits.Admission;

/** The registry of problem types has each problem that the code can make, and no other. */
class ProblemTypesTest {
    private static final Map<Class<?>, List<?>> ARGUMENTS = Map.of(
            String.class, List.of("text"),
            int.class, List.of(413, 414, 431),
            long.class, List.of(1L),
            RefusedCall.class, List.of(
                    RefusedCall.invalid("a", "b", "c"), RefusedCall.malformed("a"), RefusedCall.notFound("a"),
                    RefusedCall.conflict("a"), RefusedCall.unavailable("a")),
            Resolution.Refused.class, Arrays.stream(Resolution.Reason.values())
                    .map(reason -> new Resolution.Refused(reason, List.of())).toList(),
            Admission.class, Arrays.stream(Admission.Refusal.values())
                    .map(refusal -> new Admission(refusal, 1, 0, 1, 0, 1)).toList(),
            Authentication.class, List.of(
                    new Authentication.Rejected(), new Authentication.Unavailable(), new Authentication.Throttled(1)),
            UpstreamFailure.class, failures());

    private static List<UpstreamFailure> failures() {
        List<UpstreamFailure> failures = new ArrayList<>();
        for (UpstreamFailure.Kind kind : UpstreamFailure.Kind.values()) {
            for (int status : List.of(500, 503)) {
                failures.add(new UpstreamFailure(kind, status, Duration.ofSeconds(1), 0,
                        new UpstreamFailure.SpentBudget("account", "", Instant.EPOCH)));
            }
        }
        return failures;
    }

    /** All problems: each factory of {@link Problem} with each of its arguments. */
    private static List<Problem> problems() throws ReflectiveOperationException {
        List<Problem> problems = new ArrayList<>();
        for (Method factory : Problem.class.getDeclaredMethods()) {
            if (Modifier.isStatic(factory.getModifiers()) && !Modifier.isPrivate(factory.getModifiers())
                    && factory.getReturnType() == Problem.class) {
                List<List<Object>> calls = List.of(List.of());
                for (Class<?> type : factory.getParameterTypes()) {
                    assertThat(ARGUMENTS).as("arguments of " + factory).containsKey(type);
                    calls = calls.stream().flatMap(before -> ARGUMENTS.get(type).stream().map(argument -> {
                        List<Object> more = new ArrayList<>(before);
                        more.add(argument);
                        return more;
                    })).collect(Collectors.toList());
                }
                for (List<Object> call : calls) {
                    problems.add((Problem) factory.invoke(null, call.toArray()));
                }
            }
        }
        return problems;
    }

    @Test
    void theRegistryHasWhatTheCodeMakes() throws ReflectiveOperationException {
        Set<String> made = new TreeSet<>();
        for (Problem problem : problems()) {
            ProblemTypes.Type type = ProblemTypes.ALL.stream().filter(one -> one.urn().equals(problem.type())).findFirst()
                    .orElseThrow(() -> new AssertionError(problem.type() + " is not in the registry"));
            assertThat(type.statuses()).as(problem.type()).contains(problem.status());
            assertThat(type.title()).isEqualTo(problem.title());
            made.add(type.name());
        }
        assertThat(made).isEqualTo(ProblemTypes.ALL.stream().map(ProblemTypes.Type::name)
                .collect(Collectors.toCollection(TreeSet::new)));
    }
}
